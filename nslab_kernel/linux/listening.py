"""The sockets that wait for peers in the namespace that this thread is in (sock_diag(7))."""

from __future__ import annotations

import socket
import struct

from ..core.model.network import Listener
from .netlink.dump import AskingSocket, attributes

_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_TCP_CLOSE, _TCP_LISTEN = 7, 10
_REQUEST = struct.Struct("=BBBxI48x")  # struct inet_diag_req_v2: family, protocol, extensions, states, any socket
_MESSAGE = 72  # bytes of struct inet_diag_msg, after which attributes come
_DEVICE = 40  # where in it the index of the interface is that the socket is bound to
_SKV6ONLY = 11  # INET_DIAG_SKV6ONLY
_PROTOCOLS = (("tcp", socket.IPPROTO_TCP, _TCP_LISTEN), ("udp", socket.IPPROTO_UDP, _TCP_CLOSE))


def read() -> tuple[Listener, ...]:
    """TCP sockets that listen, and UDP sockets that have a port and no peer."""
    found = set()
    with AskingSocket(_NETLINK_SOCK_DIAG) as asking:
        for family in (socket.AF_INET, socket.AF_INET6):
            for name, protocol, state in _PROTOCOLS:
                for _, body in asking.dump(_SOCK_DIAG_BY_FAMILY, _REQUEST.pack(family, protocol, 0, 1 << state)):
                    (port,) = struct.unpack_from("!H", body, 4)
                    raw = body[8:12] if family == socket.AF_INET else body[8:24]
                    if port:
                        (index,) = struct.unpack_from("=I", body, _DEVICE)
                        device = socket.if_indextoname(index) if index else ""
                        alone = attributes(body, _MESSAGE).get(_SKV6ONLY, b"\0") != b"\0"
                        found.add(Listener(name, socket.inet_ntop(family, raw), port, alone, device))
    return tuple(sorted(found, key=lambda listener: (listener.protocol, listener.port, listener.ip, listener.device)))
