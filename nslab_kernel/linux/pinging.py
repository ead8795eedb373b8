"""Ping all pairs of namespaces at once: an ICMP socket in each, all served by one thread (raw(7), icmp(7))."""

from __future__ import annotations

import errno
import os
import select
import socket
import struct
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from ..core.checks.pings import NO_ANSWER, Ping, PingTable, pairs
from ..core.model.network import Network
from ..core.model.rest import delays_packets
from ..core.model.subnets import subnet_of
from .netlink import decode, encode
from .netlink.dump import AskingSocket, Message
from .netlink.handles import Doors
from .netlink.socket import NetlinkError

REQUEST, REPLY = {4: 8, 6: 128}, {4: 0, 6: 129}
"""The types of request and reply, by IP version."""

LARGEST = 2048
"""Bytes that an answer has at most."""

_HEADER = struct.Struct("!BBHHH")  # type, code, checksum, id, sequence number
_MARK = struct.Struct("!8sI44x")  # the sender's token, which request it is, and what makes it as long as ping(8)'s


def echo_request(version: int, number: int, token: bytes, more: int = 0) -> bytes:
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
    more
        Bytes beyond the 56 that ping(8) sends.
    """
    mark = _MARK.pack(token, number) + bytes(more)
    identity = int.from_bytes(token[:2])
    header = _HEADER.pack(REQUEST[version], 0, 0, identity, number & 0xFFFF)
    if version == 4:  # for IPv6 the kernel does the sum
        header = _HEADER.pack(REQUEST[4], 0, _checksum(header + mark + bytes(more % 2)), identity, number & 0xFFFF)
    return header + mark


def echo_answered(version: int, packet: bytes, token: bytes) -> int | None:
    """The number of the request that a packet from a raw socket answers, if it answers one of this token."""
    start = (packet[0] & 0x0F) * 4 if version == 4 else 0  # a raw IPv4 socket gives the IP header too
    body = packet[start:]
    if len(body) < _HEADER.size + _MARK.size or body[0] != REPLY[version]:
        return None
    found, number = _MARK.unpack_from(body, _HEADER.size)
    return int(number) if found == token else None


def _checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071) of an even number of bytes."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


_SOL_RAW, _ICMP_FILTER = 255, 1
_TURN = 0.01  # seconds; a busy machine gives a turn late, to the packets as to us
_SILENT, _SILENT_IF_DELAYED = 10, 100
"""Turns in a row without any answer, after which none comes: what stays on one machine takes a fraction of one."""
_FULL = 1.0  # seconds to go on trying while the machine's neighbour table is full
_MOST_IN_A_ROUND = 900
"""Neighbours that a round may make: the machine's table has 1024, and this lab is not alone in it."""
_CROWD = 200
"""Pings that may fill the table together with what other labs of the machine have in it."""


def ping_all(network: Network, names: Sequence[str]) -> PingTable:
    """Ping every ordered pair of namespaces.

    Parameters
    ----------
    network
        The lab as it is.
    names
        The namespaces; ``"host"`` for the host.
    """
    wanted = pairs(network, names)
    sendable = [ping for ping in wanted if ping.ip]
    sent = dict(zip(sendable, ping_each(network, sendable), strict=True))
    rounds = max(1, len(list(_rounds(sendable))))
    return PingTable(tuple(names), tuple(sent.get(ping, ping) for ping in wanted), rounds)


def ping_each(network: Network, pings: Iterable[Ping]) -> tuple[Ping, ...]:
    """Send pings at once, and return what became of each.

    Answers are awaited until none has come for a tenth of a second, in a lab that delays packets for a second.

    Parameters
    ----------
    network
        The lab as it is.
    pings
        What to send.
    """
    wanted = list(pings)
    worker = ThreadPoolExecutor(1)  # a thread that may leave its namespace for good
    try:
        sent = worker.submit(_ping_rounds, network, list(_rounds(wanted))).result()
    finally:
        worker.shutdown(wait=False)  # after an interrupt nobody waits for the last answers
    return tuple(sent[ping] for ping in wanted)


def _rounds(pings: list[Ping]) -> Iterator[list[Ping]]:
    """Both directions of a pair go in one round: together they make two neighbours, as one of them alone would."""
    both_ways = sorted(pings, key=lambda ping: sorted((ping.source, ping.destination)))
    for start in range(0, len(both_ways), _MOST_IN_A_ROUND):
        yield both_ways[start : start + _MOST_IN_A_ROUND]


def _ping_rounds(network: Network, rounds: Sequence[list[Ping]]) -> dict[Ping, Ping]:
    """Send round by round; where a full table may be why some weren't answered, those again while that helps."""
    results: dict[Ping, Ping] = {}
    everything = [ping for pings in rounds for ping in pings]
    tables = _neighbour_tables(everything) if len(everything) > _CROWD else {}
    for pings in rounds:
        results |= _ping_round(network, pings)
        if len(rounds) > 1:
            _forget_neighbours(network, pings, tables)
    unanswered = _unanswered(results)
    while unanswered and len(results) > _CROWD:
        _forget_neighbours(network, results, tables)
        for pings in _rounds(unanswered):
            results |= _ping_round(network, pings)
        before, unanswered = len(unanswered), _unanswered(results)
        if len(unanswered) == before:
            break
    return results


def _ping_round(network: Network, pings: Sequence[Ping]) -> dict[Ping, Ping]:
    with _Round(pings) as one:
        one.send()
        if not one.awaited(_SILENT) and delays_packets(network):
            one.awaited(_SILENT_IF_DELAYED)
        return one.results()


