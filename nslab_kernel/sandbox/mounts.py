"""The file system of a private host: the machine's own, with private /proc, /etc, /sys and /run/netns.

Everything is in memory: when the host's last process ends, the kernel drops it all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from ..linux.syscalls import (
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_RDONLY,
    MS_REC,
    MS_SLAVE,
    detach,
    mount,
)
from . import limits
from .environment import HOSTNAME, PRIVATE_DIRECTORY
from .refusal import step

_RUN_NETNS = "/run/netns"
_ETC_NETNS = "/etc/netns"
_MOST_FILES = 65536  # an empty file takes memory too, which a tmpfs doesn't count
_STERILE = MS_NOSUID | MS_NODEV | MS_NOEXEC


def build(files: Mapping[str, str]) -> None:
    """Lay the private file systems over those of a fresh mount namespace; needs CAP_SYS_ADMIN in it.

    Parameters
    ----------
    files
        Name and text of the files to put in the host's private directory.

    Raises
    ------
    RefusedError
        A mount that the host can't do without was refused.
    """
    umask = os.umask(0o022)  # the host's directories are for all who run in it, whatever the user's habit
    try:
        _lay(files)
    finally:
        os.umask(umask)


def _lay(files: Mapping[str, str]) -> None:
    with step("mounts"):
        # Slave: what we mount stays here, and what the machine mounts later still comes in.
        mount("none", "/", flags=MS_REC | MS_SLAVE)
    _proc()
    with step("/run/netns"):
        _run_netns()
    with step("/etc"):
        _etc()
        _private_directory(files)
    with step("/sys"):
        _sys()


def _proc() -> None:
    try:
        mount("proc", "/proc", "proc", _STERILE)
    except OSError:
        # A container masks parts of /proc, and then the kernel refuses a fresh one. The lab
        # works with the machine's /proc, only ps shows strange numbers; `nslab check` says so.
        return


def _run_netns() -> None:
    if not os.path.isdir(_RUN_NETNS):
        # An ordinary user may not make the directory, and root should not leave one behind.
        _rebuild("/run")
    _fresh_directory(_RUN_NETNS, 0o755)


def _etc() -> None:
    hosts = _read("/etc/hosts")
    own = ("/etc/hosts", _ETC_NETNS, PRIVATE_DIRECTORY)
    mounted = [place for place in _mount_points() if place.startswith("/etc/") and place not in own]
    held = [(place, os.open(place, os.O_PATH)) for place in mounted]
    try:
        _overlay_etc()
    except OSError:
        # No overlay in a user namespace before Linux 5.11, nor over some file systems.
        _rebuild("/etc")
    else:
        # An overlay shows what lies beneath a mount, such as a container's resolv.conf.
        for place, descriptor in held:
            mount(f"/proc/self/fd/{descriptor}", place, flags=MS_BIND | MS_REC)
    for _, descriptor in held:
        os.close(descriptor)
    _fresh_directory(_ETC_NETNS, 0o755)
    _replace("/etc/hosts", f"127.0.1.1 {HOSTNAME}\n".encode() + hosts)


def _overlay_etc() -> None:
    """Make /etc copy-on-write, so that a lesson can change /etc/hosts and nobody else sees it."""
    # The layers lie on a tmpfs that the overlay alone keeps alive; /run/netns only lends its place.
    _tmpfs(_RUN_NETNS, 0o700)
    try:
        for layer in ("upper", "work"):
            os.mkdir(f"{_RUN_NETNS}/{layer}", 0o755)
        # userxattr: an ordinary user may not write the trusted.* attributes (kernel's overlayfs.rst).
        layers = f"lowerdir=/etc,upperdir={_RUN_NETNS}/upper,workdir={_RUN_NETNS}/work,userxattr"
        mount("nslab", "/etc", "overlay", options=layers)
    finally:
        detach(_RUN_NETNS)


def _private_directory(files: Mapping[str, str]) -> None:
    _fresh_directory(PRIVATE_DIRECTORY, 0o700)
    for name, text in files.items():
        with open(f"{PRIVATE_DIRECTORY}/{name}", "w") as file:
            file.write(text)


def _fresh_directory(path: str, mode: int) -> None:
    """An empty directory of this host's own, also where the machine, or a lab around this one, has one."""
    os.makedirs(path, exist_ok=True)
    _tmpfs(path, mode)


def _tmpfs(path: str, mode: int) -> None:
    """A file system in memory, which holds what the limits permit and not half of the machine's memory."""
    options = f"mode={mode:o},size={limits.read(os.environ).files},nr_inodes={_MOST_FILES}"
    mount("nslab", path, "tmpfs", MS_NOSUID | MS_NODEV, options)


def _sys() -> None:
    """A /sys that shows this host's own interfaces; brctl and ip-link(8) read it."""
    try:
        mount("sysfs", "/sys", "sysfs", _STERILE)
    except OSError:
        # Where /sys is read-only (a container), only a read-only one may cover it. But `ip netns exec`
        # takes /sys off and mounts its own unless the first fails: so the locked /sys stays, and
        # only its two directories that tell of interfaces are covered.
        aside = f"{PRIVATE_DIRECTORY}/sys"
        os.mkdir(aside)
        mount("sysfs", aside, "sysfs", _STERILE | MS_RDONLY)
        for part in ("class", "devices"):
            mount(f"{aside}/{part}", f"/sys/{part}", flags=MS_BIND)


def _rebuild(directory: str) -> None:
    """Put a tmpfs over ``directory`` and bind each of its entries back, so that entries can be added."""
    held = list(_hold_entries(directory))
    _tmpfs(directory, 0o755)
    for name, link, descriptor in held:
        place = os.path.join(directory, name)
        if link:
            os.symlink(link, place)
            continue
        source = f"/proc/self/fd/{descriptor}"
        if os.path.isdir(source):
            os.mkdir(place)
        else:
            os.close(os.open(place, os.O_CREAT | os.O_WRONLY))
        mount(source, place, flags=MS_BIND | MS_REC)
        os.close(descriptor)


def _hold_entries(directory: str) -> Iterable[tuple[str, str, int]]:
    """Name, link target or empty, descriptor of each entry, held before the directory is covered."""
    for entry in os.scandir(directory):
        if entry.is_symlink():
            yield entry.name, os.readlink(entry.path), -1
        else:
            yield entry.name, "", os.open(entry.path, os.O_PATH | os.O_NOFOLLOW)


def _mount_points() -> list[str]:
    # Field 5 of proc_pid_mountinfo(5), with space, tab, newline and backslash in octal.
    with open("/proc/self/mountinfo") as mountinfo:
        fields = [line.split(" ")[4] for line in mountinfo]
    return [field.encode().decode("unicode_escape") for field in fields]


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def _replace(path: str, content: bytes) -> None:
    """Replace a file by renaming, since an ordinary user may not write to root's file, only replace it."""
    with open(f"{path}.nslab", "wb") as file:
        file.write(content)
    try:
        os.replace(f"{path}.nslab", path)
    except OSError:
        # After _rebuild the old file is a mount point, which can be covered but not replaced.
        mount(f"{path}.nslab", path, flags=MS_BIND)
