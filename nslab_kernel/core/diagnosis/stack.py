"""A packet's way through the IP stacks of the namespaces that it meets, in the order in which a kernel does things."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..model.network import HOST, Interface, Namespace, Route
from ..operations.actions import AddAddress, SetLink, SetPort, SetSysctl, SetUp
from . import resolution
from .bridging import carry
from .findings import Place
from .neighbour_failures import off_subnet
from .netfilter import Passage
from .owners import global_ones, holder, holders, inside, parsed, usable
from .packet import Packet
from .remedies import change_prefix, ends_on, masquerades_of_local, new_routes
from .resolution import check_address
from .routing import Answer, Query, lookup, source_for, source_to_oneself
from .sysctls import FORWARDING, bridge_calls, default_ttl, forwards, ipv6_off, routes_localnet
from .unroutable import bypassed, ipv6_back, new_addresses, no_route, refused
from .validation import check_source, own_address
from .walk import Cause, DivertedError, Repair, StoppedError, Walk


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
    """What a namespace's routing tables say of a packet; where its mark isn't known, any that the policy asks for."""
    query = Query(
        packet.destination,
        packet.source,
        iif,
        oif,
        packet.mark or 0,
        packet.protocol,
        packet.source_port,
        packet.destination_port,
    )
    if any(interface.kind == "vrf" and interface.up for interface in here.interfaces):
        raise walk.lost("vrf", Place(here.name))
    if packet.mark is None:
        for mark in sorted({rule.mark for rule in here.rules if rule.mark and rule.family == query.family}):
            marked = replace(query, mark=mark)
            differs = lookup(here, marked) != lookup(here, query)
            if differs and walk.choose("mark", Place(here.name), 2, mark=hex(mark)):
                return lookup(here, marked)
    return lookup(here, query)


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
        if any(route.encap for route in found.routes):
            raise walk.lost("encap", Place(here.name), ip=packet.destination)
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
    assert out
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
    walk.origin = here
    packet = replace(packet, ttl=default_ttl(here, packet.family))
    if parsed(packet.destination).is_loopback:
        _check_loopback(here)
    route, packet = _chosen(walk, here, packet, oif.name if oif else "")
    out = interface_of(here, route) if route else here.interface("lo")
    if route and out:
        packet = _cut(packet, route, out)
        _note(walk, here, route, packet)
    else:
        walk.sent = walk.sent or packet
    passage = Passage(walk, here, packet)
    changed = passage.hook("output", oif=out)
    if (changed.destination, changed.mark) != (packet.destination, packet.mark):
        found = ask_tables(walk, here, changed)
        route = None if found.kind == "local" else route_of(walk, here, found, changed)
        out = interface_of(here, route) if route else None
        if route and out:
            _check_localnet(walk, here, out, changed)
            _note(walk, here, route, changed)
    if route is None or out is None:
        return _loop_back(walk, here, passage)
    return _leave(walk, here, passage, route, out)


def _chosen(walk: Walk, here: Namespace, packet: Packet, oif: str) -> tuple[Route | None, Packet]:
    """The route of a packet that a program sends, and the packet with its source; no route for one to oneself.

    Where the program leaves the source to the kernel, that looks a route up without one, and for a connection again
    with the one that was chosen; ping(8) only tries whether that is allowed.
    """
    found = ask_tables(walk, here, packet, oif)
    if found.kind == "local":
        _check_own_loopback(walk, here, packet)
        return None, replace(packet, source=packet.source or source_to_oneself(here, packet.destination))
    route = route_of(walk, here, found, packet)
    if packet.source:
        return route, packet
    packet = with_source(walk, here, route, packet)
    if packet.family == 4:
        again = ask_tables(walk, here, packet, oif)
        if again.kind != found.kind or packet.protocol != "icmp":
            return route_of(walk, here, again, packet), packet
    return route, packet


def _cut(packet: Packet, route: Route, out: Interface) -> Packet:
    """A packet as it leaves its sender: in pieces if it is too long for the first link."""
    mtu = min(out.mtu, route.mtu or out.mtu)
    if packet.length > mtu:
        return replace(packet, piece=mtu, whole=False)
    return packet


def receive(walk: Walk, here: Namespace, into: Interface, port: Interface, packet: Packet, mac: str = "") -> Delivery:
    """Take a packet from an interface: deliver it, or forward it.

    Parameters
    ----------
    port
        The interface that it really came in by, where ``into`` is a bridge.
    mac
        Of the sender of its frame.
    """
    passage = Passage(walk, here, packet, mac)
    packet = passage.hook("prerouting", iif=into)
    _check_localnet(walk, here, into, packet)
    found = ask_tables(walk, here, packet, iif=into.name)
    if found.kind == "local":
        check_source(walk, here, into, packet.source, packet.destination)
        packet = passage.hook("input", iif=into)
        walk.step("delivered", here, into, packet=packet.what, ip=packet.destination)
        return Delivery(here, into, packet)
    if found.kind == "broadcast":
        raise walk.lost("broadcast", Place(here.name, into.name), ip=packet.destination)
    return _forward(walk, here, into, port, passage, found)


def _check_localnet(walk: Walk, here: Namespace, interface: Interface, packet: Packet) -> None:
    """Addresses of 127.0.0.0/8 are neither sent nor taken by any interface but lo (ip-sysctl, route_localnet)."""
    if packet.family == 6 or routes_localnet(here, interface):
        return
    if parsed(packet.source).is_loopback and packet.source != packet.destination and walk.origin is not here:
        repairs = masquerades_of_local(walk, packet.source)
        raise StoppedError(Cause("martian-source", Place(here.name, interface.name), {"ip": packet.source}, repairs))
    for ip in (packet.source, packet.destination):
        if parsed(ip).is_loopback:
            setting = f"net.ipv4.conf.{interface.name}.route_localnet"
            repair = (SetSysctl(setting, "1", here.name, "0"),)
            facts = {"ip": ip, "setting": setting}
            raise StoppedError(Cause("localnet", Place(here.name, interface.name), facts, (repair,)))


def _note(walk: Walk, here: Namespace, route: Route, packet: Packet) -> None:
    walk.sent = walk.sent or packet
    facts = {"ip": packet.destination, "source": packet.source, "gateway": route.gateway or "", "packet": packet.what}
    walk.step("sent", here, interface_of(here, route), **facts)


def _forward(
    walk: Walk, here: Namespace, into: Interface, port: Interface, passage: Passage, found: Answer
) -> Delivery:
    packet = passage.packet
    bridged = _stays_bridged(here, into, passage)
    if not forwards(here, into, packet.family):
        raise StoppedError(not_forwarding(walk, here, into, packet))
    route = route_of(walk, here, found, packet)
    out = interface_of(here, route)
    check_source(walk, here, into, packet.source, packet.destination)
    if packet.link_local and (out is not into or packet.destination.startswith("fe80:")):  # it may stay on its link
        raise StoppedError(link_local_source(walk, here, into, packet))
    going_round = (here, into, out) in walk.forwarded and not passage.redirected
    walk.forwarded.append((here, into, out))
    if going_round:
        repairs = _ways_out(walk, packet.destination)
        raise StoppedError(Cause("routing-loop", Place(here.name, out.name), {"ip": packet.destination}, repairs))
    if not bridged:
        passage.packet = _aged(walk, here, into, packet)
        passage.packet = _fitted(walk, here, route, out, passage.packet)
    facts = {"ip": packet.destination, "gateway": route.gateway or "", "into": into.name}
    walk.step("forwarded", here, out, **facts)
    passage.hook("forward", iif=into, oif=out)
    return _leave(walk, here, passage, route, out, port if bridged else None)


def _ways_out(walk: Walk, ip: str) -> tuple[Repair, ...]:
    """Routes by which one of the routers that send a packet round would get it to who has its destination."""
    if not any(holders(walk.network, ip)):
        return ()
    routers = dict.fromkeys(there.name for there, _, _ in walk.forwarded)
    return tuple(r for there in map(walk.network.get, routers) if there for r in new_routes(walk, there, ip))


def _aged(walk: Walk, here: Namespace, into: Interface, packet: Packet) -> Packet:
    """A packet with its TTL, or hop limit, one less; none is forwarded with less than one."""
    if packet.ttl > 1:
        return replace(packet, ttl=packet.ttl - 1)
    origin = walk.origin
    setting = "net.ipv6.conf.all.hop_limit" if packet.family == 6 else "net.ipv4.ip_default_ttl"
    was = origin.sysctl(setting, "64") if origin else "64"
    repairs = ((SetSysctl(setting, "64", origin.name, was),),) if origin and was != "64" else ()
    facts = {
        "ip": packet.destination,
        "origin": origin.title if origin else "",
        "sender": origin.name if origin else here.name,
        "setting": setting,
        "ttl": was,
    }
    raise StoppedError(Cause("ttl-exceeded", Place(here.name, into.name), facts, repairs))


def _fitted(walk: Walk, here: Namespace, route: Route, out: Interface, packet: Packet) -> Packet:
    """A packet that a router sends on, cut in pieces where that is allowed; else its sender is asked to (RFC 1191)."""
    mtu = min(out.mtu, route.mtu or out.mtu)
    if packet.length <= mtu:
        return packet
    facts = {"mtu": str(mtu), "length": str(packet.length), "source": packet.source}
    if packet.whole or packet.family == 6:
        kind = "packet-too-big" if packet.family == 6 else "frag-needed"
        before, steps = walk.state(), len(walk.steps)
        try:
            send(walk, here, Packet("icmp", kind, "", packet.source))
            del walk.steps[steps:]
            walk.step("refitted", here, out, **facts)
        except StoppedError as stopped:
            facts |= {"why": stopped.cause.kind, **stopped.cause.facts}
            repairs = (*stopped.cause.repairs, (SetLink(out.name, "mtu", str(packet.length), here.name, str(mtu)),))
            raise StoppedError(Cause("pmtu-black-hole", Place(here.name, out.name), facts, repairs)) from None
        finally:
            walk.restore(before)
    else:
        walk.step("cut", here, out, **facts)
    return replace(packet, piece=mtu, whole=False)


def _stays_bridged(here: Namespace, into: Interface, passage: Passage) -> bool:
    """Whether a bridge hands on by itself what its own firewall gave another destination on the same bridge."""
    if into.kind != "bridge" or not passage.redirected or not bridge_calls(here, into, passage.packet.family):
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
        detour = gateway and bypassed(walk, here, out, passage.packet)
        if gateway and not detour and not _is_on_link(here, route, gateway):
            detour = off_subnet(walk, here, out, gateway)
        if detour:
            raise StoppedError(detour) from None
        raise


def _is_on_link(here: Namespace, route: Route, gateway: str) -> bool:
    """Whether a route says itself that its gateway is on the link, or another one leads there directly."""
    if route.onlink:
        return True
    found = lookup(here, Query(gateway))
    return found.kind == "unicast" and any(line.gateway is None and line.protocol != "kernel" for line in found.routes)


def _hand_on(
    walk: Walk, here: Namespace, passage: Passage, route: Route, out: Interface, came_by: Interface | None
) -> Delivery:
    """Out of an interface, to the next hop, and into the namespace there."""
    gateway = route.gateway or ""
    packet = passage.hook("postrouting", oif=out, gateway=gateway)
    receiver = resolution.find(walk, here, out, gateway or packet.destination, packet)
    if came_by:
        _check_turning(walk, here, came_by, receiver.way[1].interface)
    walk.last_sender = (here, out)
    try:
        packet = carry(walk, receiver.way, packet, mac=receiver.mac)
    except DivertedError as to:
        walk.last_sender = None  # it was meant for somebody else
        return receive(walk, to.here, to.bridge, to.port, to.packet, to.mac)
    last = receiver.way[-1]
    if last.namespace is not here:
        packet = replace(packet, mark=0)
    try:
        return receive(walk, last.namespace, last.interface, receiver.way[-2].interface, packet, out.mac)
    except StoppedError:
        if receiver.doubt:
            raise StoppedError(receiver.doubt) from None
        raise


def _check_turning(walk: Walk, here: Namespace, came_by: Interface, goes_by: Interface) -> None:
    """A bridge that sends a frame on by itself doesn't send it back by its port, nor between isolated ones."""
    if goes_by is came_by:
        if not (came_by.port and came_by.port.hairpin):
            repair = (SetPort(came_by.name, "hairpin", "on", here.name, "off"),)
            raise StoppedError(Cause("no-hairpin", Place(here.name, came_by.name), {}, (repair,)))
    elif came_by.port and goes_by.port and came_by.port.isolated and goes_by.port.isolated:
        bridge = here.interface(came_by.master)
        repairs = tuple((SetPort(port.name, "isolated", "off", here.name, "on"),) for port in (goes_by, came_by))
        facts = {"bridge": bridge.name if bridge else "", "other": came_by.name}
        raise StoppedError(Cause("ports-isolated", Place(here.name, goes_by.name), facts, repairs))


def send_outer(walk: Walk, here: Namespace, packet: Packet, oif: Interface | None) -> tuple[Namespace, str]:
    """Send a tunnel's packet; what is known of the inner one stays as it is.

    Returns
    -------
    tuple
        The namespace that gets it, and the address that it comes from.
    """
    before = walk.state()
    try:
        reached = send(walk, here, packet, oif)
    finally:
        walk.restore(before)
    return reached.here, reached.packet.source


def _check_own_loopback(walk: Walk, here: Namespace, packet: Packet) -> None:
    lo, own = here.interface("lo"), holder(here, packet.destination)
    others = any(there is not here for there, _ in holders(walk.network, packet.destination))
    if lo and own and others and not lo.up:  # with lo up it would answer itself
        raise StoppedError(own_address(walk, here, lo, own, packet.destination))


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
