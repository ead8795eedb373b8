"""Faults of cables, bridges and their ports."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from ..diagnosis.findings import Place
from ..diagnosis.owners import global_ones
from ..model.network import Interface, Namespace, Network
from ..operations.actions import SetDown, SetLink, SetMaster, SetPort
from .fault import Break, kind
from .places import bridges, links, ports, rooms

_SMALLEST_MTU = 68  # that IPv4 allows (RFC 791); a ping's 84 bytes don't get through
_DEAF = ("disabled", "listening", "learning")
"""The states without STP in which a port passes nothing; the kernel makes ``blocking`` forwarding again by itself."""


@kind("interface-down", 1, "links")
def interface_down(network: Network, dice: Random) -> Iterator[Break]:
    for space, interface in links(network):
        if interface.up and interface.carrier:
            yield Break(Place(space.name, interface.name), (SetDown(interface.name, space.name),))


@kind("bridge-down", 1, "links", "bridge-down", "interface-down")
def bridge_down(network: Network, dice: Random) -> Iterator[Break]:
    for space, bridge in bridges(network):
        if bridge.up:
            yield Break(Place(space.name, bridge.name), (SetDown(bridge.name, space.name),))


@kind("unplugged", 1, "links")
def unplugged(network: Network, dice: Random) -> Iterator[Break]:
    for space, port, bridge in ports(network):
        taken_out = SetMaster(port.name, "", space.name, bridge.name)
        yield Break(Place(space.name, port.name), (taken_out,), (("bridge", bridge.name),))


@kind("other-bridge", 1, "links")
def other_bridge(network: Network, dice: Random) -> Iterator[Break]:
    for space, port, bridge in ports(network):
        for _, other in (end for end in bridges(network) if end[0] is space and end[1] is not bridge):
            moved = SetMaster(port.name, other.name, space.name, bridge.name)
            facts = (("bridge", bridge.name), ("other", other.name))
            yield Break(Place(space.name, port.name), (moved,), facts)


@kind("lo-down", 2, "links")
def lo_down(network: Network, dice: Random) -> Iterator[Break]:
    for space in rooms(network):  # on the host, the notebook's own debugger needs it
        lo = space.interface("lo")
        if lo and lo.up:
            yield Break(Place(space.name, "lo"), (SetDown("lo", space.name),))


@kind("port-blocked", 2, "links")
def port_blocked(network: Network, dice: Random) -> Iterator[Break]:
    for space, port, bridge in ports(network):
        if bridge.bridge and not bridge.bridge.stp and port.port and port.port.state == "forwarding":
            state = dice.choice(_DEAF)
            action = SetPort(port.name, "state", state, space.name, "forwarding")
            yield Break(Place(space.name, port.name), (action,), (("bridge", bridge.name), ("state", state)))


@kind("ports-isolated", 2, "links")
def ports_isolated(network: Network, dice: Random) -> Iterator[Break]:
    for space, bridge in bridges(network):
        open_ones = sorted(port.name for port in space.ports(bridge) if port.port and not port.port.isolated)
        if len(open_ones) >= 2:
            chosen = dice.sample(open_ones, 2)
            actions = tuple(SetPort(name, "isolated", "on", space.name, "off") for name in chosen)
            facts = (("bridge", bridge.name), ("other", chosen[1]))
            yield Break(Place(space.name, chosen[0]), actions, facts)


@kind("arp-off", 2, "links")
def arp_off(network: Network, dice: Random) -> Iterator[Break]:
    for space, interface in links(network):
        if interface.up and global_ones(interface, 4) and not interface.noarp:
            action = SetLink(interface.name, "arp", "off", space.name, "on")
            yield Break(Place(space.name, interface.name), (action,))


@kind("mtu-too-small", 2, "links", "too-big")
def mtu_too_small(network: Network, dice: Random) -> Iterator[Break]:
    for space, interface in links(network):
        if interface.up and _only_ipv4(space, interface):
            action = SetLink(interface.name, "mtu", str(_SMALLEST_MTU), space.name, str(interface.mtu))
            yield Break(Place(space.name, interface.name), (action,), (("mtu", str(_SMALLEST_MTU)),))


def _only_ipv4(space: Namespace, interface: Interface) -> bool:
    """IPv6 leaves an interface whose MTU falls below 1280 bytes (RFC 8200, 5)."""
    return bool(global_ones(interface, 4)) and not global_ones(interface, 6)
