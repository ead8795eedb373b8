"""Which DNS server the programs of a namespace ask (resolv.conf(5))."""

from __future__ import annotations

import contextlib
import os

from ..core.joining import SetResolver, UnsetResolver
from ..core.network import HOST
from . import syscalls
from .applying import perform
from .doors import Doors

_HOSTS = "/etc/resolv.conf"
_OURS = "/etc/resolv.conf.nslab"
_FILES = "/etc/netns"


@perform.register
def _(action: SetResolver, doors: Doors) -> None:
    path = _OURS if action.namespace == HOST else _own(action.namespace)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(f"nameserver {action.server}\n")
    if action.namespace == HOST:
        _cover()


@perform.register
def _(action: UnsetResolver, doors: Doors) -> None:
    if action.namespace == HOST:
        with contextlib.suppress(OSError):  # it was never covered
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


def _cover() -> None:
    """Lay our file over the host's. Writing into that would change the machine's own, where it is a link to /run."""
    try:
        syscalls.mount(_OURS, _HOSTS, flags=syscalls.MS_BIND)
    except FileNotFoundError:  # there is none, or it is a link that leads nowhere
        with contextlib.suppress(FileNotFoundError):
            os.unlink(_HOSTS)
        with open(_HOSTS, "w"):
            pass
        syscalls.mount(_OURS, _HOSTS, flags=syscalls.MS_BIND)
