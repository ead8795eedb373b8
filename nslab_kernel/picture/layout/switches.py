"""A bridge of the host as a switch: a long box with its name, addresses and state; cables leave it at the bottom."""

from __future__ import annotations

from ..metrics import width
from ..scene import Box, Group, Primitive, Text
from ..view import Socket
from ..words import word
from .pieces import STATE_STYLES, Piece, Writer, glow, tag


def switch(plug: Socket, wide: float, indent: float, hidden: int, language: str) -> Piece:
    """Draw one.

    Parameters
    ----------
    plug
        The bridge.
    wide
        Its length in CSS pixels.
    indent
        Where its text begins.
    hidden
        How many of its ports the picture leaves out.
    """
    gone = plug.fate == "removed"
    writer = Writer(indent, wide - 16, 6)
    state = word(plug.condition, language)
    writer.right -= width(state, "state") + 12
    writer.write(plug.name, "title", "ink", fate="removed" if gone else "", lead=4)
    mark = writer.end + 22, 19.0
    writer.right = wide - 16
    if not gone:
        writer.beside(state, "state", STATE_STYLES[plug.condition])
    _second_line(plug, writer, hidden, language)
    high = writer.y + 17
    items: list[Primitive] = [*glow(0, 0, wide, high, 10)] if plug.fate and not gone else []
    items += [Box(0, 0, wide, high, "ghost" if gone else f"switch {plug.condition}", 10), *writer.items]
    items += tag(wide - 14, 0, plug.fate, language) if plug.fate else ()
    group = Group(plug.id, "bridge", "things", tuple(items), plug.details, plug.fate)
    clear = max(item.extent[2] for item in writer.items if isinstance(item, Text) and item.anchor == "start")
    return Piece(
        wide,
        high,
        [group],
        {plug.id: mark, f"{plug.id}#text": (indent, high / 2), f"{plug.id}#clear": (clear, high / 2)},
    )


def _second_line(plug: Socket, writer: Writer, hidden: int, language: str) -> None:
    gone = plug.fate == "removed"
    kind = " · ".join(filter(None, (word("bridge", language), plug.remark)))
    if hidden:
        kind += " · " + word("others", language, hidden)
    if not plug.addresses:
        kind += " · " + word("no address", language)
    writer.write(kind, "text", "muted", lead=7)
    for address in plug.addresses:
        fate = "removed" if gone else address.fate if plug.fate != "new" else ""
        writer.follow(address.text, "address", "blue", fate=fate, gap=12)
    if plug.condition == "down" and not gone:
        # the command that it waits for
        writer.beside(f"ip link set {plug.name} up", "code", "muted")
