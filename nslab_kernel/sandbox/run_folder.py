"""The /run of a private host: as it is after a start of the machine, with the folders that services expect.

What lies in the machine's /run belongs to its running services, so a lab gets none of their sockets and pid files.
"""

from __future__ import annotations

import os
import stat
from glob import iglob

from . import limits, users
from .layers import mount_memory

_LARGEST_FILE = 65536
_TMPFILES = ("/usr/lib/tmpfiles.d/*.conf", "/etc/tmpfiles.d/*.conf")
_UNITS = "/usr/lib/systemd/system/*.service"
_KEPT = "/run/systemd/resolve"  # /etc/resolv.conf leads there


class RunFolder:
    """What of the machine's /run a lab has, too.

    Attributes
    ----------
    folders
        Path, permissions and owner's names of each folder, the outer ones first.
    files
        Path and text of each file.
    links
        Path and target of each symbolic link.
    """

    def __init__(self) -> None:
        self.folders: dict[str, tuple[int, str, str]] = {}
        self.files: dict[str, bytes] = {}
        self.links: dict[str, str] = {}


def look() -> RunFolder:
    """Read the machine's /run, before it is covered, and what its packages want there."""
    run = RunFolder()
    for folder in ("/run", _KEPT):
        _look_into(folder, run)
    if run.files.keys() & {f"{_KEPT}/stub-resolv.conf", f"{_KEPT}/resolv.conf"}:
        run.folders.update(dict.fromkeys((os.path.dirname(_KEPT), _KEPT), (0o755, "root", "root")))
    _read_tmpfiles(run)
    _read_units(run)
    return run


def build(place: str, run: RunFolder) -> None:
    """Fill the lab's /run.

    Parameters
    ----------
    place
        Where it is, while the lab is built.
    run
        What `look` found.
    """
    os.mkdir(place, 0o755)
    for path, (mode, user, group) in run.folders.items():
        there = place + path.removeprefix("/run")
        os.makedirs(there, exist_ok=True)
        os.chmod(there, mode)
        users.give(there, user, group)
    for path, text in run.files.items():
        with open(place + path.removeprefix("/run"), "wb", 0) as file:
            file.write(text)
    for path, target in run.links.items():
        os.symlink(target, place + path.removeprefix("/run"))
    own = os.environ.get("XDG_RUNTIME_DIR", "")
    if own.startswith("/run/"):
        os.makedirs(place + own.removeprefix("/run"), 0o700, exist_ok=True)
    os.makedirs(f"{place}/lock", exist_ok=True)
    os.chmod(f"{place}/lock", 0o1777)
    os.makedirs(f"{place}/netns", exist_ok=True)
    mount_memory(f"{place}/netns", limits.read(os.environ).files)


def _look_into(folder: str, run: RunFolder) -> None:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        try:
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISLNK(status.st_mode):
                run.links[entry.path] = os.readlink(entry.path)
            elif stat.S_ISDIR(status.st_mode) and folder == "/run":
                run.folders[entry.path] = (stat.S_IMODE(status.st_mode), "root", "root")
            elif _is_worth_having(entry.name, status):
                run.files[entry.path] = _read(entry.path)
        except OSError:
            continue  # closed to us, or gone meanwhile


def _is_worth_having(name: str, status: os.stat_result) -> bool:
    is_small = stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST_FILE
    return is_small and not name.endswith((".pid", ".lock"))


def _read(path: str) -> bytes:
    with open(path, "rb", 0) as file:
        return file.read()


def _read_tmpfiles(run: RunFolder) -> None:
    """The folders that packages have made in /run at each start; tmpfiles.d(5)."""
    for path in (path for pattern in _TMPFILES for path in iglob(pattern)):
        for line in _lines(path):
            kind, folder, *rest = line.split() if line.count(" ") or line.count("\t") else ("", "")
            folder = folder.replace("/var/run/", "/run/", 1)
            if kind[:1] not in ("d", "D") or not folder.startswith("/run/") or "%" in folder:
                continue
            mode, user, group = (*(word if word != "-" else "" for word in rest[:3]), "", "", "")[:3]
            run.folders[folder] = (_mode(mode), user or "root", group or "root")


def _read_units(run: RunFolder) -> None:
    """The folders that systemd makes in /run for services; systemd.exec(5)."""
    for path in iglob(_UNITS):
        said = {}
        for line in _lines(path):
            name, equals, value = line.partition("=")
            if equals and name in ("RuntimeDirectory", "RuntimeDirectoryMode", "User", "Group"):
                said[name] = value
        for folder in said.get("RuntimeDirectory", "").split():
            if "%" not in folder:
                user = said.get("User", "root")
                owner = (_mode(said.get("RuntimeDirectoryMode", "")), user, said.get("Group", user))
                run.folders.setdefault(f"/run/{folder}", owner)


def _lines(path: str) -> list[str]:
    try:
        with open(path) as file:
            return [line.strip() for line in file]
    except (OSError, UnicodeDecodeError):
        return []


def _mode(word: str) -> int:
    digits = word.lstrip("~:")
    return int(digits, 8) if digits and set(digits) <= set("01234567") else 0o755
