"""Change a namespace's firewall, and print it as a whole (nft(8))."""

from __future__ import annotations

from collections.abc import Iterator

from ..core import nftables
from ..core.actions import Nft
from ..core.details import Rules
from ..core.errors import NslabError
from . import processes
from .applying import perform
from .doors import Doors

_CURE = "Nothing was changed; `sudo nft list ruleset` shows the tables, chains and rules that are there."
_IPTABLES = {"ip": "iptables", "ip6": "ip6tables"}


@perform.register
def _(action: Nft, doors: Doors) -> None:
    doors.enter(action.namespace)
    try:
        processes.output_of("nft", "-f", "-", given=action.commands)
    except NslabError as error:
        raise NslabError(error.message, error.cure or _CURE) from None


def listing() -> Iterator[Rules]:
    """The firewall of the namespace that this thread is in, in words that the same tool loads again.

    Without counters. What iptables made is printed by iptables where nft has no words for it.
    """
    tables = nftables.tables(processes.output_of("nft", "-j", "list", "ruleset"))
    plain = [
        processes.output_of("nft", "-s", "list", "table", family, name) for family, name, opaque in tables if not opaque
    ]
    if plain:
        yield Rules("nft", "".join(plain))
    for family, name, opaque in tables:
        if opaque:
            tool = _IPTABLES[family]
            saved = processes.output_of(f"{tool}-save", "-t", name)
            yield Rules(f"{tool}-restore", "".join(line for line in saved.splitlines(True) if line[0] != "#"))
