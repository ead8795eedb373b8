"""The live picture: one picture that follows the kernel as things happen, no matter what causes them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anywidget
import traitlets
from IPython.core.interactiveshell import InteractiveShell

from ..core.errors import NslabError
from ..core.foreign import shown
from ..core.model.network import Network
from ..lab import Lab
from . import live_view
from .frontend import bundle, kernel_id
from .main_thread import between_cells
from .terminal import shell_line
from .traffic import Rates, Traffic
from .viewers import Viewers

_PREFIX = "nslab-live-picture"
_GLOW = 4.0  # seconds that what has changed stands out


class Live(anywidget.AnyWidget):
    """Shows the lab as it is now, and redraws it whenever the kernel reports a change.

    The watch's own thread redraws, so that the picture follows while a cell runs. What the page asks for (messages with
    ``do``: open, columns, place, count, and those of `viewers.Viewers`) is answered by the main thread, between two
    cells.

    Parameters
    ----------
    lab
        What is shown.
    """

    _esm = bundle("common.js", "live.js")
    _css = bundle("common.css", "live.css")

    drawn = traitlets.Dict().tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)
    kernel = traitlets.Unicode().tag(sync=True)
    counting = traitlets.Bool(False).tag(sync=True)  # whether cables show packets per second
    rates = traitlets.Dict().tag(sync=True)

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._traffic: Traffic | None = None
        self._viewers = Viewers(self._begin, self._end)
        self._watch: Any = None
        self._shown: Network | None = None
        self._calm: Network | None = None  # the network before the changes that stand out now
        self._cooling: threading.Timer | None = None
        self._drawing = threading.Lock()
        self._columns: int | None = None  # by the page's width
        self._docked = False
        super().__init__(language=lab.language, kernel=kernel_id())
        self._draw()
        self.on_msg(between_cells(self._asked))

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and the picture as it is now for whatever shows none: GitHub, nbconvert, a console."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        static, sizes = InteractiveShell.instance().display_formatter.format(self._lab.picture(self._shown))
        return {**data, **static}, {**metadata, **sizes}

    @property
    def is_docked(self) -> bool:
        """Whether a page shows it beside the notebook now."""
        return self._docked and self._watch is not None

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """What changes meanwhile doesn't stand out, nor is it said: a break is to be found, not to be watched."""
        with self._drawing:
            yield
            if self._cooling:
                self._cooling.cancel()
            self._calm = None
            self._draw()

    def count(self, on: bool) -> None:
        """Have each cable show packets per second and drops, or no longer."""
        self.counting = on
        if self._traffic and not on:
            self._traffic.close()
            self._traffic = None
            self.rates = {}
        elif on and self._watch is not None and self._traffic is None:
            self._traffic = Traffic(self._counted)

    def _counted(self, rates: Rates) -> None:
        self.rates = rates

    def close(self) -> None:
        """Let go of the watch, the counters and their threads."""
        self._viewers.clear()
        super().close()

    # what the page asks

    def _asked(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        """ipywidgets calls it for each message of the page."""
        if self._viewers.heard(content):
            return
        if content.get("do") == "place":
            self._docked = bool(content.get("docked"))
        elif content.get("do") == "count":
            self.count(bool(content.get("on")))
        elif content.get("do") == "open":
            self._tell_traffic(str(content["namespace"]))
        elif content.get("do") == "columns":
            with self._drawing:
                self._columns = int(content["columns"])
                self._draw()

    def _begin(self) -> None:
        self._watch = self._lab.watch(self._changed)
        self._changed()  # what happened while nobody looked
        self.count(self.counting)

    def _end(self) -> None:
        if self._cooling:
            self._cooling.cancel()
        self._watch.close()
        self._watch = None
        if self._traffic:
            self._traffic.close()
            self._traffic = None

    def _tell_traffic(self, name: str) -> None:
        everywhere = self._lab.snapshot(volatile=True).everywhere
        found = next((namespace for namespace in everywhere if shown(namespace.name) == name), None)
        if found is None:
            return  # deleted meanwhile; the next picture closes its page
        try:
            counters = self._lab.counters(found.name)
        except (NslabError, OSError):
            return
        sections = live_view.traffic(found, counters, self.language)
        self.send({"kind": "traffic", "namespace": name, "sections": sections})

    # what the kernel tells

    def _changed(self) -> None:
        """The watch calls it, from its own thread, after each burst of events."""
        with self._drawing:
            if self._cooling:
                self._cooling.cancel()
            self._calm = self._calm or self._shown
            self._draw()
            self._cooling = threading.Timer(_GLOW, self._cool)
            self._cooling.daemon = True
            self._cooling.start()

    def _cool(self) -> None:
        with self._drawing:
            self._calm = None
            self._draw()

    def _draw(self) -> None:
        self._shown = self._lab.snapshot()
        picture = self._lab.picture(self._shown, before=self._calm, columns=self._columns)
        self.drawn = {
            "svg": picture.svg(interactive=True, prefix=_PREFIX),
            "pages": live_view.pages(self._shown, self.language),
            "shells": {shown(namespace.name): shell_line(namespace.name) for namespace in self._shown.everywhere},
        }
