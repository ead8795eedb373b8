"""A network that is too large for one output, folded: what changed is kept, then what comes first."""

from __future__ import annotations

from dataclasses import replace

from ..core.model.network import Interface, Namespace, Network
from ..core.order import natural

_MOST_OF_ONE = 30  # interfaces of one namespace


def fold(network: Network, before: Network | None, room: int) -> tuple[Network, Network | None, dict[str, int]]:
    """Leave namespaces and interfaces out until a number of things is left.

    Parameters
    ----------
    network
        The whole.
    before
        The earlier snapshot that it is compared with, or None.
    room
        How many namespaces and interfaces may be left, about; the host isn't counted.

    Returns
    -------
    tuple
        What is left of both, and how many ports of each bridge of the host were left out.
    """
    names = _chosen(network, before, room)
    now = _part(network, names)
    ports = {bridge.name: len(network.host.ports(bridge)) - len(now.host.ports(bridge)) for bridge in _bridges(now)}
    return now, _part(before, names) if before else None, {name: count for name, count in ports.items() if count}


def _chosen(network: Network, before: Network | None, room: int) -> set[str]:
    """The names of the namespaces that stay."""
    everywhere = {
        namespace.name: namespace for namespace in (*(before.namespaces if before else ()), *network.namespaces)
    }
    changed = {name for name in everywhere if before and before.get(name) != network.get(name)}
    chosen = set()
    for name in sorted(everywhere, key=lambda name: (name not in changed, natural(name))):
        room -= 1 + min(len(everywhere[name].interfaces), _MOST_OF_ONE)
        if room < 0:
            break
        chosen.add(name)
    return chosen


def _part(network: Network, names: set[str]) -> Network:
    rooms = tuple(_shortened(namespace) for namespace in network.namespaces if namespace.name in names)
    kept = {(room.name, interface.index) for room in rooms for interface in room.interfaces}
    loose, own = 0, []
    for interface in network.host.interfaces:
        leads_in = interface.peer_namespace in names
        if leads_in and (interface.peer_namespace, interface.peer_index) not in kept:
            continue
        if not leads_in and interface.kind != "bridge":
            loose += 1
            if loose > _MOST_OF_ONE:
                continue
        own.append(interface)
    return replace(network, host=replace(network.host, interfaces=tuple(own)), namespaces=rooms)


def _shortened(namespace: Namespace) -> Namespace:
    return replace(namespace, interfaces=namespace.interfaces[:_MOST_OF_ONE])


def _bridges(network: Network) -> list[Interface]:
    return [interface for interface in network.host.interfaces if interface.kind == "bridge"]
