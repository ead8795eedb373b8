"""What no script can build: hardware, an uplink that a program holds, a cable into a namespace without a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .details import Details
from .network import Interface, Namespace, Network

_BUILT = ("loopback", "bridge", "veth")


def buildable(network: Network, details: Details) -> tuple[Network, list[str]]:
    """The part of a network that can be built, and a comment for each interface that is left out.

    With an interface go its routes and neighbours: commands about it would fail, or hit another machine's own.
    """
    comments: list[str] = []
    kept = []
    for namespace in network.everywhere:
        reasons = dict(_reasons(network, namespace, details))
        comments += [f"# left out: {interface.name} in {namespace.name}, {why}" for interface, why in reasons.items()]
        kept.append(_without(namespace, {interface.index for interface in reasons}))
    return replace(network, host=kept[0], namespaces=tuple(kept[1:])), comments


def _reasons(network: Network, here: Namespace, details: Details) -> Iterator[tuple[Interface, str]]:
    for interface in here.interfaces:
        end = network.peer(interface)
        if here.kind == "process":
            continue  # the whole namespace is, see `rebuilding.rebuilt`
        if interface.kind == "veth" and (end is None or end[0].kind == "process"):
            yield interface, "whose other end has no place in this script"
        elif interface.kind not in _BUILT and (here.name, interface.name) not in details.links:
            yield interface, f"which is {interface.kind or 'hardware'}"


def _without(namespace: Namespace, gone: set[int]) -> Namespace:
    return replace(
        namespace,
        interfaces=tuple(i for i in namespace.interfaces if i.index not in gone),
        routes=tuple(route for route in namespace.routes if route.interface not in gone),
        neighbours=tuple(neighbour for neighbour in namespace.neighbours if neighbour.interface not in gone),
    )
