"""The file system of a private host: the machine's files to read, and in memory all that the lab writes.

The lab gets a root of its own. Each folder of the machine's root is there as an overlay (see `layers`); /proc, /sys,
/dev and /run are made anew; the folders that the lab keeps (see `folders`) are the machine's own. Everything else is in
memory: when the host's last process ends, the kernel drops it all.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from ..linux.syscalls import (
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_RDONLY,
    MS_REC,
    MS_SLAVE,
    mount,
    pivot_root,
    set_read_only,
)
from . import cgroups, containers, devices, limits, run_folder, users
from .environment import HOSTNAME, PRIVATE_DIRECTORY
from .folders import home_folders
from .layers import Layers, mount_memory, show_read_only
from .refusal import step
from .survey import LARGEST_FILE, Entry

_BASE = "/tmp"  # where the new root is built: every system has it, and what is below it is held open
_ROOT = f"{_BASE}/root"
_ETC_NETNS = "/etc/netns"
_STERILE = MS_NOSUID | MS_NODEV | MS_NOEXEC
_MADE_ANEW = frozenset({"/proc", "/sys", "/dev", "/run"})
# Where container engines and systemd mount what belongs to their own containers and units.
_OF_OTHERS = ("/var/lib/docker/", "/var/lib/containers/", "/var/lib/containerd/", "/var/lib/kubelet/", "/snap/")


class _Held:
    """A folder of the machine's, held open while its place is covered."""

    def __init__(self, path: str, source: str = "") -> None:
        self.path = path
        self.descriptor = os.open(source or path, os.O_PATH)

    def __enter__(self) -> _Held:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)

    @property
    def source(self) -> str:
        """A path that leads to it, whatever lies over its own."""
        return f"/proc/self/fd/{self.descriptor}"


def build(files: Mapping[str, str], own: Sequence[Entry], kept: Sequence[str], *, own_group: bool) -> None:
    """Give a fresh mount namespace a root of the lab's own; needs CAP_SYS_ADMIN in it.

    Parameters
    ----------
    files
        Name and text of the files to put in the host's private directory.
    own
        What the lab gets as its own from the beginning, see `survey`.
    kept
        The folders that stay the machine's own.
    own_group
        Whether the lab has a control group of its own, and so may make more.

    Raises
    ------
    RefusedError
        A mount that the host can't do without was refused.
    """
    umask = os.umask(0o022)  # the host's directories are for all who run in it, whatever the user's habit
    directory = _working_directory()
    try:
        _build(files, own, kept, own_group)
    finally:
        os.umask(umask)
    if os.path.isdir(directory):
        os.chdir(directory)


def _working_directory() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        return "/"


def _build(files: Mapping[str, str], own: Sequence[Entry], kept: Sequence[str], own_group: bool) -> None:
    with step("mounts"):
        # Slave: what we mount stays here.
        mount("none", "/", flags=MS_REC | MS_SLAVE)
        allowed = limits.read(os.environ)
        top = list(_top_folders())
        below = list(_mounts_below(top))
        real = [_Held(folder) for folder in kept]
        # A home that lies in a kept folder is covered for itself.
        homes = [_Held(home) for home in home_folders(os.environ) if home.startswith(tuple(f"{k}/" for k in kept))]
        run = run_folder.look()
        node = devices.look()
        mount_memory(_BASE, allowed.disk)
        for name in ("root", "layers"):
            os.mkdir(f"{_BASE}/{name}", 0o755)
        mount(_ROOT, _ROOT, flags=MS_BIND)
    with step("files"):
        layers = Layers(f"{_BASE}/layers", own, owners=users.has_many())
        for held in [*top, *below]:
            _cover(held, layers, [other.path for other in below if other.path.startswith(f"{held.path}/")])
        _copy_links_and_files()
    _proc()
    with step("/dev"):
        devices.build(f"{_ROOT}/dev", node)
    with step("/run"):
        run_folder.build(f"{_ROOT}/run", run)
    with step("/etc"):
        _etc(files)
    with step("/sys"):
        may_leave = _sys()
    _control_groups(own_group)
    with step("files"):
        for held in real:
            os.makedirs(f"{_ROOT}{held.path}", exist_ok=True)
            mount(held.source, f"{_ROOT}{held.path}", flags=MS_BIND | MS_REC)
        for held in homes:
            _cover(held, layers, ())
        for held in [*top, *below, *real, *homes]:
            os.close(held.descriptor)
        if may_leave:
            pivot_root(_ROOT)
        else:
            _cover_old_root()


