"""What `draw` gives: one picture in every form that somebody may want."""

from __future__ import annotations

import base64
import warnings
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path

from ..core.errors import NslabError
from ..core.foreign import escaped
from ..core.model.network import Network
from ..core.translation import _, translated
from .fold import fold
from .layout import Mark, layout, positions
from .merge import view
from .scene import Scene
from .svg import svg
from .text import description, tables
from .view import View
from .zoom import zoom

DPI = 144
"""Dots per inch of a PNG by default: one and a half for each CSS pixel."""

_MOST_BYTES = 300_000  # of an output; a notebook with several stays one that can be opened and sent
_ROOM = 160  # namespaces and interfaces that take about as much
_CAPTION = "margin:0.1em 0 0.3em;font-size:13px;line-height:1.4;color:var(--jp-ui-font-color2, #616161)"
_FORMATS = (".png", ".svg", ".pdf")


def draw(
    network: Network,
    *,
    before: Network | None = None,
    language: str = "en",
    mac: bool = False,
    of: str | None = None,
    marks: Sequence[Mark] = (),
    columns: int | None = None,
    facts: bool = False,
) -> Picture:
    """A picture of a network; nothing is drawn before it is asked for.

    Parameters
    ----------
    network
        The snapshot to draw.
    before
        An earlier snapshot: what was added or changed since then stands out, what was removed is a ghost.
    language
        ``en`` or ``zh``.
    mac
        Whether to show MAC addresses.
    of
        A namespace (or a bridge of the host) to show alone with its neighbourhood.
    marks
        Places to point at.
    columns
        How many namespaces stand side by side; by default as many as make it wider than high.
    facts
        Whether to show facts alone, and not what is still missing: a question may be about just that.

    Raises
    ------
    NslabError
        If there is nothing called ``of``.
    """
    hidden: dict[str, int] = {}
    if of is not None:
        network, hidden = zoom(network, of)
        before = zoom(before, of)[0] if before is not None and before.get(of) else None
    return Picture(network, before, language, mac, hidden, tuple(marks), columns or 0, facts)


