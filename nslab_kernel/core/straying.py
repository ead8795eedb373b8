"""How a network differs from the one that was expected, when it was built at another time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .changes import Change, changes
from .comparing import comparable
from .network import Namespace, Network

Numbers = Mapping[str, Mapping[str, int]]
"""For each namespace, a number for each interface's name."""


def strayed(expected: Network, found: Network) -> tuple[Change, ...]:
    """What was done to the expected network to make it the one found.

    Unlike `changes`, this compares by names: the two may have been built at different times, where the kernel gave
    other numbers and MAC addresses.
    """
    before, after = comparable(expected), comparable(found)
    if before == after:
        return ()
    numbers = _numbers(before, after)
    return changes(_renumbered(before, numbers), _renumbered(after, numbers))


def _numbers(*networks: Network) -> dict[str, dict[str, int]]:
    names: dict[str, dict[str, int]] = {}
    for network in networks:
        for namespace in network.everywhere:
            known = names.setdefault(namespace.name, {})
            for interface in namespace.interfaces:
                known.setdefault(interface.name, len(known) + 1)
    return names


def _renumbered(network: Network, numbers: Numbers) -> Network:
    host, *others = (_namespace(network, namespace, numbers) for namespace in network.everywhere)
    return Network(host, tuple(others), network.hostname)


def _namespace(network: Network, namespace: Namespace, numbers: Numbers) -> Namespace:
    interfaces = tuple(
        replace(
            interface,
            index=numbers[namespace.name][interface.name],
            master=_number(namespace, interface.master, numbers),
            peer_index=_number(network.get(interface.peer_namespace or ""), interface.peer_index, numbers),
        )
        for interface in namespace.interfaces
    )
    routes = tuple(replace(r, interface=_number(namespace, r.interface, numbers)) for r in namespace.routes)
    neighbours = tuple(
        replace(neighbour, interface=_number(namespace, neighbour.interface, numbers) or 0)
        for neighbour in namespace.neighbours
    )
    return replace(namespace, interfaces=interfaces, routes=routes, neighbours=neighbours)


def _number(namespace: Namespace | None, index: int | None, numbers: Numbers) -> int | None:
    interface = namespace.interface(index) if namespace else None
    return numbers[namespace.name][interface.name] if namespace and interface else None
