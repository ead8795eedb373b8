"""A packet's way through the IP stacks of the namespaces that it meets, in the order in which a kernel does things."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..actions import SetUp
from ..link_actions import SetPort
from ..network import Interface, Namespace, Route
from . import neighbours
from .addresses import holder, holders, is_broadcast, is_local, parsed
from .carrying import carry
from .findings import Place
from .misaddressed import off_subnet
from .nexthop import ask_tables, interface_of, route_of, with_source
from .packet import Packet
from .passage import Passage
from .refusals import link_local_source, not_forwarding
from .routing import Query, lookup
from .settings import BRIDGE_CALLS, forwards
from .unroutable import bypassed
from .validation import check_source, own_address
from .walk import Cause, StoppedError, Walk


@dataclass(frozen=True)
class Delivery:
    """Where a packet ended: handed to a program's socket, or to the kernel that answers pings."""

    here: Namespace
    into: Interface
    packet: Packet


def send(walk: Walk, here: Namespace, packet: Packet, oif: Interface | None = None) -> Delivery:
    """Send a packet from a program in a namespace, and follow it to where it is delivered.

    Parameters
    ----------
    oif
        The interface it is bound to, as answers to link-local addresses are.

    Raises
    ------
    StoppedError, LostError
    """
    if parsed(packet.destination).is_loopback:
        _check_loopback(here)
    found = ask_tables(walk, here, packet, oif.name if oif else "")
    if found.kind == "local":
        return _to_itself(walk, here, replace(packet, source=packet.source or packet.destination))
    route = route_of(walk, here, found, packet)
    packet = with_source(walk, here, route, packet)
    out = interface_of(here, route)
    _note(walk, here, route, packet)
    passage = Passage(walk, here, packet)
    changed = passage.hook("output", oif=out)
    if changed.destination != packet.destination:
        found = ask_tables(walk, here, changed)
        if found.kind == "local":
            return _loop_back(walk, here, passage)
        route = route_of(walk, here, found, changed)
        out = interface_of(here, route)
        _note(walk, here, route, changed)
    return _leave(walk, here, passage, route, out)


def receive(walk: Walk, here: Namespace, into: Interface, port: Interface, packet: Packet) -> Delivery:
    """Take a packet from an interface: deliver it, or forward it.

    Parameters
    ----------
    port
        The interface that it really came in by, where ``into`` is a bridge.
    """
    passage = Passage(walk, here, packet)
    packet = passage.hook("prerouting", iif=into)
    if is_local(here, packet.destination):
        check_source(walk, here, into, packet.source, packet.destination)
        packet = passage.hook("input", iif=into)
        walk.step("delivered", here, into, packet=packet.what, ip=packet.destination)
        return Delivery(here, into, packet)
    if is_broadcast(here, packet.destination):
        raise walk.lost("broadcast", Place(here.name, into.name), ip=packet.destination)
    return _forward(walk, here, into, port, passage)


def _note(walk: Walk, here: Namespace, route: Route, packet: Packet) -> None:
    walk.sent = walk.sent or packet
    facts = {"ip": packet.destination, "source": packet.source, "gateway": route.gateway or "", "packet": packet.what}
    walk.step("sent", here, interface_of(here, route), **facts)


def _forward(walk: Walk, here: Namespace, into: Interface, port: Interface, passage: Passage) -> Delivery:
    packet = passage.packet
    bridged = _stays_bridged(here, into, passage)
    if not bridged and not forwards(here, into, packet.family):
        raise StoppedError(not_forwarding(walk, here, into, packet))
    route = route_of(walk, here, ask_tables(walk, here, packet, iif=into.name), packet)
    out = interface_of(here, route)
    check_source(walk, here, into, packet.source, packet.destination)
    if packet.link_local and (out is not into or packet.destination.startswith("fe80:")):  # it may stay on its link
        raise StoppedError(link_local_source(walk, here, into, packet))
    going_round = (here, into, out) in walk.forwarded and not passage.redirected
    walk.forwarded.append((here, into, out))
    if going_round:
        raise StoppedError(Cause("routing-loop", Place(here.name, out.name), {"ip": packet.destination}))
    facts = {"ip": packet.destination, "gateway": route.gateway or "", "into": into.name}
    walk.step("forwarded", here, out, **facts)
    passage.hook("forward", iif=into, oif=out)
    return _leave(walk, here, passage, route, out, port if bridged else None)


