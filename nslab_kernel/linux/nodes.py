"""Namespaces with files and a hostname of their own, as another program's nodes have (see `core.topology`).

A node is a named network namespace that has a mount namespace and a UTS namespace beside it (mount_namespaces(7),
uts_namespaces(7)). A process that sleeps holds their files open, and links lead there: a bind mount, as of unshare(1),
is refused by Linux 6.18 at random, whose ids of mount namespaces don't grow. What lies in the lab is below an overlay,
so what a node writes is its own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import stat
import sys
from collections.abc import Iterator, Sequence
from functools import partial

from ..core.errors import NslabError
from ..core.translation import _
from . import processes, syscalls, sysfs
from .namespaces import FoundNamespace, entered
from .node_handles import HANDLES, PROGRAMS, handle, present
from .syscalls import MS_BIND, MS_NODEV, MS_NOSUID, MS_REC, MS_SLAVE, mount

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_SHIMS = os.path.join(_PACKAGE, "sandbox", "shims", "with-nodes")
_LAYERS = "/etc/nslab/nodes"  # in the lab's private memory, whose size is bounded
_WRITTEN = ("/etc", "/var", "/usr", "/opt", "/srv", "/root", "/home")
_PRIVATE = ("/run", "/tmp")
_OWN = (_PACKAGE, sys.prefix)  # nodes run our shims and our Python, too, wherever they lie
_SMALL = 65536


def make(wanted: Sequence[tuple[FoundNamespace, Sequence[tuple[str, str]]]]) -> None:
    """Give namespaces a hostname and files of their own, all or none of them.

    Parameters
    ----------
    wanted
        The namespaces, each with files and folders to copy into it: an absolute path in the lab, and where in the
        node; ``/`` for what is in a folder. What goes to ``/shared`` is not copied: it is the same folder for all.

    Raises
    ------
    NslabError
        Where the machine permits no overlay over the lab's own.
    """
    for folder in (HANDLES, PROGRAMS, _LAYERS):
        os.makedirs(folder, exist_ok=True)
    held: dict[str, int] = {}
    try:
        for place, files in wanted:
            held |= entered(place, partial(_make, place, files))
        holder = processes.hold(tuple(held.values()))
    except OSError as error:
        raise NslabError(
            _("{node} can't have files of its own: {error}", node=place.name, error=str(error)),
            _("Where the lab itself lies on an overlay, as in a container, use a machine or a virtual one."),
        ) from error
    finally:
        for descriptor in held.values():
            os.close(descriptor)
    for name, descriptor in held.items():
        os.symlink(f"/proc/{holder}/fd/{descriptor}", f"{HANDLES}/{name}")
    with contextlib.suppress(FileExistsError):
        os.symlink(f"{_SHIMS}/ip", f"{PROGRAMS}/ip")


def _make(place: FoundNamespace, files: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Move this thread into a new node, and open its namespaces."""
    syscalls.unshare(syscalls.CLONE_FS | syscalls.CLONE_NEWNS | syscalls.CLONE_NEWUTS)
    _settle(place, files)
    return {
        f"{place.name}.{kind}": os.open(f"/proc/thread-self/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC)
        for kind in ("mnt", "uts")
    }


def remove(name: str) -> None:
    """Let a node's files and hostname go."""
    for kind in ("mnt", "uts"):
        with contextlib.suppress(FileNotFoundError):
            holder = os.readlink(handle(name, kind)).split("/")[2]
            os.unlink(handle(name, kind))
            if not any(os.readlink(f"{HANDLES}/{other}").split("/")[2] == holder for other in os.listdir(HANDLES)):
                processes.let_go(int(holder))
    shutil.rmtree(f"{_LAYERS}/{name}", ignore_errors=True)
    if not present():
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{PROGRAMS}/ip")


def _settle(place: FoundNamespace, files: Sequence[tuple[str, str]]) -> None:
    mount("", "/", flags=MS_SLAVE | MS_REC)
    socket.sethostname(place.name)
    sysfs.show_devices()
    shutil.rmtree(f"{_LAYERS}/{place.name}", ignore_errors=True)
    os.mkdir(f"{_LAYERS}/{place.name}")
    layers_file = os.open(f"{_LAYERS}/{place.name}", os.O_PATH | os.O_CLOEXEC)
    layers = f"/proc/self/fd/{layers_file}"  # whose own path an overlay over /etc covers for a while
    sources = [(os.open(source, os.O_PATH | os.O_CLOEXEC), target) for source, target in files]
    points = list(_mount_points())
    for folder in _WRITTEN:
        if os.path.isdir(folder) and not os.path.islink(folder):
            _cover(folder, layers, [point for point in points if point[0].startswith(f"{folder}/")])
    for folder in _PRIVATE:
        _empty(folder, [path for path in (*_OWN, *(point[0] for point in points)) if path.startswith(f"{folder}/")])
    _hosts(place.name)
    for descriptor, target in sources:
        source = f"/proc/self/fd/{descriptor}"
        if target == "/shared":
            os.makedirs(target, exist_ok=True)
            mount(source, target, flags=MS_BIND | MS_REC)
        elif target == "/":
            for name in sorted(os.listdir(source)):
                _copy(f"{source}/{name}", f"/{name}", layers)
        else:
            _copy(source, target, layers)
        os.close(descriptor)
    os.close(layers_file)


def _cover(folder: str, layers: str, below: Sequence[tuple[str, str]]) -> None:
    """Lay an overlay over a folder and over the overlays below it; other mounts below it stay as they are."""
    held = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path, _kind in below}
    _overlay(os.open(folder, os.O_PATH | os.O_CLOEXEC), folder, layers)
    bound: tuple[str, ...] = ()
    for path, kind in below:
        if path.startswith(bound or ("//",)) or not os.path.lexists(path):
            continue
        if kind == "overlay":
            _overlay(os.dup(held[path]), path, layers)
        else:
            mount(f"/proc/self/fd/{held[path]}", path, flags=MS_BIND | MS_REC)
            bound += (f"{path}/",)
    for descriptor in held.values():
        os.close(descriptor)


