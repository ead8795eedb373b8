"""Which DNS server the programs of a namespace ask (resolv.conf(5))."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from typing import TypeVar

from ..core.errors import NslabError
from ..core.model.network import HOST
from ..core.operations.connect import SetResolver, UnsetResolver
from . import namespaces, node_handles, processes, syscalls
from .netlink.handles import Doors

T = TypeVar("T")

_HOSTS = "/etc/resolv.conf"
_OURS = "/etc/resolv.conf.nslab"
_FILES = "/etc/netns"


def set_resolver(action: SetResolver, doors: Doors) -> None:
    if action.namespace in node_handles.present():
        _inside(action.namespace, lambda: _replace(_HOSTS, f"nameserver {action.server}\n"))
        return
    path = _OURS if action.namespace == HOST else _own(action.namespace)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # In place: the host's file shows this very file, and a second cover would outlive the first one's removal.
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644), "w") as file:
        file.write(f"nameserver {action.server}\n")
        file.truncate()
    if action.namespace == HOST and not _is_covered():
        _cover()


def unset_resolver(action: UnsetResolver, doors: Doors) -> None:
    if action.namespace in node_handles.present():
        with contextlib.suppress(FileNotFoundError):
            _inside(action.namespace, lambda: os.unlink(_HOSTS))
        return
    if action.namespace == HOST:
        while _is_covered():
            syscalls.detach(_HOSTS)
        path = _OURS
    else:
        path = _own(action.namespace)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def is_set() -> bool:
    """Whether the host's programs ask a server that `SetResolver` named."""
    return os.path.exists(_OURS)


def _own(namespace: str) -> str:
    return f"{_FILES}/{namespace}/resolv.conf"


def _inside(node: str, call: Callable[[], T]) -> T:
    """What ``call`` returns where the files are a node's own."""

    def work() -> T:
        syscalls.unshare(syscalls.CLONE_FS)
        node_handles.join(node)
        return call()

    return namespaces.entered(namespaces.find(node), work)


def _replace(path: str, text: str) -> None:
    """Write a file anew: the old one may be a link into /run."""
    with open(f"{path}.nslab", "w") as file:
        file.write(text)
    os.replace(f"{path}.nslab", path)


def _lines(path: str) -> list[list[str]]:
    try:
        with open(path) as file:
            return [line.split() for line in file]
    except OSError:
        return []


def _is_covered() -> bool:
    """Whether the host's file shows ours."""
    try:
        return os.path.samefile(_HOSTS, _OURS)
    except FileNotFoundError:
        return False


def _cover() -> None:
    """Lay our file over the host's. Writing into that would change the machine's own, where it is a link to /run."""
    try:
        syscalls.mount(_OURS, _HOSTS, flags=syscalls.MS_BIND)
    except FileNotFoundError:
        # There is none, it is a link that leads nowhere, or somebody removed the file that lay over it.
        try:
            syscalls.detach(_HOSTS)
        except OSError:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(_HOSTS)
            with open(_HOSTS, "w"):
                pass
        syscalls.mount(_OURS, _HOSTS, flags=syscalls.MS_BIND)


_IMPATIENT = "RES_OPTIONS=timeout:2 attempts:1"
"""A lab's name server answers at once or not at all; otherwise a mistyped name takes ten seconds (resolv.conf(5))."""


def lookup(namespace: str, name: str) -> tuple[str, ...]:
    """The addresses that a namespace knows for a name, the first one to be tried first; none if it knows none."""
    place = () if namespace == HOST else ("ip", "netns", "exec", namespace)
    place = (*place, "env", _IMPATIENT)
    try:
        said = processes.output_of(*place, "getent", "ahosts", "--", name)
    except NslabError:
        return ()
    return tuple(dict.fromkeys(line.split()[0] for line in said.splitlines()))


def nameservers(namespace: str) -> tuple[str, ...]:
    """The name servers that the programs of a namespace ask, in their order; ip-netns(8) gives it files of its own."""
    own = f"/etc/netns/{namespace}/resolv.conf"
    path = own if namespace != HOST and os.path.exists(own) else "/etc/resolv.conf"
    if namespace in node_handles.present():
        lines = _inside(namespace, lambda: _lines("/etc/resolv.conf"))
    else:
        lines = _lines(path)
    return tuple(words[1].partition("%")[0] for words in lines if len(words) > 1 and words[0] == "nameserver")
