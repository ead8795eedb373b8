"""What a firewall does with a packet at one hook (nft(8), CHAINS and VERDICT STATEMENTS)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..filter_actions import DeleteFilterRule, SetPolicy
from ..firewall import Chain, Rule
from ..network import Namespace
from .conditions import Sight, applies
from .findings import Place
from .packet import Packet
from .walk import Cause, StoppedError, Walk

_ENDING = ("accept", "drop", "reject", "masquerade", "snat", "dnat", "redirect")
_STEALING = ("queue", "tproxy", "synproxy", "fwd", "NFQUEUE", "TPROXY")  # statements that may take the packet away
_DEEPEST = 16  # nft's own limit for jumps within jumps


@dataclass(frozen=True, slots=True)
class Decision:
    """What a base chain says of a packet, and by which rule of which chain; without a rule, by its policy."""

    kind: str
    chain: Chain
    rule: Rule | None = None


def frame_chains(here: Namespace, family: str, hook: str) -> list[Chain]:
    """The chains of the ``bridge`` or ``arp`` family at a hook, in the order they are called."""
    found = [chain for chain in here.firewall.chains if (chain.family, chain.hook) == (family, hook)]
    return sorted(found, key=lambda chain: chain.priority)


def filter_by(walk: Walk, hook: str, chains: Iterable[Chain], sight: Sight) -> None:
    """Take a packet through base chains.

    Raises
    ------
    StoppedError
        Where a rule or a policy drops or rejects it.
    """
    for chain in chains:
        decision = decide(walk, chain, sight)
        if decision.kind in ("drop", "reject"):
            raise StoppedError(refusal(sight.here, hook, decision, sight.packet))


def decide(walk: Walk, chain: Chain, sight: Sight) -> Decision:
    """What a base chain does with a packet."""
    return _through(walk, chain, sight, 0) or Decision(chain.policy, chain)


def _through(walk: Walk, chain: Chain, sight: Sight, depth: int) -> Decision | None:
    """The first rule that decides, in a chain and those it jumps to; None if none does."""
    for rule in chain.rules:
        if not _is_met(walk, rule, sight):
            continue
        verdict = rule.verdict
        if verdict.kind in _ENDING:
            return Decision(verdict.kind, chain, rule)
        if verdict.kind == "continue" and any(word in part for word in _STEALING for part in rule.unread):
            return Decision("drop", chain, rule)
        if verdict.kind == "return":
            return None
        if verdict.kind in ("jump", "goto") and depth < _DEEPEST:
            target = sight.here.firewall.chain(chain, verdict.target)
            decision = _through(walk, target, sight, depth + 1) if target else None
            if decision or verdict.kind == "goto":
                return decision
    return None


def _is_met(walk: Walk, rule: Rule, sight: Sight) -> bool:
    """Whether a packet meets a rule; what isn't understood is tried both ways."""
    met = applies(rule, sight)
    if met is None:
        return walk.choose("unread-rule", Place(sight.here.name), 2, rule=rule.text) == 1
    return met


def refusal(here: Namespace, hook: str, decision: Decision, packet: Packet) -> Cause:
    """Why a packet was dropped, and how to let it pass."""
    chain, rule = decision.chain, decision.rule
    facts = {
        "chain": f"{chain.family} {chain.table} {chain.name}",
        "hook": hook,
        "packet": packet.what,
        "verdict": decision.kind,
    }
    place = Place(here.name)
    if rule is None:
        return Cause("filtered-by-policy", place, facts, ((SetPolicy(chain, "accept", here.name),),))
    facts |= {"rule": rule.text}
    return Cause("filtered-by-rule", place, facts, ((DeleteFilterRule(chain, rule, here.name),),))
