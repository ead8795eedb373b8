"""The kernel parameters that decide about packets and that netlink doesn't tell (ip-sysctl in the kernel's docs)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator

_TOP = "/proc/sys/"
_NAMES = {
    "net/bridge": ("bridge-nf-call-ip6tables", "bridge-nf-call-iptables"),
    "net/ipv4": ("conf/all/accept_local", "conf/all/arp_ignore", "icmp_echo_ignore_all", "ip_nonlocal_bind"),
    "net/ipv6": ("conf/all/disable_ipv6", "icmp/echo_ignore_all"),
}
_LONGEST = 32  # bytes of a number


def read() -> tuple[tuple[str, str], ...]:
    """Names and values in the namespace that this thread is in; /proc/sys shows each namespace its own."""
    found: list[tuple[str, str]] = []
    for folder, names in _NAMES.items():
        with contextlib.suppress(FileNotFoundError):  # br_netfilter or IPv6 may be missing
            found += _values(folder, names)
    return tuple(found)


def _values(folder: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The parameters in a folder, which the kernel looks for among those of all namespaces: so only once."""
    there = os.open(_TOP + folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                yield f"{folder}/{name}".replace("/", "."), _content(name, there)
    finally:
        os.close(there)


def _content(path: str, folder: int) -> str:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        return os.read(file, _LONGEST).decode().strip()
    finally:
        os.close(file)
