"""Echo requests and replies as bytes (ICMP, RFC 792; ICMPv6, RFC 4443)."""

from __future__ import annotations

import struct

REQUEST, REPLY = {4: 8, 6: 128}, {4: 0, 6: 129}
"""The types of request and reply, by IP version."""

LARGEST = 2048
"""Bytes that an answer has at most."""

_HEADER = struct.Struct("!BBHHH")  # type, code, checksum, id, sequence number
_MARK = struct.Struct("!8sI44x")  # the sender's token, which request it is, and what makes it as long as ping(8)'s


def request(version: int, number: int, token: bytes) -> bytes:
    """An echo request.

    Parameters
    ----------
    version
        4 or 6.
    number
        What tells it from the sender's others.
    token
        Eight bytes that tell the sender from all others. Two of them are the request's id: with the same one, a ping
        would go by what conntrack remembers of the last, whatever the rules say now.
    """
    mark = _MARK.pack(token, number)
    identity = int.from_bytes(token[:2])
    header = _HEADER.pack(REQUEST[version], 0, 0, identity, number & 0xFFFF)
    if version == 4:  # for IPv6 the kernel does the sum
        header = _HEADER.pack(REQUEST[4], 0, _checksum(header + mark), identity, number & 0xFFFF)
    return header + mark


def answered(version: int, packet: bytes, token: bytes) -> int | None:
    """The number of the request that a packet from a raw socket answers, if it answers one of this token."""
    start = (packet[0] & 0x0F) * 4 if version == 4 else 0  # a raw IPv4 socket gives the IP header too
    body = packet[start:]
    if len(body) != _HEADER.size + _MARK.size or body[0] != REPLY[version]:
        return None
    found, number = _MARK.unpack_from(body, _HEADER.size)
    return int(number) if found == token else None


def _checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071) of an even number of bytes."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF
