"""Lessons as pages, as slides and as Markdown: what nbconvert is to do with a lab's notebooks.

``jupyter-config/jupyter_nbconvert_config.json`` names these preprocessors, so that ``jupyter nbconvert`` uses them by
itself. Other kernels' notebooks are left as they are.
"""

from __future__ import annotations

import re
from typing import Any

from nbconvert.preprocessors import Preprocessor

_KERNEL = "nslab"
_HEADING = re.compile(r"^(#{1,6})\s", re.MULTILINE)
_WIDGET = "application/vnd.jupyter.widget-view+json"
_PICTURE = 'class="nslab-picture'

Resources = dict[str, Any]


class SlidesByHeadings(Preprocessor):
    """Begin a slide at each heading of the first two levels, and one below it at each of the third.

    A notebook in which a cell has a slide type of its own is left as its author wants it.
    """

    def preprocess(self, notebook: Any, resources: Resources) -> tuple[Any, Resources]:
        """Give each cell its slide type; nbconvert calls this for each notebook."""
        if _is_lab(notebook) and not any("slideshow" in cell.metadata for cell in notebook.cells):
            for number, cell in enumerate(notebook.cells):
                cell.metadata["slideshow"] = {"slide_type": "slide" if number == 0 else _slide_type(cell)}
        return notebook, resources


class StillPictures(Preprocessor):
    """Show the picture or the text that a widget left, rather than a widget that has no kernel behind it.

    A page with widgets loads their code from the network, and shows nothing where that can't be had.
    """

    def preprocess(self, notebook: Any, resources: Resources) -> tuple[Any, Resources]:
        """Leave out the widgets that have another form; nbconvert calls this for each notebook."""
        if _is_lab(notebook):
            for cell in notebook.cells:
                for output in cell.get("outputs", ()):
                    data = output.get("data", {})
                    if {"text/html", "text/plain"} & set(data):
                        data.pop(_WIDGET, None)
        return notebook, resources


class PlainPictures(Preprocessor):
    """Show pictures as files beside the text, rather than as SVG in the middle of it."""

    def preprocess(self, notebook: Any, resources: Resources) -> tuple[Any, Resources]:
        """Leave out what Markdown can't show; nbconvert calls this for each notebook."""
        if _is_lab(notebook):
            for cell in notebook.cells:
                for output in cell.get("outputs", ()):
                    _as_plain(output)
        return notebook, resources


def _is_lab(notebook: Any) -> bool:
    return bool(notebook.metadata.get("kernelspec", {}).get("name") == _KERNEL)


def _slide_type(cell: Any) -> str:
    found = _HEADING.search(cell.source) if cell.cell_type == "markdown" else None
    if found is None:
        return "-"
    return "slide" if len(found[1]) <= 2 else "subslide"


def _as_plain(output: Any) -> None:
    """A picture as its PNG, a diagnosis as its text with the picture below it, folded commands as text."""
    data = output.get("data", {})
    html = "".join(data.get("text/html", ""))
    if _PICTURE in html and "image/png" in data and "nslab-why" not in html:
        data.pop("text/html")
    elif 'class="nslab-' in html and "text/plain" in data:
        data.pop("text/html")
        data.pop("image/png", None)
