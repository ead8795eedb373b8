"""Packets per second on each cable of the live picture, from the kernel's counters: nothing is captured."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from ..core.foreign import shown
from ..linux import counters
from ..linux.counters import Counters

PERIOD = 1.0
"""Seconds between two looks at the counters."""

Rates = dict[str, tuple[float, float, float]]
"""By interface (``ns1/eth0``): packets received, sent, and dropped per second."""


class Traffic:
    """Reads all counters once a second in a thread of its own, so that it goes on while a cell runs.

    Parameters
    ----------
    report
        Called from that thread with the rates of the interfaces where something moved.
    """

    def __init__(self, report: Callable[[Rates], None]) -> None:
        self._report = report
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="nslab-traffic", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it; nothing is reported afterwards."""
        self._ended.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _work(self) -> None:
        before, then = counters.everywhere(), time.monotonic()
        while not self._ended.wait(PERIOD):
            now, when = counters.everywhere(), time.monotonic()
            self._report(rates(before, now, when - then))
            before, then = now, when


def rates(before: Mapping[tuple[str, str], Counters], now: Mapping[tuple[str, str], Counters], seconds: float) -> Rates:
    """What moved between two readings, per second; an interface that was made or reset meanwhile is left out."""
    found = {}
    for key, seen in now.items():
        if (earlier := before.get(key)) is None:
            continue
        moved = (
            seen.received_packets - earlier.received_packets,
            seen.sent_packets - earlier.sent_packets,
            seen.dropped - earlier.dropped,
        )
        if any(moved) and min(moved) >= 0:
            received, sent, dropped = (round(count / seconds, 1) for count in moved)
            found[f"{shown(key[0])}/{shown(key[1])}"] = received, sent, dropped
    return found
