"""Where everything in a picture is: a view becomes a scene, by geometry alone."""

from __future__ import annotations

from collections.abc import Sequence

from ..scene import Scene
from ..view import View
from .assembly import Assembly
from .marks import Mark as Mark


def layout(view: View, title: str, description: str, marks: Sequence[Mark] = ()) -> Scene:
    """Lay out a picture.

    Parameters
    ----------
    view
        What is to be shown.
    title, description
        The picture in one line and in words, for who can't see it.
    marks
        Places to point at.
    """
    return Assembly(view).scene(title, description, marks)
