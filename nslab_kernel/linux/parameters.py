"""The kernel parameters that decide about packets and that netlink doesn't tell (ip-sysctl in the kernel's docs).

Their files are kept open: an open file of /proc/sys belongs to the namespace in which it was opened, can be read from
any thread, and, unlike a socket, doesn't keep that namespace alive.
"""

from __future__ import annotations

import contextlib
import os

_TOP = "/proc/sys/"
_NAMES = (
    "net/bridge/bridge-nf-call-ip6tables",
    "net/bridge/bridge-nf-call-iptables",
    "net/ipv4/conf/all/accept_local",
    "net/ipv4/conf/all/arp_ignore",
    "net/ipv4/conf/all/rp_filter",
    "net/ipv4/icmp_echo_ignore_all",
    "net/ipv4/ip_forward",
    "net/ipv4/ip_nonlocal_bind",
    "net/ipv6/conf/all/disable_ipv6",
    "net/ipv6/conf/all/forwarding",
    "net/ipv6/icmp/echo_ignore_all",
)


class Parameters:
    """The parameters of the namespace that the opening thread is in."""

    def __init__(self) -> None:
        self._files: list[tuple[str, int]] = []
        for name in _NAMES:
            with contextlib.suppress(FileNotFoundError):  # br_netfilter or IPv6 isn't there
                self._files.append((name.replace("/", "."), os.open(_TOP + name, os.O_RDONLY | os.O_CLOEXEC)))

    def read(self) -> tuple[tuple[str, str], ...]:
        """Names and values, sorted by name; empty once the namespace is gone."""
        try:
            return tuple((name, os.pread(file, 32, 0).strip().decode()) for name, file in self._files)
        except FileNotFoundError:
            return ()

    @property
    def alive(self) -> bool:
        """Whether the namespace is still there: one made later may have got the same inode."""
        try:
            return not self._files or bool(os.pread(self._files[0][1], 1, 0))
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Let go of the files."""
        for _, file in self._files:
            os.close(file)
        self._files.clear()
