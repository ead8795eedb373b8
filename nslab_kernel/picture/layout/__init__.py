"""Where everything in a picture is: a view becomes a scene, by geometry alone."""

from __future__ import annotations

from collections.abc import Sequence

from ..scene import Scene
from ..view import View
from .assembly import Assembly
from .marks import Mark as Mark


def layout(view: View, title: str, description: str, marks: Sequence[Mark] = (), columns: int = 0) -> Scene:
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
        How many rooms stand side by side; 0 leaves it to what is shown.
    """
    return Assembly(view, columns).scene(title, description, marks)


def positions(view: View, columns: int = 0) -> dict[str, tuple[float, float]]:
    """Where each node of a view's graph is in the picture, as networkx wants it (``pos``).

    Parameters
    ----------
    view
        What is to be shown.
    columns
        How many rooms stand side by side.

    Returns
    -------
    dict
        For each node x and y in CSS pixels, y upwards from the picture's upper edge. An interface that the picture
        doesn't draw by itself, such as lo, is where its namespace is.
    """
    assembly = Assembly(view, columns)
    assembly.scene("", "", ())
    found = {}
    for node, data in view.lab.nodes(data=True):
        x, y = assembly.anchors.get(node) or assembly.anchors[data.get("namespace", node)]
        found[node] = x, -y
    return found
