"""What holds however the points turn out that can't be decided."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from ..network import Network
from .attempts import Outcome, attempt
from .findings import Place
from .questions import Question
from .walk import Cause, Choice

_MOST_ATTEMPTS = 64
_CHANCES = ("several-routes", "several-answer", "same-mac")
"""Where the kernel itself takes now one way, now the other."""


@dataclass(frozen=True)
class Settled:
    """What is certain about a question.

    Parameters
    ----------
    arrives
        True or False if it is so in any case, else None.
    told
        The attempt to tell of.
    cause
        What to put right; None if nothing is known to be wrong, or if what isn't understood decides.
    unknown
        What was met and isn't understood.
    """

    arrives: bool | None
    told: Outcome
    cause: Cause | None
    unknown: tuple[Choice, ...]


def settle(network: Network, asked: Question) -> Settled:
    """Attempt with every option at every point that can't be decided, until two attempts end differently."""
    tried = [attempt(network, asked)]
    waiting = deque(_branches(tried[0], ()))
    while waiting:
        if len(tried) == _MOST_ATTEMPTS:
            return _unsettled(tried, (Choice("too-many", Place(asked.source), {}, 1),))
        choices = waiting.popleft()
        tried.append(attempt(network, asked, choices))
        if tried[-1].arrives != tried[0].arrives:
            return _unsettled(tried)
        waiting.extend(_branches(tried[-1], choices))
    if tried[0].arrives is None:
        return _unsettled(tried)
    return Settled(tried[0].arrives, tried[0], tried[0].cause, _unknowns(tried))


def _branches(outcome: Outcome, chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """What else could have been chosen at the points that an attempt met after those where it was told what to do."""
    points = outcome.walk.choices
    for position in range(len(chosen), len(points)):
        before = (*chosen, *(0 for _ in range(len(chosen), position)))
        yield from ((*before, option) for option in range(1, points[position].options))


def _unsettled(tried: list[Outcome], more: tuple[Choice, ...] = ()) -> Settled:
    unknown = (*more, *_unknowns(tried))
    if all(choice.kind in _CHANCES for choice in unknown):
        warnings = [warning for outcome in tried for warning in outcome.walk.warnings]
        told = next(outcome for outcome in tried if outcome.cause)
        return Settled(None, told, warnings[0] if warnings else told.cause, unknown)
    return Settled(None, tried[0], None, unknown)


def _unknowns(tried: list[Outcome]) -> tuple[Choice, ...]:
    found: list[Choice] = []
    for outcome in tried:
        met = (*outcome.walk.choices, *((outcome.unknown,) if outcome.unknown else ()))
        found += [choice for choice in met if choice not in found]
    return tuple(found)
