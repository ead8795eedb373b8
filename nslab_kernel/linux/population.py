"""Which processes run in a lab: in its pid namespace there are no others (pid_namespaces(7))."""

from __future__ import annotations

import os


def pids() -> frozenset[int]:
    """The ids of all processes that this one can see."""
    return frozenset(int(entry) for entry in os.listdir("/proc") if entry.isdigit())
