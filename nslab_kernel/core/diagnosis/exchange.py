"""Ask one interface on the link for its MAC address, and have it answer (arp(7); RFC 4861, 7.2)."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from ..actions import Action, AddAddress, DeleteAddress, SetSysctl
from ..link_actions import SetLink
from ..network import Address, Interface, Namespace
from .addresses import holders, is_local, parsed, usable
from .cabling import Way, master_of, way_between
from .carrying import carry
from .conditions import Sight
from .filtering import filter_by, frame_chains
from .findings import Place
from .packet import Packet
from .passage import Passage
from .routing import source_on
from .settings import arp_ignore
from .validation import check_source
from .walk import Cause, StoppedError, Walk

_SOLICITED = int(ipaddress.IPv6Address("ff02::1:ff00:0"))


def ask_arp(walk: Walk, way: Way, ip: str, packet: Packet) -> None:
    """Broadcast "who has ``ip``" along a way, and have the one at its end answer.

    Raises
    ------
    StoppedError
        Where the question doesn't get there, isn't answered, or the answer doesn't get back.
    """
    here, out, there, into = way[0].namespace, way[0].interface, way[-1].namespace, way[-1].interface
    source = packet.source if is_local(here, packet.source) else ""
    if not source:
        own = source_on(here, out, ip, link=True)
        source = own.ip if own else ""
    question = Packet("arp", "arp-request", source, ip)
    filter_by(walk, "output", frame_chains(here, "arp", "output"), Sight(here, question, oif=out.name))
    carry(walk, way, question, unicast=False)
    filter_by(walk, "input", frame_chains(there, "arp", "input"), Sight(there, question, into.name))
    _check_answering(there, into)
    _check_arp_ignore(there, into, ip)
    if source:
        check_source(walk, there, into, source, ip)
    answer = Packet("arp", "arp-reply", ip, source or ip)
    filter_by(walk, "output", frame_chains(there, "arp", "output"), Sight(there, answer, oif=into.name))
    carry(walk, _back(walk, way), answer, unicast=True)
    filter_by(walk, "input", frame_chains(here, "arp", "input"), Sight(here, answer, out.name))
    walk.learn(there, into, source, out.mac)


def ask_ndp(walk: Walk, way: Way, ip: str, packet: Packet) -> None:
    """Send a neighbour solicitation along a way, and have the one at its end advertise itself.

    Both are ICMPv6 and pass the firewalls as such.

    Raises
    ------
    StoppedError
        Where the question doesn't get there, isn't answered, or the answer doesn't get back.
    """
    here, out, there, into = way[0].namespace, way[0].interface, way[-1].namespace, way[-1].interface
    source = _solicitor(here, out, packet)
    question = Packet("icmp", "nd-neighbor-solicit", source, solicited_node(ip))
    _pass(walk, way, question, unicast=False)
    _check_answering(there, into)
    check_address(walk, there, into, next(address for address in into.addresses if address.ip == ip))
    _pass(walk, _back(walk, way), Packet("icmp", "nd-neighbor-advert", ip, source), unicast=True)
    walk.learn(there, into, source, out.mac)


def neighbour_question(packet: Packet, ip: str) -> Packet:
    """What asks everybody on the link for ``ip``, on a packet's behalf."""
    if ":" in ip:
        return Packet("icmp", "nd-neighbor-solicit", packet.source, solicited_node(ip))
    return Packet("arp", "arp-request", packet.source, ip)


@lru_cache(maxsize=1024)
def solicited_node(ip: str) -> str:
    """The multicast group in which the holder of an IPv6 address is asked for (RFC 4291, 2.7.1)."""
    return str(ipaddress.IPv6Address(_SOLICITED | (int(parsed(ip)) & 0xFFFFFF)))


def _pass(walk: Walk, way: Way, packet: Packet, *, unicast: bool) -> None:
    first, last = way[0], way[-1]
    sending = Passage(walk, first.namespace, packet)
    sending.hook("output", oif=first.interface)
    sending.hook("postrouting", oif=first.interface)
    carry(walk, way, packet, unicast=unicast)
    receiving = Passage(walk, last.namespace, packet)
    receiving.hook("prerouting", iif=last.interface)
    receiving.hook("input", iif=last.interface)


def _solicitor(here: Namespace, out: Interface, packet: Packet) -> str:
    """The packet's own source if this interface has it, else the link-local address."""
    own = usable(out, 6)
    if any(address.ip == packet.source for address in own):
        return packet.source
    link = next((address for address in own if address.scope == "link"), None)
    if link is None:
        raise StoppedError(Cause("no-link-local", Place(here.name, out.name)))
    return link.ip


def _check_answering(there: Namespace, into: Interface) -> None:
    if into.noarp:
        repair = (SetLink(into.name, "arp", "on", there.name, "off"),)
        raise StoppedError(Cause("arp-off", Place(there.name, into.name), {}, (repair,)))


def _check_arp_ignore(there: Namespace, into: Interface, ip: str) -> None:
    mode = arp_ignore(there, into)
    own = any(address.ip == ip for address in into.addresses)
    if mode == 0 or (mode in (1, 2) and own):
        return
    settings = [f"net.ipv4.conf.{place}.arp_ignore" for place in ("all", into.name)]
    repair = tuple(SetSysctl(s, "0", there.name, there.sysctl(s)) for s in settings if there.sysctl(s) != "0")
    setting = repair[0].name
    raise StoppedError(
        Cause("arp-ignored", Place(there.name, into.name), {"ip": ip, "mode": str(mode), "setting": setting}, (repair,))
    )


def check_address(walk: Walk, there: Namespace, into: Interface, address: Address) -> None:
    """Refuse an IPv6 address that another node has (RFC 4862, 5.4), and note one that is still being checked."""
    place, facts = Place(there.name, into.name), {"ip": address.ip}
    others = [(ns, i) for ns, i in holders(walk.network, address.ip) if (ns, i) != (there, into)]
    if address.dadfailed:
        cidrs = [(ns, i, a.cidr) for ns, i in others for a in i.addresses if a.ip == address.ip]
        repair: list[Action] = [DeleteAddress(i.name, cidr, ns.name) for ns, i, cidr in cidrs]
        repair += [DeleteAddress(into.name, address.cidr, there.name), AddAddress(into.name, address.cidr, there.name)]
        facts["others"] = ", ".join(ns.title for ns, _ in others)
        raise StoppedError(Cause("duplicate-detected", place, facts, (tuple(repair),)))
    if address.tentative and address.scope == "global":
        walk.warn(Cause("tentative", place, facts))


def _back(walk: Walk, way: Way) -> Way:
    here, out, there, into = way[0].namespace, way[0].interface, way[-1].namespace, way[-1].interface
    back = way_between(walk.network, there, into, here, out)
    if back is not None:
        return back
    bridge = master_of(here, out)
    if bridge is None:
        raise walk.lost("beyond", Place(here.name, out.name), interface_kind=out.kind)
    moved = [
        action
        for address in out.addresses
        if address.scope == "global"
        for action in (
            DeleteAddress(out.name, address.cidr, here.name),
            AddAddress(bridge.name, address.cidr, here.name),
        )
    ]
    raise StoppedError(Cause("address-on-port", Place(here.name, out.name), {"bridge": bridge.name}, (tuple(moved),)))
