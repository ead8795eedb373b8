"""A netlink socket that changes the network of one namespace (netlink(7), rtnetlink(7))."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from collections.abc import Collection, Sequence

from ...core.operations.actions import Action
from .dump import HEADER, NLM_F_ACK, NLM_F_REQUEST, SOL_NETLINK, attributes

NLM_F_EXCL, NLM_F_CREATE = 0x200, 0x400

_NETLINK_CAP_ACK, _NETLINK_EXT_ACK = 10, 11
_NLMSG_ERROR = 2
_NLM_F_ACK_TLVS = 0x200
_NLMSGERR_ATTR_MSG = 1
_SIOCGIFINDEX = 0x8933
_LARGEST_REPLY = 1 << 16


class NetlinkError(OSError):
    """The kernel said no to one message of a batch.

    Parameters
    ----------
    number
        The errno.
    reason
        What the kernel added in words, often empty.
    position
        Which message of the batch it was, from 0.
    """

    def __init__(self, number: int, reason: str, position: int) -> None:
        super().__init__(number, os.strerror(number))
        self.reason = reason
        self.position = position


class RouteSocket:
    """A socket of the namespace that the opening thread is in; it keeps that namespace alive until closed."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)
        for option in (_NETLINK_CAP_ACK, _NETLINK_EXT_ACK):
            self._socket.setsockopt(SOL_NETLINK, option, 1)

    def close(self) -> None:
        self._socket.close()

    def send(self, messages: Sequence[bytes], *, passing: Collection[int] = ()) -> None:
        """Have the kernel carry out messages, in order, in one call.

        Only the last one asks for an answer: the kernel answers an error unasked. It goes on after an error.

        Parameters
        ----------
        messages
            As `nslab_kernel.linux.netlink.encode` packs them.
        passing
            The errnos that are no failure.

        Raises
        ------
        NetlinkError
            For the first message that failed.
        """
        last = len(messages) - 1
        batch = bytearray()
        for position, message in enumerate(messages):
            length, kind, flags, _, _ = HEADER.unpack_from(message)
            flags |= NLM_F_REQUEST | (NLM_F_ACK if position == last else 0)
            batch += HEADER.pack(length, kind, flags, position, 0) + message[HEADER.size :]
        self._socket.send(batch)
        self._await(last, passing)

    def index(self, name: str) -> int:
        """The index of the interface ``name``; netdevice(7), SIOCGIFINDEX."""
        request = struct.pack("16si20x", os.fsencode(name), 0)
        answer: bytes = fcntl.ioctl(self._socket, _SIOCGIFINDEX, request)
        return int(struct.unpack_from("16si", answer)[1])

    def _await(self, last: int, passing: Collection[int]) -> None:
        first: NetlinkError | None = None
        position = -1
        while position != last:
            reply = self._socket.recv(_LARGEST_REPLY)
            _, kind, flags, position, _ = HEADER.unpack_from(reply)
            if kind != _NLMSG_ERROR:
                continue
            number = -struct.unpack_from("=i", reply, HEADER.size)[0]
            if number and number not in passing and first is None:
                reason = _reason(reply) if flags & _NLM_F_ACK_TLVS else ""
                first = NetlinkError(number, reason, position)
        if first:
            raise first


def _reason(reply: bytes) -> str:
    """The kernel's own words, behind the error and the header of the message that it is about."""
    words = attributes(reply, HEADER.size + 4 + HEADER.size).get(_NLMSGERR_ATTR_MSG, b"")
    return words.rstrip(b"\0").decode(errors="replace")


class ActionError(Exception):
    """What couldn't be done, and why.

    Parameters
    ----------
    action
        The action.
    error
        The kernel's answer.
    """

    def __init__(self, action: Action, error: OSError) -> None:
        super().__init__(action, error)
        self.action = action
        self.error = error
