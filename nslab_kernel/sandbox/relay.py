"""Carry a front end's connections into the private host, where they can't reach by themselves.

A TCP port of the machine's network leads to a unix socket in the host's file system. ZMTP,
which Jupyter speaks over both (ZeroMQ's RFC 23), is a stream of bytes: it needs no
understanding, and its encryption passes unseen.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from threading import Thread

_CHUNK = 1 << 18
_BIND_PATIENCE = 0.005
_DRAIN_PATIENCE = 1.0


class Relay:
    """Relays every connection of the listeners until the process ends, each in threads of its own.

    Parameters
    ----------
    listeners
        Sockets that front ends connect to, each with the path inside the host where it leads.
    inside
        Gives the path by which this process reaches a path of the host.
    """

    def __init__(self, listeners: Iterable[tuple[socket.socket, str]], inside: Callable[[str], str]) -> None:
        self._flows: list[Thread] = []
        for listener, inner_path in listeners:
            _start(self._accept, listener, inside(inner_path))

    def drain(self) -> None:
        """Carry what an ended kernel said last, such as its reply to a shutdown, and close."""
        deadline = time.monotonic() + _DRAIN_PATIENCE
        for flow in self._flows:
            flow.join(max(0.0, deadline - time.monotonic()))

    def _accept(self, listener: socket.socket, inner_path: str) -> None:
        while True:
            outer, _ = listener.accept()
            _start(self._join, outer, inner_path)

    def _join(self, outer: socket.socket, inner_path: str) -> None:
        if outer.family != socket.AF_UNIX:
            outer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        inner = _connect(inner_path)
        self._flows = [flow for flow in self._flows if flow.is_alive()]
        self._flows.append(_start(_carry, inner, outer))
        _carry(outer, inner)


def _start(target: Callable[..., None], *arguments: object) -> Thread:
    thread = Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread


def _connect(path: str) -> socket.socket:
    """Connect to the kernel, waiting while it hasn't bound its socket yet."""
    while True:
        inner = socket.socket(socket.AF_UNIX)
        try:
            inner.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            inner.close()
            time.sleep(_BIND_PATIENCE)
        else:
            return inner


def _carry(source: socket.socket, sink: socket.socket) -> None:
    """Carry bytes one way until either end closes, then close this way at both."""
    try:
        while data := source.recv(_CHUNK):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        # One end is gone without a word: the other way has no one to carry to either.
        for end in (source, sink):
            _hang_up(end)


def _hang_up(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it had gone already
