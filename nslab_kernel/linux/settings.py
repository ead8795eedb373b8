"""The kernel parameters of network namespaces (sysctl(8)): set them, and find those that aren't at their default.

What the defaults are is asked of the kernel: a namespace that was just made has them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from ..core.actions import SetSysctl
from ..core.details import Setting
from ..core.network import HOST
from . import syscalls
from .applying import perform
from .doors import Doors

_TOP = "/proc/sys/"
_NET = "/proc/sys/net"
_PER_INTERFACE = ("net/ipv4/conf", "net/ipv6/conf", "net/ipv4/neigh", "net/ipv6/neigh")
_LAUNCHERS = (HOST, "net/ipv4/ping_group_range")  # set when the host was made, so that ping needs no privilege
_WRITABLE = 0o200


@perform.register
def _(action: SetSysctl, doors: Doors) -> None:
    doors.enter(action.namespace)
    with open(_TOP + _path(action.name), "w") as file:
        file.write(action.value)


def departures(namespaces: Iterable[str]) -> dict[str, tuple[Setting, ...]]:
    """The parameters of each namespace that differ from what they are in a new one.

    An interface's own parameters (``net.ipv4.conf.eth0...``) are compared with ``default`` of the same namespace,
    from which the kernel copies them when the interface is born.
    """
    with ThreadPoolExecutor(1) as worker:  # a thread that may leave its namespace for good
        return worker.submit(_departures, list(namespaces)).result()


def _departures(namespaces: list[str]) -> dict[str, tuple[Setting, ...]]:
    present: dict[str, dict[str, str]] = {}
    doors = Doors()
    try:
        for name in namespaces:
            doors.enter(name)
            present[name] = dict(_read())
    finally:
        doors.close()
    syscalls.unshare(syscalls.CLONE_NEWNET)
    fresh = dict(_read())
    return {name: tuple(_differing(name, values, fresh)) for name, values in present.items()}


def _differing(namespace: str, values: dict[str, str], fresh: dict[str, str]) -> Iterator[Setting]:
    for path, value in values.items():
        if (namespace, path) == _LAUNCHERS:
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
            return interface, values.get(f"{folder}/default/{key}")
    return "", None


def _read() -> Iterator[tuple[str, str]]:
    """Every parameter that can be read and written in this thread's namespace, by its path."""
    for folder, _, files in os.walk(_NET):
        for file in files:
            path = f"{folder}/{file}"
            try:
                if os.stat(path).st_mode & _WRITABLE:
                    with open(path) as content:
                        yield path.removeprefix(_TOP), content.read().strip()
            except OSError:
                continue  # write-only (route/flush) or not set yet (stable_secret)


def _path(name: str) -> str:
    """Where a parameter is; as in sysctl(8), a name that has a slash first has dots of its own."""
    dot, slash = name.find("."), name.find("/")
    return name if slash >= 0 and (dot < 0 or slash < dot) else name.replace(".", "/")


def _name(path: str) -> str:
    return path if "." in path else path.replace("/", ".")
