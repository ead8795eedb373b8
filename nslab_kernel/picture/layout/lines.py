"""Namespaces as one line each: name, address, state; for labs with many of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..metrics import width
from ..scene import Group, Text
from ..view import Room, Socket
from ..words import word
from .pieces import SMALL_SOCKET, STATE_STYLES, Piece, Writer, socket
from .rooms import WIDTH, Manner, walled

_START = 16.0
_END = WIDTH - 10
_LINE = 20.0


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the addresses of all rooms start; 0 if they don't fit beside the names."""

    address: float

    @classmethod
    def fitting(cls, rooms: Iterable[Room], language: str) -> Columns:
        """Columns that fit every room."""
        shown = list(rooms)
        names = [width(room.title, "name") for room in shown]
        names += [width(plug.name, "fine") for room in shown if len(room.plugs) > 1 for plug in room.plugs]
        start = _START + max(names, default=0) + 10
        widest = max(
            (
                width(first_address(plug), "code") + 8 + width(word(plug.condition, language), "text")
                for room in shown
                for plug in room.plugs
            ),
            default=0,
        )
        return cls(start if start + widest <= _END else 0)


def line_room(room: Room, columns: Columns, manner: Manner) -> Piece:
    """Draw a room as a line, or with a further one for each interface where it has several."""
    writer = Writer(_START, _END, 4.5)
    gone = room.fate == "removed"
    writer.write(room.title, "name", "ink", fate="removed" if gone else "", lead=0)
    anchors: dict[str, tuple[float, float]] = {}
    parts: list[Group] = []
    for plug in room.plugs:
        if len(room.plugs) > 1:
            writer.y += _LINE
            writer.items.append(Text(_START, writer.y, plug.name, "fine", "muted" if gone else "ink", struck=gone))
        anchors[plug.id] = (0.0, writer.y - 4.5)
        _entry(plug, writer, columns, manner)
        plugged = socket(
            0, anchors[plug.id][1], plug.condition, ghost=plug.fate == "removed" or gone, size=SMALL_SOCKET
        )
        parts.append(Group(plug.id, "interface", "things", plugged, plug.details, plug.fate))
    if not room.plugs:
        told = word("no cable", manner.language)
        if writer.end + 8 + width(told, "text") > _END:
            writer.y += _LINE
        _state(writer, told, "muted")
    high = writer.y + 8.5
    walls = walled(room, WIDTH, high, writer.items, manner.language, small=True)
    return Piece(WIDTH, high, [walls, *parts], {**anchors, room.id: (0.0, 0.0)})


def _entry(plug: Socket, writer: Writer, columns: Columns, manner: Manner) -> None:
    """Address and state of one interface, on the present line if there is a place for both."""
    gone = plug.fate == "removed"
    style = "muted" if gone else "blue"
    if not gone:
        _state(writer, word(plug.condition, manner.language), STATE_STYLES[plug.condition])
    if first_address(plug) and columns.address:
        writer.items.append(Text(columns.address, writer.y, first_address(plug), "code", style, struck=gone))
    elif first_address(plug):
        writer.write(first_address(plug), "code", style, fate="removed" if gone else "", lead=6)
    if plug.id in manner.undrawn:
        writer.write(plug.far_text, "code", "muted", lead=6)


def _state(writer: Writer, told: str, style: str) -> None:
    writer.items.append(Text(_END, writer.y, told, "text", style, "end"))


def first_address(plug: Socket) -> str:
    """The first address, and how many more there are."""
    shown = [address.text for address in plug.addresses if address.fate != "removed"]
    return shown[0] + (f" +{len(shown) - 1}" if len(shown) > 1 else "") if shown else ""
