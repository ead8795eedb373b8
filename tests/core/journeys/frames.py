"""Frames put together by hand, as the kernel would send them."""

from __future__ import annotations

import ipaddress
import struct

MAC = {"ns1": "020000000001", "ns2": "020000000002", "host": "0200000000fe", "all": "ffffffffffff"}


def ethernet(source: str, target: str, kind: int, body: bytes) -> bytes:
    return bytes.fromhex(MAC[target] + MAC[source]) + kind.to_bytes(2) + body


def ipv4(
    source: str, target: str, protocol: int, body: bytes, *, ident: int = 7, ttl: int = 64, where: int = 0
) -> bytes:
    addresses = ipaddress.ip_address(source).packed + ipaddress.ip_address(target).packed
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), ident, where, ttl, protocol, 0) + addresses + body


def ipv6(source: str, target: str, following: int, body: bytes, *, hops: int = 64) -> bytes:
    addresses = ipaddress.ip_address(source).packed + ipaddress.ip_address(target).packed
    return struct.pack(">IHBB", 6 << 28, len(body), following, hops) + addresses + body


def echo(kind: int, identifier: int, sequence: int, payload: bytes = b"payload") -> bytes:
    return struct.pack(">BBHHH", kind, 0, 0, identifier, sequence) + payload


def udp(sport: int, dport: int, payload: bytes) -> bytes:
    return struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload


def tcp(sport: int, dport: int, sequence: int, acknowledged: int, flags: int, payload: bytes = b"") -> bytes:
    return struct.pack(">HHIIBBHHH", sport, dport, sequence, acknowledged, 0x50, flags, 1000, 0, 0) + payload


def arp(operation: int, mac: str, source: str, target: str) -> bytes:
    head = struct.pack(">HHBBH", 1, 0x0800, 6, 4, operation) + bytes.fromhex(MAC[mac])
    return head + ipaddress.ip_address(source).packed + bytes(6) + ipaddress.ip_address(target).packed
