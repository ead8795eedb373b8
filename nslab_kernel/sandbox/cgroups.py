"""The control group of a private host (the kernel's cgroup-v2.rst), where the machine lets this user make one.

A lab gets a group of its own below the one that its launcher is in, and sees it as the root of all groups. Its
processes are in ``lab`` below that, since a group that hands controllers on may hold no process itself. An ordinary
user may make groups in a delegated group only, as systemd gives to a user's session.
"""

from __future__ import annotations

import os
from contextlib import suppress

_MARK = "nslab-"
_HIERARCHIES = ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")


def make() -> bool:
    """Make a group for a lab and move this process into it; False where that isn't permitted.

    Groups that labs left behind whose launchers were killed are removed.
    """
    own = _own_group()
    if not own:
        return False
    for name in _names(own):
        if name.startswith(_MARK) and not _has_processes(f"{own}/{name}"):
            _remove(f"{own}/{name}")
    group = f"{own}/{_MARK}{os.getpid()}"
    try:
        os.mkdir(group)
        _enter(group)
    except OSError:
        _remove(group)
        return False
    return True


def settle(root: str) -> None:
    """Move this process from the root of the lab's groups, mounted at ``root``, to that of the lab's processes."""
    with suppress(OSError):
        os.mkdir(f"{root}/lab")
        _enter(f"{root}/lab")


def remove(maker: int) -> None:
    """Remove the group, and those below it, that the process with pid ``maker`` has made for a lab that has ended."""
    own = _own_group()
    if own:
        _remove(f"{own}/{_MARK}{maker}")


def _remove(group: str) -> None:
    for folder, _, _ in os.walk(group, topdown=False):
        with suppress(OSError):
            os.rmdir(folder)


def _names(group: str) -> list[str]:
    try:
        return os.listdir(group)
    except OSError:
        return []


def _has_processes(group: str) -> bool:
    try:
        with open(f"{group}/cgroup.events") as events:
            return "populated 1" in events.read()
    except OSError:
        return True


def _enter(group: str) -> None:
    with open(f"{group}/cgroup.procs", "w") as processes:
        processes.write("0")


def _own_group() -> str:
    """The path of this process's group in the one hierarchy of version 2; empty where there is none."""
    with suppress(OSError, StopIteration):
        with open("/proc/self/cgroup") as groups:
            path = next(line for line in groups if line.startswith("0::")).strip().removeprefix("0::")
        for place in _HIERARCHIES:
            if os.path.exists(f"{place}/cgroup.procs"):
                return f"{place}{path}".rstrip("/")
    return ""
