"""The /dev of a private host: the devices that programs need, a /dev/pts and a /dev/shm of its own, and no disks."""

from __future__ import annotations

import os
from contextlib import suppress

from ..linux.syscalls import MS_BIND, MS_NOEXEC, MS_NOSUID, MS_REC, mount

_DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "fuse", "kvm", "net/tun", "vhost-net")
_LINKS = {
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
    "ptmx": "pts/ptmx",
}


def look() -> dict[str, int]:
    """Name and descriptor of each device that the machine has of those, and of the terminal as ``console``."""
    found = {}
    for name in _DEVICES:
        try:
            found[name] = os.open(f"/dev/{name}", os.O_PATH)
        except OSError:
            continue
    with suppress(OSError):  # stdin is no terminal
        found["console"] = os.open(os.ttyname(0), os.O_PATH)  # by which ttyname(3) finds the terminal again
    return found


def build(place: str, devices: dict[str, int]) -> None:
    """Fill the lab's /dev.

    Parameters
    ----------
    place
        Where it is, while the lab is built.
    devices
        What `look` found; the descriptors are closed.
    """
    os.makedirs(f"{place}/net")
    for name, descriptor in devices.items():
        os.close(os.open(f"{place}/{name}", os.O_CREAT | os.O_WRONLY))
        mount(f"/proc/self/fd/{descriptor}", f"{place}/{name}", flags=MS_BIND)
        os.close(descriptor)
    for name, target in _LINKS.items():
        os.symlink(target, f"{place}/{name}")
    os.mkdir(f"{place}/shm")
    os.chmod(f"{place}/shm", 0o1777)
    _terminals(f"{place}/pts")


def _terminals(place: str) -> None:
    os.mkdir(place)
    flags = MS_NOSUID | MS_NOEXEC
    for options in ("newinstance,ptmxmode=0666,mode=0620,gid=5", "newinstance,ptmxmode=0666,mode=0620"):
        try:
            mount("devpts", place, "devpts", flags, options)  # gid 5 is tty, which a lab with one user hasn't
            return
        except OSError:
            continue
    mount("/dev/pts", place, flags=MS_BIND | MS_REC)
