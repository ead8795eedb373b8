"""A packet's way through the IP stacks of the namespaces that it meets, in the order in which a kernel does things."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..model.network import HOST, Interface, Namespace, Route
from ..operations.actions import AddAddress, SetPort, SetSysctl, SetUp
from . import resolution
from .bridging import carry
from .findings import Place
from .neighbour_failures import off_subnet
from .netfilter import Passage
from .owners import global_ones, holder, holders, inside, is_broadcast, is_local, parsed, usable
from .packet import Packet
from .remedies import change_prefix, ends_on, new_routes
from .resolution import check_address
from .routing import Answer, Query, lookup, source_for
from .sysctls import BRIDGE_CALLS, FORWARDING, forwards, ipv6_off
from .unroutable import bypassed, ipv6_back, new_addresses, no_route, refused
from .validation import check_source, own_address
from .walk import Cause, Repair, StoppedError, Walk


def not_forwarding(walk: Walk, here: Namespace, into: Interface, packet: Packet) -> Cause:
    """A namespace got a packet that isn't for it, and it is no router."""
    if walk.last_sender:
        sender, out = walk.last_sender
        narrow = _meant_for_the_link(walk, sender, out, packet)
        if narrow:
            return narrow
        if _is_no_router(here, packet.family) and not any(holders(walk.network, packet.destination)):
            repair = AddAddress(into.name, f"{packet.destination}/{128 if packet.family == 6 else 32}", here.name)
            return Cause("no-owner", Place(here.name, into.name), {"ip": packet.destination}, ((repair,),))
        repairs = _other_routes(walk, sender, packet) if _is_no_router(here, packet.family) else ()
        if repairs:
            facts = {"ip": packet.destination, "gateway": here.title}
            return Cause("gateway-no-router", Place(sender.name, out.name), facts, repairs)
    name = FORWARDING[packet.family]
    if here.sysctl(name) == "1":
        name = f"net.ipv{packet.family}.conf.{into.name}.forwarding"
    facts = {"setting": name, "ip": packet.destination}
    return Cause("not-forwarding", Place(here.name, into.name), facts, ((SetSysctl(name, "1", here.name, "0"),),))


def link_local_source(walk: Walk, here: Namespace, into: Interface, packet: Packet) -> Cause:
    """A router got a packet that may not leave its link: its sender has no other address (RFC 4291, 2.5.6)."""
    told = Cause("link-local-only", Place(here.name, into.name), {"ip": packet.destination})
    if packet.destination.startswith("fe80:"):
        return told
    for there, interface in holders(walk.network, packet.source):
        if any(end == (here, into) for end in ends_on(walk, there, interface)):
            return _without_address(walk, there, interface, packet)
    return told


def no_source(walk: Walk, here: Namespace, out: Interface, packet: Packet) -> Cause:
    """A route leads out of an interface, and there is no address to send from.

    Raises
    ------
    StoppedError
        Where there is one that another node has, too.
    """
    for interface in here.interfaces:
        for address in interface.addresses:
            if address.family == packet.family and address.scope != "host":
                check_address(walk, here, interface, address)
    return _without_address(walk, here, out, packet)


def _without_address(walk: Walk, here: Namespace, interface: Interface, packet: Packet) -> Cause:
    place = Place(here.name, interface.name)
    if packet.family == 6 and ipv6_off(here, interface):
        return Cause("ipv6-off", place, {}, ipv6_back(walk, here, interface, packet))
    facts = {"family": str(packet.family)}
    return Cause("no-address", place, facts, tuple(new_addresses(walk, here, interface, packet)))


def _is_no_router(here: Namespace, family: int) -> bool:
    """Whether a namespace has nowhere to pass packets on to, so that it was taken for a router by mistake."""
    links = [i for i in here.interfaces if not i.is_loopback and global_ones(i, family)]
    return len(links) == 1 and here.name != HOST


def _meant_for_the_link(walk: Walk, here: Namespace, out: Interface, packet: Packet) -> Cause | None:
    """The destination is on the sender's own link: only its prefix made it ask a router."""
    for there, far in ends_on(walk, here, out):
        for theirs in far.addresses:
            if there is here or theirs.ip != packet.destination:
                continue
            for ours in usable(out, packet.family):
                if inside(ours.ip, theirs.network) and not inside(theirs.ip, ours.network):
                    facts = {"address": ours.cidr, "ip": theirs.ip}
                    repair = change_prefix(here, out, ours, theirs.prefix)
                    return Cause("prefix-too-narrow", Place(here.name, out.name), facts, (repair,))
    return None


def _other_routes(walk: Walk, sender: Namespace, packet: Packet) -> tuple[Repair, ...]:
    found = lookup(sender, Query(packet.destination, packet.source))
    return new_routes(walk, sender, packet.destination, found.routes[0]) if found.routes else ()


def ask_tables(walk: Walk, here: Namespace, packet: Packet, oif: str = "", iif: str = "lo") -> Answer:
    """What a namespace's routing tables say of a packet, whatever mark its firewall may give it."""
    query = Query(packet.destination, packet.source, iif, oif)
    marks = {rule.mark for rule in here.rules if rule.mark and rule.family == query.family}
    for mark in sorted(marks):
        marked = replace(query, mark=mark)
        differs = lookup(here, marked) != lookup(here, query)
        if differs and _sets_marks(here) and walk.choose("mark", Place(here.name), 2, mark=hex(mark)):
            return lookup(here, marked)
    return lookup(here, query)


def _sets_marks(here: Namespace) -> bool:
    """Whether a firewall rule may mark packets, for the routing policy to see."""
    return any("mark" in part for chain in here.firewall.chains for rule in chain.rules for part in rule.unread)


def route_of(walk: Walk, here: Namespace, found: Answer, packet: Packet) -> Route:
    """The route that a lookup found.

    Raises
    ------
    StoppedError
        Where there is none or it forbids.
    """
    if parsed(packet.destination).is_multicast:
        raise walk.lost("broadcast", Place(here.name), ip=packet.destination)
    if found.kind == "unicast":
        if len(found.routes) == 1:
            return found.routes[0]
        number = walk.choose("several-routes", Place(here.name), len(found.routes), ip=packet.destination)
        return found.routes[number]
    if found.kind == "none":
        raise StoppedError(no_route(walk, here, packet))
    if found.kind in ("broadcast", "local"):
        raise walk.lost("broadcast", Place(here.name), ip=packet.destination)
    raise StoppedError(refused(here, found, packet.destination))


def interface_of(here: Namespace, route: Route) -> Interface:
    """The interface that a route leads out of."""
    out = here.interface(route.interface)
    if out is None:
        raise LookupError(f"{here.name} has a route by interface {route.interface}, which it doesn't have")
    return out


def with_source(walk: Walk, here: Namespace, route: Route, packet: Packet) -> Packet:
    """The address that a packet is sent from, if its program doesn't say."""
    if not packet.source:
        source = source_for(here, route, packet.destination)
        if not source:
            raise StoppedError(no_source(walk, here, interface_of(here, route), packet))
        for interface in here.interfaces:
            for address in (address for address in interface.addresses if address.ip == source):
                check_address(walk, here, interface, address)
        packet = replace(packet, source=source)
    return packet


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
    receiver = resolution.find(walk, here, out, gateway or packet.destination, packet)
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
