"""Chains and rules."""

from __future__ import annotations

from dataclasses import replace

from ..model.firewall import Chain, Ruleset
from .sketch import Sketch


def find(sketch: Sketch, where: str, like: Chain) -> Chain:
    return next(chain for chain in sketch.space(where).firewall.chains if same(chain, like))


def change(sketch: Sketch, where: str, like: Chain, **fields: object) -> None:
    chains = sketch.space(where).firewall.chains
    changed = tuple(replace(chain, **fields) if same(chain, like) else chain for chain in chains)  # type: ignore[arg-type]
    sketch.set_space(where, firewall=Ruleset(changed))


def same(one: Chain, other: Chain) -> bool:
    return (one.family, one.table, one.name) == (other.family, other.table, other.name)
