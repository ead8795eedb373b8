"""A bridge of the host as a switch: a long box with its name, addresses and state; cables leave it at the bottom."""

from __future__ import annotations

from ..metrics import width
from ..scene import Box, Group, Primitive
from ..view import Socket
from ..words import word
from .pieces import STATE_STYLES, Piece, Writer, glow, tag
from .rooms import brief

_LANE = 28.0  # below the text, where packets go


def switch(plug: Socket, wide: float, indent: float, hidden: int, language: str, *, facts: bool = False) -> Piece:
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
    facts
        Whether to leave out the command that it waits for.
    """
    gone = plug.fate == "removed"
    state = word(plug.condition, language)
    reserved = 0 if gone else width(state, "state") + 12
    writer = Writer(indent, wide - 16 - reserved, 6)
    writer.write(plug.name, "title", "ink", fate="removed" if gone else "", lead=4)
    base = writer.y
    _kind_and_addresses(plug, writer, hidden, language)
    lane = writer.y + 3 + _LANE / 2
    if not gone:
        items_at_right = Writer(indent, wide - 16, base)
        items_at_right.beside(state, "state", STATE_STYLES[plug.condition])
        if (
            plug.condition == "down" and not facts
        ):  # no packet goes through, so there is space for the command that it waits for
            items_at_right.y = lane + 7
            items_at_right.end = indent
            items_at_right.beside(f"ip link set {plug.name} up", "code", "muted")
        writer.items += items_at_right.items
    high = writer.y + _LANE + 6
    items: list[Primitive] = [*glow(0, 0, wide, high, 10)] if plug.fate and not gone else []
    items += [Box(0, 0, wide, high, "ghost" if gone else f"switch {plug.condition}", 10), *writer.items]
    items += tag(wide - 14, 0, plug.fate, language) if plug.fate else ()
    group = Group(plug.id, "bridge", "things", tuple(items), plug.details, plug.fate)
    return Piece(wide, high, [group], {plug.id: (indent + 11, lane), f"{plug.id}#lane": (indent, lane)})


def _kind_and_addresses(plug: Socket, writer: Writer, hidden: int, language: str) -> None:
    gone = plug.fate == "removed"
    kind = " · ".join(filter(None, (word("bridge", language), plug.remark)))
    if hidden:
        kind += " · " + word("others", language, hidden)
    if not plug.addresses:
        kind += " · " + word("no address", language)
    writer.follow(kind, "text", "muted")
    shown, more = brief(plug.addresses)
    for address in shown:
        fate = "removed" if gone else address.fate if plug.fate != "new" else ""
        writer.follow(address.text, "address", "blue", fate=fate)
    if more:
        writer.follow(f"+{more}", "code", "muted", gap=6)
