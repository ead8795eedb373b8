"""Single changes of a firewall, as actions whose effect on a `Ruleset` is known.

`nslab_kernel.core.operations.actions.Nft` carries any text; these say what the text means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..effects import chains
from ..model.firewall import Chain, Rule, Ruleset
from ..model.network import HOST
from .actions import Nft, within

if TYPE_CHECKING:
    from ..effects.sketch import Sketch


_TOOLS = {"ip": "iptables", "ip6": "ip6tables", "arp": "arptables", "bridge": "ebtables"}
_TABLES = ("filter", "nat", "mangle", "raw", "security")


@dataclass(frozen=True, slots=True)
class AddChain:
    """Make a chain, and its table where that isn't there."""

    chain: Chain
    namespace: str = HOST

    def nft(self) -> Nft:
        chain = self.chain
        head = f"add table {chain.family} {chain.table}\nadd chain {chain.family} {chain.table} {chain.name}"
        if chain.hook:
            kind, hook = chain.kind or "filter", chain.hook
            head += f" {{ type {kind} hook {hook} priority {chain.priority} ; policy {chain.policy} ; }}"
        return Nft(head, self.namespace, self.undo().nft().commands)

    def command(self) -> str:
        return self.nft().command()

    def undo(self) -> DeleteTable:
        return DeleteTable(self.chain.family, self.chain.table, self.namespace)

    def effect(self, sketch: Sketch) -> None:
        present = sketch.space(self.namespace).firewall.chains
        if not any(chains.same(chain, self.chain) for chain in present):
            sketch.set_space(self.namespace, firewall=Ruleset((*present, self.chain)))


@dataclass(frozen=True, slots=True)
class DeleteTable:
    """Remove a table with everything in it."""

    family: str
    table: str
    namespace: str = HOST

    def nft(self) -> Nft:
        return Nft(f"delete table {self.family} {self.table}", self.namespace)

    def command(self) -> str:
        return self.nft().command()

    def undo(self) -> None:
        return None

    def effect(self, sketch: Sketch) -> None:
        present = sketch.space(self.namespace).firewall.chains
        left = tuple(chain for chain in present if (chain.family, chain.table) != (self.family, self.table))
        sketch.set_space(self.namespace, firewall=Ruleset(left))


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """Set what a base chain does with packets that none of its rules decides about."""

    chain: Chain
    policy: str
    namespace: str = HOST

    def nft(self) -> Nft:
        chain = self.chain
        line = "chain {} {} {} {{ policy {} ; }}"
        place = (chain.family, chain.table, chain.name)
        return Nft(line.format(*place, self.policy), self.namespace, line.format(*place, chain.policy))

    def command(self) -> str:
        tool = iptables_of(self.chain)
        if tool:
            return within(self.namespace, *tool, "-P", self.chain.name, self.policy.upper())
        return self.nft().command()

    def undo(self) -> SetPolicy:
        return SetPolicy(self.chain, self.chain.policy, self.namespace)

    def effect(self, sketch: Sketch) -> None:
        chains.change(sketch, self.namespace, self.chain, policy=self.policy)


@dataclass(frozen=True, slots=True)
class AddFilterRule:
    """Put a rule at the end of a chain, or before all others; ``rule.text`` is what nft reads."""

    chain: Chain
    rule: Rule
    namespace: str = HOST
    first: bool = False

    def nft(self) -> Nft:
        verb = "insert" if self.first else "add"
        chain = self.chain
        return Nft(f"{verb} rule {chain.family} {chain.table} {chain.name} {_loadable(self.rule)}", self.namespace)

    def command(self) -> str:
        return self.nft().command()

    def undo(self) -> None:
        return None  # its handle isn't known until it is there

    def effect(self, sketch: Sketch) -> None:
        chain = chains.find(sketch, self.namespace, self.chain)
        everything = sketch.space(self.namespace).firewall.chains
        handle = max((rule.handle for other in everything for rule in other.rules), default=0)
        added = (self.rule.numbered(handle + 1),)
        rules = added + chain.rules if self.first else chain.rules + added
        chains.change(sketch, self.namespace, self.chain, rules=rules)


@dataclass(frozen=True, slots=True)
class DeleteFilterRule:
    """Remove one rule, known by its handle."""

    chain: Chain
    rule: Rule
    namespace: str = HOST

    def nft(self) -> Nft:
        chain = self.chain
        line = f"delete rule {chain.family} {chain.table} {chain.name} handle {self.rule.handle}"
        again = f"add rule {chain.family} {chain.table} {chain.name} {_loadable(self.rule)}"
        return Nft(line, self.namespace, again)

    def command(self) -> str:
        tool, handles = iptables_of(self.chain), [rule.handle for rule in self.chain.rules]
        if tool and self.rule.handle in handles:
            number = handles.index(self.rule.handle) + 1
            return within(self.namespace, *tool, "-D", self.chain.name, str(number))
        return self.nft().command()

    def undo(self) -> AddFilterRule:
        return AddFilterRule(self.chain, self.rule, self.namespace)

    def effect(self, sketch: Sketch) -> None:
        chain = chains.find(sketch, self.namespace, self.chain)
        left = tuple(rule for rule in chain.rules if rule.handle != self.rule.handle)
        chains.change(sketch, self.namespace, self.chain, rules=left)


def iptables_of(chain: Chain) -> tuple[str, ...]:
    """The tool and the table by which a chain is changed that iptables and its kin made; nothing for nft's own."""
    tool = _TOOLS.get(chain.family)
    if tool is None or chain.table not in _TABLES:
        return ()
    built_in = chain.hook != "" and chain.name == chain.hook.upper()
    written = any(rule.text.startswith("-") for rule in chain.rules)
    if not (built_in or (written and not chain.hook)):
        return ()
    return (tool,) if chain.table == "filter" else (tool, "-t", chain.table)


def _loadable(rule: Rule) -> str:
    """What nft reads, with the comment, by which the lab knows its own rules."""
    return f'{rule.text} comment "{rule.comment}"' if rule.comment else rule.text
