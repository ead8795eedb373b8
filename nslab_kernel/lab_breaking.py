"""The part of `Lab` that breaks things on purpose, for a student to mend."""

from __future__ import annotations

import random
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from .core.actions import Action, Operation
from .core.errors import NslabError
from .core.network import Network

if TYPE_CHECKING:
    from .core.faults.exercise import Attempt, Exercise

_MOST = 100_000  # seeds that are short enough to be dictated


class Breaking(ABC):
    """Break and mend.

    Attributes
    ----------
    exercise
        The break that is going on, or None.
    """

    sandboxed: bool
    language: str
    exercise: Exercise | None = None

    @abstractmethod
    def snapshot(self, *, volatile: bool = False) -> Network:
        """The lab as it is now."""

    @abstractmethod
    def _do(self, actions: tuple[Action, ...]) -> Operation:
        """Carry a plan out, all or nothing."""

    def break_(self, level: int = 1, seed: int | None = None) -> Exercise:
        """Break the lab in a hidden place.

        Parameters
        ----------
        level
            1 for what a look at the picture shows, 2 for what takes a search, 3 for several things at once.
        seed
            What chance starts from: the same seed breaks the same lab in the same way.

        Raises
        ------
        NslabError
            Where nothing works yet, or something is broken already.
        """
        from .core.faults import breakable
        from .core.faults.exercise import Exercise
        from .linux import breaking

        self._refuse_breaking(level)
        network = self._read()
        wanted = breakable.pings(network)
        # With patience: a lab that was built a moment ago still checks its IPv6 addresses.
        failed = {(ping.source, ping.ip) for ping in breaking.unanswered(self._read, wanted, patient=True)}
        working = tuple(ping for ping in wanted if (ping.source, ping.ip) not in failed)
        breakable.refuse_broken(network, working, wanted)
        number = random.randrange(_MOST) if seed is None else seed
        faults, failing = breaking.break_something(self._read, network, working, level, number)
        self.exercise = Exercise(faults, level, number, working, failing, time.monotonic())
        return self.exercise

    def attempt(self) -> Attempt:
        """Try whether what was broken works again; with that the exercise ends."""
        from .linux import breaking

        exercise = self._going_on()
        attempt = exercise.attempt(breaking.unanswered(self._read, exercise.working, patient=True), time.monotonic())
        if attempt.mended:
            self.exercise = None
        return attempt

    def hint(self) -> str:
        """The next hint, more exact than the last."""
        return self._going_on().hint(self._read(), self.language)

    def unbreak(self) -> Operation:
        """Put back what was broken and isn't mended yet; the exercise ends."""
        done = self._do(self._going_on().repairs(self._read()))
        self.exercise = None
        return done

    def _read(self) -> Network:
        return self.snapshot(volatile=True)

    def _going_on(self) -> Exercise:
        if self.exercise is None:
            raise NslabError("Nothing has been broken.", "`%netns_break` breaks something.")
        return self.exercise

    def _refuse_breaking(self, level: int) -> None:
        from .core.faults import LEVELS

        if not self.sandboxed:
            raise NslabError(
                "This is a real machine, which nobody breaks on purpose.",
                "Open a notebook with the kernel nslab, which has a host of its own.",
            )
        if level not in LEVELS:
            raise NslabError(f"There is no level {level}.", "Levels are 1, 2 and 3.")
        if self.exercise is not None:
            raise NslabError(
                "Something is broken already.", "`%netns_check` tests it, `%netns_break --off` puts it back."
            )
