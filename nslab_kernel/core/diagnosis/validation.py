"""Whether a namespace believes where a packet says it comes from (ip-sysctl, rp_filter; RFC 3704)."""

from __future__ import annotations

from ..model.network import Interface, Namespace
from ..operations.actions import DeleteAddress, DeleteRoute, SetSysctl
from .findings import Place
from .owners import family_of, holder
from .packet import Packet
from .remedies import masquerades_of_local, masquerades_of_translated, new_routes
from .routing import REFUSING, Answer, Query, lookup
from .sysctls import accepts_local, reverse_path_filter
from .unroutable import no_route, refused
from .walk import Cause, Repair, StoppedError, Walk


def check_source(walk: Walk, here: Namespace, into: Interface, source: str, destination: str) -> None:
    """Refuse an IPv4 packet with an impossible source, as the kernel does in silence.

    Raises
    ------
    StoppedError
        For a source that is this namespace's own, or that it would answer by another interface.
    """
    if family_of(source) == 6:
        return
    own = holder(here, source)
    if own is not None and not accepts_local(here, into):
        raise StoppedError(own_address(walk, here, into, own, source))
    mode = reverse_path_filter(here, into)
    if not mode:
        return
    found = lookup(here, Query(source, destination))
    if found.kind == "unicast":
        if any(route.interface == into.index for route in found.routes):
            return
        if mode == 2 and any(address.family == 4 for address in into.addresses):
            return
    raise StoppedError(_disbelieved(walk, here, into, Packet("icmp", "echo-reply", destination, source), found))


def _disbelieved(walk: Walk, here: Namespace, into: Interface, answer: Packet, found: Answer) -> Cause:
    """Why an answer to a source wouldn't go back by the interface that its packet came in by."""
    source = answer.destination
    if found.kind in REFUSING:
        return refused(here, found, source)
    settings = [f"net.ipv4.conf.{place}.rp_filter" for place in ("all", into.name)]
    repair = tuple(SetSysctl(s, "0", here.name, here.sysctl(s)) for s in settings if here.sysctl(s) != "0")
    mode = str(reverse_path_filter(here, into))
    place, facts = Place(here.name, into.name), {"ip": source, "mode": mode, "setting": repair[0].name}
    way = here.interface(found.routes[0].interface) if found.kind == "unicast" else None
    if way:
        repairs: tuple[Repair, ...] = (repair, (DeleteRoute(found.routes[0], way.name, here.name),))
        return Cause("rp-filter", place, facts | {"other": way.name}, repairs)
    reason = no_route(walk, here, answer)
    if reason.kind != "no-route":
        return reason
    return Cause("rp-filter-no-way", place, facts, (*new_routes(walk, here, source), repair))


def own_address(walk: Walk, here: Namespace, into: Interface, own: Interface, source: str) -> Cause:
    """A namespace has an address that others use, so that it takes their packets for its own; or its own come back."""
    if walk.origin is here and walk.sent and into.name != "lo":
        repairs = masquerades_of_translated(walk, source, walk.redirected_to)
        return Cause("martian-source", Place(here.name, into.name), {"ip": source}, repairs)
    cidr = next((address.cidr for address in own.addresses if address.ip == source), "")
    if own.is_loopback or not cidr:
        repairs = masquerades_of_local(walk, source) if into.name != "lo" else ()
        return Cause("martian-source", Place(here.name, into.name), {"ip": source}, repairs)
    return Cause(
        "duplicate-address",
        Place(here.name, own.name),
        {"ip": source, "others": here.title},
        ((DeleteAddress(own.name, cidr, here.name),),),
    )
