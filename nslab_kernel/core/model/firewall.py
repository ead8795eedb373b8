"""Netfilter's rules as frozen values (nft(8), libnftables-json(5))."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Match:
    """One condition of a rule, such as ``ip saddr 172.16.0.0/16``."""

    field: str  # "ip saddr", "ip6 daddr", "iifname", "oifname", "tcp dport", "ct state", "meta mark", "icmp type", ...
    values: tuple[str, ...]  # any of these: "172.16.0.0/16", "80", "1000-2000", "established"
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule does with a packet that meets its conditions."""

    kind: str  # accept, drop, reject, return, jump, goto, masquerade, snat, dnat, redirect, continue
    target: str = ""  # chain of jump and goto, address of snat and dnat
    port: str = ""  # port of snat, dnat, redirect


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a chain."""

    matches: tuple[Match, ...] = ()
    verdict: Verdict = Verdict("continue")
    handle: int = 0
    comment: str = ""
    text: str = ""  # as nft(8) would print it, for evidence
    unread: tuple[str, ...] = ()  # parts that we do not understand: a diagnosis says so, never guesses

    def numbered(self, handle: int) -> Rule:
        """The same rule with the handle by which nft can delete it."""
        return replace(self, handle=handle)


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain and its rules; a base chain has a hook."""

    family: str  # ip, ip6, inet, bridge, arp, netdev
    table: str
    name: str
    rules: tuple[Rule, ...] = ()
    hook: str = ""  # prerouting, input, forward, output, postrouting, ingress
    kind: str = ""  # filter, nat, route
    priority: int = 0
    policy: str = "accept"
    devices: tuple[str, ...] = ()  # of family netdev: the interfaces whose packets it sees


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All chains of one network namespace."""

    chains: tuple[Chain, ...] = ()

    def base_chains(self, hook: str, family: int) -> tuple[Chain, ...]:
        """The chains that see IPv4 (4) or IPv6 (6) packets at ``hook``, in the order they are called."""
        families = ("ip", "inet") if family == 4 else ("ip6", "inet")
        found = [c for c in self.chains if c.hook == hook and c.family in families]
        return tuple(sorted(found, key=lambda chain: chain.priority))

    def chain(self, like: Chain, name: str) -> Chain | None:
        """The chain called ``name`` in the same table as ``like``: where a jump lands."""
        for chain in self.chains:
            if (chain.family, chain.table, chain.name) == (like.family, like.table, name):
                return chain
        return None
