"""From a next hop's IP address to the interface that gets the frame: ARP (RFC 826) and NDP (RFC 4861)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ..model.network import Address, Interface, Namespace
from ..operations.actions import Action, AddAddress, DeleteAddress, DeleteNeighbour, SetLink, SetSysctl
from . import neighbour_failures
from .bridging import carry
from .cabling import Way, master_of
from .findings import Place
from .netfilter import Passage, Sight, filter_by, frame_chains
from .owners import global_ones, holders, is_local, parsed, usable
from .packet import Packet
from .routing import Query, lookup, source_on
from .sysctls import answers_for_others, arp_ignore, forwards
from .validation import check_source
from .walk import Cause, StoppedError, Walk, check_up

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
    carry(walk, way, question)
    sight = Sight(there, question, into.name, mac=out.mac, packet_type="broadcast")
    filter_by(walk, "input", frame_chains(there, "arp", "input"), sight)
    _check_answering(there, into)
    _check_arp_ignore(there, into, ip)
    if source:
        check_source(walk, there, into, source, ip)
    answer = Packet("arp", "arp-reply", ip, source or ip)
    filter_by(walk, "output", frame_chains(there, "arp", "output"), Sight(there, answer, oif=into.name))
    carry(walk, _back(walk, way), answer, mac=out.mac)
    filter_by(walk, "input", frame_chains(here, "arp", "input"), Sight(here, answer, out.name, mac=into.mac))
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
    question = Packet("icmp", "nd-neighbor-solicit", source, solicited_node(ip), ttl=255)
    _pass(walk, way, question)
    _check_answering(there, into)
    for address in into.addresses:
        if address.ip == ip:
            check_address(walk, there, into, address)
    _pass(walk, _back(walk, way), Packet("icmp", "nd-neighbor-advert", ip, source, ttl=255), mac=out.mac)
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


def _pass(walk: Walk, way: Way, packet: Packet, *, mac: str = "") -> None:
    first, last = way[0], way[-1]
    sending = Passage(walk, first.namespace, packet)
    sending.hook("output", oif=first.interface)
    sending.hook("postrouting", oif=first.interface)
    carry(walk, way, packet, mac=mac)
    receiving = Passage(walk, last.namespace, packet, first.interface.mac, "host" if mac else "multicast")
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
    for back in walk.ways(there, into):
        if back[-1].namespace is here and back[-1].interface is out:
            return back
    on_port = neighbour_failures.address_on_port(here, out)
    if on_port is None:
        neighbour_failures.leave_if_opaque(walk, there, into)
        raise walk.lost("beyond", Place(here.name, out.name), interface_kind=out.kind)
    raise StoppedError(on_port)


_WITH_ARP = ("veth", "netkit", "bridge", "macvlan", "macvtap", "vlan", "dummy", "bond", "vxlan", "")
"""Kinds of interfaces on which ARP can be switched on; tunnels have no neighbours to ask."""
_KNOWN = ("REACHABLE", "STALE", "DELAY", "PROBE", "PERMANENT")


@dataclass(frozen=True)
class Receiver:
    """Who gets a frame.

    Parameters
    ----------
    doubt
        What to blame if the packet gets no further from there.
    """

    way: Way
    mac: str
    doubt: Cause | None = None


def find(walk: Walk, here: Namespace, out: Interface, ip: str, packet: Packet) -> Receiver:
    """Who gets a packet whose next hop is ``ip``.

    Raises
    ------
    StoppedError
        Where nobody answers for the address, or what is known of it is wrong.
    """
    check_up(here, out)
    mac = walk.learnt(here, out, ip) or _remembered(here, out, ip)
    if mac:
        return _by_mac(walk, here, out, ip, mac, packet)
    if out.noarp and out.kind not in _WITH_ARP:
        if not out.carrier:
            raise StoppedError(Cause("no-carrier", Place(here.name, out.name)))
        raise walk.lost("beyond", Place(here.name, out.name), interface_kind=out.kind or "hardware")
    if out.noarp:
        repair = (SetLink(out.name, "arp", "on", here.name, "off"),)
        raise StoppedError(Cause("arp-off", Place(here.name, out.name), {"ip": ip}, (repair,)))
    way = _asked(walk, here, out, ip, packet)
    return Receiver(way, way[-1].interface.mac)


def _remembered(here: Namespace, out: Interface, ip: str) -> str:
    """The MAC address in the neighbour table; even a stale one is used, and doubted only after some seconds."""
    lines = (n for n in here.neighbours if (n.interface, n.ip) == (out.index, ip) and n.state in _KNOWN)
    return next((line.mac for line in lines), "")


def _by_mac(walk: Walk, here: Namespace, out: Interface, ip: str, mac: str, packet: Packet) -> Receiver:
    ways = [way for way in walk.ways(here, out) if _takes(way, mac)]
    if len(ways) > 1:
        ways = [way for way in ways if _is_known_there(walk, way, mac)] or ways
    if not ways:
        neighbour_failures.leave_if_opaque(walk, here, out)
        raise StoppedError(_nobody_behind(walk, here, out, ip, mac, packet))
    number = walk.choose("same-mac", Place(here.name, out.name), len(ways), mac=mac) if len(ways) > 1 else 0
    way = ways[number]
    owned = _has(way, ip)
    return Receiver(way, mac, None if owned else _nobody_behind(walk, here, out, ip, mac, packet))


def _nobody_behind(walk: Walk, here: Namespace, out: Interface, ip: str, mac: str, packet: Packet) -> Cause:
    """Why the packet doesn't get to ``ip`` by a MAC address that is remembered: it, or its owner, has changed."""
    owners = list(holders(walk.network, ip))
    if not owners or any(interface.mac == mac for _, interface in owners):
        return neighbour_failures.nobody(walk, here, out, ip, packet)
    repair = (DeleteNeighbour(ip, out.name, here.name, mac),)
    return Cause("wrong-neighbour", Place(here.name, out.name), {"ip": ip, "mac": mac}, (repair,))


