"""The firewall of the namespace that this thread is in (nft(8))."""

from __future__ import annotations

from ..core import nftables
from ..core.firewall import Ruleset
from . import processes
from .dumps import NETLINK_NETFILTER, AskingSocket

_NFT_MSG_GETTABLE = (10 << 8) | 1  # subsystem NFNL_SUBSYS_NFTABLES
_GENERAL = bytes(4)  # struct nfgenmsg: every family
_SAVERS = {4: "iptables-save", 6: "ip6tables-save"}


def read() -> Ruleset:
    """All chains and rules. Most namespaces have none, so nft is asked only where there is a table."""
    if not has_tables():
        return Ruleset()
    text = processes.output_of("nft", "-j", "list", "ruleset")
    return nftables.ruleset_of(text, {f: processes.output_of(_SAVERS[f]) for f in nftables.needs_iptables(text)})


def has_tables() -> bool:
    """Whether there is any table, be it empty."""
    with AskingSocket(NETLINK_NETFILTER) as asking:
        return bool(asking.dump(_NFT_MSG_GETTABLE, _GENERAL))
