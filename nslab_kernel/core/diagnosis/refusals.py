"""Why a namespace won't pass a packet on, or can't send it."""

from __future__ import annotations

from ..actions import AddAddress, SetSysctl
from ..network import HOST, Interface, Namespace
from .addresses import global_ones, holders, inside, usable
from .exchange import check_address
from .findings import Place
from .packet import Packet
from .remedies import change_prefix, ends_on, new_routes
from .routing import Query, lookup
from .settings import FORWARDING, ipv6_off
from .unroutable import ipv6_back, new_addresses
from .walk import Cause, Repair, Walk


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