def _overlay(lower: int, path: str, layers: str) -> None:
    layer = f"{layers}/{path.strip('/').replace('/', '-')}"
    status = os.stat(lower)
    for name in ("upper", "work"):
        os.makedirs(f"{layer}/{name}")
    with contextlib.suppress(OSError):  # an owner that the lab hasn't
        os.chown(f"{layer}/upper", status.st_uid, status.st_gid)
    os.chmod(f"{layer}/upper", stat.S_IMODE(status.st_mode))
    options = f"lowerdir=/proc/self/fd/{lower},upperdir={layer}/upper,workdir={layer}/work"
    mount("nslab", path, "overlay", options=options + (",userxattr" if syscalls.in_user_namespace() else ""))
    os.close(lower)


def _empty(folder: str, below: Sequence[str]) -> None:
    """Cover /run or /tmp by memory of the node's own, with the folders that were there; some paths below it stay."""
    descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    held = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in below if not path.startswith("/run/nslab/")}
    mount(
        "nslab", folder, "tmpfs", MS_NOSUID | MS_NODEV, f"mode={stat.S_IMODE(os.stat(descriptor).st_mode):o},size=64m"
    )
    old = f"/proc/self/fd/{descriptor}"
    if folder == "/run":
        for path, folders, names in os.walk(old):
            folders[:] = [name for name in folders if f"{path}/{name}" not in (f"{old}/netns", f"{old}/nslab")]
            for name in folders:
                _copy_folder(f"{path}/{name}", f"{folder}{path.removeprefix(old)}/{name}")
            for name in names:
                _copy_run_file(f"{path}/{name}", f"{folder}{path.removeprefix(old)}/{name}")
    for path, one in held.items():
        if os.path.isdir(f"/proc/self/fd/{one}"):
            os.makedirs(path, exist_ok=True)
            mount(f"/proc/self/fd/{one}", path, flags=MS_BIND | MS_REC)
        os.close(one)
    os.close(descriptor)


def _copy_run_file(source: str, target: str) -> None:
    """A file of /run that is no socket and no pid file, such as the resolver's; those belong to running services."""
    status = os.lstat(source)
    if stat.S_ISLNK(status.st_mode):
        os.symlink(os.readlink(source), target)
    elif stat.S_ISREG(status.st_mode) and status.st_size <= _SMALL and not source.endswith((".pid", ".lock")):
        with contextlib.suppress(OSError):
            shutil.copy(source, target)


def _hosts(name: str) -> None:
    with open("/etc/hosts") as file:
        others = [line for line in file if not line.startswith("127.0.1.1")]
    _write("/etc/hosts", f"127.0.1.1 {name}\n{''.join(others)}")
    _write("/etc/hostname", f"{name}\n")


def _write(path: str, text: str) -> None:
    with open(f"{path}.nslab", "w") as file:
        file.write(text)
    os.replace(f"{path}.nslab", path)


def _copy(source: str, target: str, layers: str) -> None:
    """Copy a file or folder into the node, to belong to the owner of its new folder, such as a service's."""
    top = f"/{target.strip('/').partition('/')[0]}"
    if top not in _WRITTEN and not os.path.lexists(top):
        _private(top, layers, folder=os.path.isdir(source) or target.strip("/").count("/") > 0)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.islink(source):
        _remove(target)
        os.symlink(os.readlink(source), target)
    elif os.path.isdir(source):
        _copy_folder(source, target)
        for name in sorted(os.listdir(source)):
            _copy(f"{source}/{name}", f"{target}/{name}", layers)
    else:
        mode = stat.S_IMODE(os.stat(source).st_mode)
        if not os.path.ismount(target):
            _remove(target)
        with open(source, "rb", 0) as old, open(target, "wb", 0) as new:
            shutil.copyfileobj(old, new)
        os.chmod(target, mode | 0o444)
        _give_to_owner_of_folder(target)


def _private(top: str, layers: str, *, folder: bool) -> None:
    """A file or folder right below the root, which all nodes share: the node's own lies over an empty one."""
    own = f"{layers}/root{top}"
    os.makedirs(own if folder else os.path.dirname(own), exist_ok=True)
    if folder:
        os.makedirs(top, exist_ok=True)
    else:
        for path in (own, top):
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))
    mount(own, top, flags=MS_BIND)


def _copy_folder(source: str, target: str) -> None:
    if not os.path.isdir(target):
        os.mkdir(target)
        status = os.stat(source)
        os.chmod(target, stat.S_IMODE(status.st_mode) | 0o555)
        with contextlib.suppress(OSError):
            os.chown(target, status.st_uid, status.st_gid)


def _give_to_owner_of_folder(path: str) -> None:
    status = os.stat(os.path.dirname(path))
    with contextlib.suppress(OSError):
        os.chown(path, status.st_uid, status.st_gid)


def _remove(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def _mount_points() -> Iterator[tuple[str, str]]:
    """Path and kind of file system of each mount, outer ones first; fields 5 and 9 on of proc_pid_mountinfo(5)."""
    with open("/proc/thread-self/mountinfo") as mountinfo:
        lines = [line.split(" ") for line in mountinfo]
    found = {
        fields[4].encode().decode("unicode_escape"): fields[fields.index("-", 6) + 1] for fields in lines
    }  # of mounts on one place the last is seen
    yield from sorted(found.items())
