"""From a next hop's IP address to the interface that gets the frame: ARP (RFC 826) and NDP (RFC 4861)."""

from __future__ import annotations

from dataclasses import dataclass

from ..actions import DeleteAddress
from ..link_actions import DeleteNeighbour, SetLink
from ..network import Address, Interface, Namespace
from . import absence
from .addresses import global_ones, holders, is_local
from .cabling import Way
from .carrying import carry, check_up
from .exchange import ask_arp, ask_ndp, neighbour_question
from .findings import Place
from .packet import Packet
from .settings import forwards
from .walk import Cause, StoppedError, Walk

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
    if out.noarp:
        repair = (SetLink(out.name, "arp", "on", here.name, "off"),)
        raise StoppedError(Cause("arp-off", Place(here.name, out.name), {"ip": ip}, (repair,)))
    return Receiver(_asked(walk, here, out, ip, packet))


def _remembered(here: Namespace, out: Interface, ip: str) -> str:
    """The MAC address in the neighbour table; even a stale one is used, and doubted only after some seconds."""
    lines = (n for n in here.neighbours if (n.interface, n.ip) == (out.index, ip) and n.state in _KNOWN)
    return next((line.mac for line in lines), "")


def _by_mac(walk: Walk, here: Namespace, out: Interface, ip: str, mac: str, packet: Packet) -> Receiver:
    ways = [way for way in walk.ways(here, out) if _takes(way, mac)]
    if not ways:
        absence.leave_if_opaque(walk, here, out)
        raise StoppedError(_nobody_behind(walk, here, out, ip, mac, packet))
    number = walk.choose("same-mac", Place(here.name, out.name), len(ways), mac=mac) if len(ways) > 1 else 0
    way = ways[number]
    owned = is_local(way[-1].namespace, ip)
    return Receiver(way, None if owned else _nobody_behind(walk, here, out, ip, mac, packet))


def _nobody_behind(walk: Walk, here: Namespace, out: Interface, ip: str, mac: str, packet: Packet) -> Cause:
    """Why the packet doesn't get to ``ip`` by a MAC address that is remembered: it, or its owner, has changed."""
    owners = list(holders(walk.network, ip))
    if not owners or any(interface.mac == mac for _, interface in owners):
        return absence.nobody(walk, here, out, ip, packet)
    repair = (DeleteNeighbour(ip, out.name, here.name, mac),)
    return Cause("wrong-neighbour", Place(here.name, out.name), {"ip": ip, "mac": mac}, (repair,))


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
    _warn_of_duplicates(walk, answered, ip)
    return answered[walk.choose("several-answer", Place(here.name, out.name), len(answered), ip=ip)]


def _nobody(walk: Walk, here: Namespace, out: Interface, ip: str, packet: Packet) -> StoppedError:
    """Why nobody answers; what keeps the question from the one to blame comes before that."""
    cause = absence.nobody(walk, here, out, ip, packet)
    for way in walk.ways(here, out):
        if Place(way[-1].namespace.name, way[-1].interface.name) == cause.place:
            carry(walk, way, neighbour_question(packet, ip), unicast=False)
    return StoppedError(cause)


def _has(way: Way, ip: str) -> bool:
    """Whether who is at the end of a way would answer: for IPv4 anybody who has the address, wherever."""
    there, interface = way[-1].namespace, way[-1].interface
    if ":" in ip:
        return any(address.ip == ip for address in interface.addresses)
    return is_local(there, ip)


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
