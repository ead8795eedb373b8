"""The namespaces of a lab: which there are, and how a thread gets into one (ip-netns(8), network_namespaces(7))."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import struct
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from ..core.errors import NslabError
from ..core.model.names import did_you_mean
from ..core.model.network import HOST
from ..core.translation import _
from . import syscalls
from .netlink.dump import NLM_F_ACK, AskingSocket, attribute, attributes

NAMES = "/run/netns"
_HOST_FILE = "/proc/self/ns/net"
_MININET = re.compile(r"\0(mininet:[A-Za-z0-9_][A-Za-z0-9_.-]*)\0?$")  # bash --norc --noediting -is mininet:h1
_SOON = 10.0  # seconds in which a namespace follows its name, even on a busy machine; later the name is a left-over

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FoundNamespace:
    """A namespace and the file that leads to it."""

    name: str
    path: str
    inode: int
    kind: str = "named"  # host, named, process
    label: str = ""


def host() -> FoundNamespace:
    """The lab's own root namespace."""
    return FoundNamespace(HOST, _HOST_FILE, os.stat(_HOST_FILE).st_ino, "host")


def named() -> list[FoundNamespace]:
    """The namespaces that have a name, sorted by it."""
    try:
        names = sorted(os.listdir(NAMES))
    except FileNotFoundError:
        return []
    return [place for name in names if (place := _named(name))]


def _named(name: str) -> FoundNamespace | None:
    try:
        status = os.stat(f"{NAMES}/{name}")
    except (OSError, ValueError):  # it was deleted meanwhile, or can't be a name at all
        return None
    # Before its namespace is mounted on it, and after it was unmounted, the name is an empty file.
    return FoundNamespace(name, f"{NAMES}/{name}", status.st_ino) if status.st_dev == _nsfs() else None


def coming() -> frozenset[str]:
    """The names made a moment ago whose namespaces aren't there yet; nothing tells when they come (inotify(7))."""
    found = set()
    with contextlib.suppress(FileNotFoundError), os.scandir(NAMES) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                status = os.stat(entry.path)
                if status.st_dev != _nsfs() and time.time() - status.st_mtime < _SOON:
                    found.add(entry.name)
    return frozenset(found)


def unnamed(known: set[int]) -> list[FoundNamespace]:
    """The namespaces of processes that have no name of ip-netns(8): containers', Mininet's hosts, of ``unshare -n``.

    A host of Mininet's is called ``mininet:h1``, as its process is, and the others ``pid-N`` after their first process.

    Parameters
    ----------
    known
        The inodes of those that are known already.
    """
    found: dict[int, FoundNamespace] = {}
    for pid in sorted(int(entry) for entry in os.listdir("/proc") if entry.isdigit()):
        path = f"/proc/{pid}/ns/net"
        with contextlib.suppress(OSError):  # it ended meanwhile, or is somebody else's
            inode = int(os.readlink(path)[len("net:[") : -1])
            if inode not in known and inode not in found:
                with open(f"/proc/{pid}/comm") as comm, open(f"/proc/{pid}/cmdline") as words:
                    program, host = comm.read().strip(), _MININET.search(words.read())
                name = host[1] if host and host[1] not in {place.name for place in found.values()} else f"pid-{pid}"
                label = name if host else f"{name} ({program})"
                found[inode] = FoundNamespace(name, path, inode, "process", label)
    return list(found.values())


def find(name: str) -> FoundNamespace:
    """The namespace of this name.

    Parameters
    ----------
    name
        A name of `ip netns`, ``"host"``, ``pid-N`` for that of process N, or ``mininet:h1`` for Mininet's host.

    Raises
    ------
    NslabError
        If there is none; it names the nearest.
    """
    if name == HOST:
        return host()
    place = _named(name) if "/" not in name else None
    if place:
        return place
    for place in unnamed({host().inode}):
        if place.name == name:
            return place
    near = did_you_mean(name, [HOST, *(place.name for place in named())])
    raise NslabError(_('There is no namespace "{name}".', name=name), _("{near}`%netns` lists them.", near=near))


@contextlib.contextmanager
def opened(place: FoundNamespace) -> Iterator[int]:
    """A file of the namespace, as setns(2) wants it; it keeps the namespace alive until closed."""
    file = os.open(place.path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield file
    finally:
        os.close(file)


def enter(place: FoundNamespace) -> None:
    """Move this thread into a namespace. Never call it in a thread that others rely on."""
    with opened(place) as file:
        join(file)


def join(file: int) -> None:
    """Move this thread into the namespace of an open file.

    Raises
    ------
    OSError
        ENOENT where the name was taken off the namespace meanwhile: what was opened is the empty file below.
    """
    try:
        syscalls.setns(file, syscalls.CLONE_NEWNET)
    except OSError as error:
        if error.errno == errno.EINVAL:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)) from None
        raise


def entered(place: FoundNamespace, call: Callable[[], T]) -> T:
    """What ``call`` returns in a namespace; it runs in a thread of its own, so this one never moves.

    Sockets that it opens stay in that namespace, whichever thread uses them later.
    """

    def work() -> T:
        enter(place)
        return call()

    with ThreadPoolExecutor(1, "nslab-entered") as worker:
        return worker.submit(work).result()


@cache
def _nsfs() -> int:
    """The device of the file system that namespaces' files are in."""
    return os.stat(_HOST_FILE).st_dev


_RTM_NEWNSID, _RTM_GETNSID = 88, 90
_NSID, _FD, _TARGET, _CURRENT = 1, 3, 4, 5
_S32 = struct.Struct("=i")
_GENERAL = bytes(4)  # struct rtgenmsg
HOST_ID = 1 << 20
"""The host's id in its own table, far from those that the kernel gives, so `ip netns` shows what it always shows."""


def assigned_nsid(asking: AskingSocket, file: int, *, host: bool = False) -> int:
    """The id that the asking namespace has for the namespace of an open file; it gets one if it has none.

    Only namespaces with an id are heard from by a socket that listens to all of them.
    """
    found = _ask_nsid(asking, file)
    if found < 0:
        wanted = HOST_ID if host else -1
        body = _GENERAL + attribute(_FD, _S32.pack(file)) + attribute(_NSID, _S32.pack(wanted))
        try:
            asking.ask(_RTM_NEWNSID, body, flags=NLM_F_ACK)
        except OSError as error:
            if error.errno != errno.EEXIST:  # somebody else was quicker
                raise
        found = _ask_nsid(asking, file)
    return found


def nsid_table(asking: AskingSocket, nsid: int) -> dict[int, int]:
    """The table of the namespace known as ``nsid``: for each of its ids, the asking namespace's id of the same."""
    answers = asking.dump(_RTM_GETNSID, _GENERAL + attribute(_TARGET, _S32.pack(nsid)))
    found = {}
    for _kind, body in answers:
        known = attributes(body, 4)
        if _CURRENT in known:
            found[_S32.unpack(known[_NSID])[0]] = _S32.unpack(known[_CURRENT])[0]
    return found


def _ask_nsid(asking: AskingSocket, file: int) -> int:
    ((_, body),) = asking.ask(_RTM_GETNSID, _GENERAL + attribute(_FD, _S32.pack(file)))
    return int(_S32.unpack(attributes(body, 4)[_NSID])[0])
