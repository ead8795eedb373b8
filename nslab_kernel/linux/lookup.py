"""Look names up as the programs of a namespace do (nsswitch.conf(5), resolv.conf(5))."""

from __future__ import annotations

from ..core.errors import NslabError
from ..core.network import HOST
from . import processes


def addresses(namespace: str, name: str) -> tuple[str, ...]:
    """The addresses that a namespace knows for a name, the first one to be tried first; none if it knows none."""
    place = () if namespace == HOST else ("ip", "netns", "exec", namespace)
    try:
        said = processes.output_of(*place, "getent", "ahosts", "--", name)
    except NslabError:
        return ()
    return tuple(dict.fromkeys(line.split()[0] for line in said.splitlines()))
