"""Interrupt readings at random lines: the next picture is the one that a fresh `Lab` draws.

Run ``nslab run -- python -m tests.soak.reading [POINTS] [SEED]`` from the checkout.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from types import FrameType
from typing import Any

from nslab_kernel.core.model.network import Network
from nslab_kernel.lab import Lab

from .operations import small

PACKAGE = os.path.dirname(os.path.abspath(__import__("nslab_kernel").__file__ or ""))
CHANGES = (
    "ip link set veth-ns1 down",
    "ip link set veth-ns1 up",
    "ip netns add extra",
    "ip netns del extra",
    "ip link add x9 type veth peer name y9",
    "ip link del x9",
)
"""What somebody does between two readings, so that there is something to read."""


class Interrupter:
    """Raises KeyboardInterrupt in this thread after a number of lines of this package, wherever that is."""

    def __init__(self, lines: int) -> None:
        self.left = lines

    def __enter__(self) -> Interrupter:
        sys.settrace(self._enter)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> bool:
        sys.settrace(None)
        return kind is KeyboardInterrupt

    def _enter(self, frame: FrameType, event: str, argument: object) -> Any:
        return self._line if frame.f_code.co_filename.startswith(PACKAGE) else None

    def _line(self, frame: FrameType, event: str, argument: object) -> Any:
        self.left -= 1
        if self.left == 0:
            sys.settrace(None)
            raise KeyboardInterrupt
        return self._line


def lines_of_a_reading(lab: Lab) -> int:
    """How many lines a reading runs in this thread."""
    counter = Interrupter(sys.maxsize)
    with counter:
        lab.snapshot()
    return sys.maxsize - counter.left


def fresh() -> Network:
    """What somebody sees who looks for the first time."""
    lab = Lab("en")
    try:
        return lab.snapshot()
    finally:
        lab.close()


def soak(points: int, seed: int) -> tuple[int, int]:
    """Interrupt readings; give how many were interrupted, and after how many of these the next was wrong."""
    chance = random.Random(seed)
    lab = Lab("en")
    small(lab)
    interrupted = wrong = 0
    for point in range(points):
        subprocess.run(CHANGES[point % len(CHANGES)].split(), check=True)
        meter = Lab("en")
        most = max(lines_of_a_reading(meter), 2)
        meter.close()
        interrupter = Interrupter(chance.randrange(1, most))
        with interrupter:
            lab.snapshot()
        interrupted += interrupter.left == 0
        if lab.snapshot() != fresh() and lab.snapshot() != fresh():
            wrong += 1
            print(f"  WRONG after {CHANGES[point % len(CHANGES)]}", flush=True)
    lab.reset()
    lab.close()
    return interrupted, wrong


def main(points: int = 500, seed: int = 1) -> int:
    """Print the sum; 1 when any picture was wrong."""
    interrupted, wrong = soak(points, seed)
    print(f"{points} readings, {interrupted} of them interrupted: {wrong} wrong afterwards")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