class Picture:
    """One picture; made by `draw`."""

    def __init__(
        self,
        network: Network,
        before: Network | None,
        language: str,
        mac: bool,
        hidden: dict[str, int],
        marks: tuple[Mark, ...],
        columns: int,
        facts: bool,
    ) -> None:
        self.network = network
        self.language = language
        self._before = before
        self._mac = mac
        self._hidden = hidden
        self._marks = marks
        self._columns = columns
        self._facts = facts
        self._caption = ""

    @cached_property
    def scene(self) -> Scene:
        """The picture as plain geometry."""
        return self._scene(self.language)

    def positions(self) -> dict[str, tuple[float, float]]:
        """Where each node of the network's graph is, for ``networkx.draw(graph, positions)``.

        x and y are CSS pixels, y upwards from the picture's upper edge (`nslab_kernel.picture.graph` names the nodes).
        """
        return positions(self._view(self.language), self._columns)

    def _view(self, language: str) -> View:
        shown = view(self.network, self._before, language, self._mac, self._hidden, self._facts)
        return replace(shown, caption=self._caption) if self._caption else shown

    def _scene(self, language: str) -> Scene:
        shown = self._view(language)
        words = description(self.network, language, shown.caption)
        return layout(shown, self.network.hostname, words, self._marks, self._columns)

    @property
    def caption(self) -> str:
        """What was changed since the earlier snapshot, and what still stands in the way, in a line."""
        return self._view(self.language).caption

    def svg(self, *, interactive: bool = False, prefix: str = "") -> str:
        """SVG to be put into a page, in the colours of the page's theme.

        Parameters
        ----------
        interactive
            Whether namespaces and interfaces can be reached by keyboard, as buttons.
        prefix
            What element ids begin with; by default something of this picture's own.
        """
        return svg(self.scene, interactive=interactive, prefix=prefix)

    def html(self) -> str:
        """The SVG for a page, and below it the caption as text, which stays readable where the drawing shrinks."""
        if not self.scene.caption:
            return self.svg()
        return f"{svg(self.scene.without_caption())}{captioned(self.scene.caption, self.language)}"

    def png(self, dpi: float = DPI) -> bytes:
        """PNG by matplotlib, ``dpi`` dots per inch (96 draws a CSS pixel as one dot)."""
        from . import drawing

        return drawing.png(self._drawable, dpi)

    def pdf(self) -> bytes:
        """PDF by matplotlib."""
        from . import drawing

        return drawing.pdf(self._drawable)

    def text(self) -> str:
        """A table of all interfaces as plain text."""
        return tables(self.network, self.language)

    def description(self) -> str:
        """The picture in words, for a screen reader."""
        return self.scene.description

    def bundle(self, *, png: bool = True) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
        """The picture as MIME types, and their metadata.

        Parameters
        ----------
        png
            Whether to have a PNG, too: it is most of the time and size, and only what shows no inline SVG wants it.
        """
        things = max(map(_things, filter(None, (self.network, self._before))))
        made = self._bundle(png=png) if things <= 2 * _ROOM else None
        room = _ROOM
        while made is None or (room > 1 and sum(map(len, made[0].values())) > _MOST_BYTES):
            made = self._folded(room)._bundle(self._what_is_folded(room), png=png)
            room //= 2
        return made

    def _bundle(self, note: str = "", *, png: bool) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
        html = f"{self.html()}<p>{escaped(note)}</p>" if note else self.html()
        data = {"text/html": html, "text/plain": "\n\n".join(filter(None, (self.description(), note, self.text())))}
        if not png:
            return data, {}
        # A PNG is drawn finer than it is shown, for sharp text on every screen.
        size = {"width": round(self.scene.width), "height": round(self.scene.height)}
        return {**data, "image/png": base64.b64encode(self.png()).decode()}, {"image/png": size}

    def _folded(self, room: int) -> Picture:
        network, before, hidden = fold(self.network, self._before, room)
        hidden |= self._hidden
        picture = Picture(network, before, self.language, self._mac, hidden, self._marks, self._columns, self._facts)
        picture._caption = self._view(self.language).caption  # what changed in the whole
        return picture

    def _what_is_folded(self, room: int) -> str:
        network, _before, _hidden = fold(self.network, self._before, room)
        said = _(
            "This output is folded: {shown} of {all} namespaces are in it, those that changed first. "
            "`%netns_graph --of NAME` draws one with its neighbourhood, `%netns_graph --save network.svg` draws all.",
            shown=len(network.namespaces),
            all=len(self.network.namespaces),
        )
        return translated(said, self.language)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
        """Every form that a front end may want; IPython calls this to show a value.

        JupyterLab and VS Code take the SVG, which is inline so that a screen reader finds its label; GitHub, which
        shows no inline SVG, takes the PNG; a console and a search in the notebook's file find the tables.
        """
        return self.bundle()

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file, PNG, SVG or PDF by its suffix.

        Raises
        ------
        NslabError
            If the suffix is another one, or the file can't be written.
        """
        target = Path(path)
        if target.suffix.lower() not in _FORMATS:
            raise NslabError(
                _("{name!r} doesn't end in {formats}.", name=target.name, formats=", ".join(_FORMATS)),
                _("Save it as {stem}.png", stem=target.stem or "picture"),
            )
        kind = target.suffix.lower()
        data = self.png() if kind == ".png" else self.pdf() if kind == ".pdf" else self._file().encode()
        try:
            target.write_bytes(data)
        except OSError as error:
            raise NslabError(
                _("{target} can't be written: {strerror}.", target=target, strerror=error.strerror),
                _("Save it in another folder."),
            ) from error
        return target

    def _file(self) -> str:
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + svg(self.scene, standalone=True)

    @cached_property
    def _drawable(self) -> Scene:
        """The scene in a language that matplotlib has a font for."""
        from . import drawing

        if self.language == "zh" and drawing.chinese_font() is None:
            say_that_the_font_is_missing(self.language)
            return self._scene("en")
        return self.scene


def captioned(caption: Sequence[str], language: str) -> str:
    """A picture's caption as HTML."""
    lines = "<br>".join(map(escaped, caption))
    return f'<p class="nslab-caption" lang="{language}" style="{_CAPTION}">{lines}</p>'


@lru_cache
def say_that_the_font_is_missing(language: str) -> None:
    """Warn, the first time only."""
    said = _("No Chinese font was found, so saved pictures have English labels (sudo apt install fonts-noto-cjk)")
    warnings.warn(translated(said, language), stacklevel=4)


def _things(network: Network) -> int:
    """How many namespaces and interfaces there are."""
    return len(network.namespaces) + sum(len(namespace.interfaces) for namespace in network.everywhere)
