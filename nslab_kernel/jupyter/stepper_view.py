"""What the stepper's page gets: a lesson and its progress as plain data."""

from __future__ import annotations

from typing import Any

from ..core.lessons.lesson import Step
from ..core.lessons.progress import State
from ..core.translation import _
from . import markdown
from .cell_output import Output
from .messages import worded
from .player import Player
from .verdicts import MIME_METADATA

WAIT = _("Something is running. Wait, or interrupt it.")
HALFWAY = _("Interrupted halfway: the network is not as this step expects it. Restore it.")
_SHOWN = ("image/svg+xml", "image/png", "image/jpeg", "text/html")
_PICTURE = 'class="nslab-picture'


def lesson(player: Player, kernel: str) -> dict[str, Any]:
    """What doesn't change while a lesson is played."""
    return {
        "title": player.lesson.title,
        "language": player.session.lab.language,
        "kernel": kernel,
        "steps": [_step(step) for step in player.lesson.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "title": step.title,
        "headed": step.headed,
        "kind": step.kind,
        "mayFail": step.may_fail,
        "source": step.source,
        "explanation": markdown.html(_without_heading(step)),
        "afterword": markdown.html(step.afterword),
    }


def _without_heading(step: Step) -> str:
    """The explanation without the heading that stands above it as the step's title."""
    lines = step.explanation.splitlines()
    for number, line in enumerate(lines if step.headed else ()):
        if line.startswith("#") and line.strip("# ") == step.title:
            return "\n".join(lines[:number] + lines[number + 1 :])
    return step.explanation


def progress(player: Player, running: int | None) -> dict[str, Any]:
    """How far the lesson is, and how each step went."""
    return {
        "at": player.progress.at,
        "steps": [_record(player, index, running) for index in range(len(player.lesson.steps))],
    }


def _record(player: Player, index: int, running: int | None) -> dict[str, Any]:
    record = player.progress.records[index]
    played = player.played.get(index)
    if index == running or played is None or record.state in (State.WAITING, State.RUNNING):
        return {"state": State.RUNNING if index == running else record.state}
    edited = played.source != player.lesson.steps[index].source
    return {
        "state": record.state,
        "byHand": played.by_hand,
        "milliseconds": round(1000 * played.seconds),
        "reason": worded(played.outcome.reason),
        "cure": worded(played.outcome.cure),
        "verdicts": list(played.outcome.verdicts),
        **({"source": played.source} if edited else {}),
    }


def outputs(player: Player) -> dict[str, Any]:
    """What each step put out, by its index."""
    return {
        str(index): [shown for output in played.outputs if (shown := _output(output))]
        for index, played in player.played.items()
    }


def _output(output: Output) -> dict[str, Any] | None:
    """One piece of output for the page; none for what the stepper shows itself: verdicts and the picture."""
    if output.data is None:
        return {"kind": output.kind, "text": output.text}
    if (output.metadata and MIME_METADATA in output.metadata) or _PICTURE in str(output.data.get("text/html", "")):
        return None
    for mime in _SHOWN:
        if mime in output.data:
            return {"kind": "display", "mime": mime, "text": str(output.data[mime])}
    return {"kind": "stdout", "text": output.text + "\n"}
