"""Run one step's cell in the user's shell, and say in a sentence how it went."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any

from ..core.errors import Interruption, NslabError
from ..core.lessons.lesson import Step
from ..core.translation import _
from .cell_output import OutputCapture, Uncaptured
from .messages import CommandFailedError
from .verdicts import MIME_METADATA

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

_LONGEST = 300  # characters of a foreign error that are worth reading


@dataclass(frozen=True)
class CellOutcome:
    """How a step went.

    Parameters
    ----------
    well
        Whether the lesson may go on: it worked, or failed as it announces.
    reason
        What went wrong, or is worth knowing; empty where nothing is.
    cure
        What to do about it.
    verdicts
        Of a checkpoint: each claim with ``claim``, ``holds``, ``reason`` and ``hint``.
    """

    well: bool
    reason: str = ""
    cure: str = ""
    verdicts: tuple[dict[str, Any], ...] = ()


INTERRUPTED = CellOutcome(False, _("It was interrupted."), _("Run it again when you like."))


def outcome_of(shell: InteractiveShell, source: str, step: Step, capture: OutputCapture | Uncaptured) -> CellOutcome:
    """Run a step's cell and judge how it went.

    Parameters
    ----------
    shell
        The user's shell: what the cell leaves there, later cells see.
    source
        What to run.
    step
        Whose cell it is: a lesson may announce that it fails.
    capture
        Takes the cell's output; the value of its last expression is added to it.
    """
    shell.user_ns.pop("_exit_code", None)
    try:
        with _interrupts() as noticed:
            result = _run(shell, source)
    except KeyboardInterrupt:  # between two statements of ours, rather than in the cell
        return INTERRUPTED
    error = result.error_before_exec or result.error_in_exec
    if noticed and isinstance(error, subprocess.CalledProcessError):
        return INTERRUPTED
    verdicts = tuple(_verdicts(capture))
    if error is not None:
        return judged(error, step, verdicts)
    if result.result is not None and not source.rstrip().endswith(";"):
        capture.add_value(result.result)
    status = shell.user_ns.get("_exit_code") or 0  # IPython sets it after a line with "!"
    if status == -signal.SIGINT or (status and noticed):
        return INTERRUPTED
    return CellOutcome(
        True, _("The last command ended with status {status}.", status=status) if status else "", "", verdicts
    )


@contextmanager
def _interrupts() -> Iterator[list[int]]:
    """Notice the user's interrupts, and pass them on.

    `%%bash` may tell of one by any status: while it signals its command, that may end and be taken for another's
    child, and then asyncio says 255.
    """
    noticed: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    def notice(number: int, frame: FrameType | None) -> None:
        noticed.append(number)
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGINT, notice)
    try:
        yield noticed
    finally:
        signal.signal(signal.SIGINT, before)


def _run(shell: InteractiveShell, source: str) -> ExecutionResult:
    transformed = shell.transform_cell(source)
    if not shell.should_run_async(source, transformed_cell=transformed):
        return shell.run_cell(source, store_history=True)
    # The kernel's own event loop is busy with the message that asked for this.
    loop = asyncio.new_event_loop()
    cell = shell.run_cell_async(source, store_history=True, transformed_cell=transformed)
    task = loop.create_task(cell)
    with ThreadPoolExecutor(1, "nslab-async-step") as thread:
        done = thread.submit(loop.run_until_complete, task)
        try:
            return done.result()
        except KeyboardInterrupt:
            loop.call_soon_threadsafe(task.cancel)
            raise
        finally:
            thread.submit(loop.close)


def _verdicts(capture: OutputCapture | Uncaptured) -> Sequence[dict[str, Any]]:
    return [
        verdict for output in capture.outputs if output.metadata for verdict in output.metadata.get(MIME_METADATA, ())
    ]


def judged(error: BaseException | None, step: Step, verdicts: tuple[dict[str, Any], ...] = ()) -> CellOutcome:
    """How a step went whose cell raised this, or nothing."""
    if error is None:
        return CellOutcome(True, verdicts=verdicts)
    if isinstance(error, Interruption):
        return CellOutcome(False, error.message)
    if isinstance(error, KeyboardInterrupt) or _ended_by_interrupt(error):
        return INTERRUPTED
    reason, cure = _sentence(error)
    return CellOutcome(step.may_fail and step.kind != "check", reason, cure, verdicts)


def _ended_by_interrupt(error: BaseException) -> bool:
    """Whether the command, which hears of Ctrl-C before we do, ended by it; then %%bash tells its status."""
    return isinstance(error, subprocess.CalledProcessError) and error.returncode == -signal.SIGINT


def _sentence(error: BaseException) -> tuple[str, str]:
    """What went wrong and what to do about it."""
    if isinstance(error, NslabError):
        return error.message, error.cure
    if isinstance(error, CommandFailedError):
        return str(error), error.hint
    if isinstance(error, AssertionError) and str(error):
        return str(error).splitlines()[0], ""
    if isinstance(error, subprocess.CalledProcessError):  # what %%bash raises
        return _("The last command ended with status {status}.", status=error.returncode), ""
    first = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}: {first}"[:_LONGEST].removesuffix(": "), ""
