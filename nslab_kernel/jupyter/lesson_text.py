"""A lesson as plain text, for front ends without widgets."""

from __future__ import annotations

from ..core.lessons.lesson import Step
from ..core.lessons.progress import State
from ..core.translation import _, all_translated, translated
from .messages import worded
from .player import Played, Player

_MARKS = {State.WAITING: "○", State.RUNNING: "▶", State.DONE: "✓", State.FAILED: "✗"}
_WORDS = {
    "checkpoint": _("Checkpoint"),
    "how": _("`%netns_play --next` runs the next step, `--back` takes one back, `--reset` begins anew."),
    "end": _("That was the last step."),
    "done": _("done in {} ms"),
    "failed": _("failed"),
}


def overview(player: Player) -> str:
    """The list of steps with their state, and how to go on."""
    words = all_translated(_WORDS, player.session.lab.language)
    lines = [player.lesson.title, ""]
    for index, (step, record) in enumerate(zip(player.lesson.steps, player.progress.records, strict=True)):
        here = "→" if index == player.progress.at else " "
        lines.append(f"{here} {_MARKS[record.state]} {step.title or words['checkpoint']}")
    return "\n".join([*lines, "", words["how"] if player.step else words["end"]])


def before(step: Step, number: int, total: int, language: str) -> str:
    """A step as it is to be run: its title, what explains it, its command."""
    title = step.title or translated(_WORDS["checkpoint"], language)
    explanation = f"\n{step.explanation}\n" if step.explanation else ""
    command = "\n".join(f"    {line}" for line in step.source.splitlines())
    return f"[{number}/{total}] {title}\n{explanation}\n{command}\n"


def after(step: Step, played: Played, language: str) -> str:
    """How a step went, and what is to be said about it."""
    words = all_translated(_WORDS, language)
    outcome = played.outcome
    lines = [words["done"].format(round(1000 * played.seconds)) if outcome.well else words["failed"]]
    lines += [worded(text) for text in (outcome.reason, outcome.cure) if text]
    lines += ["", step.afterword] if step.afterword and outcome.well else []
    return "\n".join(lines)