def _unanswered(results: dict[Ping, Ping]) -> list[Ping]:
    return [ping for ping, result in results.items() if result.reason == NO_ANSWER]


class _Round:
    """Some pings, sent and awaited together."""

    def __init__(self, pings: Sequence[Ping]) -> None:
        self._pings = pings
        self._token = os.urandom(8)
        self._reasons: dict[int, str] = dict.fromkeys(range(len(pings)), NO_ANSWER)
        self._sockets: dict[tuple[str, int], socket.socket] = {}
        self._poll = select.epoll()
        self._by_descriptor: dict[int, tuple[socket.socket, int]] = {}  # each with its version of IP
        self._full: list[int] = []  # those that found the neighbour table full
        self._deadline = 0.0

    def __enter__(self) -> _Round:
        doors = Doors()
        try:
            for ping in self._pings:
                key = ping.source, _version(ping)
                if key not in self._sockets:
                    doors.enter(ping.source)
                    self._open(key)
        finally:
            doors.close()
        return self

    def __exit__(self, *_: object) -> None:
        self._poll.close()
        for one in self._sockets.values():
            one.close()

    def send(self) -> None:
        """Send everything."""
        self._full = self._send(range(len(self._pings)))
        self._deadline = time.monotonic() + _FULL

    def awaited(self, turns: int) -> bool:
        """Wait until all is answered or so many turns brought no answer; whether all is answered."""
        silent = 0
        while (unanswered := NO_ANSWER in self._reasons.values()) and silent < turns:
            silent = 0 if self._receive(_TURN) or self._is_full() else silent + 1
            self._full = self._send(self._full)
        return not unanswered

    def results(self) -> dict[Ping, Ping]:
        """What became of each ping."""
        reasons = ((ping, self._reasons.get(number, "")) for number, ping in enumerate(self._pings))
        return {ping: ping if ping.reason == reason else replace(ping, reason=reason) for ping, reason in reasons}

    def _is_full(self) -> bool:
        return bool(self._full) and time.monotonic() < self._deadline

    def _open(self, key: tuple[str, int]) -> None:
        version = key[1]
        if version == 4:
            one = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
            one.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("=I", ~(1 << REPLY[4]) & 0xFFFFFFFF))
        else:
            one = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
        one.setblocking(False)
        self._sockets[key] = one
        self._by_descriptor[one.fileno()] = one, version
        self._poll.register(one, select.EPOLLIN)

    def _send(self, numbers: Iterable[int]) -> list[int]:
        """Send these pings; those that find the neighbour table full are given back, to be tried again."""
        full = []
        for number in numbers:
            ping = self._pings[number]
            version = _version(ping)
            try:
                request = echo_request(version, number, self._token)
                self._sockets[ping.source, version].sendto(request, (ping.ip, 0))
            except OSError as error:
                if error.errno in (errno.ENOBUFS, errno.EAGAIN):
                    full.append(number)
                else:
                    self._reasons[number] = os.strerror(error.errno or 0)
            if number % 64 == 63:
                self._receive(0)
        return full

    def _receive(self, timeout: float) -> bool:
        """Take what has come, waiting for it for some seconds at most; whether a ping was answered."""
        waiting = len(self._reasons)
        for descriptor, _ in self._poll.poll(timeout):
            one, version = self._by_descriptor[descriptor]
            while True:
                try:
                    packet = one.recv(LARGEST)
                except BlockingIOError:
                    break
                number = echo_answered(version, packet, self._token)
                if number is not None:
                    self._reasons.pop(number, None)
        return len(self._reasons) < waiting


def _version(ping: Ping) -> int:
    return 6 if ":" in ping.ip else 4


def _neighbour_tables(pings: Iterable[Ping]) -> dict[str, list[Message]]:
    """What each source knows of its neighbours, as the kernel tells it: it is seldom needed."""
    doors, found = Doors(), {}
    try:
        for name in dict.fromkeys(ping.source for ping in pings):
            doors.enter(name)
            with AskingSocket() as asking:
                found[name] = asking.dump(decode.RTM_GETNEIGH, decode.NEIGHBOURS)
    finally:
        doors.close()
    return found


def _forget_neighbours(network: Network, pings: Iterable[Ping], tables: Mapping[str, list[Message]]) -> None:
    """Remove the neighbours that a round has made, so that there is room for those of the next.

    Parameters
    ----------
    tables
        The sources' neighbours before anything was sent, which stay.
    """
    known = {name: {neighbour.ip for neighbour in decode.neighbours(table)} for name, table in tables.items()}
    messages: dict[str, list[bytes]] = {}
    for ping in pings:
        namespace = network.get(ping.source)
        for interface in namespace.interfaces if namespace else ():
            near = any(_near(ping.ip, address.cidr) for address in interface.addresses)
            if near and ping.ip not in known[ping.source]:
                message = encode.delete_neighbour(interface.index, ping.ip)
                messages.setdefault(ping.source, []).append(message)
    doors = Doors()
    try:
        for name, batch in messages.items():
            _send_all(doors, name, batch)
    finally:
        doors.close()


def _near(ip: str, cidr: str) -> bool:
    return subnet_of(cidr) == subnet_of(f"{ip}/{cidr.partition('/')[2]}") if (":" in ip) == (":" in cidr) else False


def _send_all(doors: Doors, name: str, batch: list[bytes]) -> None:
    for start in range(0, len(batch), 128):
        try:
            doors.socket(name).send(batch[start : start + 128])
        except NetlinkError:
            continue  # one that is gone already: the others were carried out