def _stays_bridged(here: Namespace, into: Interface, passage: Passage) -> bool:
    """Whether a bridge hands on by itself what its own firewall gave another destination on the same bridge.

    br_netfilter does so without ip_forward.
    """
    if into.kind != "bridge" or not passage.redirected or here.sysctl(BRIDGE_CALLS[passage.packet.family]) != "1":
        return False
    found = lookup(here, Query(passage.packet.destination, passage.packet.source, into.name))
    return any(route.interface == into.index for route in found.routes)


def _leave(
    walk: Walk, here: Namespace, passage: Passage, route: Route, out: Interface, came_by: Interface | None = None
) -> Delivery:
    """Out of an interface, and on; if it gets no further, why it went this way.

    Parameters
    ----------
    came_by
        The bridge port that it came in by and therefore doesn't leave by, unless in hairpin mode.
    """
    try:
        return _hand_on(walk, here, passage, route, out, came_by)
    except StoppedError:
        gateway = route.gateway
        detour = gateway and (bypassed(walk, here, out, passage.packet) or off_subnet(walk, here, out, gateway))
        if detour:
            raise StoppedError(detour) from None
        raise


def _hand_on(
    walk: Walk, here: Namespace, passage: Passage, route: Route, out: Interface, came_by: Interface | None
) -> Delivery:
    """Out of an interface, to the next hop, and into the namespace there."""
    gateway = route.gateway or ""
    packet = passage.hook("postrouting", oif=out, gateway=gateway)
    receiver = neighbours.find(walk, here, out, gateway or packet.destination, packet)
    if came_by and receiver.way[1].interface is came_by and not (came_by.port and came_by.port.hairpin):
        repair = (SetPort(came_by.name, "hairpin", "on", here.name, "off"),)
        raise StoppedError(Cause("no-hairpin", Place(here.name, came_by.name), {}, (repair,)))
    packet = carry(walk, receiver.way, packet, unicast=True)
    walk.last_sender = (here, out)
    last = receiver.way[-1]
    try:
        return receive(walk, last.namespace, last.interface, receiver.way[-2].interface, packet)
    except StoppedError:
        if receiver.doubt:
            raise StoppedError(receiver.doubt) from None
        raise


def _to_itself(walk: Walk, here: Namespace, packet: Packet) -> Delivery:
    walk.sent = walk.sent or packet
    lo, own = here.interface("lo"), holder(here, packet.destination)
    others = any(there is not here for there, _ in holders(walk.network, packet.destination))
    if lo and own and others and not lo.up:  # with lo up it would answer itself
        raise StoppedError(own_address(here, lo, own, packet.destination))
    passage = Passage(walk, here, packet)
    passage.hook("output", oif=lo)
    return _loop_back(walk, here, passage)


def _loop_back(walk: Walk, here: Namespace, passage: Passage) -> Delivery:
    """What a namespace sends to itself goes by lo, whatever interface has the address."""
    lo = _check_loopback(here)
    passage.hook("postrouting", oif=lo)
    passage.hook("prerouting", iif=lo)
    packet = passage.hook("input", iif=lo)
    walk.step("looped", here, lo, packet=packet.what, ip=packet.destination)
    return Delivery(here, lo, packet)


def _check_loopback(here: Namespace) -> Interface:
    """lo, which has its addresses only when it is up."""
    lo = here.interface("lo")
    if lo is None or not lo.up:
        raise StoppedError(Cause("lo-down", Place(here.name, "lo"), {}, ((SetUp("lo", here.name),),)))
    return lo
