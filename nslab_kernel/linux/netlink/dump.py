"""A netlink socket for asking (netlink(7)): what it needs to read, unpacked by hand.

pyroute2 decodes a link in about 100 us; a picture after every cell wants hundreds of them. pyroute2 is the judge of
these readings in the tests.
"""

from __future__ import annotations

import os
import socket
import struct
from functools import lru_cache

NETLINK_NETFILTER = 12
SOL_NETLINK = 270
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 0x1, 0x4, 0x300
_NETLINK_GET_STRICT_CHK = 12
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_NLM_F_DUMP_INTR = 0x10
_LARGEST = 1 << 16
_ATTEMPTS = 20

HEADER = struct.Struct("=IHHII")
_LENGTH_AND_TYPE = struct.Struct("=IH")
ATTRIBUTE = struct.Struct("=HH")
_ERRNO = struct.Struct("=i")
TYPE_MASK = 0x3FFF  # without NLA_F_NESTED and NLA_F_NET_BYTEORDER

Message = tuple[int, bytes]
"""A message's type and what follows its header."""


class AskingSocket:
    """A socket of the namespace that the opening thread is in; it keeps that namespace alive until closed."""

    def __init__(self, protocol: int = socket.NETLINK_ROUTE) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol)
        if protocol == socket.NETLINK_ROUTE:
            # Without it the kernel ignores filters that it doesn't know, and dumps everything.
            self._socket.setsockopt(SOL_NETLINK, _NETLINK_GET_STRICT_CHK, 1)

    def __enter__(self) -> AskingSocket:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def dump(self, kind: int, body: bytes) -> list[Message]:
        """Every answer to a request for all things of a kind.

        A table that changed while it was read is read again (NLM_F_DUMP_INTR).
        """
        for _ in range(_ATTEMPTS):
            self._socket.send(_requests(kind, NLM_F_REQUEST | NLM_F_DUMP, body))
            answers, torn = self._collect()
            if not torn:
                break
        return answers

    def ask(self, kind: int, *bodies: bytes, flags: int = 0) -> list[Message]:
        """The answer to each of some requests; raises OSError where the kernel refuses one."""
        self._socket.send(_requests(kind, NLM_F_REQUEST | flags, *bodies))
        return [message for _ in bodies for message in _messages(self._socket.recv(_LARGEST))]

    def _collect(self) -> tuple[list[Message], bool]:
        answers: list[Message] = []
        torn = False
        while True:
            data = self._socket.recv(_LARGEST)
            torn |= bool(HEADER.unpack_from(data)[2] & _NLM_F_DUMP_INTR)
            answers += _messages(data)
            if answers[-1][0] == _NLMSG_DONE:
                return answers[:-1], torn


@lru_cache  # every namespace is asked the same
def _requests(kind: int, flags: int, *bodies: bytes) -> bytes:
    return b"".join(HEADER.pack(HEADER.size + len(body), kind, flags, 0, 0) + body for body in bodies)


def _messages(data: bytes) -> list[Message]:
    found = []
    offset, end = 0, len(data)
    while offset < end:
        length, kind = _LENGTH_AND_TYPE.unpack_from(data, offset)
        body = data[offset + HEADER.size : offset + length]
        if kind == _NLMSG_ERROR and (number := -_ERRNO.unpack_from(body)[0]):
            raise OSError(number, os.strerror(number))
        found.append((kind, body))
        offset += (length + 3) & ~3
    return found


def attributes(data: bytes, offset: int = 0) -> dict[int, bytes]:
    """The attributes in ``data`` from ``offset`` on, by their type."""
    found = {}
    end = len(data)
    while offset + 4 <= end:
        length, kind = ATTRIBUTE.unpack_from(data, offset)
        if length < 4:
            break
        found[kind & TYPE_MASK] = data[offset + 4 : offset + length]
        offset += (length + 3) & ~3
    return found


def attribute(kind: int, value: bytes) -> bytes:
    """One attribute, padded."""
    return ATTRIBUTE.pack(4 + len(value), kind) + value + bytes(-len(value) % 4)
