"""The player: a packet's way on the picture, to be played, stepped, scrubbed and replayed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import anywidget
import traitlets
from IPython.core.interactiveshell import InteractiveShell

from ..core.errors import NslabError
from ..core.foreign import shown
from ..core.journeys.explain import Story
from ..core.journeys.prediction import bridges, predicted
from ..core.journeys.words import title
from ..core.translation import _, all_translated, translated
from ..lab import Lab
from ..picture.trace import TraceReport, player_stations
from .frontend import bundle
from .main_thread import between_cells

_MOST = 60  # packets to choose from
_ASKING = {
    "question": _("Which way will the packet take?"),
    "how": _("Click on the namespaces and bridges in the order in which it will pass them, or write them here."),
    "nothing": _("Nothing runs before."),
    "way": _("The way"),
    "keep": _("Keep my answer and run"),
    "undo": _("Take back"),
    "unknown": _("I don't know yet"),
    "running": _("Running …"),
}


class TraceView(anywidget.AnyWidget):
    """Shows a trace; the page asks for another packet's way by a message (``do``: show, ``number``).

    Parameters
    ----------
    trace
        What is shown.
    """

    _esm = bundle("common.js", "trace.js")
    _css = bundle("common.css", "trace.css")

    language = traitlets.Unicode().tag(sync=True)
    packets: traitlets.List[list[object]] = traitlets.List().tag(sync=True)  # number and title of each
    shown: Any = traitlets.Dict().tag(sync=True)  # the packet on the picture
    below = traitlets.Unicode().tag(sync=True)  # HTML: the other packets, ladder, table, remarks
    asked: Any = traitlets.Dict().tag(sync=True)  # what `AskedTraceView` asks; nothing here

    def __init__(self, trace: TraceReport) -> None:
        self._stories: dict[int, Story] = {}
        super().__init__(language=trace.language)
        self.take(trace)
        self.on_msg(between_cells(self._asked))

    def take(self, trace: TraceReport) -> None:
        """Show a trace."""
        self._trace = trace
        self._stories = {story.journey.number: story for story in _first(trace)}
        with self.hold_sync():
            self.packets = [
                [number, translated(title(story), trace.language)] for number, story in self._stories.items()
            ]
            self.below = trace.beside(trace.main) + trace.below()
            self.shown = self._drawn(trace.main) if trace.main else {}

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and a static form for whatever shows none: GitHub, nbconvert, a console."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        static, sizes = InteractiveShell.instance().display_formatter.format(self._trace)
        return {**data, **static}, {**metadata, **sizes}

    def _asked(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        """ipywidgets calls it for each message of the page."""
        story = self._stories.get(content.get("number", 0))
        if content.get("do") == "show" and story:
            self.shown = self._drawn(story)

    def _drawn(self, story: Story) -> dict[str, Any]:
        number = story.journey.number
        return {
            "number": number,
            "banner": self._trace.banner(story),
            "svg": self._trace.picture(story).svg(prefix=f"nslab-trace-{id(self):x}-{number}"),
            "lost": story.outcome.lost,
            "stations": [asdict(each) for each in player_stations(story, self._trace.language)],
        }


class AskedTraceView(TraceView):
    """Asks for the way that a packet will take, and then shows it, the answer laid over it.

    Parameters
    ----------
    lab
        Whose picture is shown, with the bare facts alone.
    namespace, command
        What will run, and where.
    """

    printed = traitlets.Unicode().tag(sync=True)
    refused = traitlets.Unicode().tag(sync=True)  # why an answer can't be taken

    def __init__(self, lab: Lab, namespace: str, command: str) -> None:
        self._lab = lab
        self._trace = None  # type: ignore[assignment]  # until the answer is kept
        self._stories = {}
        self.answered: Callable[[tuple[str, ...]], None] = lambda places: None
        network = lab.snapshot()
        here = network.get(namespace)
        anywidget.AnyWidget.__init__(
            self,
            language=lab.language,
            asked={
                "command": command,
                "start": here.title if here else namespace,
                "svg": lab.picture(network, facts=True).svg(interactive=True),
                "places": {
                    **{shown(each.name): each.title for each in network.everywhere},
                    **{shown(f"{where}/{name}"): label for label, (where, name) in bridges(network).items()},
                },
                "words": all_translated(_ASKING, lab.language),
            },
        )
        self.on_msg(between_cells(self._asked))

    def print(self, _stream: str, text: str) -> None:
        """Take a piece of the command's output."""
        self.printed += text

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget; as text the question."""
        data, metadata = anywidget.AnyWidget._repr_mimebundle_(self, **kwargs) or ({}, {})
        return {**data, "text/plain": translated(_ASKING["question"], self.language)}, metadata

    def _asked(self, widget: object, content: dict[str, Any], buffers: object) -> None:
        if self._trace is not None:
            super()._asked(widget, content, buffers)
        elif content.get("do") == "answer":
            self._answer(str(content.get("way", "")))

    def _answer(self, way: str) -> None:
        """Run the command once the answer can be read; an empty one is an answer, too."""
        try:
            places = predicted(way, self._lab.snapshot())
            self.answered(places)
        except NslabError as error:
            self.refused = ""  # the same words again are news, too
            self.refused = str(error)
            return
        self.asked = {}


def _first(trace: TraceReport) -> list[Story]:
    """The packets that can be chosen: those with a way, the main one among them."""
    found = [story for story in trace.shown if story.steps][:_MOST]
    return found if trace.main is None or trace.main in found else [trace.main, *found]
