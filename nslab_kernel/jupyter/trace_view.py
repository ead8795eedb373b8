"""The player: a packet's way on the picture, to be played, stepped, scrubbed and replayed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import anywidget
import traitlets
from IPython.core.interactiveshell import InteractiveShell

from ..core.journeys.explain import Story
from ..core.journeys.words import title
from ..core.translation import translated
from ..picture.trace import TraceReport, player_stations
from .frontend import bundle
from .main_thread import between_cells

_MOST = 60  # packets to choose from


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
    shown = traitlets.Dict().tag(sync=True)  # the packet on the picture
    below = traitlets.Unicode().tag(sync=True)  # HTML: the other packets, ladder, table, remarks

    def __init__(self, trace: TraceReport) -> None:
        self._trace = trace
        self._stories = {story.journey.number: story for story in _first(trace)}
        main = trace.main
        super().__init__(
            language=trace.language,
            packets=[[number, translated(title(story), trace.language)] for number, story in self._stories.items()],
            shown=self._drawn(main) if main else {},
            below=trace.beside(main) + trace.below(),
        )
        self.on_msg(between_cells(self._asked))

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


def _first(trace: TraceReport) -> list[Story]:
    """The packets that can be chosen: those with a way, the main one among them."""
    found = [story for story in trace.shown if story.steps][:_MOST]
    return found if trace.main is None or trace.main in found else [trace.main, *found]