def _is_known_there(walk: Walk, way: Way, mac: str) -> bool:
    """Whether the bridges on a way have learnt that an address is in this direction."""
    for before, stop in pairwise(way):
        bridge = master_of(stop.namespace, stop.interface)
        if stop.way == "out" and bridge and (before.way == "in" or before.interface is bridge):
            behind = walk.behind(stop.namespace, bridge, mac)
            if behind is not None and behind != stop.interface.index:
                return False
    return True


def _takes(way: Way, mac: str) -> bool:
    """Whether frames to a MAC address are for who is at the end of a way.

    A bridge takes those to the port by which they come in as its own, but none to its other ports: a bridge whose MAC
    address was that of another port until a lower one came (br_stp_recalculate_bridge_id) is reached no more by it.
    """
    last, before = way[-1].interface, way[-2].interface
    return mac == last.mac or (last.kind == "bridge" and mac == before.mac)


def _asked(walk: Walk, here: Namespace, out: Interface, ip: str, packet: Packet) -> Way:
    """Ask everybody on the link, and take the one who answers."""
    ask = ask_ndp if ":" in ip else ask_arp  # an IPv4 route may name an IPv6 gateway
    answered: list[Way] = []
    refused: list[StoppedError] = []
    for way in walk.ways(here, out):
        if not _has(way, ip):
            continue
        try:
            ask(walk, way, ip, packet)
            answered.append(way)
        except StoppedError as stopped:
            refused.append(stopped)
    if not answered:
        raise refused[0] if refused else _nobody(walk, here, out, ip, packet)
    for refusal in refused:
        if refusal.cause.kind == "duplicate-detected":
            walk.warn(refusal.cause)
    if len(answered) == 1:
        return answered[0]
    nearest = [way for way in answered if len(way) == min(map(len, answered))]
    if len(nearest) == 1 and all(way[-1].namespace is nearest[0][-1].namespace for way in answered):
        return nearest[0]  # one namespace answers at several interfaces: its first answer counts
    _warn_of_duplicates(walk, answered, ip)
    return answered[walk.choose("several-answer", Place(here.name, out.name), len(answered), ip=ip)]


def _nobody(walk: Walk, here: Namespace, out: Interface, ip: str, packet: Packet) -> StoppedError:
    """Why nobody answers; what keeps the question from the one to blame comes before that."""
    cause = neighbour_failures.nobody(walk, here, out, ip, packet)
    for way in walk.ways(here, out):
        if Place(way[-1].namespace.name, way[-1].interface.name) == cause.place:
            carry(walk, way, neighbour_question(packet, ip))
    return StoppedError(cause)


def _has(way: Way, ip: str) -> bool:
    """Whether who is at the end of a way would answer: for IPv4 anybody who has the address, wherever."""
    there, interface = way[-1].namespace, way[-1].interface
    if ":" in ip:
        return any(address.ip == ip for address in interface.addresses) or _answers_for(there, interface, ip)
    return is_local(there, ip) or _answers_for(there, interface, ip)


def _answers_for(there: Namespace, into: Interface, ip: str) -> bool:
    """Whether a router answers for an address that it reaches by another interface (proxy_arp, ip neigh add proxy)."""
    named = any(line.ip == ip and line.interface in (None, into.index) for line in there.proxies)
    family = 6 if ":" in ip else 4
    asked = answers_for_others(there, into, family)
    if not (asked or named) or not forwards(there, into, family):
        return False
    if family == 6:
        return named and asked
    found = lookup(there, Query(ip, iif=into.name))
    return found.kind == "unicast" and all(route.interface != into.index for route in found.routes)


def _warn_of_duplicates(walk: Walk, answered: list[Way], ip: str) -> None:
    owners = [
        (there, interface, address)
        for there in {way[-1].namespace.name: way[-1].namespace for way in answered}.values()
        for interface in there.interfaces
        for address in interface.addresses
        if address.ip == ip
    ]
    if len(owners) > 1:
        facts = {"ip": ip, "others": ", ".join(there.title for there, _, _ in owners)}
        owners.sort(key=lambda owner: _rightfulness(*owner))
        repairs = tuple((DeleteAddress(i.name, a.cidr, there.name),) for there, i, a in owners)
        there, interface, _ = owners[0]
        walk.warn(Cause("duplicate-address", Place(there.name, interface.name), facts, repairs))


def _rightfulness(there: Namespace, interface: Interface, address: Address) -> tuple[bool, bool]:
    """How likely an address is to be its owner's: a router's is, and one beside another is not."""
    only = len(global_ones(interface, address.family)) == 1
    return only, forwards(there, interface, address.family)
