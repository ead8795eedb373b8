"""A picture as plain geometry, for any renderer.

Lengths are CSS pixels, the origin is the top left corner, y grows downwards.
Styles and fonts are names: `style` says what they look like, `metrics` how big they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .metrics import FONTS, width

LAYERS = ("ground", "rooms", "cables", "things", "marks")
"""The order in which groups are painted."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with round corners."""

    x: float
    y: float
    width: float
    height: float
    style: str
    radius: float = 0

    def moved(self, dx: float, dy: float) -> Box:
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, its corners rounded."""

    points: tuple[tuple[float, float], ...]
    style: str
    radius: float = 0

    def moved(self, dx: float, dy: float) -> Line:
        return replace(self, points=tuple((x + dx, y + dy) for x, y in self.points))


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text, placed by its baseline."""

    x: float
    y: float
    text: str
    font: str
    style: str
    anchor: str = "start"  # start, middle, end
    struck: bool = False

    def moved(self, dx: float, dy: float) -> Text:
        return replace(self, x=self.x + dx, y=self.y + dy)

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the space that it takes at most."""
        size = FONTS[self.font].size
        wide = width(self.text, self.font)
        left = self.x - {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]
        return left, self.y - 0.93 * size, left + wide, self.y + 0.24 * size


Primitive = Box | Line | Text


@dataclass(frozen=True, slots=True)
class Group:
    """The primitives of one thing of the lab, painted in their order."""

    id: str
    kind: str  # namespace, interface, bridge, cable, note, mark, caption, ...
    layer: str
    items: tuple[Primitive, ...]
    details: str = ""  # what a pointer over it shows
    fate: str = ""  # new, changed, removed


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole picture."""

    width: float
    height: float
    groups: tuple[Group, ...]
    title: str
    description: str
    language: str
    caption: tuple[str, ...] = ()
    """What is written below it, a paragraph each; the last group says the same."""
    body: float = 0
    """Its height without the caption."""

    def without_caption(self) -> Scene:
        """The same for a page, which writes the caption itself: as text it is never too small to read."""
        groups = tuple(group for group in self.groups if group.kind != "caption")
        return replace(self, groups=groups, height=self.body)

    def painted(self) -> list[Group]:
        """The groups in painting order."""
        return sorted(self.groups, key=lambda group: LAYERS.index(group.layer))


def moved(items: Iterable[Primitive], dx: float, dy: float) -> tuple[Primitive, ...]:
    """The same primitives somewhere else."""
    return tuple(item.moved(dx, dy) for item in items)
