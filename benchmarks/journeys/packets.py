"""Numbered packets between namespaces, and which socket got each: the truth that traces are held against."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import time
from dataclasses import dataclass, field

from nslab_kernel.core.model.network import Network
from nslab_kernel.linux import namespaces

PORT, CLOSED = 7000, 81
SAME = b"always the same payload"
_PATIENCE = 0.6
_TTL = {4: (socket.IPPROTO_IP, socket.IP_TTL), 6: (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS)}
_ECHO = {4: (socket.IPPROTO_ICMP, 8), 6: (socket.getprotobyname("ipv6-icmp"), 128)}


def family(ip: str) -> int:
    return 6 if ":" in ip else 4


def _socket(version: int, kind: int, protocol: int = 0) -> socket.socket:
    return socket.socket(socket.AF_INET6 if version == 6 else socket.AF_INET, kind, protocol)


@dataclass(slots=True)
class Sent:
    """A datagram: who sent it where, its payload, and which namespaces got it."""

    source: str
    ip: str
    payload: bytes
    got: list[str] = field(default_factory=list)


class Listeners:
    """A UDP and a TCP socket of each IP version in every namespace, on one port; closed at the end."""

    def __init__(self, network: Network) -> None:
        self._open: list[tuple[str, socket.socket]] = []
        self._tcp: list[tuple[str, socket.socket]] = []
        for space in network.everywhere:
            for version in (4, 6):
                with contextlib.suppress(OSError):
                    udp, tcp = namespaces.entered(namespaces.find(space.name), lambda v=version: _listening(v))
                    self._open.append((space.name, udp))
                    self._tcp.append((space.name, tcp))

    def close(self) -> None:
        for _name, one in (*self._open, *self._tcp):
            one.close()

    def received(self) -> list[tuple[str, bytes]]:
        """What has come since, by namespace."""
        found = []
        for name, one in self._open:
            while True:
                try:
                    found.append((name, one.recv(4096)))
                except BlockingIOError:
                    break
        return found

    def accept(self, seconds: float = _PATIENCE) -> tuple[str, socket.socket] | None:
        """The next connection, with the namespace that it came to."""
        ready, _, _ = select.select([one for _, one in self._tcp], [], [], seconds)
        for name, one in self._tcp:
            if one in ready:
                with contextlib.suppress(BlockingIOError):
                    return name, one.accept()[0]
        return None


def _listening(version: int) -> tuple[socket.socket, socket.socket]:
    made = []
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        one = _socket(version, kind)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if version == 6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind(("::" if version == 6 else "0.0.0.0", PORT))
        one.setblocking(False)
        made.append(one)
    made[1].listen(64)
    return made[0], made[1]


def udp(source: str, version: int, ttl: int = 0) -> socket.socket:
    """A UDP socket in a namespace."""

    def make() -> socket.socket:
        one = _socket(version, socket.SOCK_DGRAM)
        if ttl:
            one.setsockopt(*_TTL[version], ttl)
        return one

    return namespaces.entered(namespaces.find(source), make)


def talk(source: str, ip: str, listeners: Listeners, payloads: list[bytes]) -> tuple[str, list[bytes]] | None:
    """Connect and send payloads one by one; which namespace got the connection, and what came."""

    def connect() -> socket.socket:
        one = _socket(family(ip), socket.SOCK_STREAM)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        one.settimeout(_PATIENCE)
        try:
            one.connect((ip, PORT))
        except OSError:
            one.close()
            raise
        return one

    try:
        calling = namespaces.entered(namespaces.find(source), connect)
    except OSError:
        return None
    with calling:
        accepted = listeners.accept()
        if accepted is None:
            return None
        name, called = accepted
        came = []
        with called:
            called.settimeout(_PATIENCE)
            for payload in payloads:
                try:
                    calling.sendall(payload)
                    came.append(called.recv(4096))
                except OSError:
                    break
        return name, came


def once(source: str, protocol: str, ip: str, *, ttl: int = 0, size: int = 8) -> None:
    """Send one packet of a protocol, and wait a little for what comes back."""
    version = family(ip)

    def send() -> None:
        if protocol == "tcp":
            one = _socket(version, socket.SOCK_STREAM)
            one.settimeout(0.25)
        else:
            kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_RAW
            one = _socket(version, kind, _ECHO[version][0] if protocol == "icmp" else 0)
            one.settimeout(0.1)
        with one, contextlib.suppress(OSError):
            if ttl:
                one.setsockopt(*_TTL[version], ttl)
            if size > 1000:  # with the bit that forbids to cut it
                level, name, value = (socket.IPPROTO_IP, 10, 2) if version == 4 else (socket.IPPROTO_IPV6, 23, 2)
                one.setsockopt(level, name, value)
            if protocol == "tcp":
                one.connect((ip, CLOSED))
            elif protocol == "udp":
                one.connect((ip, CLOSED))
                one.send(b"x" * size)
                one.recv(1)
            else:
                one.sendto(_echo(version, size), (ip, 0))
                one.recv(64)

    namespaces.entered(namespaces.find(source), send)
    time.sleep(0.02)


def _echo(version: int, size: int) -> bytes:
    head = struct.pack(">BBHHH", _ECHO[version][1], 0, 0, 4711, 1)
    data = head + b"x" * size
    if version == 6:
        return data  # the kernel fills in the checksum
    total = sum(struct.unpack(f">{len(data) // 2}H", data[: len(data) // 2 * 2])) + (
        data[-1] << 8 if len(data) % 2 else 0
    )
    total = (total & 0xFFFF) + (total >> 16)
    return data[:2] + struct.pack(">H", ~(total + (total >> 16)) & 0xFFFF) + data[4:]
