"""Why a namespace has no route for a packet: something before the route is missing, or the route itself."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.network import Interface, Namespace, Route
from ..operations import internet
from ..operations.actions import AddAddress, AddRoute, DeleteRoute, DeleteRule, SetUp
from .findings import Place
from .neighbour_failures import candidates, leads_to, other_prefix, strayed, switch_ipv6_on
from .owners import global_ones, holders, inside, is_private
from .packet import Packet
from .remedies import ends_on, masquerades, new_routes, route_to_subnet, subnets_on, votes_of_routes
from .routing import Answer
from .sysctls import answers_for_others, forwards, ipv6_off
from .walk import Cause, Repair, Walk


def no_route(walk: Walk, here: Namespace, packet: Packet) -> Cause:
    """Why the tables have nothing for a packet's destination, looked for in the order in which a link is set up."""
    if internet.lacks(walk.network, here.name, packet.destination):
        return Cause("not-made-up", Place(here.name), {"ip": packet.destination})
    links = [interface for interface in here.interfaces if not interface.is_loopback]
    if not links:
        return Cause("no-interface", Place(here.name), {"ip": packet.destination})
    links.sort(key=lambda interface: not leads_to(walk, here, interface, packet.destination))
    for look in (_down, _ipv6_off, _no_host_route, _no_address, other_prefix):
        cause = look(walk, here, links, packet)
        if cause:
            return cause
    cause = strayed(walk, here, links, packet)
    if cause:
        return cause
    facts = {"ip": packet.destination}
    if walk.leg == "back" and is_private(packet.destination) and not is_private(packet.source):
        repairs = masquerades(walk, packet.destination, before=here)
        if repairs:
            return Cause("private-source", Place(here.name), facts, repairs)
    repairs = (
        *_own_routes(here, links, packet),
        *new_routes(walk, here, packet.destination),
        *_routes_on_link(walk, here, links, packet),
    )
    return _cut_off(walk, here, links, packet) or Cause("no-route", Place(here.name), facts, repairs)


def _own_routes(here: Namespace, links: list[Interface], packet: Packet) -> Iterator[Repair]:
    """The route to an interface's own subnet, which somebody has removed or never wanted (noprefixroute)."""
    for interface in links:
        for address in global_ones(interface, packet.family):
            if interface.up and inside(packet.destination, address.network):
                yield (route_to_subnet(here, interface, address),)


def _routes_on_link(walk: Walk, here: Namespace, links: list[Interface], packet: Packet) -> Iterator[Repair]:
    """Routes to a router that shares no subnet with this namespace, as one has with an address of full length.

    It has an address of its own, or answers for everybody beyond it (proxy_arp).
    """
    family = packet.family
    for interface in links:
        if not interface.up or interface.master is not None:
            continue
        for there, far in ends_on(walk, here, interface):
            if there is here or not forwards(there, far, family):
                continue
            for address in global_ones(far, family):
                route = Route("default", family, address.ip, onlink=True)
                yield (AddRoute(route, interface.name, here.name),)
            if family == 4 and answers_for_others(there, far, 4):
                yield (AddRoute(Route("default", scope="link"), interface.name, here.name),)


def _cut_off(walk: Walk, here: Namespace, links: list[Interface], packet: Packet) -> Cause | None:
    """No router is in reach but one behind an interface that is down, which took the route along."""
    outward = [
        interface
        for interface in links
        if any(
            there is not here and forwards(there, far, packet.family) for there, far in ends_on(walk, here, interface)
        )
    ]
    if not outward or any(interface.up for interface in outward):
        return None
    repair = (SetUp(outward[0].name, here.name),)
    return Cause("interface-down", Place(here.name, outward[0].name), {}, (repair,))


def bypassed(walk: Walk, here: Namespace, out: Interface, packet: Packet) -> Cause | None:
    """Why a packet leaves by ``out`` although its destination is on another link of the same namespace.

    A wider route, such as the default route, takes it because the link's own is missing.
    """
    if leads_to(walk, here, out, packet.destination):
        return None
    links = [
        interface
        for interface in here.interfaces
        if interface is not out
        and interface.master is None
        and not interface.is_loopback
        and _is_the_link(walk, here, interface, packet)
    ]
    looks = (_down, _ipv6_off, _no_host_route, _no_address, other_prefix) if links else ()
    causes = (look(walk, here, links, packet) for look in looks)
    return next((cause for cause in causes if cause), None)


