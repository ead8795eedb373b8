"""Carry a front end's connections into the private host, where they can't reach by themselves.

A TCP port of the machine's network leads to a unix socket in the host's file system. ZMTP,
which Jupyter speaks over both (ZeroMQ's RFC 23), is a stream of bytes: it needs no
understanding, and its encryption passes unseen.

Every user of a machine may connect to its TCP ports, and a SUB socket gets a kernel's outputs
without any key. So only this user and root are let in.
"""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Callable, Iterable
from threading import Lock, Thread

from .peers import may_connect

_CHUNK = 1 << 18
_BIND_PATIENCE_MS = 5
_DRAIN_PATIENCE = 1.0
_FULL_PATIENCE = 0.05
# A front end takes five. Each takes two descriptors and two threads here, and the usual limit is 1024 descriptors.
_MOST_CONNECTIONS = 256
# SO_LINGER with a time of 0: closing sends a reset, and the kernel keeps nothing of the connection.
_AT_ONCE = struct.pack("ii", 1, 0)


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
        self._connections: list[_Connection] = []
        self._lock = Lock()
        for listener, inner_path in listeners:
            _start(self._accept, listener, inside(inner_path))

    def drain(self) -> None:
        """Carry what an ended kernel said last, such as its reply to a shutdown, and close."""
        deadline = time.monotonic() + _DRAIN_PATIENCE
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.join(max(0.0, deadline - time.monotonic()))

    def _accept(self, listener: socket.socket, inner_path: str) -> None:
        while True:
            try:
                outer, _ = listener.accept()
            except OSError:
                # No descriptor left, or the peer has gone again. Those that never spoke make room.
                self._make_room()
                time.sleep(_FULL_PATIENCE)
                continue
            try:
                self._admit(outer, inner_path)
            except (OSError, RuntimeError):
                _refuse(outer)  # gone again, or no descriptor or thread left for it

    def _admit(self, outer: socket.socket, inner_path: str) -> None:
        if outer.family != socket.AF_UNIX:
            if not may_connect(outer):
                _refuse(outer)
                return
            outer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._connections = [connection for connection in self._connections if not connection.has_ended()]
            full = len(self._connections) >= _MOST_CONNECTIONS
        if full and not self._make_room():
            _refuse(outer)
            return
        connection = _Connection(outer, inner_path)
        with self._lock:
            connection.start()
            self._connections.append(connection)

    def _make_room(self) -> bool:
        """Close the oldest connection whose peer has said nothing yet, if there is one."""
        with self._lock:
            silent = next((connection for connection in self._connections if connection.is_silent()), None)
            if silent:
                self._connections.remove(silent)
        if silent:
            silent.close()
        return silent is not None


class _Connection:
    """One connection of a front end and the one that is made for it inside the host."""

    def __init__(self, outer: socket.socket, inner_path: str) -> None:
        self._outer = outer
        self._inner_path = inner_path
        self._inner: socket.socket | None = None
        self._has_spoken = False
        self._inwards = Thread(target=self._carry_inwards, daemon=True)
        self._outwards: Thread | None = None

    def start(self) -> None:
        self._inwards.start()

    def is_silent(self) -> bool:
        return not self._has_spoken and self._inwards.is_alive()

    def has_ended(self) -> bool:
        threads = (self._inwards, self._outwards)
        return not any(thread.is_alive() for thread in threads if thread)

    def join(self, seconds: float) -> None:
        """Wait for what still comes out of the host."""
        if self._outwards:
            self._outwards.join(seconds)

    def close(self) -> None:
        for end in (self._outer, self._inner):
            if end:
                _hang_up(end)

    def _carry_inwards(self) -> None:
        with self._outer:
            try:
                self._inner = _connect(self._inner_path, self._outer)
            except OSError:
                return
            with self._inner:
                try:
                    self._outwards = _start(_carry, self._inner, self._outer, lambda: None)
                except RuntimeError:
                    return  # no thread left
                _carry(self._outer, self._inner, self._hear)
                self._outwards.join()

    def _hear(self) -> None:
        self._has_spoken = True


def _start(target: Callable[..., None], *arguments: object) -> Thread:
    thread = Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread


def _connect(path: str, outer: socket.socket) -> socket.socket:
    """Connect to the kernel, waiting while it hasn't bound its socket yet and the front end is there.

    Raises
    ------
    OSError
        The front end has gone, or there is no descriptor left.
    """
    gone = select.poll()
    gone.register(outer, select.POLLRDHUP)
    while True:
        inner = socket.socket(socket.AF_UNIX)
        try:
            inner.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            inner.close()
            if gone.poll(_BIND_PATIENCE_MS):
                raise ConnectionAbortedError from None
        except BaseException:
            inner.close()
            raise
        else:
            return inner


def _carry(source: socket.socket, sink: socket.socket, hear: Callable[[], None]) -> None:
    """Carry bytes one way until either end closes, then close this way at both."""
    try:
        while data := source.recv(_CHUNK):
            hear()
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        # One end is gone without a word: the other way has no one to carry to either.
        for end in (source, sink):
            _hang_up(end)


def _refuse(outer: socket.socket) -> None:
    with outer:
        if outer.family != socket.AF_UNIX:
            outer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)


def _hang_up(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it had gone already
