"""Causes, stops and unknowns put into words, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..actions import DeleteAddress
from ..network import HOST, Network
from . import causes_en, causes_zh
from .findings import Finding, Hop, Place
from .looks import KINDS, command_of
from .mending import Obstacle
from .packet import NEIGHBOUR_PACKETS
from .path_words import step_words, unknown_words
from .walk import Choice, Facts, Step

__all__ = ["KINDS", "finding", "hops", "unevaluated"]

_CAUSES = {"en": causes_en.WORDS, "zh": causes_zh.WORDS}
_HOST = {"en": "the host", "zh": "主机"}


def finding(network: Network, obstacle: Obstacle, language: str) -> Finding:
    """An obstacle, for a person to read."""
    cause = replace(obstacle.cause, place=_place(obstacle))
    said, matters = _CAUSES[language][cause.kind]
    facts = _facts(network, cause.place, language, cause.facts)
    return Finding(
        cause.kind,
        cause.place,
        obstacle.leg,
        command_of(cause),
        _put_in(said, facts),
        _put_in(matters, facts),
        "\n".join(action.command() for action in obstacle.repair),
        obstacle.repair,
    )


def _place(obstacle: Obstacle) -> Place:
    """Where it is; of two who have one address, with the one who is to lose it."""
    first = next(iter(obstacle.repair), None)
    if obstacle.cause.kind == "duplicate-address" and isinstance(first, DeleteAddress):
        return Place(first.namespace, first.interface)
    return obstacle.cause.place


def hops(network: Network, steps: Sequence[Step], language: str) -> tuple[Hop, ...]:
    """The stops on the way, for a person to read.

    How a neighbour was found is told only where the packet got no further.
    """
    found = []
    for number, step in enumerate(steps):
        looking = step.facts.get("packet") in NEIGHBOUR_PACKETS
        if looking and any(later.facts.get("packet") not in NEIGHBOUR_PACKETS for later in steps[number:]):
            continue
        text = _close_up(step_words(step.kind, language, _facts(network, step.place, language, step.facts)))
        found.append(Hop(step.place, step.leg, text, _through(step)))
    return tuple(found)


def _through(step: Step) -> tuple[str, ...]:
    facts = step.facts
    if step.kind == "bridged":
        return facts["inward"], facts["outward"]
    return (facts["into"], step.place.interface) if step.kind == "forwarded" else ()


def unevaluated(network: Network, choice: Choice, language: str) -> str:
    """What wasn't understood, for a person to read."""
    return _close_up(unknown_words(choice.kind, language, _facts(network, choice.place, language, choice.facts)))


def _put_in(text: str, facts: Facts) -> str:
    return _close_up(text.format(**facts))


def _close_up(text: str) -> str:
    """Chinese has spaces around names in Latin letters, and none around its own word for the host."""
    return text.replace(f"{_HOST['zh']} ", _HOST["zh"]).replace(f" {_HOST['zh']}", _HOST["zh"])


def _facts(network: Network, place: Place, language: str, facts: Facts) -> Facts:
    namespace = network.get(place.namespace)
    where = _HOST[language] if place.namespace == HOST else namespace.title if namespace else place.namespace
    capital = where[:1].upper() + where[1:] if place.namespace == HOST else where
    return {"interface": place.interface, **facts, "where": where, "Where": capital}
