"""A frame's headers, as far as following a packet needs them (RFC 791, 792, 826, 4443, 4861, 7348, 8200, 9293).

Two things are asked of a packet: is it the same as another one (`Packet.same`, what neither routers nor NAT rewrite),
and what would a person call it (`name`, `summary`).
"""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass, field
from functools import lru_cache

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
_IPIP, _IPV6_IN_IP, _GRE = 4, 41, 47
_ARP, _IPV4, _IPV6, _VLAN, _BRIDGING = 0x0806, 0x0800, 0x86DD, 0x8100, 0x6558
_VXLAN_PORTS = (4789, 8472)  # the assigned one, and Linux's default
_GENEVE_PORT = 6081
_EXTENSIONS = (0, 43, 51, 60)  # IPv6's headers before the payload, but for the fragment's
_FRAGMENT = 44
_START = 64  # bytes of a payload that are compared
_ERRORS = {ICMP: (3, 4, 5, 11, 12), ICMPV6: (1, 2, 3, 4, 137)}
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16

_ARP_BODY = struct.Struct(">HHBBH6s4s6s4s")
_IP_HEADER = struct.Struct(">BBHHHBBH4s4s")
_IPV6_HEADER = struct.Struct(">IHBB16s16s")
_ICMP_HEADER = struct.Struct(">BBHHH")
_UDP_HEADER = struct.Struct(">HHH")
_TCP_HEADER = struct.Struct(">HHIIBBH")

Key = tuple[object, ...]


@dataclass(slots=True)
class ParsedPacket:
    """A packet's headers."""

    kind: str  # arp, icmp, tcp, udp, ip (another protocol), other
    same: Key  # what routers and NAT leave alone: equal for one packet at all places
    brief: Key = ()  # the part of it that the headers of a trace or of an ICMP error show
    flow: Key = ()  # protocol, addresses and ports: what NAT rewrites
    version: int = 0  # of IP: 4, 6; 0: none
    protocol: int = 0
    source: str = ""
    target: str = ""
    sport: int = 0  # of ICMP echo the identifier
    dport: int = 0
    ttl: int = 0  # IPv6's hop limit
    ident: int = 0  # IPv4's identification, or that of IPv6's fragment header
    offset: int = 0  # of a fragment, in bytes
    fragment: bool = False
    type: int = 0  # ICMP type, or ARP operation
    code: int = 0
    sequence: int = 0  # of TCP, or of ICMP echo
    acknowledged: int = 0
    flags: int = 0  # of TCP
    window: int = 0
    length: int = 0  # bytes of the payload
    mtu: int = 0  # that an ICMP error reports
    source_mac: str = ""
    target_mac: str = ""
    ethertype: int = 0
    size: int = 0  # bytes of the IP packet
    payload: bytes = b""  # as much as was kept
    inner: bytes = b""  # the frame or packet inside a tunnel's packet
    inner_ethernet: bool = True
    about: ParsedPacket | None = field(default=None, repr=False)  # what an ICMP error quotes

    @property
    def is_error(self) -> bool:
        """Whether it is an ICMP error."""
        return self.about is not None


@lru_cache(maxsize=1 << 14)  # a frame is seen at both ends of a cable
def parse(data: bytes, ethernet: bool = True) -> ParsedPacket:
    """The headers of a frame.

    Parameters
    ----------
    data
        Its first bytes.
    ethernet
        Whether it begins with an Ethernet header; otherwise with that of IP.
    """
    if not ethernet:
        return parse_ip(data)
    kind = int.from_bytes(data[12:14])
    start = 14
    while kind in (_VLAN, 0x88A8) and len(data) >= start + 4:
        kind = int.from_bytes(data[start + 2 : start + 4])
        start += 4
    if kind in (_IPV4, _IPV6):
        packet = parse_ip(data[start:])
    elif kind == _ARP and len(data) >= start + _ARP_BODY.size:
        packet = _arp(data[start : start + _ARP_BODY.size])
    else:
        packet = ParsedPacket("other", ("other", kind, data[start : start + _START]))
    packet.ethertype = kind
    packet.target_mac, packet.source_mac = data[:6].hex(":"), data[6:12].hex(":")
    return packet


def parse_ip(data: bytes, *, quoted: bool = False) -> ParsedPacket:
    """The headers of an IP packet.

    Parameters
    ----------
    data
        Its first bytes.
    quoted
        Whether only headers are there, as in an ICMP error or a trace: the payload isn't compared then.
    """
    version = data[0] >> 4 if data else 0
    if version == 4 and len(data) >= _IP_HEADER.size:
        return _ipv4(data, quoted)
    if version == 6 and len(data) >= _IPV6_HEADER.size:
        return _ipv6(data, quoted)
    return ParsedPacket("other", ("other", data[:_START]))


def _arp(body: bytes) -> ParsedPacket:
    _, _, _, _, operation, mac, source, _, target = _ARP_BODY.unpack(body)
    packet = ParsedPacket("arp", ("arp", body), ("arp", body[:20]), ("arp",), type=operation)
    packet.source, packet.target = _ip(source), _ip(target)
    packet.payload = mac
    return packet


def _ipv4(data: bytes, quoted: bool) -> ParsedPacket:
    first, _, total, ident, fragment, ttl, protocol, _, source, target = _IP_HEADER.unpack_from(data)
    start = 4 * (first & 15)
    packet = ParsedPacket("ip", (), version=4, protocol=protocol, ttl=ttl, ident=ident, size=total)
    packet.source, packet.target = _ip(source), _ip(target)
    packet.offset, packet.fragment = 8 * (fragment & 0x1FFF), bool(fragment & 0x3FFF)
    body = data[start : max(total, start)]  # after it there may be the padding of a short frame
    return _payload(packet, body, (4, protocol, ident, packet.offset), total - start, quoted)


