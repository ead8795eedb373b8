"""Which rule decided, and what connection tracking did: the trace and conntrack events of nfnetlink (nft(8)).

Tracing is switched on by a table of the socket's own (flag ``owner``): the kernel removes it when the socket is closed,
so that even a killed kernel leaves none. No program takes part.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
import time
from collections.abc import Iterable, Iterator

from ..core.journeys.evidence import RuleEvent, Translation
from .netlink.dump import HEADER, NETLINK_NETFILTER, NLM_F_ACK, NLM_F_REQUEST, SOL_NETLINK, attribute, attributes

RATE = 300
"""Packets a second whose rules are traced in one namespace: more would slow the network down."""

_NFTABLES, _CTNETLINK = 10, 1  # subsystems of nfnetlink
_NEWTABLE, _GETTABLE, _DELTABLE, _NEWCHAIN, _NEWRULE, _TRACE = 0, 1, 2, 3, 6, 17
_BATCH_BEGIN, _BATCH_END, _ERROR = 0x10, 0x11, 2
_CREATE, _APPEND, _DUMP = 0x400, 0x800, 0x300
_ADD_MEMBERSHIP = 1
_GROUPS_CONNTRACK, _GROUP_TRACE = (1, 2), 9  # new, update
_OWNER = 2
_FIRST = -350  # before connection tracking's fragments (-400 is its defragmentation) and anything that may drop
_NESTED = 0x8000
_ROOM = 1 << 24
_LARGEST = 1 << 16

_FAMILIES = {1: "inet", 2: "ip", 3: "arp", 5: "netdev", 7: "bridge", 10: "ip6"}
_NUMBERS = {name: number for number, name in _FAMILIES.items()}
_HOOKS = {
    "inet": (("prerouting", 0), ("output", 3)),
    "bridge": (("prerouting", 0), ("output", 3)),
    "arp": (("input", 0), ("output", 1)),
}
_KINDS = {1: "policy", 2: "return", 3: "rule"}
_VERDICTS = {
    0: "drop", 1: "accept", 2: "stolen", 3: "queue", 4: "repeat",
    -1: "continue", -2: "break", -3: "jump", -4: "goto", -5: "return",
}  # fmt: skip
_U32, _U64, _S32 = struct.Struct(">I"), struct.Struct(">Q"), struct.Struct(">i")


class Tracer:
    """Traces the namespace that the opening thread is in; it keeps that namespace alive until closed.

    Parameters
    ----------
    namespace
        Its name, for the events.
    table
        What to call the table that switches tracing on: another one for each tracer.
    rate
        How many packets a second to trace.

    Raises
    ------
    OSError
        If the kernel has no nftables, or refuses.
    """

    def __init__(self, namespace: str, table: str, rate: int = RATE) -> None:
        self.namespace = namespace
        self.lost = False
        self._table = table
        self._raw: list[tuple[int, bytes]] = []
        self._families: tuple[str, ...] = ()
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_NETFILTER)
        try:
            self._socket.bind((0, 0))
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
            self._switch_on(rate)
            for group in (*_GROUPS_CONNTRACK, _GROUP_TRACE):
                with contextlib.suppress(OSError):  # a kernel without connection tracking has no such group
                    self._socket.setsockopt(SOL_NETLINK, _ADD_MEMBERSHIP, group)
            self._socket.setblocking(False)
        except OSError:
            self._socket.close()
            raise

    def fileno(self) -> int:
        """The file to wait for."""
        return self._socket.fileno()

    def read(self) -> None:
        """Take what has come. Nothing is decoded here: the kernel waits for nobody."""
        while True:
            try:
                self._raw.append((time.time_ns(), self._socket.recv(_LARGEST)))
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                self.lost = True

    def close(self) -> None:
        """Remove the table and let go of the namespace.

        The table is deleted by a message: closing alone would leave it to a forked child that has the socket.
        """
        if self._socket.fileno() < 0:
            return
        deletions = [
            _message(_NFTABLES << 8 | _DELTABLE, NLM_F_REQUEST, _NUMBERS[family], 0, _text(1, self._table), 1)
            for family in self._families
        ]
        with contextlib.suppress(OSError):  # closing does it, too
            self._socket.send(b"".join((_begin(0), *deletions, _end(2))))
        self._socket.close()

    def events(self) -> Iterator[RuleEvent | Translation]:
        """Everything that was taken, decoded, in its order."""
        for when, data in self._raw:
            for kind, body in _messages(data):
                if kind == _NFTABLES << 8 | _TRACE:
                    yield self._rule_event(when, body)
                elif kind >> 8 == _CTNETLINK and (found := self._translation(when, body)):
                    yield found

    # switching on

    def _switch_on(self, rate: int) -> None:
        """A table of this socket's own whose rules mark every packet as traced, before anything else sees it."""
        present = set(self._tables())
        self._families = ("inet", *(family for family in ("bridge", "arp") if family in present))
        batch = [_begin(0)]
        for family in self._families:
            batch += self._switch(_NUMBERS[family], _HOOKS[family], rate, len(batch))
        self._socket.send(b"".join((*batch, _end(len(batch)))))
        for _ in batch[1:]:
            self._acknowledged()

    def _switch(self, family: int, hooks: Iterable[tuple[str, int]], rate: int, sequence: int) -> Iterator[bytes]:
        flags = NLM_F_REQUEST | _CREATE | NLM_F_ACK
        table = _text(1, self._table)
        yield _message(_NFTABLES << 8 | _NEWTABLE, flags, family, 0, table + _number(2, _OWNER), sequence)
        for name, hook in hooks:
            where = _nest(4, _number(1, hook), _number(2, _FIRST))
            body = table + _text(3, name) + where + _text(7, "filter")
            yield _message(_NFTABLES << 8 | _NEWCHAIN, flags, family, 0, body, sequence + 1)
            body = table + _text(2, name) + _nest(4, *_marking(rate))
            yield _message(_NFTABLES << 8 | _NEWRULE, flags | _APPEND, family, 0, body, sequence + 2)

    def _tables(self) -> Iterator[str]:
        """The family of each table that is there."""
        self._socket.send(_message(_NFTABLES << 8 | _GETTABLE, NLM_F_REQUEST | _DUMP, 0, 0, b"", 0))
        while True:
            for kind, body in _messages(self._socket.recv(_LARGEST)):
                if kind != _NFTABLES << 8 | _NEWTABLE:
                    return
                yield _FAMILIES.get(body[0], "")

    def _acknowledged(self) -> None:
        for kind, body in _messages(self._socket.recv(_LARGEST)):
            if kind == _ERROR and (number := -struct.unpack_from("=i", body)[0]):
                raise OSError(number, f"tracing {self.namespace}: {os.strerror(number)}")

    # decoding

    def _rule_event(self, when: int, body: bytes) -> RuleEvent:
        found = attributes(body, 4)
        verdict = attributes(found.get(5, b""))
        code = verdict.get(1) or found.get(16)  # of a rule, or a chain's policy
        return RuleEvent(
            when,
            self.namespace,
            _FAMILIES.get(body[0], str(body[0])),
            _name(found[1]),
            _name(found[2]),
            _KINDS.get(_value(found, 4), ""),
            _U64.unpack(found[3])[0] if 3 in found else None,
            _VERDICTS.get(_S32.unpack(code)[0], "") if code else "",
            _value(found, 6),
            _value(found, 10),
            _value(found, 12),
            found.get(7, b""),
            found.get(8, b""),
            found.get(9, b""),
        )

    def _translation(self, when: int, body: bytes) -> Translation | None:
        found = attributes(body, 4)
        if 1 not in found or 2 not in found:
            return None
        known = Translation(when, self.namespace, _flow(found[1]), _flow(found[2]))
        return known if known.rewritten else None


