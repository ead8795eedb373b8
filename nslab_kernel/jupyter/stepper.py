"""The stepper: a lesson played step by step in a widget, a thin shell around `player.Player`."""

from __future__ import annotations

import time
from typing import Any

import anywidget
import traitlets

from ..core.errors import NslabError
from ..core.lessons.progress import State
from ..core.translation import translated
from . import lesson_text, stepper_view
from .frontend import bundle, kernel_id
from .main_thread import between_cells
from .player import Player
from .viewers import Viewers

_PREFIX = "nslab-step-picture"


class Stepper(anywidget.AnyWidget):
    """Shows a lesson and plays it when asked to.

    The page asks by messages (``do``: run, back, look, columns, and those of `viewers.Viewers`); the kernel's main
    thread answers between two cells. While a step runs, that thread is busy with it just as with a cell, and what the
    page asks waits.

    Parameters
    ----------
    player
        What plays the lesson.
    """

    _esm = bundle("common.js", "stepper_parts.js", "stepper.js")
    _css = bundle("common.css", "stepper.css")

    lesson = traitlets.Dict().tag(sync=True)
    progress = traitlets.Dict().tag(sync=True)
    outputs = traitlets.Dict().tag(sync=True)
    picture = traitlets.Dict().tag(sync=True)
    strayed: Any = traitlets.List().tag(sync=True)

    def __init__(self, player: Player) -> None:
        self._player = player
        self._shell = player.session.shell
        self._busy: dict[str, Any] = {}
        self._viewers = Viewers(self._begin, self._end)
        self._watch: Any = None
        self._columns: int | None = None  # of the picture, by the page's width
        self._by_hand: tuple[int, float] | None = None  # the step whose cell is run in the notebook, and since when
        self._cell_runs = False
        super().__init__(lesson=stepper_view.lesson(player, kernel_id()))
        self._sync()
        self._draw()
        self.on_msg(between_cells(self._asked))

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and for front ends without widgets the lesson as text."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "text/plain": lesson_text.overview(self._player)}, metadata

    def close(self) -> None:
        """Let go of everything; the page learns that there is nothing more to play."""
        self._viewers.clear()
        super().close()

    # what the page asks

    def _asked(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        """ipywidgets calls it for each message of the page."""
        if self._viewers.heard(content):
            return
        if content.get("do") == "look":
            self._draw(content["step"])
        elif content.get("do") == "columns":
            self._columns = int(content["columns"])
            self._draw(self.picture["step"])
        elif self._busy or self._cell_runs:
            self.send({"kind": "said", "text": translated(stepper_view.WAIT, self._language)})
        elif content.get("do") == "run":
            self._run(content)
        elif content.get("do") == "back":
            self._back(content)

    def _run(self, content: dict[str, Any]) -> None:
        index, source = int(content["step"]), content.get("source")
        if not self._may_run(index):
            return  # pressed twice: the first press has done it
        try:
            self._occupied("running", index)
            self._player.run(index, lambda kind, text: self._tell(index, kind, text), source)
        except (KeyboardInterrupt, NslabError):
            pass  # the step's record says so
        finally:
            self._free(index)

    def _may_run(self, index: int) -> bool:
        progress, steps = self._player.progress, self._player.lesson.steps
        return index == progress.at < len(steps) or (index < progress.at and steps[index].kind == "check")

    def _back(self, content: dict[str, Any]) -> None:
        index = max(0, min(int(content["step"]), self._player.progress.at))
        said = ""
        try:
            self._occupied("restoring", index)
            self._player.back_to(index)
        except KeyboardInterrupt:
            said = translated(stepper_view.HALFWAY, self._language)
        except NslabError as error:
            said = str(error)
        finally:
            self._free(index)
        if said:
            self.send({"kind": "said", "text": said})

    def _begin(self) -> None:
        self._cell_runs = False  # a cell may have ended while nobody listened
        self._watch = self._player.session.lab.watch(between_cells(self._compare))
        self._shell.events.register("pre_run_cell", self._before_cell)
        self._shell.events.register("post_run_cell", self._after_cell)
        self._compare()

    def _end(self) -> None:
        self._watch.close()
        self._shell.events.unregister("pre_run_cell", self._before_cell)
        self._shell.events.unregister("post_run_cell", self._after_cell)

    # what happens beside it

    def _before_cell(self, info: Any) -> None:
        """IPython calls it before each cell, ours included."""
        if self._busy:
            return
        self._cell_runs = True
        step, index = self._player.step, self._player.progress.at
        if step and step.cell_id and step.cell_id == info.cell_id:
            self._by_hand = index, time.monotonic()
            self._player.adopt_begin(index)

    def _after_cell(self, result: Any) -> None:
        """IPython calls it after each cell, ours included."""
        if self._busy:
            return
        self._cell_runs = False
        if self._by_hand:
            (index, since), self._by_hand = self._by_hand, None
            error = result.error_before_exec or result.error_in_exec
            self._player.adopt_end(index, time.monotonic() - since, error)
            self._free(index)
        else:
            self._compare()

    def _compare(self) -> None:
        """Say what was done by hand since the last step, if anything."""
        if self._busy or self._by_hand:
            return
        changes = self._player.strayed()
        words = [translated(change.words(), self._language) for change in changes]
        if words != self.strayed:
            self.strayed = words
            self._draw()

    # what the page gets

    @property
    def _language(self) -> str:
        return self._player.session.lab.language

    def _occupied(self, what: str, index: int) -> None:
        self._busy = {"what": what, "step": index}
        self._sync(running=index if what == "running" else None)

    def _free(self, index: int) -> None:
        self._busy = {}
        with self.hold_sync():
            self.strayed = []
            self._sync()
            done = self._player.progress.records[index].state in (State.DONE, State.FAILED)
            self._draw(index if done else None)
        self._compare()

    def _tell(self, index: int, kind: str, text: str) -> None:
        self.send({"kind": "text", "step": index, "stream": kind, "text": text})

    def _sync(self, running: int | None = None) -> None:
        self.progress = {**stepper_view.progress(self._player, running), "busy": self._busy}
        self.outputs = stepper_view.outputs(self._player)

    def _draw(self, index: int | None = None) -> None:
        """Draw what a step changed, or, without one, the network as it is."""
        records = self._player.progress.records
        record = records[index] if index is not None else None
        lab = self._player.session.lab
        if record and record.after:
            hidden = self._player.lesson.steps[index or 0].breaks
            before = None if hidden else record.before
            picture = lab.picture(record.after, before=before, columns=self._columns)
        else:
            expected = self._player.progress.expected(self._player.progress.at)
            picture = lab.picture(before=expected if self.strayed else None, columns=self._columns)
            index = None
        self.picture = {"svg": picture.svg(prefix=_PREFIX), "step": index}
