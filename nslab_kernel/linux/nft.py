"""Change a namespace's firewall, and print it as a whole (nft(8))."""

from __future__ import annotations

from collections.abc import Iterator

from ..core.errors import NslabError
from ..core.model import nftables
from ..core.model.firewall import Ruleset
from ..core.operations.actions import Nft
from ..core.operations.firewall_actions import AddChain, AddFilterRule, DeleteFilterRule, DeleteTable, SetPolicy
from ..core.script.details import Rules
from ..core.translation import _
from . import processes
from .netlink.dump import NETLINK_NETFILTER, AskingSocket, attributes
from .netlink.handles import Doors

_CURE = _("`sudo nft list ruleset` shows the tables, chains and rules that are there.")
_IPTABLES = {"ip": "iptables", "ip6": "ip6tables", "bridge": "ebtables"}


def run_nft(action: Nft, doors: Doors) -> None:
    doors.enter(action.namespace)
    try:
        processes.output_of("nft", "-f", "-", given=action.commands)
    except NslabError as error:
        raise NslabError(error.message, error.cure or _CURE) from None


def change_rules(action: AddChain | DeleteTable | SetPolicy | AddFilterRule | DeleteFilterRule, doors: Doors) -> None:
    run_nft(action.nft(), doors)


def listing() -> Iterator[Rules]:
    """The firewall of the namespace that this thread is in, in words that the same tool loads again.

    Without counters. What iptables made is printed by iptables where nft has no words for it.
    """
    listed = processes.output_of("nft", "-j", "list", "ruleset")
    tables = nftables.tables(listed)
    plain = [
        processes.output_of("nft", "-s", "list", "table", family, name) for family, name, opaque in tables if not opaque
    ]
    if plain:
        yield Rules("nft", "".join(plain))
    chains = {(chain.family, chain.table, chain.name) for chain in nftables.ruleset_of(listed).chains}
    for family, name, opaque in tables:
        if opaque:
            tool = _IPTABLES[family]
            own = {chain for place, table, chain in chains if (place, table) == (family, name)}
            saved = _without_invented(processes.output_of(f"{tool}-save", *_only(tool, name)), name, own)
            yield Rules(f"{tool}-restore", saved)
            beside = own - {line[1:].split()[0] for line in saved.splitlines() if line.startswith(":")}
            sets = [set_name for place, table, set_name in nftables.sets_of(listed) if (place, table) == (family, name)]
            parts = [processes.output_of("nft", "-s", "list", "set", family, name, one) for one in sets]
            parts += [processes.output_of("nft", "-s", "list", "chain", family, name, one) for one in sorted(beside)]
            if parts:
                yield Rules("nft", "".join(parts))


def _only(tool: str, table: str) -> tuple[str, ...]:
    """The words that make a saver print one table; those of ebtables and arptables have none and print all."""
    return ("-t", table) if tool.startswith("ip") else ()


def _without_invented(saved: str, table: str, chains: set[str]) -> str:
    """One table, without comments and the built-in chains that iptables-save prints although they aren't there."""
    kept, here = [], ""
    for line in saved.splitlines():
        here = line[1:] if line.startswith("*") else here
        if here == table and line and line[0] != "#" and (line[0] != ":" or line[1:].split()[0] in chains):
            kept.append(line)
    return "\n".join(kept) + "\n"


_NFT_MSG_GETTABLE = (10 << 8) | 1  # subsystem NFNL_SUBSYS_NFTABLES
_NFTA_TABLE_NAME = 1
_GENERAL = bytes(4)  # struct nfgenmsg: every family
_SAVERS = {"ip": "iptables-save", "ip6": "ip6tables-save", "bridge": "ebtables-save"}


def read_ruleset() -> Ruleset:
    """All chains and rules. Most namespaces have none, so nft is asked only where there is a table."""
    if not has_tables():
        return Ruleset()
    text = processes.output_of("nft", "-j", "list", "ruleset")
    saved = {family: processes.output_of(_SAVERS[family]) for family in nftables.needs_iptables(text)}
    listed = processes.output_of("nft", "list", "ruleset") if nftables.needs_devices(text) else ""
    return nftables.ruleset_of(text, saved, listed)


def has_tables() -> bool:
    """Whether there is any table, be it empty; those that nslab has while it records packets don't count."""
    with AskingSocket(NETLINK_NETFILTER) as asking:
        names = [attributes(body, 4).get(_NFTA_TABLE_NAME, b"") for _, body in asking.dump(_NFT_MSG_GETTABLE, _GENERAL)]
    return any(not name.startswith(nftables.TRACING_TABLE.encode()) for name in names)
