"""What of a network can be broken and fixed: all but the simulated world outside."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnosis.owners import global_ones
from ..model.network import HOST, Address, Interface, Namespace, Network
from ..operations.internet import NAMESPACES

End = tuple[Namespace, Interface]


def spaces(network: Network) -> list[Namespace]:
    """The host and the namespaces that a person made, by name: order must not depend on when they were made."""
    own = [space for space in network.namespaces if space.kind != "process" and space.name not in NAMESPACES]
    return [network.host, *sorted(own, key=lambda space: space.name)]


def rooms(network: Network) -> list[Namespace]:
    """The same without the host."""
    return [space for space in spaces(network) if space.name != HOST]


def links(network: Network) -> Iterator[End]:
    """Every end of a cable, by namespace and name."""
    for space in spaces(network):
        for interface in sorted(space.interfaces, key=lambda interface: interface.name):
            if interface.kind == "veth":
                yield space, interface


def bridges(network: Network) -> Iterator[End]:
    """Every bridge that something is plugged into."""
    for space in spaces(network):
        for interface in sorted(space.interfaces, key=lambda interface: interface.name):
            if interface.kind == "bridge" and space.ports(interface):
                yield space, interface


def ports(network: Network) -> Iterator[tuple[Namespace, Interface, Interface]]:
    """Every port of a bridge, with the bridge."""
    for space, bridge in bridges(network):
        for port in sorted(space.ports(bridge), key=lambda port: port.name):
            yield space, port, bridge


def addressed(network: Network, family: int) -> Iterator[tuple[Namespace, Interface, Address]]:
    """Every address that is good beyond its link, of cables and bridges that are up."""
    for space in spaces(network):
        for interface in sorted(space.interfaces, key=lambda interface: interface.name):
            if interface.kind in ("veth", "bridge") and interface.up:
                for address in global_ones(interface, family):
                    yield space, interface, address


def neighbours(network: Network, family: int) -> Iterator[tuple[Namespace, Interface, Address, Address]]:
    """Every interface with an address, and the address of another namespace in the same subnet."""
    everyone = list(addressed(network, family))
    for space, interface, address in everyone:
        for other, _, theirs in everyone:
            if other is not space and theirs.network == address.network:
                yield space, interface, address, theirs


def subnets(network: Network, family: int) -> set[str]:
    """The subnets in use."""
    return {a.network for space in network.everywhere for i in space.interfaces for a in global_ones(i, family)}


def strangers(network: Network, space: Namespace, family: int) -> list[str]:
    """The addresses of all others, in order."""
    found = {
        address.ip
        for other in network.everywhere
        if other is not space
        for interface in other.interfaces
        for address in global_ones(interface, family)
        if not interface.is_loopback
    }
    own = {address.ip for interface in space.interfaces for address in interface.addresses}
    return sorted(found - own)
