"""Whether a firewall rule is about a packet (nft(8), EXPRESSIONS)."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable
from dataclasses import dataclass

from ..firewall import Match, Rule
from ..network import Namespace
from ..subnets import subnet_of
from .addresses import family_of, is_broadcast, is_local, parsed
from .packet import Packet


@dataclass(frozen=True, slots=True)
class Sight:
    """A packet as a rule sees it."""

    here: Namespace
    packet: Packet
    iif: str = ""
    oif: str = ""
    state: str = "new"  # of its connection (conntrack)
    mac: str = ""  # of the sender


_PROTOCOLS = {"tcp": ("tcp", "6"), "udp": ("udp", "17")}
_ICMP = {4: ("icmp", "1"), 6: ("ipv6-icmp", "icmpv6", "58")}
_ETHERTYPES = {4: ("ip", "0x0800", "2048"), 6: ("ip6", "0x86dd", "34525")}
_ARP = ("arp", "0x0806", "2054")
_FAMILIES = {4: ("ipv4", "2"), 6: ("ipv6", "10")}
_ICMP_TYPES = {
    "echo-request": ("echo-request", "8", "128"),
    "echo-reply": ("echo-reply", "0", "129"),
    "nd-neighbor-solicit": ("nd-neighbor-solicit", "135"),
    "nd-neighbor-advert": ("nd-neighbor-advert", "136"),
}
_STATE_BITS = {"invalid": "1", "established": "2", "related": "4", "new": "8", "untracked": "64"}


def applies(rule: Rule, sight: Sight) -> bool | None:
    """Whether a packet meets all of a rule's conditions; None if what wasn't understood decides."""
    answers = [holds(match, sight) for match in rule.matches]
    if False in answers:
        return False
    return None if rule.unread or None in answers else True


def holds(match: Match, sight: Sight) -> bool | None:
    """Whether a packet meets one condition; None if it isn't understood."""
    field = _FIELDS.get(match.field)
    found = field(sight) if field else None
    if found is None:
        return None
    if found == ():
        return False  # no such header: nft gives up on the rule, whether negated or not
    matching = [_is_among(found, value, match.field) for value in match.values]
    if None in matching:
        return None
    return any(matching) != match.negated


def _is_among(found: tuple[str, ...], value: str, field: str) -> bool | None:
    if field.endswith(("saddr", "daddr")) and not field.startswith("ether"):
        return _in_addresses(found[0], value)
    if field.endswith(("sport", "dport")):
        low, _, high = value.partition("-")
        return int(low) <= int(found[0]) <= int(high or low) if low.isdigit() else None
    if field in ("iifname", "oifname"):
        return fnmatch.fnmatchcase(found[0], value)
    return value in found


def _in_addresses(ip: str, value: str) -> bool:
    low, ranged, high = value.partition("-")
    if ranged:
        return parsed(low) <= parsed(ip) <= parsed(high)  # type: ignore[operator]
    return family_of(ip) == family_of(value) and parsed(ip) in subnet_of(value)


def _address(end: str, family: int) -> Callable[[Sight], tuple[str, ...]]:
    def read(sight: Sight) -> tuple[str, ...]:
        packet = sight.packet
        return (getattr(packet, end),) if packet.family == family and packet.protocol != "arp" else ()

    return read


def _port(end: str, *protocols: str) -> Callable[[Sight], tuple[str, ...]]:
    return lambda sight: (str(getattr(sight.packet, end)),) if sight.packet.protocol in protocols else ()


def _protocol(sight: Sight) -> tuple[str, ...]:
    packet = sight.packet
    if packet.protocol == "icmp":
        return _ICMP[packet.family]
    return _PROTOCOLS.get(packet.protocol, ())


def _icmp_type(family: int) -> Callable[[Sight], tuple[str, ...]]:
    def read(sight: Sight) -> tuple[str, ...]:
        packet = sight.packet
        if packet.protocol != "icmp" or packet.family != family:
            return ()
        return tuple(name for name in _ICMP_TYPES[packet.what] if not name.isdigit() or _is_type(name, family))

    return read


def _is_type(number: str, family: int) -> bool:
    return (int(number) >= 128) == (family == 6)


def _ethertype(sight: Sight) -> tuple[str, ...]:
    return _ARP if sight.packet.protocol == "arp" else _ETHERTYPES[sight.packet.family]


def _kind_of(end: str) -> Callable[[Sight], tuple[str, ...]]:
    def read(sight: Sight) -> tuple[str, ...]:
        ip = getattr(sight.packet, end)
        if is_local(sight.here, ip):
            return ("local", "2")
        return ("broadcast", "3") if is_broadcast(sight.here, ip) else ("unicast", "1")

    return read


_FIELDS: dict[str, Callable[[Sight], tuple[str, ...]]] = {
    "ip saddr": _address("source", 4),
    "ip daddr": _address("destination", 4),
    "ip6 saddr": _address("source", 6),
    "ip6 daddr": _address("destination", 6),
    "ip protocol": lambda sight: _protocol(sight) if sight.packet.family == 4 else (),
    "ip6 nexthdr": lambda sight: _protocol(sight) if sight.packet.family == 6 else (),
    "meta l4proto": _protocol,
    "meta nfproto": lambda sight: _FAMILIES[sight.packet.family],
    "meta protocol": _ethertype,
    "ether type": _ethertype,
    "ether saddr": lambda sight: (sight.mac,),
    "tcp sport": _port("source_port", "tcp"),
    "tcp dport": _port("destination_port", "tcp"),
    "udp sport": _port("source_port", "udp"),
    "udp dport": _port("destination_port", "udp"),
    "th sport": _port("source_port", "tcp", "udp"),
    "th dport": _port("destination_port", "tcp", "udp"),
    "icmp type": _icmp_type(4),
    "icmpv6 type": _icmp_type(6),
    "iifname": lambda sight: (sight.iif,),
    "oifname": lambda sight: (sight.oif,),
    "iif": lambda sight: (sight.iif,),
    "oif": lambda sight: (sight.oif,),
    "ct state": lambda sight: (sight.state, _STATE_BITS[sight.state]),
    "fib daddr type": _kind_of("destination"),
    "fib saddr type": _kind_of("source"),
}
