"""Parts that rooms, switches and notes are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ..metrics import FONTS, width, wrap
from ..scene import Box, Group, Line, Primitive, Text, moved
from ..view import Cable
from ..words import word

SOCKET = 18.0
SMALL_SOCKET = 13.0
STATE_STYLES = {"up": "good", "down": "bad", "no-carrier": "bad"}
_BEND = 9.0  # radius of a cable's corners
_TICK = ((-4.0, 0.0), (-1.0, 3.5), (5.0, -3.5))


@dataclass
class Piece:
    """Something of known size, drawn from its own top left corner."""

    width: float
    height: float
    groups: list[Group] = field(default_factory=list)
    anchors: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Where the sockets are, by id; and where a mark on a thing goes."""

    def at(self, x: float, y: float) -> Piece:
        """The same piece in its place."""
        groups = [replace(group, items=moved(group.items, x, y)) for group in self.groups]
        return Piece(self.width, self.height, groups, {key: (ax + x, ay + y) for key, (ax, ay) in self.anchors.items()})


def socket(x: float, y: float, condition: str, *, ghost: bool = False, size: float = SOCKET) -> tuple[Primitive, ...]:
    """A socket whose form tells its state: tick for up, cross for down, bar for up without carrier."""
    box = Box(x - size / 2, y - size / 2, size, size, f"socket {'ghost' if ghost else condition}", size / 4.5)
    if ghost:
        return (box,)
    scale = size / SOCKET
    if condition == "up":
        return box, Line(tuple((x + dx * scale, y + dy * scale) for dx, dy in _TICK), "glyph")
    if condition == "down":
        arm = 4 * scale
        return (
            box,
            Line(((x - arm, y - arm), (x + arm, y + arm)), "glyph"),
            Line(((x - arm, y + arm), (x + arm, y - arm)), "glyph"),
        )
    return box, Line(((x - 5 * scale, y), (x + 5 * scale, y)), "glyph no-carrier")


def tag_width(fate: str, language: str) -> float:
    """The width of the tag for a fate."""
    return width(word(fate, language), "tag") + 16


def tag(right: float, middle: float, fate: str, language: str, *, small: bool = False) -> tuple[Primitive, ...]:
    """A pill with the word for a fate, its right end and middle line given."""
    font, half, pad = ("small tag", 7.0, 6.0) if small else ("tag", 9.0, 8.0)
    wide = width(word(fate, language), font) + 2 * pad
    kind = "tag removed" if fate == "removed" else "tag"
    return (
        Box(right - wide, middle - half, wide, 2 * half, kind, half),
        Text(right - wide / 2, middle + half - 5 + small, word(fate, language), font, f"{kind} text", "middle"),
    )


def glow(
    x: float, y: float, wide: float, high: float, radius: float = 12, *, spread: float = 5
) -> tuple[Primitive, ...]:
    """The light around something new or changed."""
    size = x - spread, y - spread, wide + 2 * spread, high + 2 * spread
    return Box(*size, "glow", radius + spread), Box(*size, "glow edge", radius + spread)


def cable_group(cable: Cable, points: Iterable[tuple[float, float]], *, crosses: bool = False) -> Group:
    """A cable through points; one that crosses others is laid over them with a halo."""
    way = tuple(points)
    items = [Line(way, "cable halo", _BEND)] if crosses else []
    if cable.fate not in ("", "removed"):
        items.append(Line(way, "cable glow", _BEND))
    items.append(Line(way, f"cable {cable.style}", _BEND))
    details = " ⇄ ".join(f"{end.name} ({end.condition})" for end in cable.ends)
    return Group(cable.id, "cable", "cables", tuple(items), details, cable.fate)


@dataclass
class Writer:
    """Puts lines of text below each other, broken where they are too long."""

    x: float
    right: float
    y: float = 0  # the last line's base
    end: float = 0  # where its text ends
    items: list[Primitive] = field(default_factory=list)

    def write(self, text: str, font: str, style: str, *, fate: str = "", lead: float = 5) -> None:
        """One paragraph; one that is new lies on a pill, one that is gone is struck through."""
        for line in wrap(text, font, self.right - self.x):
            self.y += FONTS[font].size + lead
            self._put(self.x, line, font, style, fate)

    def follow(self, text: str, font: str, style: str, *, fate: str = "", gap: float = 10) -> None:
        """Go on in the present line if the text fits there, else in the next."""
        if self.end + gap + width(text, font) <= self.right:
            self._put(self.end + gap, text, font, style, fate)
        else:
            self.write(text, font, style, fate=fate)

    def beside(self, text: str, font: str, style: str, *, fate: str = "") -> bool:
        """Put a text at the right end of the present line; False if it doesn't fit there."""
        start = self.right - width(text, font)
        if start < self.end + 8:
            return False
        self._put(start, text, font, style, fate, at_end=True)
        return True

    def _put(self, x: float, text: str, font: str, style: str, fate: str, *, at_end: bool = False) -> None:
        wide, size = width(text, font), FONTS[font].size
        gone = fate == "removed"
        if fate and not gone:
            self.items.append(Box(x - 4, self.y - size - 0.5, wide + 8, size + 5.5, "pill", 4))
        # Where a font is narrower than foreseen, lines still end in line.
        place, anchor = (self.right, "end") if at_end else (x, "start")
        self.items.append(Text(place, self.y, text, font, "muted" if gone else style, anchor, gone))
        self.end = x + wide