def _top_folders() -> Iterable[_Held]:
    for entry in os.scandir("/"):
        if entry.is_dir(follow_symlinks=False) and entry.path not in _MADE_ANEW:
            yield _Held(entry.path)


def _mounts_below(top: Iterable[_Held]) -> Iterable[_Held]:
    """The mounts below the top folders, outer ones first: an overlay shows only the file system that it covers."""
    folders = {held.path for held in top}
    for path in sorted(set(_mount_points())):
        if path in folders or f"/{path.split('/')[1]}" not in folders or path.startswith(_OF_OTHERS):
            continue
        try:
            yield _Held(path)
        except OSError:
            continue  # closed to us, or hidden below another mount


def _cover(held: _Held, layers: Layers, deeper: Sequence[str]) -> None:
    place = f"{_ROOT}{held.path}"
    status = os.stat(held.descriptor)
    if not stat.S_ISDIR(status.st_mode):
        _show_file(held, place)
        return
    if held.path.count("/") == 1:
        os.mkdir(place, stat.S_IMODE(status.st_mode))
    elif not os.path.isdir(place):
        return
    if not os.access(held.source, os.R_OK | os.X_OK):
        return  # root's home, say: the lab's root has an empty one
    try:
        layers.cover(held.descriptor, held.path, place, deeper)
    except OSError:
        if deeper:
            # In a user namespace there is no overlay over a folder that another mount covers a part of.
            _cover_entries(held, layers, deeper)
        elif held.path in ("/etc", "/tmp", "/var/tmp"):
            _rebuild(held, place)
        else:
            # No overlay in a user namespace before Linux 5.11, over some file systems, and over an overlay's overlay.
            show_read_only(held.source, place)


def _cover_entries(held: _Held, layers: Layers, deeper: Sequence[str]) -> None:
    """Cover what is in a folder one by one, but for the mounts, which get their turn; the folder is the lab's own."""
    for entry in os.scandir(held.source):
        path = f"{held.path}/{entry.name}"
        place = f"{_ROOT}{path}"
        try:
            if entry.is_symlink():
                os.symlink(os.readlink(entry.path), place)
            elif not entry.is_dir():
                _show_entry(entry.path, place, own=entry.stat().st_size <= LARGEST_FILE)
            else:
                os.mkdir(place)
                layers.give(path, place)
                os.chmod(place, stat.S_IMODE(entry.stat().st_mode))
                if path not in deeper:
                    with _Held(path, entry.path) as inner:
                        _cover(inner, layers, [other for other in deeper if other.startswith(f"{path}/")])
        except OSError:
            continue  # closed to us, or gone meanwhile


def _show_file(held: _Held, place: str) -> None:
    """A file that is a mount, as a container's /etc/resolv.conf is: its text, in a file that can be changed."""
    with open(held.source, "rb", 0) as file:
        text = file.read()
    try:
        _replace(place, text)
    except OSError:
        if os.path.exists(place):
            show_read_only(held.source, place)


def _rebuild(held: _Held, place: str) -> None:
    """Show each entry of a folder read-only in one of the lab's own, so that entries can be added."""
    for entry in os.scandir(held.source):
        shown = os.path.join(place, entry.name)
        try:
            if entry.is_symlink():
                os.symlink(os.readlink(entry.path), shown)
            elif entry.is_dir():
                os.mkdir(shown)
                show_read_only(entry.path, shown)
            else:
                _show_entry(entry.path, shown, own=held.path == "/etc")
        except OSError:
            continue  # closed to us, or gone meanwhile
    os.chmod(place, stat.S_IMODE(os.stat(held.descriptor).st_mode))


def _copy_links_and_files() -> None:
    """The root's own links, such as /bin, and files, such as the mark by which a container is known."""
    for entry in os.scandir("/"):
        place = f"{_ROOT}{entry.path}"
        if entry.is_symlink():
            os.symlink(os.readlink(entry.path), place)
        elif entry.is_file(follow_symlinks=False):
            _show_entry(entry.path, place, own=False)


