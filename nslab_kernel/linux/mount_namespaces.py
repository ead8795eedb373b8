"""What a process in a namespace sees besides its network: its own ``/sys`` and its own files of ``/etc`` (ip-netns(8)).

A thread that has entered a namespace joins a mount namespace in which both are laid over the old ones; a process that
it starts inherits it. The thread then ends, so only the process keeps the network namespace alive.

Making a mount namespace costs a fifth of starting a short command, so it is kept for the next one in the same network
namespace, which it doesn't keep alive: its sysfs holds only the dead shell of a namespace that is gone. Whenever
somebody mounted anything, or changed ``/etc/netns/NAME``, it is made anew, as `ip netns exec` does each time.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from ..core.model.network import HOST
from . import namespaces, node_handles, syscalls, sysfs
from .namespaces import FoundNamespace

_FILES = "/etc/netns"
_MOST_KEPT = 64  # each takes two open files


def settle(place: FoundNamespace) -> None:
    """Move this thread into a namespace with everything that belongs to it. Only for a thread that ends soon."""
    if place.name == HOST:
        return  # the process is there already
    folder = os.getcwd()
    namespaces.enter(place)
    syscalls.unshare(syscalls.CLONE_FS)
    if place.kind != "named" or not node_handles.join(place.name):
        _kept.join(place)
    with contextlib.suppress(OSError):  # it was removed meanwhile
        os.chdir(folder)  # joining a mount namespace leads to its root


@dataclass(frozen=True, slots=True)
class _Mounts:
    """A mount namespace made for one network namespace."""

    namespace: int  # its file, for setns(2)
    table: int  # its mountinfo, which reports changes
    files: tuple[tuple[str, int], ...]  # what /etc/netns/NAME held: names and inodes

    def close(self) -> None:
        os.close(self.namespace)
        os.close(self.table)


class _Kept:
    """The mount namespaces that were made, for as long as they are what would be made now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[FoundNamespace, _Mounts] = {}
        self._table = -1  # the mountinfo of the mount namespace that they were made from

    def join(self, place: FoundNamespace) -> None:
        """Move this thread into the mount namespace of the network namespace that it is in."""
        with self._lock:
            if self._table < 0:
                self._table = os.open("/proc/self/mountinfo", os.O_RDONLY | os.O_CLOEXEC)
            if _has_changed(self._table) or len(self._made) >= _MOST_KEPT:
                self._forget(*self._made)
            kept, files = self._made.get(place), tuple(_files_of(place))
            if kept and (kept.files != files or _has_changed(kept.table)):
                self._forget(place)
                kept = None
            if kept:
                syscalls.setns(kept.namespace, syscalls.CLONE_NEWNS)
                return
            _cover(place)
            # A process's namespace has no name whose removal would tell that another one may have its number.
            if place.kind == "named":
                self._made[place] = _Mounts(_open("ns/mnt"), _open("mountinfo"), files)

    def _forget(self, *places: FoundNamespace) -> None:
        for place in places:
            self._made.pop(place).close()


_kept = _Kept()


def _open(name: str) -> int:
    return os.open(f"/proc/thread-self/{name}", os.O_RDONLY | os.O_CLOEXEC)


def _has_changed(table: int) -> bool:
    """Whether anything was mounted or unmounted since the last time we asked; proc_pid_mountinfo(5)."""
    changes = select.poll()
    changes.register(table, select.POLLPRI)
    return bool(changes.poll(0))


def _files_of(place: FoundNamespace) -> Iterator[tuple[str, int]]:
    with contextlib.suppress(FileNotFoundError), os.scandir(f"{_FILES}/{place.name}") as entries:
        for entry in entries:
            yield entry.name, entry.inode()


def _cover(place: FoundNamespace) -> None:
    """Lay the namespace's own /sys and files over the old ones, in a mount namespace of this thread's own."""
    syscalls.unshare(syscalls.CLONE_NEWNS)
    syscalls.mount("", "/", flags=syscalls.MS_SLAVE | syscalls.MS_REC)
    sysfs.show_devices()
    for name, _ in _files_of(place):
        with contextlib.suppress(FileNotFoundError):  # /etc has no file of that name to lay it over
            syscalls.mount(f"{_FILES}/{place.name}/{name}", f"/etc/{name}", flags=syscalls.MS_BIND)
