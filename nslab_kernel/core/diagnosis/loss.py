"""Nobody has an address: somebody on the link has lost it, or what asks for it is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from ..actions import AddAddress, SetSysctl, SetUp
from ..network import Address, Interface, Namespace
from ..subnets import subnet_of
from .addresses import family_of, global_ones, inside
from .findings import Place
from .packet import Packet
from .remedies import change_address, ends_on, new_routes, votes_of_routes
from .routing import Query, lookup
from .settings import forwards, ipv6_off
from .walk import Cause, Repair, Walk


def nowhere(walk: Walk, here: Namespace, out: Interface, ip: str, packet: Packet) -> Cause:
    """Nobody has the address: somebody on the link has lost it, or the route names a wrong gateway."""
    family = family_of(ip)
    gateway = ip != packet.destination
    prefix = next((a.prefix for a in global_ones(out, family) if inside(ip, a.network)), None)
    odd = list(_odd(walk, here, out, ip)) if prefix else []
    if gateway:
        odd = [end for end in odd if forwards(*end[:2], family)]
    suspects = list(_bare(walk, here, out, ip))
    routers = [end for end in suspects if end[1].kind != "bridge" and forwards(*end, family)]
    if gateway and (len(routers) == 1 or _has_better(walk, here, out, ip)):
        suspects = routers  # a bridge may never have had an address
    loser = _loser(suspects, gateway=gateway, otherwise=bool(odd))
    if loser and prefix:
        return _lost_address(*loser, ip, prefix)
    facts = {"ip": ip, "interface": out.name}
    if len(odd) == 1:
        there, interface, address = odd[0]
        repair = change_address(there, interface, address, f"{ip}/{prefix}")
        facts |= {"address": address.cidr, "subnet": str(subnet_of(f"{ip}/{prefix}"))}
        return Cause("other-subnet", Place(there.name, interface.name), facts, (repair,))
    if gateway:
        found = lookup(here, Query(packet.destination, packet.source))
        route = found.routes[0] if found.routes else None
        repairs = new_routes(walk, here, packet.destination, route) if route else ()
        return Cause("wrong-gateway", Place(here.name, out.name), facts, repairs)
    return Cause("nobody-has-it", Place(here.name, out.name), facts)


def _has_better(walk: Walk, here: Namespace, out: Interface, ip: str) -> bool:
    """Whether nobody else on a link takes ``ip`` for a gateway, and there is a router beside it."""
    family = family_of(ip)
    own = sum(1 for route in here.routes if route.gateway == ip)
    if votes_of_routes(walk, here, out, family)[ip] > own:
        return False
    subnets = [address.network for address in global_ones(out, family)]
    return any(
        inside(address.ip, subnet)
        for there, interface in ends_on(walk, here, out)
        if there is not here and forwards(there, interface, family)
        for address in global_ones(interface, family)
        for subnet in subnets
    )


def _loser(
    suspects: list[tuple[Namespace, Interface]], *, gateway: bool, otherwise: bool
) -> tuple[Namespace, Interface] | None:
    """Who has lost an address, of those on a link that have none; a bridge may do without, so it comes last.

    Parameters
    ----------
    gateway
        Whether it was the address of a gateway, as bridges have.
    otherwise
        Whether there is somebody else to blame.
    """
    rooms = [end for end in suspects if end[1].kind != "bridge"]
    likely = rooms if len(rooms) == 1 and not gateway else suspects
    if len(likely) != 1 or (otherwise and likely[0][1].kind == "bridge"):
        return None
    return likely[0]


def _bare(walk: Walk, here: Namespace, out: Interface, ip: str) -> Iterator[tuple[Namespace, Interface]]:
    """Interfaces on the link, of others, that have no address of the family; those that are all a namespace has."""
    family = family_of(ip)
    gateways = {*votes_of_routes(walk, here, out, family), *_firsts(out, family)}
    for there, interface in ends_on(walk, here, out):
        if there is here or global_ones(interface, family):
            continue
        speaks = any(global_ones(i, family) for i in there.interfaces)
        if interface.kind == "bridge" and not (speaks or ip in gateways):
            continue  # a bridge that only switches needs no address
        yield there, interface


def _firsts(out: Interface, family: int) -> Iterator[str]:
    """The first address of each subnet that an interface is in: a bridge's, as a rule."""
    for address in global_ones(out, family):
        yield str(subnet_of(address.cidr).network_address + 1)


def _lost_address(there: Namespace, interface: Interface, ip: str, prefix: int) -> Cause:
    place = Place(there.name, interface.name)
    facts = {"ip": ip}
    if not interface.up:
        return Cause("interface-down", place, facts, ((SetUp(interface.name, there.name),),))
    repair: Repair = (AddAddress(interface.name, f"{ip}/{prefix}", there.name),)
    if family_of(ip) == 6 and ipv6_off(there, interface):
        return Cause("ipv6-off", place, facts, ((*switch_ipv6_on(there, interface), *repair),))
    return Cause("no-address", place, {"family": str(family_of(ip))}, (repair,))


def switch_ipv6_on(there: Namespace, interface: Interface) -> Repair:
    """Undo ``disable_ipv6``, for all interfaces where it was set for all."""
    settings = [f"net.ipv6.conf.{place}.disable_ipv6" for place in ("all", interface.name)]
    return tuple(SetSysctl(s, "0", there.name, "1") for s in settings if there.sysctl(s) == "1")


def _odd(walk: Walk, here: Namespace, out: Interface, ip: str) -> Iterator[tuple[Namespace, Interface, Address]]:
    """The addresses on a link that share no subnet with the asker's."""
    family = family_of(ip)
    own = [address.network for address in global_ones(out, family)]
    for there, interface in ends_on(walk, here, out):
        addresses = global_ones(interface, family)
        if there is not here and not any(inside(a.ip, subnet) for a in addresses for subnet in own):
            yield from ((there, interface, address) for address in addresses)
