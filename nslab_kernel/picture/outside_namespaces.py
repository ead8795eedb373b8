"""Which namespaces play the world outside of the host.

Rule: those wired to an uplink of the host, and whatever is wired to them; but not one
that has a cable of its own into the host, since that one is a container.
"""

from __future__ import annotations

from ..core.model.network import HOST, Interface, Namespace, Network


def uplinks(network: Network) -> list[Interface]:
    """The host's ways to the outside: hardware and ``eth0``, whatever that is."""
    return [
        interface
        for interface in network.host.interfaces
        if interface.kind == "" or (interface.name == "eth0" and interface.kind != "bridge")
    ]


def outside(network: Network) -> frozenset[str]:
    """The names of the namespaces that are outside."""
    wired = {interface.index for interface in uplinks(network)}
    reached = [peer[0] for interface in uplinks(network) if (peer := network.peer(interface))]
    found: set[str] = set()
    while reached:
        namespace = reached.pop()
        if namespace.name in found or namespace.name == HOST or _is_container(network, namespace, wired):
            continue
        found.add(namespace.name)
        reached += [peer[0] for interface in namespace.interfaces if (peer := network.peer(interface))]
    return frozenset(found)


def _is_container(network: Network, namespace: Namespace, uplinks: set[int]) -> bool:
    peers = (network.peer(interface) for interface in namespace.interfaces)
    return any(peer and peer[0].name == HOST and peer[1].index not in uplinks for peer in peers)
