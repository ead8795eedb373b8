"""How a prediction is asked and compared: as a widget, or as text where nobody can be asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import anywidget
import traitlets

from ..core.lessons.prediction_cell import Prediction
from ..core.translation import _, all_translated, translated
from ..lab import Lab
from .frontend import bundle
from .main_thread import between_cells

_SAID = {
    "title": _("Predict"),
    "how": _("Choose what you expect, or press {}. Nothing runs before."),
    "keep": _("Keep my answer and run"),
    "unknown": _("I don't know yet"),
    "running": _("Running …"),
    "chosen": _("your answer"),
    "happened": _("that is what happened"),
    "as said": _("as you said"),
    "right": _("As you said."),
    "partly": _("Partly as you said."),
    "other": _("It went another way."),
    "none": _("This is what happened."),
    "again": _("Run the cell again to be asked once more."),
}


def verdict(chosen: Sequence[int], right: Sequence[bool]) -> str:
    """How an answer compares with what happened: ``right``, ``partly``, ``other``, or ``none`` without an answer."""
    wanted = {index for index, is_right in enumerate(right) if is_right}
    if not chosen:
        return "none"
    if set(chosen) == wanted:
        return "right"
    return "partly" if set(chosen) & wanted else "other"


def text(asked: Prediction, right: Sequence[bool], language: str) -> str:
    """The question and which choices turned out right, for a page where nobody can choose."""
    marks = {True: "✓", False: " "}
    lines = [f"{marks[is_right]} {choice.label}" for choice, is_right in zip(asked.choices, right, strict=True)]
    return "\n".join([asked.question, *lines, translated(_SAID["none"], language)])


class PredictionView(anywidget.AnyWidget):
    """Asks a question, keeps the answer, and then lays it over what happened.

    Parameters
    ----------
    asked
        The question.
    lab
        Whose picture is shown, with the bare facts alone.
    run
        Runs the commands; returns what they printed and which choices turned out right.
    """

    _esm = bundle("common.js", "predict.js")
    _css = bundle("common.css", "predict.css")

    asked = traitlets.Dict().tag(sync=True)
    picture = traitlets.Unicode().tag(sync=True)
    outcome: Any = traitlets.Dict().tag(sync=True)

    def __init__(self, asked: Prediction, lab: Lab, run: Callable[[], tuple[str, tuple[bool, ...]]]) -> None:
        self._run = run
        self._lab = lab
        self._text = f"{asked.question}\n" + "\n".join(f"- {choice.label}" for choice in asked.choices)
        super().__init__(
            asked={
                "question": asked.question,
                "choices": [choice.label for choice in asked.choices],
                "commands": asked.commands,
                "language": lab.language,
                "words": all_translated(_SAID, lab.language),
            },
            picture=lab.picture(facts=True).html(),
        )
        self.on_msg(between_cells(self._answered))

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and the question as text for front ends without widgets."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "text/plain": self._text}, metadata

    def _answered(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        """ipywidgets calls it for each message of the page; an answer counts once."""
        if content.get("do") != "answer" or self.outcome:
            return
        before = self._lab.snapshot()
        chosen = [int(index) for index in content["chosen"]]
        printed, right = self._run()
        now = self._lab.snapshot()
        self.picture = self._lab.picture(now, before=before, facts=True).html()
        self.outcome = {
            "chosen": chosen,
            "right": list(right),
            "printed": printed,
            "verdict": verdict(chosen, right),
        }
