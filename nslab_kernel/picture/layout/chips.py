"""Small boxes in the host's upper part: notes on what it does with packets, and interfaces with no better place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..metrics import width, wrap
from ..scene import Box, Group, Line, Primitive, Text
from ..view import Cable, ShownFact, Socket
from ..words import word
from .pieces import SMALL_SOCKET, STATE_STYLES, Piece, Writer, glow, socket, tag, tag_width

_HEIGHT = 26.0
_GAP = 10.0
_ROW_GAP = 14.0  # marks hang below sockets
_MOST_SINGLES = 8
_LOOSE = 34.0  # the length of a cable that lies about
_STYLES = {
    "forward": ("note", "good"),
    "unforward": ("note", "bad"),
    "drop": ("note drop", "bad"),
    "nat": ("note nat", "ink"),
}

Put = Callable[[Piece, float, float], None]


@dataclass
class Flow:
    """Puts pieces beside each other, row below row."""

    left: float
    right: float
    y: float  # of the present row
    put: Put
    x: float  # where the first row begins
    beside: tuple[float, float] = (0, 0)  # the right end of further rows, as far down as something stands beside them
    bottom: float = 0

    def __post_init__(self) -> None:
        self.bottom = self.y + _HEIGHT
        self._full = self.right

    def add(self, piece: Piece, *, at_right: bool = False) -> None:
        """The next piece, in this row if it fits; at its right end if so asked."""
        if self.x > self.left and self.x + piece.width > self.right:
            self.x, self.y = self.left, self.bottom + _ROW_GAP
            self.right = self.beside[0] if self.y < self.beside[1] else self._full
        if at_right:
            self.x = self.right - piece.width
        self.put(piece, self.x, self.y)
        self.x += piece.width + _GAP
        self.bottom = max(self.bottom, self.y + piece.height)


def note(fact: ShownFact, number: int, room: float, language: str) -> Piece:
    """One note, broken into lines where it is wider than ``room``."""
    font = "code" if fact.kind == "route" else "strong"
    frame, style = _STYLES.get(fact.kind, ("note", "ink"))
    gone = fact.fate == "removed"
    tagged = tag_width(fact.fate, language) + 8 if fact.fate else 0
    lines = wrap(fact.text, font, room - 24 - tagged)
    wide = max(width(line, font) for line in lines) + 24 + tagged
    high = _HEIGHT + 17 * (len(lines) - 1)
    items: list[Primitive] = [*glow(0, 0, wide, high, 8)] if fact.fate and not gone else []
    items.append(Box(0, 0, wide, high, "ghost" if gone else frame, 8))
    for row, line in enumerate(lines):
        items.append(Text(12, 17.5 + 17 * row, line, font, "muted" if gone else style, struck=gone))
    if fact.fate:
        items += tag(wide - 6, 13, fact.fate, language)
    identity, spot = f"host#{fact.kind}{number}", (wide + (11 if fact.fate else 0), high / 2)
    group = Group(identity, "note", "things", tuple(items), fact.details or fact.text, fact.fate)
    return Piece(wide, high, [group], {identity: spot, f"host#{fact.kind}": spot})


def singles(plugs: list[Socket], room: float, language: str) -> list[Piece]:
    """Interfaces with a box each, as long as they are few; the rest are counted."""
    shown = plugs if len(plugs) <= _MOST_SINGLES else plugs[: _MOST_SINGLES - 1]
    pieces = [_chip(plug, room, language) for plug in shown]
    if len(shown) < len(plugs):
        rest = plugs[len(shown) :]
        fate = "changed" if any(plug.fate for plug in rest) else ""
        fact = ShownFact(word("and more", language, len(rest)), fate, "more", "\n".join(plug.name for plug in rest))
        pieces.append(note(fact, 0, room, language))
    return pieces


def loose_pair(cable: Cable, room: float, language: str) -> Piece:
    """A cable with both ends lying in the host."""
    half = (room - _LOOSE) / 2
    one = _chip(cable.ends[0], half, language, paired=True, mirrored=True)
    other = _chip(cable.ends[1], half, language, paired=True).at(one.width + _LOOSE, 0)
    line = Line(((one.width, 13), (one.width + _LOOSE, 13)), f"cable {cable.style}")
    group = Group(cable.id, "cable", "cables", (line,), fate=cable.fate)
    wide, high = one.width + _LOOSE + other.width, max(one.height, other.height)
    return Piece(wide, high, [group, *one.groups, *other.groups], one.anchors | other.anchors)


def _chip(plug: Socket, room: float, language: str, *, paired: bool = False, mirrored: bool = False) -> Piece:
    """An interface in a box of its own, its socket in the left wall, or in the right one."""
    gone = plug.fate == "removed"
    writer = Writer(14, room - 14, -0.5)
    writer.write(plug.name, "name", "ink", fate="removed" if gone else "")
    kind = plug.kind if plug.kind != "veth" else ""
    for text in filter(None, (kind, "" if paired else plug.far_text, plug.remark)):
        writer.follow(text, "text", "muted", gap=8)
    for address in plug.addresses:
        writer.follow(address.text, "address", "blue", fate="removed" if gone else address.fate, gap=8)
    if not gone:
        writer.follow(word(plug.condition, language), "text", STATE_STYLES[plug.condition], gap=8)
    right = max(item.extent[2] for item in writer.items if isinstance(item, Text))
    tagged = tag_width(plug.fate, language) + 8 if plug.fate else 0
    if right + tagged + 8 > room and tagged:
        writer.y += 20
        right = max(right, writer.x + tagged) - tagged
    wide, high = right + tagged + 12, writer.y + 8.5
    items: list[Primitive] = [
        *writer.items,
        *(tag(wide - 10, writer.y - 4.5, plug.fate, language) if plug.fate else ()),
    ]
    walls = [*glow(0, 0, wide, high, 8)] if plug.fate and not gone else []
    walls.append(Box(0, 0, wide, high, "ghost" if gone else "note", 8))
    end = (wide if mirrored else 0.0, 13.0)
    plugged = socket(*end, plug.condition, ghost=gone, size=SMALL_SOCKET)
    group = Group(plug.id, "interface", "things", (*walls, *items, *plugged), plug.details, plug.fate)
    return Piece(wide, high, [group], {plug.id: end})
