"""Run a student's notebook in a fresh lab, and judge its checkpoints from outside of its Python."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from ..core.checks.evaluate import Verdict
from ..core.errors import NslabError
from ..core.translation import _
from .judge import judge
from .labs import RunningLab, running

_MAGIC = "%%netns_check"
_START = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Graded:
    """One checkpoint: the cell that holds it, and its verdicts; none where the student removed it."""

    cell: str
    exercise: bool
    verdicts: tuple[Verdict, ...]

    @property
    def passed(self) -> bool:
        """Whether it was there and every claim holds."""
        return bool(self.verdicts) and all(verdict.holds for verdict in self.verdicts)


def grade(
    notebook: Mapping[str, Any], folder: Path, lesson: Mapping[str, Any] | None = None, *, timeout: float = 60.0
) -> tuple[Graded, ...]:
    """Run a notebook and judge each checkpoint where it stands.

    The cells run in a lab of their own; those of a checkpoint don't: their claims are judged by a process outside, so
    that a notebook can't pass by registering a magic or changing a function.

    Parameters
    ----------
    notebook
        The student's, as its JSON was read.
    folder
        Where it runs.
    lesson
        The lesson as the teacher has it, whose checkpoints count (cells are the same by their id); by default the
        notebook's own.
    timeout
        Seconds that one cell may take; one that takes longer is interrupted.

    Raises
    ------
    NslabError
        If there is no checkpoint, or the lab can't be started.
    """
    wanted = _checkpoints(lesson or notebook)
    if not wanted:
        raise NslabError(_("There is no checkpoint to grade."), _("Give a lesson with `%%netns_check` cells."))
    language = str(notebook.get("metadata", {}).get("nslab", {}).get("language", "en"))
    manager = KernelManager(kernel_name="nslab")
    manager.start_kernel(cwd=str(folder))
    client = manager.client()
    found: dict[str, tuple[Verdict, ...]] = {}
    try:
        client.start_channels()
        client.wait_for_ready(timeout=_START)
        lab = _lab_of(manager)
        for cell in _code(notebook):
            name = str(cell.get("id", ""))
            if name in wanted:
                found[name] = judge(lab, wanted[name][0], language)
            elif not _source(cell).lstrip().startswith(_MAGIC):
                _run(manager, client, _source(cell), timeout)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return tuple(Graded(name, exercise, found.get(name, ())) for name, (_claims, exercise) in wanted.items())


def _checkpoints(notebook: Mapping[str, Any]) -> dict[str, tuple[str, bool]]:
    """The claims of each checkpoint by its cell's id, and whether it belongs to an exercise."""
    found = {}
    for cell in _code(notebook):
        first, _newline, claims = _source(cell).lstrip().partition("\n")
        if first.strip() == _MAGIC:
            tags = (cell.get("metadata") or {}).get("tags") or []
            found[str(cell.get("id", ""))] = (claims, "exercise-check" in tags)
    return found


def _code(notebook: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [cell for cell in notebook.get("cells", []) if cell.get("cell_type") == "code"]


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else str(source)


def _lab_of(manager: KernelManager) -> RunningLab:
    """The lab that a kernel lives in."""
    stem = Path(manager.connection_file).stem
    names = (stem, stem.removeprefix("kernel-"))
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline:
        for lab in running():
            if lab.id in names:
                return lab
        time.sleep(0.1)
    raise NslabError(_("The lab of this notebook's kernel isn't there."), _("`nslab list` shows those that run."))


def _run(manager: KernelManager, client: BlockingKernelClient, source: str, timeout: float) -> None:
    """Run a cell, whatever comes of it: what counts is the network afterwards."""
    try:
        client.execute_interactive(
            source, allow_stdin=False, stop_on_error=False, timeout=timeout, output_hook=_unheard
        )
    except TimeoutError:
        manager.interrupt_kernel()


def _unheard(_message: object) -> None:
    """What the cell prints."""
