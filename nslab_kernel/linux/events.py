"""Which namespaces something happened in: one socket that hears all of them (netlink(7), NETLINK_LISTEN_ALL_NSID).

The socket is the host's, so it keeps no other namespace alive. It hears those that have an id in the host.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import struct

from .namespaces import HOST_ID
from .netlink.dump import HEADER, NETLINK_NETFILTER, SOL_NETLINK, attributes

_NETLINK_ADD_MEMBERSHIP, _NETLINK_DROP_MEMBERSHIP, _NETLINK_LISTEN_ALL_NSID = 1, 2, 8
# Link, neighbour, traffic control, address route rule (IPv4, IPv6), netconf (both), nsid, nexthop.
_ROUTE_GROUPS = (1, 3, 4, 5, 7, 8, 9, 11, 19, 24, 25, 28, 32)
_FIREWALL_GROUPS = (7,)  # NFNLGRP_NFTABLES
_RTM_DELNSID, _NETNSA_NSID = 89, 1
_ROOM = 1 << 22  # bytes; a burst that doesn't fit only means reading everything again
_CMSG_ROOM = socket.CMSG_SPACE(4)
_S32 = struct.Struct("=i")
_LARGEST = 1 << 16


class Events:
    """What has happened since the last look."""

    def __init__(self) -> None:
        self.sockets = (_listening(socket.NETLINK_ROUTE), _listening(NETLINK_NETFILTER))
        self._set_membership(_NETLINK_ADD_MEMBERSHIP)
        self._muted = 0  # how many asked for it and aren't done
        self._missed = False

    def mute(self) -> None:
        """Hear nothing until `unmute`; a look meanwhile, and the first one afterwards, say that too much happened.

        To tell a socket of an event the kernel looks for the namespace's id by going through all of them (peernet2id in
        net/core/net_namespace.c): heard, the building of a large lab would take its square.
        """
        self._muted += 1
        self._missed = True
        self._set_membership(_NETLINK_DROP_MEMBERSHIP)

    def unmute(self) -> None:
        """Hear again, when everybody who asked for silence is done."""
        self._muted -= 1
        if not self._muted:
            self._set_membership(_NETLINK_ADD_MEMBERSHIP)

    def drain(self) -> set[int] | None:
        """The ids of the namespaces in which something changed; None where too much happened to tell."""
        seen: set[int] | None = None if self._missed else set()
        self._missed = self._muted > 0
        for listening in self.sockets:
            here = _drain(listening)
            seen = None if here is None or seen is None else seen | here
        return seen

    def close(self) -> None:
        """Stop listening."""
        for listening in self.sockets:
            listening.close()

    def _set_membership(self, option: int) -> None:
        for listening, groups in zip(self.sockets, (_ROUTE_GROUPS, _FIREWALL_GROUPS), strict=True):
            for group in groups:
                listening.setsockopt(SOL_NETLINK, option, group)


def _listening(protocol: int) -> socket.socket:
    listening = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK, protocol)
    listening.setsockopt(SOL_NETLINK, _NETLINK_LISTEN_ALL_NSID, 1)
    with contextlib.suppress(PermissionError):  # without CAP_NET_ADMIN over the machine, what the kernel allows
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
    listening.bind((0, 0))  # a port of its own: the kernel tells nothing to port 0, which is itself
    return listening


def _drain(listening: socket.socket) -> set[int] | None:
    seen: set[int] = set()
    lost = False
    while True:
        try:
            data, extra, _, _ = listening.recvmsg(_LARGEST, _CMSG_ROOM)
        except BlockingIOError:
            return None if lost else seen
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            lost = True
            continue
        ids = [_S32.unpack(data)[0] for level, kind, data in extra if (level, kind) == (SOL_NETLINK, 8)]
        seen.add(ids[0] if ids else HOST_ID)
        if HEADER.unpack_from(data)[1] == _RTM_DELNSID:
            # A namespace has ended: one made later may get its id and even its inode.
            seen.add(_S32.unpack(attributes(data, HEADER.size + 4)[_NETNSA_NSID])[0])
