"""The netlink sockets of one operation, and how namespaces get and lose their names (ip-netns(8))."""

from __future__ import annotations

import errno
import os

from .. import namespaces, syscalls
from ..namespaces import NAMES
from .socket import RouteSocket

_THIS_THREADS = "/proc/thread-self/ns/net"


class Doors:
    """Sockets and files of the namespaces that an operation acts in.

    It is to be used in a thread of its own, which leaves its namespace for good. What it opens keeps a namespace
    alive, so it is closed at the end: a namespace that a person deletes must be gone at once.
    """

    def __init__(self) -> None:
        self._sockets: dict[str, RouteSocket] = {}
        self._files: dict[str, int] = {}

    def socket(self, namespace: str) -> RouteSocket:
        """A socket in a namespace, opened when first asked for."""
        if namespace not in self._sockets:
            syscalls.setns(self.file(namespace), syscalls.CLONE_NEWNET)
            self._sockets[namespace] = RouteSocket()
        return self._sockets[namespace]

    def file(self, namespace: str) -> int:
        """An open file of a namespace, as the kernel wants it when something is moved there."""
        if namespace not in self._files:
            self._files[namespace] = os.open(namespaces.find(namespace).path, os.O_RDONLY | os.O_CLOEXEC)
        return self._files[namespace]

    def enter(self, namespace: str) -> None:
        """Move this thread into a namespace."""
        syscalls.setns(self.file(namespace), syscalls.CLONE_NEWNET)

    def make(self, name: str) -> None:
        """Make a namespace with a name, and move this thread into it."""
        path = f"{NAMES}/{name}"
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0))
        try:
            syscalls.unshare(syscalls.CLONE_NEWNET)
            syscalls.mount(_THIS_THREADS, path, flags=syscalls.MS_BIND)
            self._files[name] = os.open(_THIS_THREADS, os.O_RDONLY | os.O_CLOEXEC)
            self._sockets[name] = RouteSocket()
        except OSError:
            take_name(name)
            raise

    def close(self) -> None:
        """Let go of every namespace."""
        for socket in self._sockets.values():
            socket.close()
        for file in self._files.values():
            os.close(file)
        self._sockets.clear()
        self._files.clear()


def prepare_names() -> None:
    """Make sure that names which appear here appear in every mount namespace, as `ip netns add` does."""
    os.makedirs(NAMES, mode=0o755, exist_ok=True)
    try:
        syscalls.mount("", NAMES, flags=syscalls.MS_SHARED | syscalls.MS_REC)
    except OSError as error:
        if error.errno != errno.EINVAL:  # it is not a mount point yet
            raise
        syscalls.mount(NAMES, NAMES, flags=syscalls.MS_BIND | syscalls.MS_REC)
        syscalls.mount("", NAMES, flags=syscalls.MS_SHARED | syscalls.MS_REC)


def take_name(name: str) -> None:
    """Take a namespace's name away; it goes when nothing uses it any more."""
    path = f"{NAMES}/{name}"
    try:
        syscalls.detach(path)
    except OSError as error:
        if error.errno != errno.EINVAL:  # nothing is mounted on it: only the file is left
            raise
    os.unlink(path)
