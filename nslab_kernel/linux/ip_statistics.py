"""The counters of a namespace's protocols and interfaces, flat, so that two readings can be subtracted.

Names are the kernel's own (``IpInHdrErrors``, ``TcpExtListenDrops``, ``Ip6OutNoRoutes``; proc_pid_net(5)), and
``eth0 dropped`` for what an interface dropped.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

_HERE = "/proc/thread-self/net/"  # /proc/net is the main thread's


def read() -> dict[str, int]:
    """The counters of the namespace that this thread is in."""
    found: dict[str, int] = {}
    for name in ("snmp", "netstat"):
        lines = _lines(name)
        for names, numbers in zip(lines[::2], lines[1::2], strict=False):
            group, *keys = names.replace(":", "").split()
            found.update(zip((group + key for key in keys), map(int, numbers.split()[1:]), strict=False))
    for line in _lines("snmp6"):
        key, number = line.split()
        found[key] = int(number)
    for line in _lines("dev")[2:]:
        name, _, numbers = line.partition(":")
        values = numbers.split()
        found[f"{name.strip()} dropped"] = int(values[3]) + int(values[11])
    return found


def moved(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """By how much each counter moved; those that didn't are left out."""
    return {key: value - before.get(key, 0) for key, value in after.items() if value != before.get(key, 0)}


def _lines(name: str) -> list[str]:
    with contextlib.suppress(FileNotFoundError), open(_HERE + name) as file:  # without IPv6 there is no snmp6
        return file.read().splitlines()
    return []
