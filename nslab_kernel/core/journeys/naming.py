"""What a person calls a packet: echo request 1, SYN, DNS query, DHCP discover."""

from __future__ import annotations

import ipaddress

from .packets import ACK, FIN, ICMP, ICMPV6, PSH, RST, SYN, TCP, UDP, ParsedPacket

_ARP = {1: "ARP request", 2: "ARP reply"}
_ICMP = {
    0: "echo reply",
    3: "ICMP destination unreachable",
    5: "ICMP redirect",
    8: "echo request",
    11: "ICMP time exceeded",
}
_ICMPV6 = {
    1: "ICMPv6 destination unreachable",
    2: "ICMPv6 packet too big",
    3: "ICMPv6 time exceeded",
    4: "ICMPv6 parameter problem",
    128: "echo request",
    129: "echo reply",
    130: "multicast listener query",
    131: "multicast listener report",
    133: "router solicitation",
    134: "router advertisement",
    135: "neighbour solicitation",
    136: "neighbour advertisement",
    137: "ICMPv6 redirect",
    143: "multicast listener report",
}
_DHCP = {1: "discover", 2: "offer", 3: "request", 4: "decline", 5: "ack", 6: "nak", 7: "release", 8: "inform"}
_DNS_TYPES = {1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 65: "HTTPS"}
_DNS_CODES = {1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}
_FLAGS = ((SYN, "SYN"), (FIN, "FIN"), (RST, "RST"), (ACK, "ACK"))
_COOKIE_AT = 236  # of DHCP's options in its message (RFC 2131)
_NOISE = (130, 131, 133, 143)  # multicast listeners, router solicitation
_UNREACHABLE = {
    (ICMP, 0): "network unreachable",
    (ICMP, 1): "host unreachable",
    (ICMP, 2): "protocol unreachable",
    (ICMP, 3): "port unreachable",
    (ICMP, 4): "fragmentation needed",
    (ICMP, 9): "network prohibited",
    (ICMP, 10): "host prohibited",
    (ICMP, 13): "administratively prohibited",
    (ICMPV6, 0): "no route",
    (ICMPV6, 1): "administratively prohibited",
    (ICMPV6, 3): "host unreachable",
    (ICMPV6, 4): "port unreachable",
}


def name(packet: ParsedPacket) -> str:
    """A short name in the field's terms, the same in every language: ``echo request 1``, ``SYN ACK``, ``DNS query``."""
    if packet.kind == "arp":
        return _ARP.get(packet.type, "ARP")
    if packet.offset:
        return "fragment"
    if packet.kind == "icmp":
        return _icmp(packet)
    if packet.kind == "tcp":
        return _tcp(packet)
    if packet.kind == "udp":
        return _udp(packet)
    return f"IP protocol {packet.protocol}" if packet.version else f"frame {packet.ethertype:#06x}"


def summary(packet: ParsedPacket) -> str:
    """What it says, in the notation of tcpdump(8): ``172.16.1.1 > 172.16.1.2 id 7 seq 1``."""
    if packet.kind == "arp":
        if packet.type == 1:
            return f"who has {packet.target}? tell {packet.source}"
        return f"{packet.source} is at {packet.payload.hex(':')}"
    if not packet.version:
        return f"{packet.source_mac} > {packet.target_mac}"
    between = f"{packet.source} > {packet.target}"
    if packet.about:
        return f"{between}, about {name(packet.about)} {summary(packet.about)}"
    if packet.kind in ("tcp", "udp") and not packet.offset:
        return f"{_end(packet.source, packet.sport)} > {_end(packet.target, packet.dport)}{_content(packet)}"
    if packet.kind == "icmp" and packet.type in (135, 136) and packet.protocol == ICMPV6:
        return f"{between}, {'who has' if packet.type == 135 else 'here is'} {_neighbour(packet)}"
    return between


