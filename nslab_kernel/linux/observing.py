"""Watch a packet in every namespace at once while it is sent (packet(7)), fetch pages, look names up."""

from __future__ import annotations

import contextlib
import errno
import http.client
import ipaddress
import os
import selectors
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from urllib.parse import urlsplit

from ..core.checks.experiments import Experiment, Fetched, Page, Result, Watched, WatchedPacket, WatchedTrace
from . import namespaces, pinging, resolvers

PATIENCE = 1.5
"""Seconds to try, as for plain probes."""

_TRY = 0.25  # seconds for one try
_AFTER = 0.02  # seconds to let the last copies of a packet be captured
_ETH_P_ALL = 3
_SO_TIMESTAMPNS = 35  # socket(7); not in Python's socket
_OUTGOING = 4  # PACKET_OUTGOING, packet(7)
_SNAP = 192  # bytes of a packet that are looked at
_REQUEST = {4: 8, 6: 128}
_SYN, _RST, _ACK = 0x02, 0x04, 0x10
_PAGE = 1 << 16  # bytes of a page that are read
_ICMP_OVERHEAD = {4: 28, 6: 48}  # IP header and ICMP header
_DO_NOT_FRAGMENT = {4: ((socket.IPPROTO_IP, 10, 2),), 6: ((socket.IPPROTO_IPV6, 23, 2), (socket.IPPROTO_IPV6, 62, 1))}
_RECVERR = {4: (socket.IPPROTO_IP, 11), 6: (socket.IPPROTO_IPV6, 25)}


def observe(experiments: Iterable[Experiment], names: Iterable[str]) -> dict[Experiment, Result]:
    """Carry out experiments one after the other.

    Parameters
    ----------
    experiments
        What to send, fetch and look up.
    names
        The namespaces to watch.
    """
    everywhere = tuple(names)
    return {one: _observe(one, everywhere) for one in dict.fromkeys(experiments)}


def _observe(one: Experiment, names: tuple[str, ...]) -> Result:
    if isinstance(one, Watched):
        return watch(one, names)
    return fetch(one) if isinstance(one, Fetched) else resolvers.lookup(one.source, one.name)


def watch(asked: Watched, names: Iterable[str]) -> WatchedTrace:
    """Send a packet, wait for its answer, and say where it was seen.

    Parameters
    ----------
    asked
        What to send.
    names
        The namespaces to watch; one that has gone meanwhile is passed over.
    """
    address = _address(asked.source, asked.address)
    if not address:
        return WatchedTrace(("unknown name",), ((),))
    outcomes: list[str] = []
    sightings: list[tuple[WatchedPacket, ...]] = []
    place = namespaces.find(asked.source)
    with _Capture(names) as capture:
        for _ in range(asked.times):
            outcome, mark = namespaces.entered(place, lambda: _ask(asked, address))
            time.sleep(_AFTER)
            outcomes.append(outcome)
            sightings.append(_matching(capture.packets(), mark, asked.source))
            if outcome != "answered":
                break
    return WatchedTrace(tuple(outcomes), tuple(sightings))


def fetch(asked: Fetched) -> Page:
    """Fetch a page from a namespace, trying again while a server starts."""
    parts = urlsplit(asked.url)
    address = _address(asked.source, parts.hostname or "")
    if not address:
        return Page("unknown name")
    place = namespaces.find(asked.source)
    begun = time.monotonic()
    while True:
        page = namespaces.entered(place, lambda: _page(address, parts.port or 80, parts.path or "/", parts.netloc))
        if page.how == "answered" or time.monotonic() - begun > PATIENCE:
            return page
        time.sleep(0.1)


def _page(address: str, port: int, path: str, host: str) -> Page:
    asking = http.client.HTTPConnection(address, port, timeout=PATIENCE)
    try:
        with contextlib.closing(asking):
            asking.request("GET", path, headers={"Host": host, "Connection": "close"})
            return Page("answered", asking.getresponse().read(_PAGE).decode(errors="replace"))
    except (OSError, http.client.HTTPException) as error:
        return Page(_fate(error))


def _address(source: str, name: str) -> str:
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return next(iter(resolvers.lookup(source, name)), "")


@dataclass(frozen=True, slots=True)
class _Mark:
    """By what a packet is recognised: ``icmp`` with a token, ``tcp`` with the sender's port, ``udp`` with an id."""

    protocol: str
    value: bytes | int


