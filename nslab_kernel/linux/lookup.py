"""Look names up as the programs of a namespace do (nsswitch.conf(5), resolv.conf(5))."""

from __future__ import annotations

import contextlib
import os

from ..core.errors import NslabError
from ..core.network import HOST
from . import processes

_IMPATIENT = "RES_OPTIONS=timeout:2 attempts:1"
"""A lab's name server answers at once or not at all; otherwise a mistyped name takes ten seconds (resolv.conf(5))."""


def addresses(namespace: str, name: str) -> tuple[str, ...]:
    """The addresses that a namespace knows for a name, the first one to be tried first; none if it knows none."""
    place = () if namespace == HOST else ("ip", "netns", "exec", namespace)
    place = (*place, "env", _IMPATIENT)
    try:
        said = processes.output_of(*place, "getent", "ahosts", "--", name)
    except NslabError:
        return ()
    return tuple(dict.fromkeys(line.split()[0] for line in said.splitlines()))


def servers(namespace: str) -> tuple[str, ...]:
    """The name servers that the programs of a namespace ask, in their order; ip-netns(8) gives it files of its own."""
    own = f"/etc/netns/{namespace}/resolv.conf"
    path = own if namespace != HOST and os.path.exists(own) else "/etc/resolv.conf"
    lines: list[list[str]] = []
    with contextlib.suppress(OSError), open(path) as file:
        lines = [line.split() for line in file]
    return tuple(words[1].partition("%")[0] for words in lines if len(words) > 1 and words[0] == "nameserver")
