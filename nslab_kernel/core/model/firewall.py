"""Netfilter's rules as frozen values (nft(8), libnftables-json(5))."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Match:
    """One condition of a rule, such as ``ip saddr 172.16.0.0/16``."""

    field: str  # "ip saddr", "iifname", "tcp dport", "ct state", "meta mark", "icmp type", "ip saddr . tcp dport", ...
    values: tuple[str, ...]  # any of these: "172.16.0.0/16", "80", "1000-2000", "established", "10.0.0.1 . 80"
    negated: bool = False
    mask: str = ""  # the bits that are compared: "0xff", or names of flags: "fin,syn"


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What a rule does with a packet that meets its conditions."""

    # accept, drop, reject, return, jump, goto, masquerade, snat, dnat, redirect, netmap, continue; "choice": any of
    # `options`, by chance or by a hash
    kind: str
    target: str = ""  # chain of jump and goto, address of snat and dnat, subnet of netmap
    port: str = ""  # port of snat, dnat, redirect
    options: tuple[RuleVerdict, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a chain."""

    matches: tuple[Match, ...] = ()
    verdict: RuleVerdict = RuleVerdict("continue")
    handle: int = 0
    comment: str = ""
    text: str = ""  # as nft(8) would print it, for evidence
    unread: tuple[str, ...] = ()  # conditions that we do not understand: a diagnosis says so, never guesses
    unread_statements: tuple[str, ...] = ()  # likewise, what the rule does to a packet
    sets: tuple[tuple[str, str], ...] = ()  # what it writes: ("meta mark", "0x7"), ("ip ttl", "3"), ("ct zone", "1")

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
    hook: str = ""  # prerouting, input, forward, output, postrouting, ingress, egress
    kind: str = ""  # filter, nat, route
    priority: int = 0
    policy: str = "accept"
    devices: tuple[str, ...] = ()  # of the hooks ingress and egress


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All chains of one network namespace."""

    chains: tuple[Chain, ...] = ()

    def base_chains(self, hook: str, family: int) -> tuple[Chain, ...]:
        """The chains that see IPv4 (4) or IPv6 (6) packets at ``hook``, in the order they are called."""
        families = ("ip", "inet") if family == 4 else ("ip6", "inet")
        found = [c for c in self.chains if c.hook == hook and c.family in families]
        return tuple(sorted(found, key=lambda chain: chain.priority))

    def device_chains(self, hook: str, device: str) -> tuple[Chain, ...]:
        """The chains that see frames at a device's ``ingress`` or ``egress``, in the order they are called."""
        found = [c for c in self.chains if c.hook == hook and device in c.devices]
        return tuple(sorted(found, key=lambda chain: chain.priority))

    def chain(self, like: Chain, name: str) -> Chain | None:
        """The chain called ``name`` in the same table as ``like``: where a jump lands."""
        for chain in self.chains:
            if (chain.family, chain.table, chain.name) == (like.family, like.table, name):
                return chain
        return None
