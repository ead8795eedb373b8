"""A break that a student is to fix: what worked before, and how it goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..checks.pings import Ping
from ..model.network import Network
from ..operations.actions import Action
from ..translation import Message
from .fault import Fault
from .words import hints


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a check found.

    Parameters
    ----------
    number
        Which check it was, from 1.
    seconds
        How long after the break.
    failing
        The pings that were answered before the break and are not now.
    tried
        How many were tried.
    hints
        How many hints were given.
    """

    number: int
    seconds: float
    failing: tuple[Ping, ...]
    tried: int
    hints: int

    @property
    def fixed(self) -> bool:
        """Whether everything works again that worked before."""
        return not self.failing


@dataclass
class Exercise:
    """A break that is going on.

    Parameters
    ----------
    faults
        What was broken.
    level, seed
        How it was chosen.
    working
        The pings that were answered before.
    failing
        Those of them that weren't afterwards.
    begun
        When, in seconds of a clock that only goes on.
    """

    faults: tuple[Fault, ...]
    level: int
    seed: int
    working: tuple[Ping, ...]
    failing: tuple[Ping, ...]
    begun: float
    attempts: int = 0
    _given: Counter[int] = field(default_factory=Counter)

    def attempt(self, failing: Sequence[Ping], now: float) -> Attempt:
        """Count a check."""
        self.attempts += 1
        given = sum(self._given.values())
        return Attempt(self.attempts, now - self.begun, tuple(failing), len(self.working), given)

    def hint(self, network: Network) -> Message | None:
        """The next hint to the first fault that is still there, more exact than the one before; None if none is."""
        there = [number for number, fault in enumerate(self.faults) if fault.is_there(network)]
        if not there:
            return None
        number = there[0]
        said = hints(self.faults[number])
        self._given[number] += 1
        return said[min(self._given[number], len(said)) - 1]

    def repairs(self, network: Network) -> tuple[Action, ...]:
        """What puts everything back that is still broken."""
        return tuple(action for fault in reversed(self.faults) for action in fault.repairs(network))
