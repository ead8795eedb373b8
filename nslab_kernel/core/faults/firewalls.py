"""Faults of firewalls and NAT."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from ..diagnosis.findings import Place
from ..diagnosis.owners import global_ones
from ..diagnosis.sysctls import BRIDGE_CALLS
from ..model.firewall import Chain, Match, Rule, RuleVerdict
from ..model.network import Namespace, Network
from ..operations.actions import Action, SetSysctl
from ..operations.firewall_actions import AddChain, AddFilterRule, DeleteFilterRule, SetPolicy
from ..operations.nat import FORWARDING
from .fault import Break, kind
from .places import bridges, spaces, strangers

_BY_IPTABLES = "-j "  # how the text of a rule that nft can't load tells itself
_CALLS = BRIDGE_CALLS[4]


@kind("no-masquerade", 2, "firewall", "private-source")
def no_masquerade(network: Network, dice: Random) -> Iterator[Break]:
    for space in spaces(network):
        for chain in space.firewall.base_chains("postrouting", 4):
            for rule in chain.rules:
                if rule.verdict.kind == "masquerade" and not rule.unread and _BY_IPTABLES not in rule.text:
                    gone = DeleteFilterRule(chain, rule, space.name)
                    yield Break(Place(space.name), (gone,), (("rule", rule.text),))


@kind("forward-drop", 2, "firewall", "filtered-by-policy", "bridged-filtered-by-policy")
def forward_drop(network: Network, dice: Random) -> Iterator[Break]:
    for space in spaces(network):
        if any(space.sysctl(setting) == "1" for setting in FORWARDING.values()) and not _filters_bridge(network, space):
            yield from _policy(space, (), dice)


@kind("bridge-firewall", 2, "firewall", "bridged-filtered-by-policy", "filtered-by-policy")
def bridge_firewall(network: Network, dice: Random) -> Iterator[Break]:
    for space in {space.name: space for space, bridge in bridges(network) if len(space.ports(bridge)) >= 2}.values():
        calls = space.sysctl(_CALLS, "")
        if calls:  # br_netfilter is there
            switched: tuple[Action, ...] = () if calls == "1" else (SetSysctl(_CALLS, "1", space.name, calls),)
            yield from _policy(space, switched, dice)


@kind("forward-rule", 2, "firewall", "filtered-by-rule", "bridged-filtered-by-rule")
def forward_rule(network: Network, dice: Random) -> Iterator[Break]:
    for space in spaces(network):
        if any(space.sysctl(setting) == "1" for setting in FORWARDING.values()):
            yield from _rules(network, space, "forward", dice)


@kind("input-rule", 2, "firewall", "filtered-by-rule")
def input_rule(network: Network, dice: Random) -> Iterator[Break]:
    for space in spaces(network):
        yield from _rules(network, space, "input", dice)


@kind("output-rule", 2, "firewall", "filtered-by-rule")
def output_rule(network: Network, dice: Random) -> Iterator[Break]:
    for space in spaces(network):
        yield from _rules(network, space, "output", dice)


def _filters_bridge(network: Network, space: Namespace) -> bool:
    """Whether the firewall sees what only crosses a bridge, too."""
    switching = any(there is space and len(space.ports(bridge)) >= 2 for there, bridge in bridges(network))
    return switching and space.sysctl(_CALLS) == "1"


def _policy(space: Namespace, before: tuple[Action, ...], dice: Random) -> Iterator[Break]:
    """Drop what no rule lets through, as Docker's hosts do."""
    there = [chain for chain in space.firewall.base_chains("forward", 4) if chain.kind == "filter"]
    if there:
        chain = there[0]
        action: Action = SetPolicy(chain, "drop", space.name)
        fits = chain.policy != "drop"
    else:
        chain = dice.choice((Chain("ip", "filter", "FORWARD"), Chain("inet", "filter", "forward")))
        chain = replace(chain, hook="forward", kind="filter", policy="drop")
        action = AddChain(chain, space.name)
        fits = not _has_table(space, chain)
    if fits:
        yield Break(Place(space.name), (*before, action), (("chain", f"{chain.family} {chain.table} {chain.name}"),))


def _rules(network: Network, space: Namespace, hook: str, dice: Random) -> Iterator[Break]:
    """Drop what comes from somebody, goes to somebody, or is a ping."""
    chain = Chain("inet", "guard", hook, (), hook, "filter", 0, "accept")
    if _has_table(space, chain):
        return
    for family, word in ((4, "ip"), (6, "ip6")):
        ips = strangers(network, space, family)
        if ips and any(global_ones(interface, family) for interface in space.interfaces):
            end = {"input": "saddr", "output": "daddr"}.get(hook, dice.choice(("saddr", "daddr")))
            match = Match(f"{word} {end}", (dice.choice(ips),))
            if hook != "forward" and dice.random() < 0.4:
                match = Match("icmp type" if family == 4 else "icmpv6 type", ("echo-request",))
            text = f"{match.field} {match.values[0]} drop"
            rule = Rule((match,), RuleVerdict("drop"), text=text)
            facts = (("rule", text), ("hook", hook))
            actions = (AddChain(chain, space.name), AddFilterRule(chain, rule, space.name))
            yield Break(Place(space.name), actions, facts)


def _has_table(space: Namespace, like: Chain) -> bool:
    return any((chain.family, chain.table) == (like.family, like.table) for chain in space.firewall.chains)