def _proc() -> None:
    os.mkdir(f"{_ROOT}/proc")
    try:
        mount("proc", f"{_ROOT}/proc", "proc", _STERILE)
    except OSError:
        # A container masks parts of /proc, and then the kernel refuses a fresh one. The lab
        # works with the machine's /proc, only ps shows strange numbers; `nslab check` says so.
        mount("/proc", f"{_ROOT}/proc", flags=MS_BIND | MS_REC)


def _etc(files: Mapping[str, str]) -> None:
    etc = f"{_ROOT}/etc"
    _fresh_directory(f"{_ROOT}{_ETC_NETNS}", 0o755)
    _fresh_directory(f"{_ROOT}{PRIVATE_DIRECTORY}", 0o700)
    for name, text in files.items():
        with open(f"{_ROOT}{PRIVATE_DIRECTORY}/{name}", "w") as file:
            file.write(text)
    _replace(f"{etc}/hosts", f"127.0.1.1 {HOSTNAME}\n".encode() + _read(f"{etc}/hosts"))
    users.write(etc)
    containers.write(etc)


def _fresh_directory(path: str, mode: int) -> None:
    """An empty directory of this host's own, also where the machine, or a lab around this one, has one."""
    os.makedirs(path, exist_ok=True)
    mount_memory(path, limits.read(os.environ).files, mode)


def _sys() -> bool:
    """A /sys that shows this host's own interfaces; brctl and ip-link(8) read it.

    Returns
    -------
    bool
        Whether the machine's own /sys may go.
    """
    place = f"{_ROOT}/sys"
    aside = f"{_ROOT}{PRIVATE_DIRECTORY}/sys"
    os.mkdir(place)
    os.mkdir(aside)
    try:
        mount("sysfs", place, "sysfs", _STERILE)
        # `ip netns exec` takes /sys off, and in a user namespace it may mount one only while it sees another.
        mount(place, aside, flags=MS_BIND)
    except OSError:
        # Where /sys is read-only (a container), only a read-only one may cover it. But `ip netns exec`
        # takes /sys off and mounts its own unless the first fails: so the locked /sys of the machine
        # stays, and only its two directories that describe interfaces are covered.
        mount("sysfs", aside, "sysfs", _STERILE | MS_RDONLY)
        for part in ("class", "devices"):
            mount(f"{aside}/{part}", f"/sys/{part}", flags=MS_BIND)
        return False
    return True


def _control_groups(own_group: bool) -> None:
    """The lab's control groups below /sys; read-only where it has none of its own."""
    place = f"{_ROOT}/sys/fs/cgroup"
    try:
        mount("cgroup2", place, "cgroup2", _STERILE)
        if own_group:
            cgroups.settle(place)
        else:
            set_read_only(place)
    except OSError:
        return  # a kernel without, or a machine whose /sys must stay


def _cover_old_root() -> None:
    """Put what was built over the machine's folders, each over its own, and let the machine's root and /sys stay."""
    shown = [entry.name for entry in os.scandir(_ROOT) if entry.is_dir(follow_symlinks=False)]
    root = os.open(_ROOT, os.O_PATH)
    for name in shown:
        if name != "sys" and os.path.isdir(f"/{name}"):
            mount(f"/proc/self/fd/{root}/{name}", f"/{name}", flags=MS_BIND | MS_REC)
    os.close(root)
    with suppress(OSError):  # before Linux 5.12; an ordinary user can't write there anyway
        set_read_only("/", below=False)


def _mount_points() -> list[str]:
    # Field 5 of proc_pid_mountinfo(5), with space, tab, newline and backslash in octal.
    with open("/proc/self/mountinfo") as mountinfo:
        fields = [line.split(" ")[4] for line in mountinfo]
    return [field.encode().decode("unicode_escape") for field in fields]


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _show_entry(source: str, place: str, *, own: bool) -> None:
    """Show a file of the machine's, as the lab's ``own`` copy or to be read only."""
    if not own:
        os.close(os.open(place, os.O_CREAT | os.O_WRONLY))
        show_read_only(source, place)
        return
    with open(source, "rb", 0) as old, open(place, "wb", 0) as new:
        new.write(old.read())
    os.chmod(place, stat.S_IMODE(os.stat(source).st_mode))


def _replace(path: str, content: bytes) -> None:
    """Replace a file by renaming, since an ordinary user may not write to root's file, only replace it."""
    with open(f"{path}.nslab", "wb") as file:
        file.write(content)
    os.replace(f"{path}.nslab", path)
