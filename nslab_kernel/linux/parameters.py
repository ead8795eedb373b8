"""The kernel parameters that decide about packets and that netlink doesn't tell (ip-sysctl in the kernel's docs)."""

from __future__ import annotations

import contextlib

_TOP = "/proc/sys/"
_NAMES = (
    "net/bridge/bridge-nf-call-ip6tables",
    "net/bridge/bridge-nf-call-iptables",
    "net/ipv4/conf/all/accept_local",
    "net/ipv4/conf/all/arp_ignore",
    "net/ipv4/icmp_echo_ignore_all",
    "net/ipv4/ip_nonlocal_bind",
    "net/ipv6/conf/all/disable_ipv6",
    "net/ipv6/icmp/echo_ignore_all",
)


def read() -> tuple[tuple[str, str], ...]:
    """Names and values in the namespace that this thread is in; /proc/sys shows each namespace its own."""
    found = []
    for name in _NAMES:
        with contextlib.suppress(FileNotFoundError), open(_TOP + name) as file:  # br_netfilter or IPv6 may be missing
            found.append((name.replace("/", "."), file.read().strip()))
    return tuple(found)
