"""The lab's own layer over the machine's files: what it reads is the machine's, what it writes stays in memory.

Each folder of the machine is the lower layer of an overlay; the upper layers of all lie on one tmpfs, whose size bounds
what a lab can write (the kernel's overlayfs.rst and tmpfs.rst).
"""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from itertools import chain

from ..linux.syscalls import MS_BIND, MS_NODEV, MS_NOSUID, MS_REC, in_user_namespace, mount, set_read_only
from .survey import LARGEST_FILE, Entry

_MOST_FILES = 65536  # an empty file takes memory too, which a tmpfs doesn't count


def mount_memory(place: str, size: str, mode: int = 0o755) -> None:
    """Mount an empty file system in memory on ``place``, of ``size`` as tmpfs(5) writes it."""
    options = f"mode={mode:o},size={size},nr_inodes={_MOST_FILES}"
    mount("nslab", place, "tmpfs", MS_NOSUID | MS_NODEV, options)


class Layers:
    """The upper layers of one lab.

    Parameters
    ----------
    place
        A directory on a tmpfs, for the layers.
    own
        What the lab gets as its own from the beginning, see `survey`.
    owners
        Whether files can belong to other users than root.
    """

    def __init__(self, place: str, own: Iterable[Entry], *, owners: bool) -> None:
        self._place = place
        self._own: dict[str, list[Entry]] = defaultdict(list)  # by the top folder
        for entry in own:
            self._own[_top(entry.path)].append(entry)
        entries = chain.from_iterable(self._own.values())
        self._belonging = {e.path: (e.uid, e.gid) for e in entries if e.uid or e.gid} if owners else {}
        self._count = 0
        # In a user namespace nobody may write trusted.* attributes.
        self._options = ",userxattr" if in_user_namespace() else ""

    def cover(self, lower: int, path: str, target: str, deeper: Iterable[str]) -> None:
        """Mount an overlay on ``target``.

        Parameters
        ----------
        lower
            A descriptor of the machine's folder.
        path
            Its absolute path on the machine.
        target
            Where to mount.
        deeper
            The paths of mounts below it, which get overlays of their own.

        Raises
        ------
        OSError
            The kernel has no overlay over this file system, or not in a user namespace.
        """
        self._count += 1
        layer = f"{self._place}/{self._count}"
        status = os.stat(lower)
        os.mkdir(layer)
        os.mkdir(f"{layer}/work")
        os.mkdir(f"{layer}/upper")
        self.give(path, f"{layer}/upper")
        os.chmod(f"{layer}/upper", stat.S_IMODE(status.st_mode))
        inside = f"{path.rstrip('/')}/"
        others = tuple(f"{other}/" for other in deeper)
        umask = os.umask(0)  # entries are made with the permissions that they are to have
        for entry in self._own[_top(path)]:
            folder = f"{entry.path}/"
            if folder.startswith(inside) and not folder.startswith(others):
                self._lay(entry, f"{layer}/upper/{entry.path[len(inside) :]}")
        os.umask(umask)
        layers = f"lowerdir=/proc/self/fd/{lower},upperdir={layer}/upper,workdir={layer}/work"
        mount("nslab", target, "overlay", options=layers + self._options)

    def give(self, path: str, place: str) -> None:
        """Give what was made at ``place`` to the owner of the machine's ``path``, where the lab has that user."""
        owner = self._belonging.get(path)
        if owner:
            with suppress(OSError):  # not among the lab's ids: root keeps it
                os.chown(place, *owner)

    def _lay(self, entry: Entry, place: str) -> None:
        try:
            if entry.kind == stat.S_IFCHR:
                os.mknod(place, stat.S_IFCHR, 0)  # a whiteout
                return
            mode = stat.S_IMODE(entry.mode)
            if entry.kind == stat.S_IFREG:
                _copy(entry.path, place, mode)
            else:
                with suppress(FileExistsError):
                    os.mkdir(place, mode)
            self.give(entry.path, place)
            if mode & (stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX):  # which mkdir(2) and chown(2) leave out
                os.chmod(place, mode)
        except OSError:
            return  # gone meanwhile: it stays the machine's, to be read only
        if entry.opaque:
            self._hide_lower(place)

    def _hide_lower(self, place: str) -> None:
        name = "user.overlay.opaque" if self._options else "trusted.overlay.opaque"
        try:
            os.setxattr(place, name, b"y")
        except OSError:
            # tmpfs has no user.* attributes before Linux 6.6: the lab sees the machine's folder.
            if not os.path.ismount(place):
                os.rmdir(place)


def show_read_only(source: str, target: str) -> None:
    """Show a folder of the machine that can't be covered, such that nothing can be written to it."""
    mount(source, target, flags=MS_BIND | MS_REC)
    set_read_only(target)


def _copy(source: str, place: str, mode: int) -> None:
    """Copy a small file; by system calls, as a lab starts with hundreds."""
    old = os.open(source, os.O_RDONLY)
    try:
        content = os.read(old, LARGEST_FILE)
    finally:
        os.close(old)
    new = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        os.write(new, content)
    finally:
        os.close(new)


def _top(path: str) -> str:
    return path.split("/", 2)[1]
