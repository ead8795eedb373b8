"""What is read in a frame, and what a person calls it."""

from __future__ import annotations

import struct

import pytest

from nslab_kernel.core.journeys.naming import dns, name, noise, summary
from nslab_kernel.core.journeys.packets import ACK, PSH, SYN, parse, parse_ip

from .frames import arp, echo, ethernet, ipv4, ipv6, tcp, udp


def test_nat_and_routers_leave_alone_what_packets_are_compared_by() -> None:
    before = parse_ip(ipv4("10.0.0.1", "203.0.113.10", 17, udp(5000, 53, b"question"), ttl=64))
    after = parse_ip(ipv4("192.0.2.2", "203.0.113.10", 17, udp(61000, 53, b"question"), ttl=63))
    assert before.same == after.same
    assert before.flow != after.flow


@pytest.mark.parametrize(
    "other",
    [
        ipv4("10.0.0.1", "10.0.0.2", 1, echo(8, 1, 2)),
        ipv4("10.0.0.1", "10.0.0.2", 1, echo(8, 1, 1), ident=8),
        ipv4("10.0.0.1", "10.0.0.2", 1, echo(0, 1, 1)),
        ipv4("10.0.0.1", "10.0.0.2", 1, echo(8, 1, 1, b"another")),
    ],
)
def test_another_packet_is_another(other: bytes) -> None:
    assert parse_ip(ipv4("10.0.0.1", "10.0.0.2", 1, echo(8, 1, 1))).same != parse_ip(other).same


def test_the_headers_of_a_trace_are_enough_to_know_a_packet() -> None:
    whole = ipv4("10.0.0.1", "10.0.0.2", 6, tcp(4000, 80, 1000, 0, SYN, b"x" * 50))
    seen, traced = parse_ip(whole), parse_ip(whole[:40], quoted=True)
    assert (seen.brief, seen.flow) == (traced.brief, traced.flow)


@pytest.mark.parametrize("quoted", [28, 60])
def test_an_icmp_error_knows_what_it_is_about(quoted: int) -> None:
    cause = ipv4("10.0.0.1", "10.9.9.9", 17, udp(5000, 99, b"x" * 40))
    error = parse_ip(ipv4("10.0.0.254", "10.0.0.1", 1, struct.pack(">BBHI", 3, 0, 0, 0) + cause[:quoted]))
    assert error.about is not None
    assert error.about.brief == parse_ip(cause).brief
    assert error.about.flow == parse_ip(cause).flow


def test_ipv6_is_known_by_its_flow_label_and_payload() -> None:
    first = ipv6("fd00::1", "fd00::2", 58, echo(128, 1, 1))
    assert parse_ip(first).same == parse_ip(ipv6("fd00::1", "fd00::2", 58, echo(128, 1, 1), hops=63)).same
    assert parse_ip(first).same != parse_ip(ipv6("fd00::1", "fd00::2", 58, echo(128, 1, 2))).same


def test_a_frame_in_a_tunnel_is_the_packet_inside() -> None:
    inner = ethernet("ns1", "ns2", 0x0800, ipv4("10.0.0.1", "10.0.0.2", 1, echo(8, 1, 1)))
    outer = parse_ip(ipv4("192.0.2.1", "192.0.2.2", 17, udp(40000, 4789, bytes([8, 0, 0, 0, 0, 0, 42, 0]) + inner)))
    assert parse(outer.inner).same == parse(inner).same


def _dhcp(kind: int) -> bytes:
    return bytes(236) + b"\x63\x82\x53\x63" + bytes([53, 1, kind, 255])


QUESTION = struct.pack(">HHHHHH", 1, 0x0100, 1, 0, 0, 0) + b"\3www\7example\3com\0\0\1\0\1"
ANSWER = struct.pack(">HHHHHH", 1, 0x8180, 1, 1, 0, 0) + b"\3www\7example\3com\0\0\1\0\1"


@pytest.mark.parametrize(
    ("frame", "called"),
    [
        (ethernet("ns1", "all", 0x0806, arp(1, "ns1", "10.0.0.1", "10.0.0.2")), "ARP request"),
        (ethernet("ns1", "ns2", 0x0800, ipv4("10.0.0.1", "10.0.0.2", 1, echo(8, 1, 3))), "echo request 3"),
        (ethernet("ns1", "ns2", 0x86DD, ipv6("fd00::1", "fd00::2", 58, echo(129, 1, 4))), "echo reply 4"),
        (ethernet("ns1", "ns2", 0x0800, ipv4("10.0.0.1", "10.0.0.2", 6, tcp(1, 2, 3, 4, SYN | ACK))), "SYN ACK"),
        (ethernet("ns1", "ns2", 0x0800, ipv4("10.0.0.1", "10.0.0.2", 6, tcp(1, 2, 3, 4, ACK | PSH, b"x"))), "data"),
        (ethernet("ns1", "ns2", 0x0800, ipv4("10.0.0.1", "10.0.0.2", 17, udp(5000, 53, QUESTION))), "DNS query"),
        (ethernet("ns2", "ns1", 0x0800, ipv4("10.0.0.2", "10.0.0.1", 17, udp(53, 5000, ANSWER))), "DNS answer"),
        (
            ethernet("ns1", "all", 0x0800, ipv4("0.0.0.0", "255.255.255.255", 17, udp(68, 67, _dhcp(1)))),
            "DHCP discover",
        ),
        (ethernet("ns1", "ns2", 0x0800, ipv4("10.0.0.1", "10.0.0.2", 17, b"x" * 9, where=10)), "fragment"),
        (b"\0" * 14, "frame 0x0000"),
        (b"", "frame 0x0000"),
    ],
)
def test_a_packet_is_called_what_the_field_calls_it(frame: bytes, called: str) -> None:
    assert name(parse(frame)) == called


def test_dns_is_told_with_its_question_and_how_it_was_answered() -> None:
    assert dns(parse_ip(ipv4("10.0.0.1", "10.0.0.2", 17, udp(5000, 53, QUESTION)))) == "A www.example.com"
    assert dns(parse_ip(ipv4("10.0.0.2", "10.0.0.1", 17, udp(53, 5000, ANSWER)))) == "A www.example.com, 1 answer"


def test_arp_is_told_as_tcpdump_tells_it() -> None:
    frame = ethernet("ns1", "all", 0x0806, arp(1, "ns1", "10.0.0.1", "10.0.0.2"))
    assert summary(parse(frame)) == "who has 10.0.0.2? tell 10.0.0.1"


def test_housekeeping_is_known() -> None:
    report = bytes([143]) + bytes(23)
    hop_by_hop = bytes([58, 0, 5, 2, 0, 0, 1, 0])
    assert noise(parse(ethernet("ns1", "all", 0x86DD, ipv6("fe80::1", "ff02::16", 0, hop_by_hop + report)))) == "ipv6"
    assert noise(parse(ethernet("ns1", "ns2", 0x86DD, ipv6("fd00::1", "fd00::2", 58, echo(128, 1, 1))))) == ""


@pytest.mark.parametrize("length", range(0, 90, 3))
def test_a_frame_may_end_anywhere(length: int) -> None:
    for body in (tcp(1, 80, 3, 4, ACK, b"GET / HTTP/1.1\r\n"), udp(5000, 53, QUESTION), echo(8, 1, 1)):
        for protocol in (1, 6, 17):
            frame = ethernet("ns1", "ns2", 0x0800, ipv4("10.0.0.1", "10.0.0.2", protocol, body))
            packet = parse(frame[:length])
            assert name(packet)
            assert isinstance(summary(packet), str)
