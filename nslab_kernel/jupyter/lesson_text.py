"""A lesson as plain text, for front ends without widgets."""

from __future__ import annotations

from ..core.lessons.lesson import Step
from ..core.lessons.progress import State
from .messages import worded
from .player import Played, Player

_MARKS = {State.WAITING: "○", State.RUNNING: "▶", State.DONE: "✓", State.FAILED: "✗"}
_WORDS = {
    "en": {
        "checkpoint": "Checkpoint",
        "how": "`%netns_play --next` runs the next step, `--back` takes one back, `--reset` begins anew.",
        "end": "That was the last step.",
        "done": "done in {} ms",
        "failed": "failed",
    },
    "zh": {
        "checkpoint": "检查点",
        "how": "`%netns_play --next` 运行下一步，`--back` 退回一步，`--reset` 重新开始。",
        "end": "这是最后一步。",
        "done": "用时 {} 毫秒",
        "failed": "失败",
    },
}


def overview(player: Player) -> str:
    """The list of steps with their state, and how to go on."""
    words = _WORDS[player.session.lab.language]
    lines = [player.lesson.title, ""]
    for index, (step, record) in enumerate(zip(player.lesson.steps, player.progress.records, strict=True)):
        here = "→" if index == player.progress.at else " "
        lines.append(f"{here} {_MARKS[record.state]} {step.title or words['checkpoint']}")
    return "\n".join([*lines, "", words["how"] if player.step else words["end"]])


def before(step: Step, number: int, total: int, language: str) -> str:
    """A step as it is to be run: its title, what explains it, its command."""
    title = step.title or _WORDS[language]["checkpoint"]
    explanation = f"\n{step.explanation}\n" if step.explanation else ""
    command = "\n".join(f"    {line}" for line in step.source.splitlines())
    return f"[{number}/{total}] {title}\n{explanation}\n{command}\n"


def after(step: Step, played: Played, language: str) -> str:
    """How a step went, and what is to be said about it."""
    words = _WORDS[language]
    outcome = played.outcome
    lines = [words["done"].format(round(1000 * played.seconds)) if outcome.well else words["failed"]]
    lines += [worded(text) for text in (outcome.reason, outcome.cure) if text]
    lines += ["", step.afterword] if step.afterword and outcome.well else []
    return "\n".join(lines)
