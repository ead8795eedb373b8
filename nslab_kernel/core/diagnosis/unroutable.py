"""Why a namespace has no route for a packet: something before the route is missing, or the route itself."""

from __future__ import annotations

from collections.abc import Iterator

from ..actions import AddAddress, DeleteRoute, DeleteRule, SetUp
from ..network import Address, Interface, Namespace
from ..subnets import subnet_of
from .absence import switch_ipv6_on
from .addresses import family_of, global_ones, holders, inside, is_private, usable
from .findings import Place
from .masquerading import masquerades
from .packet import Packet
from .remedies import change_address, change_prefix, ends_on, free_address, new_routes, subnets_on, votes_of_routes
from .routing import Answer
from .settings import ipv6_off
from .walk import Cause, Repair, Walk

End = tuple[Namespace, Interface, Address]


def no_route(walk: Walk, here: Namespace, packet: Packet) -> Cause:
    """Why the tables have nothing for a packet's destination, looked for in the order in which a link is set up."""
    links = [interface for interface in here.interfaces if not interface.is_loopback]
    if not links:
        return Cause("no-interface", Place(here.name), {"ip": packet.destination})
    for look in (_down, _ipv6_off, _no_address, _other_prefix):
        cause = look(walk, here, links, packet)
        if cause:
            return cause
    cause = _strayed(walk, here, links, packet)
    if cause:
        return cause
    facts = {"ip": packet.destination}
    if walk.leg == "back" and is_private(packet.destination) and not is_private(packet.source):
        repairs = masquerades(walk, packet.destination)
        if repairs:
            return Cause("private-source", Place(here.name), facts, repairs)
    return Cause("no-route", Place(here.name), facts, new_routes(walk, here, packet.destination))


def bypassed(walk: Walk, here: Namespace, out: Interface, packet: Packet) -> Cause | None:
    """Why a packet leaves by ``out`` although its destination is on another link of the same namespace.

    A wider route, such as the default route, takes it because the link's own is missing.
    """
    if _leads_to(walk, here, out, packet.destination):
        return None
    links = [
        interface
        for interface in here.interfaces
        if interface is not out
        and interface.master is None
        and not interface.is_loopback
        and _leads_to(walk, here, interface, packet.destination)
    ]
    causes = (look(walk, here, links, packet) for look in (_down, _ipv6_off, _no_address, _other_prefix) if links)
    return next((cause for cause in causes if cause), None)


def off_subnet(walk: Walk, here: Namespace, out: Interface, gateway: str) -> Cause | None:
    """A gateway that is on the link, but in no subnet of the sender's: the sender's own address or prefix is wrong."""
    own = global_ones(out, family_of(gateway))
    if not own or gateway.startswith("fe80:") or any(inside(gateway, address.network) for address in own):
        return None
    for _, far in ends_on(walk, here, out):
        for theirs in (address for address in far.addresses if address.ip == gateway):
            return _unlike(walk, (here, out, own[0]), theirs)
    return None


def _unlike(walk: Walk, one: End, theirs: Address) -> Cause:
    """An address of the same link as another, by whose subnet it is told what is wrong with it."""
    here, interface, ours = one
    place = Place(here.name, interface.name)
    if inside(ours.ip, theirs.network):
        repair = change_prefix(here, interface, ours, theirs.prefix)
        return Cause("prefix-too-narrow", place, {"address": ours.cidr, "ip": theirs.ip}, (repair,))
    cidr = free_address(walk.network, theirs.network)
    repairs = (change_address(here, interface, ours, cidr),) if cidr else ()
    return Cause("other-subnet", place, {"address": ours.cidr, "subnet": theirs.network}, repairs)


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
    working = any(i.up and global_ones(i, packet.family) for i in links)
    for interface in links:
        if interface.up:
            continue
        own = any(inside(packet.destination, a.network) for a in global_ones(interface, packet.family))
        if own or not working or _leads_to(walk, here, interface, packet.destination):
            repair = (SetUp(interface.name, here.name),)
            return Cause("interface-down", Place(here.name, interface.name), {}, (repair,))
    return None


def _ipv6_off(walk: Walk, here: Namespace, links: list[Interface], packet: Packet) -> Cause | None:
    if packet.family == 4:
        return None
    working = any(global_ones(i, 6) for i in links)
    for interface in links:
        if ipv6_off(here, interface) and (not working or _leads_to(walk, here, interface, packet.destination)):
            return Cause("ipv6-off", Place(here.name, interface.name), {}, ipv6_back(walk, here, interface, packet))
    return None


