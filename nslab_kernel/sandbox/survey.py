"""The folders and files of root's that a lab gets as its own, so that an ordinary user's lab can change them.

An overlay copies a file into the lab when it is written to, with its owner. In a user namespace the machine's root is
nobody (user_namespaces(7)), so the kernel refuses that for all that belongs to root: ``mkdir /var/lib/nginx/body`` and
``echo >> /etc/hosts`` fail. What lies in the lab's layer from the beginning belongs to the lab's root.

The survey is taken outside the user namespace, where owners are still to be seen.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

LARGEST_FILE = 65536
_MOST_ENTRIES = 20000  # of a machine whose /var has more folders, the rest stays as it is: readable, not writable
# Folder, how many levels of folders below it, and whether its files come along.
_TREES = (
    ("/etc", 5, True),
    ("/root", 0, False),
    ("/var", 3, False),
    ("/var/lib", 1, True),
    ("/var/www", 3, True),
    ("/usr", 1, False),
    ("/usr/local", 3, False),
    ("/usr/share/nginx", 2, True),
    ("/opt", 1, False),
    ("/srv", 3, True),
    ("/home", 0, False),
    ("/mnt", 1, False),
    ("/media", 0, False),
    ("/boot", 0, False),
    ("/tmp", 0, False),
)
# Without what is in them: certificates are hundreds and nobody edits them; dpkg's and apt's lists are large.
_LEFT_OUT = frozenset({"/etc/ssl/certs", "/var/lib/dpkg", "/var/lib/apt", "/etc/alternatives"})
_EMPTY = "/var/log"  # a lab's logs begin empty
_SECRETS = "/etc"  # what can't be read there is hidden, so that `ssh-keygen -A` or `useradd` can make it anew


class Entry:
    """A folder or file that the lab gets as its own.

    Parameters
    ----------
    path
        Its absolute path.
    mode, uid, gid
        Its permissions and owner on the machine.
    opaque
        A folder: whether it hides what the machine has in it.
    """

    __slots__ = ("gid", "mode", "opaque", "path", "uid")

    def __init__(self, path: str, mode: int, uid: int, gid: int, opaque: bool = False) -> None:
        self.path = path
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.opaque = opaque

    @property
    def kind(self) -> int:
        """``stat.S_IFDIR``, ``stat.S_IFREG``, or ``stat.S_IFCHR`` for what is hidden."""
        return stat.S_IFMT(self.mode)


def survey() -> list[Entry]:
    """What an ordinary user's lab needs of its own, folders before what is in them."""
    me = os.getuid()
    found: dict[str, Entry] = {}
    for tree, depth, files in _TREES:
        try:
            status = os.stat(tree, follow_symlinks=False)
        except OSError:
            continue
        if not stat.S_ISDIR(status.st_mode):
            continue
        for entry in _walk(tree, status, depth, files, me):
            found.setdefault(entry.path, entry)
            if len(found) >= _MOST_ENTRIES:
                return list(found.values())
    return list(found.values())


def _walk(folder: str, status: os.stat_result, depth: int, files: bool, me: int) -> Iterator[Entry]:
    closed = not os.access(folder, os.R_OK)  # the lab's root finds an empty one
    opaque = closed or folder.startswith(_EMPTY)
    yield Entry(folder, status.st_mode, status.st_uid, status.st_gid, opaque)
    if closed or not (depth or files):
        return  # /usr/bin has thousands of files, and none of them counts
    try:
        inside = list(os.scandir(folder))
    except OSError:
        return  # gone meanwhile
    for entry in inside:
        try:
            if entry.is_dir(follow_symlinks=False):
                # What is ours can be copied when it is written to; what is root's below it, hardly ever there, can't.
                if depth and (found := entry.stat(follow_symlinks=False)).st_uid != me:
                    left_out = entry.path in _LEFT_OUT
                    yield from _walk(entry.path, found, 0 if left_out else depth - 1, files and not left_out, me)
            elif files and not opaque and entry.is_file(follow_symlinks=False):
                yield from _file(entry.path, entry.stat(follow_symlinks=False), me)
        except OSError:
            continue  # gone meanwhile


def _file(path: str, status: os.stat_result, me: int) -> Iterator[Entry]:
    if status.st_uid == me:
        return
    if status.st_mode & 0o004 or os.access(path, os.R_OK):
        if status.st_size <= LARGEST_FILE:
            yield Entry(path, status.st_mode, status.st_uid, status.st_gid)
    elif path.startswith(_SECRETS):
        yield Entry(path, stat.S_IFCHR, 0, 0)