@dataclass(frozen=True, slots=True)
class _Packet:
    """One captured packet, as far as it is looked at."""

    when: float
    namespace: str
    outgoing: bool
    source: str
    destination: str
    protocol: str
    ports: tuple[int, int]
    mark: bytes | int
    reply: bool | None


def _ask(asked: Watched, address: str) -> tuple[str, _Mark]:
    version = ipaddress.ip_address(address).version
    family = socket.AF_INET6 if version == 6 else socket.AF_INET
    if asked.protocol == "tcp":
        return _connect(family, address, asked.port)
    if asked.protocol == "udp":
        return _datagram(family, address, asked.port)
    return _echo(family, version, address, asked.size)


def _echo(family: int, version: int, address: str, size: int) -> tuple[str, _Mark]:
    token = os.urandom(8)
    mark = _Mark("icmp", token)
    protocol = socket.IPPROTO_ICMPV6 if version == 6 else socket.IPPROTO_ICMP
    usual = len(pinging.echo_request(version, 0, token)) + _ICMP_OVERHEAD[version] - 8
    with socket.socket(family, socket.SOCK_RAW, protocol) as asking:
        asking.settimeout(_TRY)
        asking.setsockopt(*_RECVERR[version], 1)
        if size:
            for option in _DO_NOT_FRAGMENT[version]:
                asking.setsockopt(*option)
        message = pinging.echo_request(version, 0, token, max(0, size - usual))

        def once() -> None:
            asking.connect((address, 0))
            asking.send(message)
            while pinging.echo_answered(version, asking.recv(1 << 16), token) is None:
                pass

        return _persevere(once), mark


def _connect(family: int, address: str, port: int) -> tuple[str, _Mark]:
    mark = _Mark("tcp", 0)

    def once() -> None:
        nonlocal mark
        with socket.socket(family, socket.SOCK_STREAM) as asking:
            asking.bind(("", 0))
            mark = _Mark("tcp", asking.getsockname()[1])
            asking.settimeout(PATIENCE)
            asking.connect((address, port))

    return _persevere(once), mark


def _datagram(family: int, address: str, port: int) -> tuple[str, _Mark]:
    number = os.urandom(2)
    # A question for the root's name servers (RFC 1035): a name server answers it, an echo service sends it back.
    question = number + bytes.fromhex("0100 0001 0000 0000 0000 0000 0200 01")
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        asking.settimeout(_TRY)

        def once() -> None:
            asking.connect((address, port))
            asking.send(question)
            asking.recv(1 << 16)

        return _persevere(once), _Mark("udp", number)


def _persevere(once: object) -> str:
    begun = time.monotonic()
    how = "silence"
    while time.monotonic() - begun < PATIENCE:
        try:
            once()  # type: ignore[operator]
        except (OSError, http.client.HTTPException) as error:
            fate = _fate(error)
            how = fate if fate != "silence" else how
            if fate in ("no route", "too big"):
                break
            time.sleep(0.05)
        else:
            return "answered"
    return how


def _fate(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "silence"
    number = error.errno if isinstance(error, OSError) else None
    fates = {
        errno.ECONNREFUSED: "refused",
        errno.EACCES: "prohibited",
        errno.EPERM: "prohibited",
        errno.ENETUNREACH: "no route",
        errno.EHOSTUNREACH: "unreachable",
        errno.EMSGSIZE: "too big",
    }
    return fates.get(number or 0, "failed")


class _Capture:
    """A packet socket in each namespace."""

    def __init__(self, names: Iterable[str]) -> None:
        self._sockets: dict[str, socket.socket] = {}
        self._names = tuple(names)

    def __enter__(self) -> _Capture:
        _timestamps_on()
        self._selector = selectors.DefaultSelector()
        for name in self._names:
            with contextlib.suppress(Exception):  # a namespace may go at any time
                opened = namespaces.entered(namespaces.find(name), _packet_socket)
                self._sockets[name] = opened
                self._selector.register(opened, selectors.EVENT_READ, name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._selector.close()
        for opened in self._sockets.values():
            opened.close()

    def packets(self) -> Iterator[_Packet]:
        """What was captured since the last call, the earliest first."""
        found = []
        for key, _ in self._selector.select(0):
            asking: socket.socket = key.fileobj  # type: ignore[assignment]
            while True:
                try:
                    data, extra, _, place = asking.recvmsg(_SNAP, 64)
                except BlockingIOError:
                    break
                when = _seconds(extra)
                packet = _decoded(data, str(key.data), when, place[2] == _OUTGOING)
                if packet:
                    found.append(packet)
        return iter(sorted(found, key=lambda packet: packet.when))


@cache
def _timestamps_on() -> socket.socket:
    """A socket that keeps timestamps on: the kernel switches them on in a worker of its own (net_enable_timestamp)."""
    keeping = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    keeping.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    time.sleep(0.05)
    return keeping


def _packet_socket() -> socket.socket:
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_ALL))
    opened.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    opened.setblocking(False)
    return opened


