"""Chains and rules."""

from __future__ import annotations

from dataclasses import replace

from ..model.firewall import Chain, Ruleset
from ..operations.firewall_actions import AddChain, AddFilterRule, DeleteFilterRule, DeleteTable, SetPolicy
from .register import take
from .sketch import Sketch


@take.register
def _(action: AddChain, sketch: Sketch) -> None:
    chains = sketch.space(action.namespace).firewall.chains
    if not any(_same(chain, action.chain) for chain in chains):
        sketch.set_space(action.namespace, firewall=Ruleset((*chains, action.chain)))


@take.register
def _(action: DeleteTable, sketch: Sketch) -> None:
    chains = sketch.space(action.namespace).firewall.chains
    left = tuple(chain for chain in chains if (chain.family, chain.table) != (action.family, action.table))
    sketch.set_space(action.namespace, firewall=Ruleset(left))


@take.register
def _(action: SetPolicy, sketch: Sketch) -> None:
    _change(sketch, action.namespace, action.chain, policy=action.policy)


@take.register
def _(action: AddFilterRule, sketch: Sketch) -> None:
    chain = _find(sketch, action.namespace, action.chain)
    handle = max((rule.handle for c in sketch.space(action.namespace).firewall.chains for rule in c.rules), default=0)
    added = (action.rule.numbered(handle + 1),)
    rules = added + chain.rules if action.first else chain.rules + added
    _change(sketch, action.namespace, action.chain, rules=rules)


@take.register
def _(action: DeleteFilterRule, sketch: Sketch) -> None:
    chain = _find(sketch, action.namespace, action.chain)
    left = tuple(rule for rule in chain.rules if rule.handle != action.rule.handle)
    _change(sketch, action.namespace, action.chain, rules=left)


def _find(sketch: Sketch, where: str, like: Chain) -> Chain:
    return next(chain for chain in sketch.space(where).firewall.chains if _same(chain, like))


def _change(sketch: Sketch, where: str, like: Chain, **fields: object) -> None:
    chains = sketch.space(where).firewall.chains
    changed = tuple(replace(chain, **fields) if _same(chain, like) else chain for chain in chains)  # type: ignore[arg-type]
    sketch.set_space(where, firewall=Ruleset(changed))


def _same(one: Chain, other: Chain) -> bool:
    return (one.family, one.table, one.name) == (other.family, other.table, other.name)
