"""Where a namespace sends a packet next: the route, the interface, and the address to send from."""

from __future__ import annotations

from dataclasses import replace

from ..network import Interface, Namespace, Route
from .addresses import parsed
from .exchange import check_address
from .findings import Place
from .packet import Packet
from .refusals import no_source
from .routing import Answer, Query, lookup, source_for
from .unroutable import no_route, refused
from .walk import StoppedError, Walk


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
