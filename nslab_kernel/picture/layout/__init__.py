"""Where everything in a picture is: a view becomes a scene, by geometry alone."""

from __future__ import annotations

from collections.abc import Sequence

from ..scene import Scene
from ..view import View
from .assembly import Assembly
from .marks import Mark as Mark
from .slots import COLUMNS as COLUMNS


def layout(view: View, title: str, description: str, marks: Sequence[Mark] = (), columns: int = COLUMNS) -> Scene:
    """Lay out a picture.

    Parameters
    ----------
    view
        What is to be shown.
    title, description
        The picture in one line and in words, for who can't see it.
    marks
        Places to point at.
    columns
        How many rooms stand side by side.
    """
    return Assembly(view, columns).scene(title, description, marks)
