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

from ..core.network import Network
from ..core.pings import NO_ANSWER, Ping, PingTable, pairs
from ..core.subnets import subnet_of
from . import decoding, echo, hot_messages
from .doors import Doors
from .dumps import AskingSocket, Message
from .route_socket import NetlinkError

_SOL_RAW, _ICMP_FILTER = 255, 1
_MOST_IN_A_ROUND = 900
"""Neighbours that a round may make: the machine's table has 1024, and this lab is not alone in it."""
_CROWD = 200
"""Pings that may fill the table together with what other labs of the machine have in it."""


def ping_all(network: Network, names: Sequence[str], patience: float = 1.0) -> PingTable:
    """Ping every ordered pair of namespaces.

    Parameters
    ----------
    network
        The lab as it is.
    names
        The namespaces; ``"host"`` for the host.
    patience
        Seconds to wait for answers after the last request of a round.
    """
    wanted = pairs(network, names)
    sendable = [ping for ping in wanted if ping.ip]
    sent = dict(zip(sendable, ping_each(network, sendable, patience), strict=True))
    rounds = max(1, len(list(_rounds(sendable))))
    return PingTable(tuple(names), tuple(sent.get(ping, ping) for ping in wanted), rounds)


def ping_each(network: Network, pings: Iterable[Ping], patience: float = 1.0) -> tuple[Ping, ...]:
    """Send pings at once, and tell what became of each.

    Parameters
    ----------
    network
        The lab as it is.
    pings
        What to send.
    patience
        Seconds to wait for answers after the last request of a round.
    """
    wanted = list(pings)
    with ThreadPoolExecutor(1) as worker:  # a thread that may leave its namespace for good
        sent = worker.submit(_ping_rounds, network, list(_rounds(wanted)), patience).result()
    return tuple(sent[ping] for ping in wanted)


def _rounds(pings: list[Ping]) -> Iterator[list[Ping]]:
    """Both directions of a pair go in one round: together they make two neighbours, as one of them alone would."""
    both_ways = sorted(pings, key=lambda ping: sorted((ping.source, ping.destination)))
    for start in range(0, len(both_ways), _MOST_IN_A_ROUND):
        yield both_ways[start : start + _MOST_IN_A_ROUND]


def _ping_rounds(network: Network, rounds: Sequence[list[Ping]], patience: float) -> dict[Ping, Ping]:
    """Send round by round; where a full table may be why some weren't answered, those again while that helps."""
    results: dict[Ping, Ping] = {}
    everything = [ping for pings in rounds for ping in pings]
    tables = _neighbour_tables(everything) if len(everything) > _CROWD else {}
    for pings in rounds:
        results |= _ping_round(pings, patience)
        if len(rounds) > 1:
            _forget_neighbours(network, pings, tables)
    unanswered = _unanswered(results)
    while unanswered and len(results) > _CROWD:
        _forget_neighbours(network, results, tables)
        for pings in _rounds(unanswered):
            results |= _ping_round(pings, patience)
        before, unanswered = len(unanswered), _unanswered(results)
        if len(unanswered) == before:
            break
    return results


def _ping_round(pings: Sequence[Ping], patience: float) -> dict[Ping, Ping]:
    with _Round(pings) as one:
        one.run(patience)
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

    def run(self, patience: float) -> None:
        """Send everything, then wait until all is answered or patience ends."""
        waiting = self._send(range(len(self._pings)))
        deadline = time.monotonic() + patience
        while NO_ANSWER in self._reasons.values() and (left := deadline - time.monotonic()) > 0:
            self._receive(min(left, 0.05) if waiting else left)
            waiting = self._send(waiting)

    def results(self) -> dict[Ping, Ping]:
        """What became of each ping."""
        reasons = ((ping, self._reasons.get(number, "")) for number, ping in enumerate(self._pings))
        return {ping: ping if ping.reason == reason else replace(ping, reason=reason) for ping, reason in reasons}

    def _open(self, key: tuple[str, int]) -> None:
        version = key[1]
        if version == 4:
            one = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
            one.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("=I", ~(1 << echo.REPLY[4]) & 0xFFFFFFFF))
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
                request = echo.request(version, number, self._token)
                self._sockets[ping.source, version].sendto(request, (ping.ip, 0))
            except OSError as error:
                if error.errno in (errno.ENOBUFS, errno.EAGAIN):
                    full.append(number)
                else:
                    self._reasons[number] = os.strerror(error.errno or 0)
            if number % 64 == 63:
                self._receive(0)
        return full

    def _receive(self, timeout: float) -> None:
        for descriptor, _ in self._poll.poll(timeout):
            one, version = self._by_descriptor[descriptor]
            while True:
                try:
                    packet = one.recv(echo.LARGEST)
                except BlockingIOError:
                    break
                number = echo.answered(version, packet, self._token)
                if number is not None:
                    self._reasons.pop(number, None)


def _version(ping: Ping) -> int:
    return 6 if ":" in ping.ip else 4


def _neighbour_tables(pings: Iterable[Ping]) -> dict[str, list[Message]]:
    """What each source knows of its neighbours, as the kernel tells it: it is seldom needed."""
    doors, found = Doors(), {}
    try:
        for name in dict.fromkeys(ping.source for ping in pings):
            doors.enter(name)
            with AskingSocket() as asking:
                found[name] = asking.dump(decoding.RTM_GETNEIGH, decoding.NEIGHBOURS)
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
    known = {name: {neighbour.ip for neighbour in decoding.neighbours(table)} for name, table in tables.items()}
    messages: dict[str, list[bytes]] = {}
    for ping in pings:
        namespace = network.get(ping.source)
        for interface in namespace.interfaces if namespace else ():
            near = any(_near(ping.ip, address.cidr) for address in interface.addresses)
            if near and ping.ip not in known[ping.source]:
                message = hot_messages.delete_neighbour(interface.index, ping.ip)
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