def ipv6_back(walk: Walk, here: Namespace, interface: Interface, packet: Packet) -> tuple[Repair, ...]:
    """IPv6 switched on again, with an address: switching it off has taken them all."""
    on = switch_ipv6_on(here, interface)
    return (*((*on, *given) for given in new_addresses(walk, here, interface, packet)), on)


def _no_address(walk: Walk, here: Namespace, links: list[Interface], packet: Packet) -> Cause | None:
    family = packet.family
    working = any(global_ones(i, family) for i in links)
    missing = not any(holders(walk.network, packet.destination))
    for interface in links:
        if global_ones(interface, family) or interface.master is not None:
            continue
        beside = any(inside(packet.destination, subnet) for subnet in subnets_on(walk, here, interface, family))
        if not working or (missing and beside) or _leads_to(walk, here, interface, packet.destination):
            return Cause(
                "no-address",
                Place(here.name, interface.name),
                {"family": str(family)},
                tuple(new_addresses(walk, here, interface, packet)),
            )
    return None


def new_addresses(walk: Walk, here: Namespace, interface: Interface, packet: Packet) -> Iterator[Repair]:
    """Free addresses of the subnets that the others on the link are in, the destination's first."""
    subnets = [subnet for subnet, _ in subnets_on(walk, here, interface, packet.family).most_common()]
    for subnet in sorted(subnets, key=lambda subnet: not inside(packet.destination, subnet)):
        for cidr in _candidates(walk, subnet, packet.destination):
            yield (AddAddress(interface.name, cidr, here.name),)


def _candidates(walk: Walk, subnet: str, destination: str) -> Iterator[str]:
    """Addresses of a subnet that may be given to somebody: a free one, or the destination if nobody has it."""
    cidr = free_address(walk.network, subnet)
    if cidr:
        yield cidr
    if inside(destination, subnet) and not any(holders(walk.network, destination)):
        yield f"{destination}/{subnet_of(subnet).prefixlen}"


def _other_prefix(walk: Walk, here: Namespace, links: list[Interface], packet: Packet) -> Cause | None:
    """The destination is on the same link, but this namespace's own address says otherwise."""
    for interface in links:
        for there, far, theirs in _on_link(walk, here, interface, packet.destination):
            if subnet_of(theirs.cidr).num_addresses == 1:
                continue  # an address of its own, in no subnet
            for ours in usable(interface, packet.family):
                if ours.scope != "global":
                    continue
                if inside(ours.ip, theirs.network):
                    return _unlike(walk, (here, interface, ours), theirs)
                return _other_subnet(walk, (here, interface, ours), (there, far, theirs))
    return None


def _strayed(walk: Walk, here: Namespace, links: list[Interface], packet: Packet) -> Cause | None:
    """Nobody has the destination, and this namespace alone on its link is in another subnet: it may be its own."""
    if any(holders(walk.network, packet.destination)):
        return None
    for interface in links:
        common = subnets_on(walk, here, interface, packet.family)
        subnet = next((subnet for subnet in common if inside(packet.destination, subnet)), "")
        for ours in global_ones(interface, packet.family) if subnet else ():
            if ours.network not in common:
                cidrs = _candidates(walk, subnet, packet.destination)
                repairs = tuple(change_address(here, interface, ours, cidr) for cidr in cidrs)
                facts = {"address": ours.cidr, "subnet": subnet}
                return Cause("other-subnet", Place(here.name, interface.name), facts, repairs)
    return None


def _other_subnet(walk: Walk, one: End, other: End) -> Cause:
    """Of two that share a link but no subnet, the one whose subnet fewer others are in is wrong."""
    here, interface, ours = one
    common = subnets_on(walk, here, interface, ours.family)
    common[ours.network] += 1
    for gateway, count in votes_of_routes(walk, here, interface, ours.family).items():
        for subnet in {ours.network, other[2].network}:
            common[subnet] += count if inside(gateway, subnet) else 0
    wrong, right = (one, other) if common[ours.network] <= common[other[2].network] else (other, one)
    return _unlike(walk, wrong, right[2])


def _leads_to(walk: Walk, here: Namespace, interface: Interface, ip: str) -> bool:
    return any(_on_link(walk, here, interface, ip))


def _on_link(walk: Walk, here: Namespace, interface: Interface, ip: str) -> Iterator[End]:
    for there, far in ends_on(walk, here, interface):
        if there is not here:
            yield from ((there, far, address) for address in far.addresses if address.ip == ip)
