"""What might put a wrong address or route right, the likeliest first; trying it on the snapshot tells which does."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator

from ..model.firewall import Chain, Match, Rule, RuleVerdict
from ..model.network import HOST, Address, Interface, Namespace, Network, Route
from ..model.subnets import subnet_of
from ..operations.actions import AddAddress, AddRoute, DeleteAddress, DeleteRoute
from ..operations.firewall_actions import AddChain, AddFilterRule
from .owners import family_of, global_ones, holder, holders, inside, is_private, usable
from .routing import Query, lookup
from .sysctls import forwards
from .walk import Repair, Walk

_MOST = 6  # candidates, of which the diagnosis tries each
_MAIN = 254


def ends_on(walk: Walk, here: Namespace, out: Interface) -> list[tuple[Namespace, Interface]]:
    """Who is on an interface's link."""
    return [(way[-1].namespace, way[-1].interface) for way in walk.ways(here, out)]


def subnets_on(walk: Walk, here: Namespace, out: Interface, family: int) -> Counter[str]:
    """The subnets that the others on a link are in, and how many of them."""
    ends = (end for end in ends_on(walk, here, out) if end[0] is not here)
    return Counter(address.network for _, i in ends for address in global_ones(i, family))


def free_address(network: Network, subnet: str) -> str:
    """The first address of a subnet that nobody has, with the prefix length; empty if there is none."""
    space = subnet_of(subnet)
    taken = {a.ip for ns in network.everywhere for i in ns.interfaces for a in i.addresses}
    if space.num_addresses < 4:
        return ""
    first = int(space.network_address) + 1
    for number in range(first, min(first + 4096, int(space.broadcast_address))):
        ip = str(ipaddress.ip_address(number.to_bytes(space.max_prefixlen // 8)))
        if ip not in taken:
            return f"{ip}/{space.prefixlen}"
    return ""


def change_prefix(here: Namespace, interface: Interface, address: Address, prefix: int) -> Repair:
    """The same address with another prefix length.

    For IPv4 the new one comes first, since with its last address an interface loses its routes; IPv6 has no
    address twice.
    """
    new = AddAddress(interface.name, f"{address.ip}/{prefix}", here.name)
    old = DeleteAddress(interface.name, address.cidr, here.name)
    return (new, old) if address.family == 4 else (old, new)


def change_address(here: Namespace, interface: Interface, address: Address, cidr: str) -> Repair:
    """Another address in the place of one.

    In the same subnet the old one goes first: its removal would take the new one along, as a secondary address.
    """
    new, old = AddAddress(interface.name, cidr, here.name), DeleteAddress(interface.name, address.cidr, here.name)
    return (old, new) if subnet_of(cidr) == subnet_of(address.cidr) else (new, old)


def new_routes(walk: Walk, here: Namespace, destination: str, instead_of: Route | None = None) -> tuple[Repair, ...]:
    """Routes to a destination by each router in reach, in place of one that doesn't work."""
    repairs: list[Repair] = []
    gone: Repair = ()
    if instead_of is not None:
        out = here.interface(instead_of.interface)
        gone = (DeleteRoute(instead_of, out.name if out else "", here.name),)
    for gateway in _gateways(walk, here, destination):
        if instead_of is None or gateway != instead_of.gateway:
            target = instead_of.destination if instead_of else _target(walk.network, here, destination)
            route = Route(target, family_of(destination), gateway)
            repairs.append((*gone, *_way_to(here, gateway), AddRoute(route, "", here.name)))
    return tuple(repairs[:_MOST])


def route_to_subnet(here: Namespace, interface: Interface, address: Address) -> AddRoute:
    """The route that the kernel makes of an address by itself."""
    source = address.ip if address.family == 4 else None
    route = Route(address.network, address.family, source=source, scope="link" if address.family == 4 else "global")
    return AddRoute(route, interface.name, here.name)


def _way_to(here: Namespace, gateway: str) -> Iterator[AddRoute]:
    """The route to a gateway itself, where it is missing."""
    if lookup(here, Query(gateway)).kind == "unicast":
        return
    for interface in here.interfaces:
        for address in global_ones(interface, family_of(gateway)):
            if inside(gateway, address.network):
                yield route_to_subnet(here, interface, address)
                return


def _target(network: Network, here: Namespace, destination: str) -> str:
    """What a new route is to: everything if there is no default route yet, else the destination's subnet."""
    family = family_of(destination)
    has_default = any((r.destination, r.family, r.table) == ("default", family, _MAIN) for r in here.routes)
    if not has_default:
        return "default"
    for _, interface in holders(network, destination):
        return next(address.network for address in interface.addresses if address.ip == destination)
    return f"{destination}/{128 if family == 6 else 32}"


def _gateways(walk: Walk, here: Namespace, destination: str) -> Iterator[str]:
    """The addresses of others on this namespace's links, who has the destination first, then routers."""
    family = family_of(destination)
    found: dict[str, tuple[bool, bool, bool, bool, int]] = {}
    for out in here.interfaces:
        if out.is_loopback or not out.up:
            continue
        own = [address.network for address in usable(out, family) if address.scope == "global"]
        for there, interface in ends_on(walk, here, out):
            if there is here or not (_may_route(there, interface, family) or holder(there, destination)):
                continue
            for address in global_ones(interface, family):
                if any(inside(address.ip, subnet) for subnet in own):
                    found.setdefault(address.ip, _unlikeliness(there, interface, destination))
    yield from sorted(found, key=lambda ip: found[ip])


def _may_route(there: Namespace, interface: Interface, family: int) -> bool:
    """Whether a namespace has anywhere to pass a packet on to, or is set up to do so."""
    return there.name == HOST or _links(there, family) > 1 or forwards(there, interface, family)


def _unlikeliness(there: Namespace, interface: Interface, destination: str) -> tuple[bool, bool, bool, bool, int]:
    family = family_of(destination)
    beside = any(inside(destination, a.network) for i in there.interfaces for a in global_ones(i, family))
    has, router = holder(there, destination) is not None, forwards(there, interface, family)
    return not has, not router, not beside, there.name != HOST, -_links(there, family)


def _links(there: Namespace, family: int) -> int:
    return sum(1 for i in there.interfaces if not i.is_loopback and global_ones(i, family))


def votes_of_routes(walk: Walk, here: Namespace, out: Interface, family: int) -> Counter[str]:
    """The gateways that those on a link ask, and how many routes name each: what subnet they think they are in."""
    spaces = {there.name: there for there, _ in [*ends_on(walk, here, out), (here, out)]}
    routes = (route for space in spaces.values() for route in space.routes)
    return Counter(route.gateway for route in routes if route.gateway and route.family == family)


def masquerades(walk: Walk, source: str, before: Namespace) -> tuple[Repair, ...]:
    """Rules for each router that the packet passed before a namespace and that sent it on from a public address.

    Routers inside a site know the way to its private addresses; those outside don't.
    """
    return tuple(_rules(walk, source, before))


def _rules(walk: Walk, source: str, before: Namespace) -> Iterator[Repair]:
    family = family_of(source)
    subnet = _subnet_of(walk, source)
    for here, _, out in walk.forwarded:
        if here is before:
            return
        public = [address for address in global_ones(out, family) if not is_private(address.ip)]
        if public and subnet:
            yield _masquerade(here, (_source(subnet, family), Match("oifname", (out.name,))), family)


def masquerades_of_translated(walk: Walk, source: str, destination: str) -> tuple[Repair, ...]:
    """Rules for each router that translated the destination, so that the answer comes back to it."""
    family = family_of(source)
    subnet = _subnet_of(walk, source)
    places = {step.place.namespace: None for step in walk.steps if step.kind == "translated-destination"}
    matches = (_source(subnet, family), Match(_header(family) + " daddr", (destination,)))
    routers = [here for here in map(walk.network.get, places) if here and subnet]
    return tuple(_masquerade(here, matches, family) for here in routers)


def masquerades_of_local(walk: Walk, source: str) -> tuple[Repair, ...]:
    """A rule for the namespace that sends from an address of lo's: out of the interface that it went by."""
    left = next((step.place for step in reversed(walk.steps) if step.kind == "sent"), None)
    if walk.origin is None or left is None or left.namespace != walk.origin.name:
        return ()
    family = family_of(source)
    matches = Match(_header(family) + " saddr", (source,)), Match("oifname", (left.interface,))
    return (_masquerade(walk.origin, matches, family),)


def _source(subnet: str, family: int) -> Match:
    return Match(_header(family) + " saddr", (subnet,))


def _header(family: int) -> str:
    return "ip6" if family == 6 else "ip"


def _subnet_of(walk: Walk, ip: str) -> str:
    for namespace in walk.network.everywhere:
        for interface in namespace.interfaces:
            for address in interface.addresses:
                if address.ip == ip:
                    return address.network
    return ""


def _masquerade(here: Namespace, matches: tuple[Match, ...], family: int) -> Repair:
    """A rule at the end of the chain that there is, or in a new one."""
    rule = Rule(matches, RuleVerdict("masquerade"), text=" ".join((*map(_said, matches), "masquerade")))
    header = _header(family)
    found = [c for c in here.firewall.base_chains("postrouting", family) if c.kind == "nat" and c.family == header]
    if found:
        return (AddFilterRule(found[0], rule, here.name),)
    chain = Chain(header, "nslab", "postrouting", (), "postrouting", "nat", 100)
    return AddChain(chain, here.name), AddFilterRule(chain, rule, here.name)


def _said(match: Match) -> str:
    value = match.values[0]
    return f'{match.field} "{value}"' if match.field == "oifname" else f"{match.field} {value}"
