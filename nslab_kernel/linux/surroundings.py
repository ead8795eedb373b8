"""What a process in a namespace sees besides its network: its own ``/sys`` and its own files of ``/etc`` (ip-netns(8)).

A thread that has entered a namespace lays them over the old ones in a mount namespace of its own; a process that it
starts inherits both. The thread then ends, so only the process keeps the namespace alive.
"""

from __future__ import annotations

import contextlib
import os

from ..core.network import HOST
from . import namespaces, syscalls
from .namespaces import Place

_FILES = "/etc/netns"
_FLAGS = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC


def settle(place: Place) -> None:
    """Move this thread into a namespace with everything that belongs to it. Only for a thread that ends soon."""
    if place.name == HOST:
        return  # the process is there already
    namespaces.enter(place)
    syscalls.unshare(syscalls.CLONE_NEWNS)
    syscalls.mount("", "/", flags=syscalls.MS_SLAVE | syscalls.MS_REC)
    _show_devices()
    _lay_files(f"{_FILES}/{place.name}")


def _show_devices() -> None:
    """Let /sys show this namespace's interfaces: brctl and ethtool look there."""
    for flags in (_FLAGS, _FLAGS | syscalls.MS_RDONLY):  # a read-only /sys can only be covered by a read-only one
        with contextlib.suppress(PermissionError):
            syscalls.mount("sysfs", "/sys", "sysfs", flags)
            return


def _lay_files(folder: str) -> None:
    """Bind the namespace's own files, such as resolv.conf, over those of /etc."""
    with contextlib.suppress(FileNotFoundError):
        for name in os.listdir(folder):
            with contextlib.suppress(FileNotFoundError):  # /etc has no file of that name to lay it over
                syscalls.mount(f"{folder}/{name}", f"/etc/{name}", flags=syscalls.MS_BIND)
