"""The labs that benchmarks build: COUNT namespaces plugged into the bridge br0 of a private host."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from nslab_kernel.lab import Lab

BRIDGE = "br0"
_DUPLICATES_FOUND = 3.0  # seconds until IPv6 has looked for every address's duplicates, of which the kernel tells


def enter() -> None:
    """Go on in a private host, where this program isn't in one yet."""
    if os.environ.get("NSLAB") != "1":
        nslab = Path(sys.executable).parent / "nslab"
        os.execv(nslab, [str(nslab), "run", "--", sys.executable, *sys.argv])


def addresses(count: int) -> dict[str, str]:
    """The namespaces to attach, each with its address."""
    return {f"ns{number}": f"10.0.{(number + 2) >> 8}.{(number + 2) & 255}/16" for number in range(count)}


def bare(lab: Lab) -> None:
    """Nothing but the bridge."""
    lab.reset()
    lab.bridge(BRIDGE)


def built(lab: Lab, count: int) -> None:
    """A lab of ``count`` namespaces that has come to rest."""
    bare(lab)
    lab.attach_many(BRIDGE, addresses(count))
    time.sleep(_DUPLICATES_FOUND)


def rest(count: int) -> None:
    """Let the kernel finish what it does in the background with namespaces that were made or are gone."""
    time.sleep(0.1 + count * 0.002)