def _flow(data: bytes) -> tuple[int, str, str, int, int]:
    parts = attributes(data)
    ip, protocol = attributes(parts.get(1, b"")), attributes(parts.get(2, b""))
    family, keys = (socket.AF_INET, (1, 2)) if 1 in ip else (socket.AF_INET6, (3, 4))
    source, target = (socket.inet_ntop(family, ip[key]) for key in keys)
    sport, dport = (int.from_bytes(protocol.get(key, b"")) for key in (2, 3))
    if 2 not in protocol:
        sport = int.from_bytes(protocol.get(4, protocol.get(7, b"")))  # the identifier of ICMP or ICMPv6
    return protocol[1][0], source, target, sport, dport


def _marking(rate: int) -> Iterator[bytes]:
    """``limit rate N/second meta nftrace set 1 accept``; with accept a packet makes one event here and not three."""
    rates = attribute(1, _U64.pack(rate)), attribute(2, _U64.pack(1))
    yield _expression("limit", *rates, _number(3, rate), _number(4, 0))  # a burst may be a second's worth
    yield _expression("immediate", _number(1, 1), attribute(2 | _NESTED, attribute(1, b"\1")))
    yield _expression("meta", _number(2, 12), _number(3, 1))
    yield _expression("immediate", _number(1, 0), _nest(2, _nest(2, _number(1, 1))))


def _expression(name: str, *parts: bytes) -> bytes:
    return _nest(1, _text(1, name), _nest(2, *parts))


def _nest(kind: int, *parts: bytes) -> bytes:
    return attribute(kind | _NESTED, b"".join(parts))


def _text(kind: int, value: str) -> bytes:
    return attribute(kind, value.encode() + b"\0")


def _number(kind: int, value: int) -> bytes:
    return attribute(kind, _U32.pack(value & 0xFFFFFFFF))


def _begin(sequence: int) -> bytes:
    return _message(_BATCH_BEGIN, NLM_F_REQUEST, 0, _NFTABLES, b"", sequence)


def _end(sequence: int) -> bytes:
    return _message(_BATCH_END, NLM_F_REQUEST, 0, _NFTABLES, b"", sequence)


def _message(kind: int, flags: int, family: int, resource: int, body: bytes, sequence: int) -> bytes:
    body = struct.pack(">BBH", family, 0, resource) + body
    return HEADER.pack(HEADER.size + len(body), kind, flags, sequence, 0) + body


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + HEADER.size <= len(data):
        length, kind, *_ = HEADER.unpack_from(data, at)
        yield kind, data[at + HEADER.size : at + length]
        at += (length + 3) & ~3


def _value(found: dict[int, bytes], key: int) -> int:
    return int(_U32.unpack(found[key])[0]) if key in found else 0


def _name(value: bytes) -> str:
    return value.rstrip(b"\0").decode(errors="replace")
