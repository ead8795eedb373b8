"""Plays a lesson in the user's own shell, step by step, forwards and backwards; what shows it is kept informed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..core.lessons.lesson import Lesson, Step
from ..core.lessons.progress import Progress, bare
from ..core.model.diff import Change
from ..core.model.network import HOST, Network
from ..linux import processes
from .cell_output import Output, OutputCapture, Uncaptured
from .outcome import INTERRUPTED, CellOutcome, judged, outcome_of
from .session import Session


def _ignore(kind: str, text: str) -> None:
    """What replayed steps print was seen before."""


@dataclass(frozen=True)
class Played:
    """How a step went."""

    outcome: CellOutcome
    outputs: tuple[Output, ...]
    seconds: float
    source: str
    by_hand: bool = False  # run in the notebook, whose front end has its output


class Player:
    """A lesson and how far it has been played.

    Parameters
    ----------
    session
        In whose shell and lab the steps run.
    lesson
        What is played.
    quietly
        Whether what the steps put out is taken for a widget; otherwise it goes where a cell's output goes.
    """

    def __init__(self, session: Session, lesson: Lesson, *, quietly: bool = True) -> None:
        self.session = session
        self.lesson = lesson
        self._quietly = quietly
        now = self.snapshot()
        # On a real machine a lesson begins with what is there; a lab of its own can be emptied.
        self.progress = Progress.start(len(lesson.steps), bare(now) if session.lab.sandboxed else now)
        self.played: dict[int, Played] = {}
        self._running_before: frozenset[int] = frozenset()

    @property
    def step(self) -> Step | None:
        """The step whose turn it is; None at the end."""
        return None if self.progress.finished else self.lesson.steps[self.progress.at]

    def run(self, index: int, on_text: Callable[[str, str], None], source: str | None = None) -> Played:
        """Run a step, in the network as it is.

        Parameters
        ----------
        index
            Which step.
        on_text
            Called with each piece of text that it prints, from any thread.
        source
            What to run in place of the cell's own source: what a student wrote into an exercise.
        """
        step = self.lesson.steps[index]
        source = step.source if source is None else source
        self._begin(index)
        played = Played(INTERRUPTED, (), 0.0, source)
        begun = time.monotonic()
        try:
            with self._capture(on_text) as capture:
                outcome = outcome_of(self.session.shell, source, step, capture)
            played = Played(outcome, capture.outputs, time.monotonic() - begun, source)
        finally:
            self._end(index, played)
        return played

    def adopt_begin(self, index: int) -> None:
        """The student runs the step's own cell in the notebook: take that for playing it."""
        self._begin(index)

    def adopt_end(self, index: int, seconds: float, error: BaseException | None) -> None:
        """The cell that `adopt_begin` told of has ended."""
        step = self.lesson.steps[index]
        self._end(index, Played(judged(error, step), (), seconds, step.source, by_hand=True))

    def _begin(self, index: int) -> None:
        self._running_before = processes.pids()
        self.progress = self.progress.begun(index, self.snapshot())

    def _end(self, index: int, played: Played) -> None:
        self.played[index] = played
        self.progress = self.progress.ended(
            index,
            self.snapshot(),
            well=played.outcome.well,
            forgiven=self.lesson.steps[index].may_fail,
            # On a machine that isn't the lab's alone, others come and go as well.
            left_running=self.session.lab.sandboxed and not processes.pids() <= self._running_before,
        )

    def back_to(self, index: int) -> None:
        """Bring the network back to where a step starts: from a bare host, by what changed it before."""
        again = self.progress.replay(index)
        sources = [self.played[number].source for number in again]
        with self._capture(_ignore), self._quick_shell_lines():
            self.session.lab.reset()
            for source in sources:
                self.session.shell.run_cell(source, store_history=False)
        self.progress = self.progress.back_to(index)
        self.played = {number: played for number, played in self.played.items() if number < index}

    def strayed(self) -> tuple[Change, ...]:
        """What was done by hand since the last step."""
        return self.progress.strayed(self.snapshot())

    def snapshot(self) -> Network:
        """The lab now, listening servers included: a step that starts one has left a trace."""
        return self.session.lab.snapshot(volatile=True)

    @contextmanager
    def _capture(self, on_text: Callable[[str, str], None]) -> Iterator[OutputCapture | Uncaptured]:
        self.session.playing = True
        try:
            if not self._quietly:
                yield Uncaptured()
                return
            with self._without_pictures(), OutputCapture(self.session.shell, on_text) as capture:
                yield capture
        finally:
            self.session.playing = False

    @contextmanager
    def _quick_shell_lines(self) -> Iterator[None]:
        """Lines with ``!`` without a terminal: IPython gives them one, and waits a tenth of a second for its end."""
        shell, lab = self.session.shell, self.session.lab

        def system(command: str) -> None:
            shell.user_ns["_exit_code"] = lab.run(HOST, shell.var_expand(command, depth=1)).returncode

        shell.system = system
        try:
            yield
        finally:
            del shell.system

    @contextmanager
    def _without_pictures(self) -> Iterator[None]:
        """The picture that follows each cell is not wanted where another one is shown."""
        follower = self.session.follower
        followed = follower.on
        follower.stop()
        try:
            yield
        finally:
            if followed:
                follower.start()