def refused(here: Namespace, found: Answer, ip: str) -> Cause:
    """A route or a policy rule that forbids."""
    facts = {"ip": ip, "refusal": found.kind}
    if found.routes:
        route = found.routes[0]
        out = here.interface(route.interface)
        name = out.name if out and not out.is_loopback else ""
        facts["route"] = f"{route.kind} {route.destination}"
        return Cause("refusing-route", Place(here.name), facts, ((DeleteRoute(route, name, here.name),),))
    assert found.rule
    facts["priority"] = str(found.rule.priority)
    return Cause("refusing-rule", Place(here.name), facts, ((DeleteRule(found.rule, here.name),),))


def _down(walk: Walk, here: Namespace, links: list[Interface], packet: Packet) -> Cause | None:
    working = any(
        i.up and (global_ones(i, packet.family) or leads_to(walk, here, i, packet.destination)) for i in links
    )
    for interface in links:
        if interface.up:
            continue
        own = any(inside(packet.destination, a.network) for a in global_ones(interface, packet.family))
        if own or not working or leads_to(walk, here, interface, packet.destination):
            repair = (SetUp(interface.name, here.name),)
            return Cause("interface-down", Place(here.name, interface.name), {}, (repair,))
    return None


def _ipv6_off(walk: Walk, here: Namespace, links: list[Interface], packet: Packet) -> Cause | None:
    if packet.family == 4:
        return None
    working = any(global_ones(i, 6) for i in links)
    for interface in links:
        if ipv6_off(here, interface) and (not working or _is_the_link(walk, here, interface, packet)):
            return Cause("ipv6-off", Place(here.name, interface.name), {}, ipv6_back(walk, here, interface, packet))
    return None


def ipv6_back(walk: Walk, here: Namespace, interface: Interface, packet: Packet) -> tuple[Repair, ...]:
    """IPv6 switched on again, with an address: switching it off has taken them all."""
    on = switch_ipv6_on(here, interface)
    return (*((*on, *given) for given in new_addresses(walk, here, interface, packet)), on)


def _no_host_route(walk: Walk, here: Namespace, links: list[Interface], packet: Packet) -> Cause | None:
    """An address of full length at the other end of a cable: no address here makes a route to it."""
    ip, full = packet.destination, 128 if packet.family == 6 else 32
    for interface in links:
        if not interface.up or interface.master is not None:
            continue
        for there, far in ends_on(walk, here, interface):
            alone = all(a.ip == ip or not inside(ip, a.network) for a in far.addresses)
            if there is not here and alone and any((a.ip, a.prefix) == (ip, full) for a in far.addresses):
                route = Route(f"{ip}/{full}", packet.family, scope="global" if packet.family == 6 else "link")
                return Cause("no-route", Place(here.name), {"ip": ip}, ((AddRoute(route, interface.name, here.name),),))
    return None


def _no_address(walk: Walk, here: Namespace, links: list[Interface], packet: Packet) -> Cause | None:
    family = packet.family
    working = any(global_ones(i, family) for i in links)
    for interface in links:
        if global_ones(interface, family) or interface.master is not None:
            continue
        if not working or _is_the_link(walk, here, interface, packet):
            return Cause(
                "no-address",
                Place(here.name, interface.name),
                {"family": str(family)},
                tuple(new_addresses(walk, here, interface, packet)),
            )
    return None


def _is_the_link(walk: Walk, here: Namespace, interface: Interface, packet: Packet) -> bool:
    """Whether a packet's destination is on an interface's link, or, where nobody has it, its subnet is."""
    if leads_to(walk, here, interface, packet.destination):
        return True
    subnets = subnets_on(walk, here, interface, packet.family)
    return any(inside(packet.destination, subnet) for subnet in subnets) and not any(
        holders(walk.network, packet.destination)
    )


def new_addresses(walk: Walk, here: Namespace, interface: Interface, packet: Packet) -> Iterator[Repair]:
    """Free addresses of the subnets that the others on the link are in, the destination's first."""
    subnets = [subnet for subnet, _ in subnets_on(walk, here, interface, packet.family).most_common()]
    for subnet in sorted(subnets, key=lambda subnet: not inside(packet.destination, subnet)):
        for cidr in candidates(walk, subnet, packet.destination):
            yield (AddAddress(interface.name, cidr, here.name),)
    for gateway in votes_of_routes(walk, here, interface, packet.family):  # that nobody has, as Calico's 169.254.1.1
        if not gateway.startswith("fe80:") and not any(holders(walk.network, gateway)):
            yield (AddAddress(interface.name, f"{gateway}/{128 if packet.family == 6 else 32}", here.name),)
