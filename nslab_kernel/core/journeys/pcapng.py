"""One capture file over all namespaces, for Wireshark: an interface block for each interface, comments at packets.

The format: https://ietf-opsawg-wg.github.io/draft-ietf-opsawg-pcap/draft-ietf-opsawg-pcapng.html
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence

from ..foreign import shown, shown_lines
from .evidence import Sighting

_SECTION, _INTERFACE, _STATISTICS, _PACKET = 0x0A0D0D0A, 1, 5, 6
_MAGIC = 0x1A2B3C4D
_COMMENT, _NAME, _DESCRIPTION, _APPLICATION, _RESOLUTION = 1, 2, 3, 4, 9
_FLAGS, _DROPPED = 2, 5  # options of a packet, of statistics
_NANOSECONDS = bytes([9])
_ETHERNET, _RAW_IP = 1, 101  # LINKTYPE_ETHERNET, LINKTYPE_RAW
_DIRECTIONS = {"in": 1 | 1 << 2, "multicast": 1 | 2 << 2, "broadcast": 1 | 3 << 2, "otherhost": 1 | 4 << 2, "out": 2}
_LONGEST = 0xFFFF - 64  # bytes of an option


def pcapng(
    sightings: Sequence[Sighting],
    names: Mapping[tuple[str, int], str],
    comments: Mapping[int, str],
    snaplen: int,
    dropped: Mapping[str, int],
) -> bytes:
    """The file's content.

    Parameters
    ----------
    sightings
        In the order of their times.
    names
        The interfaces' names, by namespace and index.
    comments
        By a sighting's place among them.
    snaplen
        Bytes kept of each frame.
    dropped
        Packets that weren't recorded, by namespace.
    """
    return b"".join(_blocks(sightings, names, comments, snaplen, dropped))


def _blocks(
    sightings: Sequence[Sighting],
    names: Mapping[tuple[str, int], str],
    comments: Mapping[int, str],
    snaplen: int,
    dropped: Mapping[str, int],
) -> Iterator[bytes]:
    head = struct.pack("=IHHq", _MAGIC, 1, 0, -1)
    yield _block(_SECTION, head + _option(_APPLICATION, b"nslab") + _option(0, b""))
    numbers: dict[tuple[str, int], int] = {}
    for sighting in sightings:
        place = sighting.namespace, sighting.index
        if place in numbers:
            continue
        numbers[place] = len(numbers)
        name = names.get(place, f"#{sighting.index}")
        kind = _ETHERNET if sighting.ethernet else _RAW_IP
        options = (
            _option(_NAME, shown(f"{sighting.namespace}/{name}").encode()),
            _option(_DESCRIPTION, shown(f"{name} in {sighting.namespace}").encode()),
            _option(_RESOLUTION, _NANOSECONDS),
            _option(0, b""),
        )
        yield _block(_INTERFACE, struct.pack("=HHI", kind, 0, snaplen) + b"".join(options))
    for at, sighting in enumerate(sightings):
        yield _packet(sighting, numbers[sighting.namespace, sighting.index], comments.get(at, ""))
    told = set()
    for (namespace, _), number in numbers.items():
        if namespace not in told:  # drops are counted for a namespace: its first interface has them
            told.add(namespace)
            count = struct.pack("=Q", dropped.get(namespace, 0))
            yield _block(_STATISTICS, struct.pack("=III", number, 0, 0) + _option(_DROPPED, count) + _option(0, b""))


def _packet(sighting: Sighting, number: int, comment: str) -> bytes:
    when, data = sighting.when, sighting.data
    head = struct.pack("=IIIII", number, when >> 32, when & 0xFFFFFFFF, len(data), sighting.length)
    options = _option(_FLAGS, struct.pack("=I", _DIRECTIONS[sighting.direction]))
    if comment:
        options += _option(_COMMENT, shown_lines(comment).encode()[:_LONGEST])
    return _block(_PACKET, head + data + bytes(-len(data) % 4) + options + _option(0, b""))


def _block(kind: int, body: bytes) -> bytes:
    length = len(body) + 12
    return struct.pack("=II", kind, length) + body + struct.pack("=I", length)


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("=HH", code, len(value)) + value + bytes(-len(value) % 4)