def _seconds(extra: list[tuple[int, int, bytes]]) -> float:
    for level, kind, data in extra:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack_from("@qq", data)
            return float(seconds) + 1e-9 * float(nanoseconds)
    return time.time()


def _decoded(data: bytes, namespace: str, when: float, outgoing: bool) -> _Packet | None:
    """A packet of IPv4 or IPv6 that carries ICMP, TCP or UDP; None for any other."""
    version = data[0] >> 4 if data else 0
    if version == 4 and len(data) >= 20:
        start, carried = (data[0] & 0x0F) * 4, data[9]
        source, destination = (
            socket.inet_ntop(socket.AF_INET, data[12:16]),
            socket.inet_ntop(socket.AF_INET, data[16:20]),
        )
    elif version == 6 and len(data) >= 40:
        start, carried = 40, data[6]
        source, destination = (
            socket.inet_ntop(socket.AF_INET6, data[8:24]),
            socket.inet_ntop(socket.AF_INET6, data[24:40]),
        )
    else:
        return None
    body = data[start:]
    if carried in (socket.IPPROTO_ICMP, socket.IPPROTO_ICMPV6) and len(body) >= 16:
        kinds = {_REQUEST[version]: False, pinging.REPLY[version]: True}
        if body[0] not in kinds:
            return None
        return _Packet(when, namespace, outgoing, source, destination, "icmp", (0, 0), body[8:16], kinds[body[0]])
    if carried == socket.IPPROTO_TCP and len(body) >= 20:
        ports, number, acknowledged = struct.unpack_from("!HH", body), *struct.unpack_from("!II", body, 4)
        flags = body[13]
        if flags & (_SYN | _ACK) == _SYN:
            return _Packet(when, namespace, outgoing, source, destination, "tcp", ports, number, False)
        if flags & _ACK and flags & (_SYN | _RST):
            before = (acknowledged - 1) & 0xFFFFFFFF
            return _Packet(when, namespace, outgoing, source, destination, "tcp", ports, before, True)
        return None
    if carried == socket.IPPROTO_UDP and len(body) >= 10:
        ports = struct.unpack_from("!HH", body)
        return _Packet(when, namespace, outgoing, source, destination, "udp", ports, body[8:10], None)
    return None


def _matching(packets: Iterator[_Packet], mark: _Mark, source: str) -> tuple[WatchedPacket, ...]:
    """The sightings of one packet and its answer."""
    of_protocol = [packet for packet in packets if packet.protocol == mark.protocol]
    if mark.protocol == "tcp":
        # Addresses and ports may be rewritten on the way; the first sequence number stays.
        numbers = {
            packet.mark
            for packet in of_protocol
            if packet.namespace == source and packet.outgoing and not packet.reply and packet.ports[0] == mark.value
        }
        found = [packet for packet in of_protocol if packet.mark in numbers]
    else:
        found = [packet for packet in of_protocol if packet.mark == mark.value]
    sightings = []
    seen: set[tuple[str, str, str, tuple[int, int]]] = set()
    for packet in found:
        reply = packet.reply
        if reply is None:  # of UDP: what goes back the way that something came
            reply = (packet.namespace, packet.destination, packet.source, packet.ports[::-1]) in seen
            if not reply:
                seen.add((packet.namespace, packet.source, packet.destination, packet.ports))
        sightings.append(
            WatchedPacket(packet.when, packet.namespace, packet.outgoing, reply, packet.source, packet.destination)
        )
    return tuple(sightings)
