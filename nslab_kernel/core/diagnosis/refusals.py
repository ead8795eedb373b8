"""Why a namespace won't pass a packet on, or can't send it."""

from __future__ import annotations

from ..actions import SetSysctl
from ..network import Interface, Namespace
from .addresses import global_ones, holders, inside
from .exchange import check_address
from .findings import Place
from .packet import Packet
from .remedies import change_prefix, new_routes
from .routing import Query, lookup
from .unroutable import no_route
from .walk import Cause, Repair, Stopped, Walk

_FORWARDING = {4: "net.ipv4.ip_forward", 6: "net.ipv6.conf.all.forwarding"}


def not_forwarding(walk: Walk, here: Namespace, into: Interface, packet: Packet) -> Cause:
    """A namespace got a packet that isn't for it, and it is no router."""
    sender = walk.last_sender
    if sender:
        narrow = _meant_for_the_link(walk, *sender, packet)
        if narrow:
            return narrow
        links = [i for i in here.interfaces if not i.is_loopback and global_ones(i, packet.family)]
        if len(links) == 1 and here.name != "host":
            repairs = _other_routes(walk, sender[0], packet)
            if repairs:
                facts = {"ip": packet.destination, "gateway": here.title}
                return Cause("gateway-no-router", Place(sender[0].name, sender[1].name), facts, repairs)
    name = _FORWARDING[packet.family]
    if here.sysctl(name) == "1":
        name = f"net.ipv{packet.family}.conf.{into.name}.forwarding"
    facts = {"setting": name, "ip": packet.destination}
    return Cause("not-forwarding", Place(here.name, into.name), facts, ((SetSysctl(name, "1", here.name, "0"),),))
