"""The kernel parameters of network namespaces (sysctl(8)): set them, and find those that aren't at their default.

What the defaults are is asked of the kernel: a namespace that was just made has them.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from ..core.model.network import HOST
from ..core.operations.actions import SetSysctl
from ..core.script.details import Setting
from . import syscalls
from .netlink.handles import Doors

_TOP = "/proc/sys/"
_NET = "/proc/sys/net"
_PER_INTERFACE = ("net/ipv4/conf", "net/ipv6/conf", "net/ipv4/neigh", "net/ipv6/neigh")
_EVERYWHERE = ("all", "default", "lo")
_LAUNCHERS = (HOST, "net/ipv4/ping_group_range")  # set when the host was made, so that ping needs no privilege
_LONGEST = 4096  # bytes of a parameter


def set_sysctl(action: SetSysctl, doors: Doors) -> None:
    doors.enter(action.namespace)
    with open(_TOP + _path(action.name), "w") as file:
        file.write(action.value)


def departures(namespaces: Iterable[str], *, of_interfaces: bool = True) -> dict[str, tuple[Setting, ...]]:
    """The parameters of each namespace that differ from what they are in a new one.

    Parameters
    ----------
    namespaces
        Where to look.
    of_interfaces
        Whether to look at each interface's own parameters (``net.ipv4.conf.eth0...``), too. They are compared with
        ``default`` of the same namespace, from which the kernel copies them when the interface is born. Those
        of ``lo``, which is in every namespace, are always looked at.
    """
    with ThreadPoolExecutor(1) as worker:  # a thread that may leave its namespace for good
        return worker.submit(_departures, list(namespaces), of_interfaces).result()


def _departures(namespaces: list[str], of_interfaces: bool) -> dict[str, tuple[Setting, ...]]:
    present: dict[str, dict[str, str]] = {}
    doors = Doors()
    try:
        for name in namespaces:
            doors.enter(name)
            present[name] = dict(_read(of_interfaces))
    finally:
        doors.close()
    fresh = _defaults()
    return {name: tuple(_differing(name, values, fresh)) for name, values in present.items()}


@cache
def _defaults() -> dict[str, str]:
    """What the parameters are in a new namespace; this thread is in one afterwards."""
    syscalls.unshare(syscalls.CLONE_NEWNET)
    return dict(_read(of_interfaces=False))


def _differing(namespace: str, values: dict[str, str], fresh: dict[str, str]) -> Iterator[Setting]:
    for path, value in values.items():
        if (namespace, path) == _LAUNCHERS or path == _DRAWN:
            continue
        interface, usual = _usual(path, values, fresh)
        if value != usual and usual is not None and not path.endswith("/mtu"):  # IPv6's copy of the interface's own
            yield Setting(_name(path), value, usual, interface)


def _usual(path: str, values: dict[str, str], fresh: dict[str, str]) -> tuple[str, str | None]:
    """The interface that a parameter belongs to, if any, and the value it has when nobody sets it."""
    if path in fresh:
        return "", fresh[path]
    for folder in _PER_INTERFACE:
        if path.startswith(folder + "/"):
            interface, _, key = path.removeprefix(folder + "/").partition("/")
            # A namespace doesn't show the defaults for neighbours; lo has them as it was born.
            return interface, values.get(f"{folder}/default/{key}", fresh.get(f"{folder}/lo/{key}"))
    return "", None


def _read(of_interfaces: bool) -> Iterator[tuple[str, str]]:
    """Every parameter that can be read and written in this thread's namespace, by its path."""
    for folder, inner, files in os.walk(_NET):
        if not of_interfaces and folder.removeprefix(_TOP) in _PER_INTERFACE:
            inner[:] = [name for name in inner if name in _EVERYWHERE]
        for file in files:
            path = f"{folder}/{file}"
            with contextlib.suppress(OSError):  # not to be read or written (route/flush), or not set (stable_secret)
                yield path.removeprefix(_TOP), _content(path)


def _content(path: str) -> str:
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        return os.read(file, _LONGEST).decode(errors="replace").strip()
    finally:
        os.close(file)


def _path(name: str) -> str:
    """Where a parameter is; as in sysctl(8), a name that has a slash first has dots of its own."""
    dot, slash = name.find("."), name.find("/")
    return name if slash >= 0 and (dot < 0 or slash < dot) else name.replace(".", "/")


def _name(path: str) -> str:
    return path if "." in path else path.replace("/", ".")


_DRAWN = "net/ipv4/tcp_fastopen_key"  # the kernel draws one when the first server listens (kernel docs, ip-sysctl)
_PARAMETERS = "/proc/sys/"
_NAMES = {
    "net/bridge": ("bridge-nf-call-arptables", "bridge-nf-call-ip6tables", "bridge-nf-call-iptables"),
    "net/ipv4": (
        "conf/all/accept_local",
        "conf/all/arp_filter",
        "conf/all/arp_ignore",
        "conf/all/proxy_arp",
        "conf/all/route_localnet",
        "conf/all/src_valid_mark",
        "fwmark_reflect",
        "icmp_echo_ignore_all",
        "ip_default_ttl",
        "ip_no_pmtu_disc",
        "ip_nonlocal_bind",
    ),
    "net/ipv6": ("bindv6only", "conf/all/disable_ipv6", "conf/all/proxy_ndp", "icmp/echo_ignore_all"),
}
_LONGEST_NUMBER = 32  # bytes of a number


def read_parameters() -> tuple[tuple[str, str], ...]:
    """Names and values in the namespace that this thread is in; /proc/sys shows each namespace its own."""
    found: list[tuple[str, str]] = []
    for folder, names in _NAMES.items():
        with contextlib.suppress(FileNotFoundError):  # br_netfilter or IPv6 may be missing
            found += _parameter_values(folder, names)
    return tuple(found)


def _parameter_values(folder: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The parameters in a folder, which the kernel looks for among those of all namespaces: so only once."""
    there = os.open(_PARAMETERS + folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                yield f"{folder}/{name}".replace("/", "."), _parameter(name, there)
    finally:
        os.close(there)


def _parameter(path: str, folder: int) -> str:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        return os.read(file, _LONGEST_NUMBER).decode().strip()
    finally:
        os.close(file)
