"""Packets at every interface of many namespaces: one memory-mapped ring a namespace (packet(7), TPACKET_V3).

A packet socket that is bound to no interface sees all interfaces of its namespace, those made later too, each frame
once at each of them. Rings are opened and closed side by side: the kernel waits for a grace period at each, in which
the interpreter's lock must not be held, so those calls go through ctypes.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import socket
import struct
from collections.abc import Iterator

from ..core.journeys.evidence import DIRECTIONS, Sighting

_SOL_PACKET = 263
_PACKET_RX_RING, _PACKET_STATISTICS, _PACKET_VERSION = 5, 6, 10
_TPACKET_V3 = 2
_ETH_P_ALL = 3
_SO_ATTACH_FILTER = 26
_BPF_RET = 6  # BPF_RET | BPF_K: accept this many bytes
_ETHERNET, _LOOPBACK = 1, 772  # ARPHRD_ETHER, ARPHRD_LOOPBACK: frames with an Ethernet header

_BLOCK = 1 << 16  # bytes
_FRAME = 1 << 11
_RETIRE = 10  # milliseconds after which a block that isn't full is handed over
_STATUS_AT, _COUNT_AT, _USED_AT = 8, 12, 20  # in struct tpacket_block_desc
_STATUS_USER = 1
_HEADER = struct.Struct("=IIIIIIHHIIHH8x")  # struct tpacket3_hdr
_ADDRESS = struct.Struct("=HHiHBB8s")  # struct sockaddr_ll
_STATISTICS = struct.Struct("=III")  # struct tpacket_stats_v3: packets, drops, freezes
_U32 = struct.Struct("=I")
_COUNTS = struct.Struct("=II")

SNAPLEN = 384
"""Bytes kept of each frame: all headers, also of a frame inside a tunnel's packet, and the start of the payload."""

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


class Ring:
    """The packets of the namespace that the opening thread is in.

    It keeps that namespace alive until it is closed.

    Parameters
    ----------
    namespace
        Its name, for the sightings.
    snaplen
        Bytes to keep of each frame.
    room
        Bytes for packets that were not yet taken.
    """

    def __init__(self, namespace: str, snaplen: int = SNAPLEN, room: int = 1 << 20) -> None:
        self.namespace = namespace
        self.dropped = 0
        self._blocks = max(2, room // _BLOCK)
        self._next = 0
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)  # 0: nothing yet
        try:
            self._keep(snaplen)
            self._set(_PACKET_VERSION, _U32.pack(_TPACKET_V3))
            size = _BLOCK * self._blocks
            self._set(_PACKET_RX_RING, struct.pack("=7I", _BLOCK, self._blocks, _FRAME, size // _FRAME, _RETIRE, 0, 0))
            self._map = mmap.mmap(self._socket.fileno(), size, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
            self._bind()
        except OSError:
            self._socket.close()
            raise

    def fileno(self) -> int:
        """The file to wait for."""
        return self._socket.fileno()

    def taken(self) -> Iterator[bytes]:
        """Copies of the blocks that the kernel has handed over, which it gets back at once."""
        while True:
            start = self._next * _BLOCK
            if not _U32.unpack_from(self._map, start + _STATUS_AT)[0] & _STATUS_USER:
                return
            (used,) = _U32.unpack_from(self._map, start + _USED_AT)
            block = self._map[start : start + used]
            _U32.pack_into(self._map, start + _STATUS_AT, 0)
            self._next = (self._next + 1) % self._blocks
            yield block

    def close(self) -> None:
        """Let go of the namespace. The packets that had no room are in ``dropped`` afterwards."""
        if self._socket.fileno() < 0:
            return
        answer = self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, _STATISTICS.size)
        self.dropped += _STATISTICS.unpack(answer)[1]
        self._map.close()
        descriptor = self._socket.detach()
        _libc.close(descriptor)  # without the interpreter's lock

    def _keep(self, length: int) -> None:
        code = ctypes.create_string_buffer(struct.pack("=HBBI", _BPF_RET, 0, 0, length))
        program = _Program(1, ctypes.cast(code, ctypes.c_void_p))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, bytes(program))

    def _set(self, option: int, value: bytes) -> None:
        _checked(_libc.setsockopt(self._socket.fileno(), _SOL_PACKET, option, value, len(value)), "setsockopt")

    def _bind(self) -> None:
        """Hear every interface; Python's own ``bind`` wants the name of one."""
        everywhere = _ADDRESS.pack(socket.AF_PACKET, socket.htons(_ETH_P_ALL), 0, 0, 0, 0, b"")
        _checked(_libc.bind(self._socket.fileno(), everywhere, len(everywhere)), "bind")


def count(block: bytes) -> int:
    """How many packets a block holds."""
    return int(_U32.unpack_from(block, _COUNT_AT)[0])


def sightings(namespace: str, block: bytes) -> Iterator[Sighting]:
    """The packets of a block, in the order in which the kernel saw them."""
    number, at = _COUNTS.unpack_from(block, _COUNT_AT)
    for _ in range(number):
        following, seconds, nanoseconds, caught, length, _, mac, *_ = _HEADER.unpack_from(block, at)
        _, _, index, hardware, kind, _, _ = _ADDRESS.unpack_from(block, at + _HEADER.size)
        ethernet = hardware in (_ETHERNET, _LOOPBACK)
        start = at + mac
        data = block[start : start + caught]
        yield Sighting(
            seconds * 1_000_000_000 + nanoseconds,
            namespace,
            index,
            DIRECTIONS.get(kind, "in"),
            length,
            data,
            ethernet,
        )
        at += following


def _checked(result: int, doing: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{doing}: {os.strerror(number)}")