def noise(packet: ParsedPacket) -> str:
    """What kind of housekeeping a packet is, or nothing: these are counted and not shown.

    IPv6's multicast listeners, router solicitations and duplicate address detection happen whenever an interface
    comes up, and spanning tree on a bridge that has it.
    """
    if packet.protocol == ICMPV6 and packet.kind == "icmp":
        if packet.type in _NOISE:
            return "ipv6"
        if packet.type == 135 and packet.source == "::":  # duplicate address detection
            return "ipv6"
    if packet.protocol == 2:  # IGMP
        return "igmp"
    if packet.target_mac == "01:80:c2:00:00:00":
        return "stp"
    return ""


def dns(packet: ParsedPacket) -> str:
    """The question of a DNS message and how it was answered; nothing if it isn't one (RFC 1035)."""
    data = packet.payload
    if packet.kind != "udp" or 53 not in (packet.sport, packet.dport) or len(data) < 13:
        return ""
    labels, at = [], 12
    while at < len(data) and 0 < data[at] < 64 and at + data[at] < len(data):
        labels.append(data[at + 1 : at + 1 + data[at]].decode("ascii", "replace"))
        at += 1 + data[at]
    kind = int.from_bytes(data[at + 1 : at + 3])
    asked = f"{_DNS_TYPES.get(kind, kind)} {'.'.join(labels) or '.'}"
    if not data[2] & 0x80:
        return asked
    code = data[3] & 15
    answers = int.from_bytes(data[6:8])
    told = _DNS_CODES.get(code, "no error") if code or not answers else f"{answers} answer{'s' * (answers != 1)}"
    return f"{asked}, {told}"


def _icmp(packet: ParsedPacket) -> str:
    names = _ICMP if packet.protocol == ICMP else _ICMPV6
    said = names.get(packet.type, f"ICMP{'v6' * (packet.protocol == ICMPV6)} type {packet.type}")
    if said.startswith("echo"):
        return f"{said} {packet.sequence}"
    if packet.type == (3 if packet.protocol == ICMP else 1):
        return f"ICMP{'v6' * (packet.version == 6)} {_UNREACHABLE.get((packet.protocol, packet.code), said[5:])}"
    return said


def _tcp(packet: ParsedPacket) -> str:
    flags = [word for bit, word in _FLAGS if packet.flags & bit]
    if packet.length:
        return "data" if flags == ["ACK"] or packet.flags & PSH else " ".join([*flags, "data"])
    return " ".join(flags) or "TCP"


def _udp(packet: ParsedPacket) -> str:
    ports = {packet.sport, packet.dport}
    if ports & {67, 68} and len(packet.payload) > _COOKIE_AT:
        return f"DHCP {_dhcp(packet.payload)}"
    if ports == {67, 68} or ports == {67}:
        return "DHCP request" if packet.dport == 67 else "DHCP reply"
    if 53 in ports and len(packet.payload) >= 12:
        return "DNS answer" if packet.payload[2] & 0x80 else "DNS query"
    if packet.inner:
        return "VXLAN"
    return "UDP"


def _dhcp(message: bytes) -> str:
    at = _COOKIE_AT + 4
    while at + 2 < len(message) and message[at] != 255:
        if message[at] == 53:
            return _DHCP.get(message[at + 2], "message")
        at += 1 if message[at] == 0 else 2 + message[at + 1]
    return "message"


def _content(packet: ParsedPacket) -> str:
    asked = dns(packet)
    if asked:
        return f", {asked}"
    if packet.protocol == TCP and packet.length:
        return f", {packet.length} bytes{_line(packet.payload)}"
    return f", {packet.length} bytes" if packet.protocol == UDP else ""


def _line(payload: bytes) -> str:
    """The first line of a request or an answer that is text, such as HTTP's."""
    first, found, _ = payload.partition(b"\r\n")
    return (
        f": {first.decode()}" if found and first.isascii() and len(first) < 80 and first.decode().isprintable() else ""
    )


def _neighbour(packet: ParsedPacket) -> str:
    return str(ipaddress.ip_address(packet.payload[:16])) if len(packet.payload) >= 16 else "?"


def _end(ip: str, port: int) -> str:
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"
