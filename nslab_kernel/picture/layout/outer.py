"""The world outside, drawn above the host: the provider's router as a long box, the servers above it.

It is the inside turned upside down, and tells less, since its details aren't the lesson:
of each interface the first address, and no loopback, routes or rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..scene import Box, Group, Text
from ..view import Cable, Room, Socket, View
from ..words import word
from .cable_routing import Course, End, Plan, assign
from .lines import first_address
from .pieces import SMALL_SOCKET, SOCKET, STATE_STYLES, Piece, Writer, cable_group, socket
from .rooms import WIDTH, walled
from .rows import Rows
from .slots import Frame, way_out

_HEADER = 40.0
_ABOVE_ROUTER = 30.0
_BELOW = 16.0
_TO_HOST = 40.0

Point = tuple[float, float]


@dataclass
class Outer:
    """What is outside, and how it is joined."""

    router: Room | None
    servers: list[Room]
    uplink: Cable | None = None
    plan: Plan = field(default_factory=Plan)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    anchors: dict[str, Point] = field(default_factory=dict)
    tops: set[str] = field(default_factory=set)
    """Sockets in an upper edge."""
    ways: dict[frozenset[str], list[Point]] = field(default_factory=dict)

    @classmethod
    def of(cls, view: View, columns: int) -> Outer:
        """Sort the rooms outside, and give the servers slots and courses."""
        leading = way_out(view.host)
        name = leading.far.partition("/")[0] if leading else ""
        router = next((room for room in view.outside if room.id == name), None)
        outer = cls(router, [room for room in view.outside if room is not router])
        outer.places = {room.id: (n % columns, n // columns) for n, room in enumerate(outer.servers)}
        for cable in view.cables:
            if leading and leading in cable.ends and name in cable.rooms:
                outer.uplink = cable
            elif name in cable.rooms and set(cable.rooms) - {name} <= set(outer.places):
                outer.plan.courses.append(_course(cable, name, outer.places))
        assign(outer.plan)
        return outer

    def draw(self, view: View, frame: Frame, top: float) -> float:
        """Place everything; return the height of the host's upper wall."""
        joined = {end.id for course in self.plan.courses for end in course.cable.ends}
        pieces = {room.id: _server(room, joined, view.language) for room in self.servers}
        rows = Rows.of(pieces, self.places, frame, top + _HEADER, Plan(), 14)
        self.groups += rows.groups
        self.anchors |= rows.anchors
        bottom = rows.bottom
        if self.router:
            edge = rows.bottom + (_ABOVE_ROUTER if self.servers else 0)
            bottom = self._draw_router(self.router, frame, edge, view.language)
            self._draw_cables(frame, edge)
        bottom += _BELOW
        size = frame.left, top, frame.right - frame.left, bottom - top
        title = Text(frame.left + 16, top + 24, word("outside", view.language), "title", "ink")
        self.groups.append(
            Group("outside", "outside", "ground", (Box(*size, "outside", 14), Box(*size, "outside frame", 14), title))
        )
        if self.router and self.uplink:
            self._draw_uplink(self.router, frame, bottom - _BELOW, bottom + _TO_HOST)
        return bottom + _TO_HOST

    def _draw_router(self, room: Room, frame: Frame, top: float, language: str) -> float:
        left, right = frame.left + 12, frame.right - 12
        writer = Writer(frame.column(0), right - 20, top + 5)
        gone = room.fate == "removed"
        writer.write(room.title, "title", "ink", fate=room.fate if gone else "")
        for plug in room.plugs:
            if plug.addresses:
                _told(plug, writer, gone)
        high = writer.y + 13 - top
        wide = right - left
        items = tuple(item.moved(-left, -top) for item in writer.items)
        # Above the cables, so that a packet's way doesn't cross its text.
        walls = replace(walled(room, wide, high, items, language), layer="things")
        piece = Piece(wide, high, [walls], {room.id: (0.0, 0.0)})
        placed = piece.at(left, top)
        self.groups += placed.groups
        self.anchors |= placed.anchors | {plug.id: (left, top + high / 2) for plug in room.plugs}
        return top + high

    def _draw_cables(self, frame: Frame, edge: float) -> None:
        for course in self.plan.courses:
            gutter = course.gutters[0]
            x = frame.lane(gutter, self.plan.lanes[gutter, course.cable.id, 0])
            finish = self.anchors[course.end.socket.id]
            self.groups.append(cable_group(course.cable, ((x, edge), (x, finish[1]), finish)))
            self.ways[frozenset(end.id for end in course.cable.ends)] = [(x, finish[1])]
            self._plug(course.start.socket, (x, edge), SMALL_SOCKET)
            self.tops.add(course.start.socket.id)

    def _draw_uplink(self, room: Room, frame: Frame, edge: float, host: float) -> None:
        assert self.uplink is not None
        x = frame.lane(frame.columns - 1, 0)
        self.groups.append(cable_group(self.uplink, ((x, edge), (x, host))))
        self.ways[frozenset(end.id for end in self.uplink.ends)] = []
        self._plug(next(end for end in self.uplink.ends if end in room.plugs), (x, edge), SOCKET)

    def _plug(self, plug: Socket, at: Point, size: float) -> None:
        items = socket(*at, plug.condition, ghost=plug.fate == "removed", size=size)
        self.groups.append(Group(plug.id, "interface", "things", items, plug.details, plug.fate))
        self.anchors[plug.id] = at


def _course(cable: Cable, router: str, places: dict[str, tuple[int, int]]) -> Course:
    near, far = (0, 1) if cable.rooms[0] == router else (1, 0)
    column, row = places[cable.rooms[far]]
    # The lowest row is the nearest to the router.
    return Course(cable, End(cable.ends[near]), End(cable.ends[far], (column, row)), (column,), None, (1, -row))


def _server(room: Room, joined: set[str], language: str) -> Piece:
    """Its name, and of each interface the first address."""
    writer = Writer(18, WIDTH - 10, 2)
    gone = room.fate == "removed"
    writer.write(room.title, "name", "ink", fate=room.fate if gone else "", lead=5)
    parts: list[Group] = []
    anchors: dict[str, Point] = {room.id: (0.0, 0.0)}
    for plug in room.plugs:
        writer.end = writer.right
        _told(plug, writer, gone)
        if plug.id not in joined and plug.far:
            writer.write(plug.far_text, "code", "muted")
            continue
        anchors[plug.id] = (0.0, writer.y - 4.5)
        plugged = socket(*anchors[plug.id], plug.condition, ghost=gone or plug.fate == "removed", size=SMALL_SOCKET)
        parts.append(Group(plug.id, "interface", "things", plugged, plug.details, plug.fate))
    high = writer.y + 10
    return Piece(WIDTH, high, [walled(room, WIDTH, high, writer.items, language, small=True), *parts], anchors)


def _told(plug: Socket, writer: Writer, gone: bool) -> None:
    """An interface in a few words: its name, its first address, and its state if that isn't up."""
    fate = "removed" if gone else plug.fate
    writer.follow(plug.name, "code", "muted", fate=fate if gone else "", gap=24)
    if first_address(plug):
        writer.follow(first_address(plug), "code", "blue", fate=fate if gone else "", gap=8)
    if plug.condition != "up" and not gone:
        writer.follow(plug.condition, "text", STATE_STYLES[plug.condition], gap=8)
