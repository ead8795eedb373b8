"""The capture file, block by block; tests/lab reads one back with tshark."""

from __future__ import annotations

import struct

from nslab_kernel.core.journeys.evidence import Sighting
from nslab_kernel.core.journeys.pcapng import pcapng


def blocks(data: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(data):
        kind, length = struct.unpack_from("=II", data, at)
        assert struct.unpack_from("=I", data, at + length - 4)[0] == length
        found.append((kind, data[at + 8 : at + length - 4]))
        at += length
    return found


def test_each_interface_has_a_block_and_each_packet_its_comment() -> None:
    seen = [
        Sighting(1_000_000_001, "ns1", 2, "out", 60, b"a" * 5),
        Sighting(1_000_000_002, "host", 3, "in", 60, b"b" * 8),
        Sighting(1_000_000_003, "ns1", 2, "out", 60, b"c"),
    ]
    names = {("ns1", 2): "eth0", ("host", 3): "veth-ns1"}
    found = blocks(pcapng(seen, names, {1: "dropped"}, 384, {"ns1": 4}))
    assert [kind for kind, _ in found] == [0x0A0D0D0A, 1, 1, 6, 6, 6, 5, 5]
    assert b"ns1/eth0" in found[1][1]
    assert b"host/veth-ns1" in found[2][1]
    assert b"dropped" in found[4][1]
    assert struct.unpack_from("=I", found[5][1])[0] == 0  # the first interface
    assert struct.pack("=Q", 4) in found[6][1]


def test_nothing_seen_is_a_file_too() -> None:
    assert [kind for kind, _ in blocks(pcapng([], {}, {}, 384, {}))] == [0x0A0D0D0A]