def _ipv6(data: bytes, quoted: bool) -> ParsedPacket:
    first, size, following, ttl, source, target = _IPV6_HEADER.unpack_from(data)
    packet = ParsedPacket("ip", (), version=6, ttl=ttl, size=size + 40)
    packet.source, packet.target = _ip(source), _ip(target)
    at, end = 40, 40 + size
    while following in (*_EXTENSIONS, _FRAGMENT) and len(data) >= at + 8:
        if following == _FRAGMENT:
            where = int.from_bytes(data[at + 2 : at + 4])
            packet.ident, packet.offset, packet.fragment = int.from_bytes(data[at + 4 : at + 8]), where & 0xFFF8, True
            following, at = data[at], at + 8
            if packet.offset:
                break
        else:
            units = (data[at + 1] + 2) * 4 if following == 51 else (data[at + 1] + 1) * 8
            following, at = data[at], at + units
    packet.protocol = following
    base = (6, following, packet.ident or first & 0xFFFFF, packet.offset)  # the flow label, where there is no number
    return _payload(packet, data[at:end], base, max(end - at, 0), quoted)


def _payload(packet: ParsedPacket, body: bytes, base: Key, length: int, quoted: bool) -> ParsedPacket:
    packet.length = length
    addresses = packet.source, packet.target
    if packet.offset:
        packet.same, packet.brief = (*base, body[:_START]), base
        packet.flow = (packet.protocol, *addresses)
    elif packet.protocol in (ICMP, ICMPV6) and len(body) >= 8:
        _icmp(packet, body, base, quoted)
    elif packet.protocol == UDP and len(body) >= 6:
        _udp(packet, body, base, quoted)
    elif packet.protocol == TCP and len(body) >= 8:
        _tcp(packet, body, base)
    else:
        packet.same, packet.brief = (*base, length, body[:_START]), base
        packet.flow = (packet.protocol, *addresses)
        if packet.protocol in (_IPIP, _IPV6_IN_IP) and not quoted:
            packet.inner, packet.inner_ethernet = body, False
        elif packet.protocol == _GRE and len(body) > 8 and not quoted:
            skipped = 4 + 4 * sum(bool(body[0] & bit) for bit in (0x80, 0x20, 0x10))  # checksum, key, sequence
            packet.inner, packet.inner_ethernet = body[skipped:], int.from_bytes(body[2:4]) == _BRIDGING
    return packet


def _icmp(packet: ParsedPacket, body: bytes, base: Key, quoted: bool) -> None:
    packet.kind = "icmp"
    packet.type, packet.code, _, identifier, sequence = _ICMP_HEADER.unpack_from(body)
    addresses = packet.protocol, packet.source, packet.target
    echo = packet.type in ((8, 0) if packet.protocol == ICMP else (128, 129))
    packet.payload = body[8:]
    if packet.type in _ERRORS[packet.protocol] and not quoted:
        packet.about = parse_ip(body[8:], quoted=True) if packet.type != 137 else None
        packet.mtu = sequence if packet.protocol == ICMP else int.from_bytes(body[4:8])
        about = packet.about.brief if packet.about else ()
        packet.brief = (*base, packet.type, packet.code)
        packet.same, packet.flow = (*packet.brief, about), addresses
        return
    if echo:
        packet.sport, packet.sequence = identifier, sequence
        packet.brief, packet.flow = (*base, packet.type, sequence), (*addresses, identifier)
    else:
        packet.brief, packet.flow = (*base, packet.type, packet.code), addresses
    packet.same = (*packet.brief, body[8 : 8 + _START])


def _udp(packet: ParsedPacket, body: bytes, base: Key, quoted: bool) -> None:
    packet.kind = "udp"
    packet.sport, packet.dport, size = _UDP_HEADER.unpack_from(body)
    packet.length, packet.payload = max(size - 8, 0), body[8:]
    packet.flow = (UDP, packet.source, packet.target, packet.sport, packet.dport)
    packet.brief = (*base, size)
    packet.same = (*packet.brief, body[8 : 8 + _START])
    if quoted:
        return
    if packet.dport in _VXLAN_PORTS and len(body) > 30 and body[8] & 8:
        packet.inner = body[16:]
    elif packet.dport == _GENEVE_PORT and len(body) > 30:
        packet.inner = body[16 + 4 * (body[8] & 0x3F) :]
        packet.inner_ethernet = int.from_bytes(body[10:12]) == _BRIDGING


def _tcp(packet: ParsedPacket, body: bytes, base: Key) -> None:
    packet.kind = "tcp"
    if len(body) < _TCP_HEADER.size:  # quoted by an ICMP error: ports and sequence number
        packet.sport, packet.dport, packet.sequence = struct.unpack_from(">HHI", body)
        packet.flow = (TCP, packet.source, packet.target, packet.sport, packet.dport)
        packet.same = packet.brief = (*base, packet.sequence)
        return
    fields = _TCP_HEADER.unpack_from(body)
    packet.sport, packet.dport, packet.sequence, packet.acknowledged, offset, packet.flags, packet.window = fields
    header = 4 * (offset >> 4)
    packet.length, packet.payload = max(packet.length - header, 0), body[header:]
    packet.flow = (TCP, packet.source, packet.target, packet.sport, packet.dport)
    packet.brief = (*base, packet.sequence)
    packet.same = (*packet.brief, packet.acknowledged, packet.flags, packet.length, packet.payload[:_START])


@lru_cache(maxsize=1 << 10)
def _ip(packed: bytes) -> str:
    return str(ipaddress.ip_address(packed))
