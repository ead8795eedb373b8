"""The world outside, drawn at the right of the host: the provider's router, and the servers below it.

It tells less than the inside, since its details aren't the lesson: of each interface the first address, and no
loopback, routes or rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ..metrics import width
from ..scene import Box, Group, Text
from ..view import Cable, Room, Socket, View
from ..words import word
from .host_room import HostRoom
from .lines import first_address
from .pieces import SMALL_SOCKET, SOCKET, STATE_STYLES, Piece, Writer, cable_group, socket
from .rooms import walled
from .slots import way_out

_PAD = 12.0
_HEADER = 32.0
_INDENT = 38.0  # of the router's text: marks stand before it, on the way in
_SERVER = 152.0  # the least width of a server
_LANES = 30.0  # the width of all lanes
_LANE = 11.0  # from lane to lane, where there are few
_BELOW_ROUTER = 24.0
_BETWEEN = 8.0

Point = tuple[float, float]


@dataclass
class Outer:
    """What is outside, and how it is joined."""

    router: Room | None
    servers: list[Room]
    uplink: Cable | None = None
    links: list[tuple[Cable, Socket, Socket]] = field(default_factory=list)
    """The router's cables, each with its end there and its end at a server, in the order of the servers."""
    groups: list[Group] = field(default_factory=list)
    anchors: dict[str, Point] = field(default_factory=dict)
    beside: dict[str, float] = field(default_factory=dict)
    """The ends of the uplink, each with the direction in which its own namespace lies."""
    ways: dict[frozenset[str], list[Point]] = field(default_factory=dict)

    @classmethod
    def of(cls, view: View) -> Outer:
        """Sort the rooms outside, and the cables between them."""
        leading = way_out(view.host)
        name = leading.far.partition("/")[0] if leading else ""
        router = next((room for room in view.outside if room.id == name), None)
        outer = cls(router, [room for room in view.outside if room is not router])
        order = {room.id: number for number, room in enumerate(outer.servers)}
        for cable in view.cables:
            if leading and leading in cable.ends and name in cable.rooms:
                outer.uplink = cable
            elif name in cable.rooms and set(cable.rooms) - {name} <= set(order):
                near, far = (0, 1) if cable.rooms[0] == name else (1, 0)
                outer.links.append((cable, cable.ends[near], cable.ends[far]))
        outer.links.sort(key=lambda link: order.get(link[2].id.partition("/")[0], 0))
        return outer

    def draw(self, view: View, wall: float, distance: float, host: HostRoom) -> tuple[float, float]:
        """Place everything.

        Parameters
        ----------
        wall
            The host's right wall.
        distance
            From there to the outside.
        host
            Whose way out leads here.

        Returns
        -------
        tuple of float
            The right wall, and the lower edge.
        """
        left, top = wall + distance, host.top
        joined = {end.id for link in self.links for end in link[1:]}
        of_server = max([_SERVER, *(width(first_address(p), "code") + 60 for room in self.servers for p in room.plugs)])
        servers = [_server(room, of_server, joined, view.language) for room in self.servers]
        wide = of_server + _LANES + _PAD
        axis = host.axis or top + _HEADER + 26
        bottom = top + _HEADER
        if self.router:
            bottom = self._draw_router(self.router, (left + _PAD, left + _PAD + wide), axis, view.language)
        edge, bottom = bottom, bottom + (_BELOW_ROUTER - _BETWEEN if self.router else 0)
        for piece in servers:
            placed = piece.at(left + _PAD + wide - piece.width, bottom + _BETWEEN)
            self.groups += placed.groups
            self.anchors |= placed.anchors
            bottom += _BETWEEN + piece.height
        self._draw_cables(edge)
        right, bottom = left + wide + 2 * _PAD, max(bottom + _PAD, host.bottom)
        size = left, top, right - left, bottom - top
        title = Text(left + 16, top + 22, word("outside", view.language), "title", "ink")
        self.groups.append(
            Group("outside", "outside", "ground", (Box(*size, "outside", 14), Box(*size, "outside frame", 14), title))
        )
        if self.router and self.uplink:
            self._draw_uplink(self.router, (wall, left + _PAD), axis)
        return right, bottom

    def _draw_router(self, room: Room, span: tuple[float, float], axis: float, language: str) -> float:
        """The router around the axis of the way out; return its lower edge."""
        left, right = span
        top = axis - 25
        gone = room.fate == "removed"
        writer = Writer(_INDENT, right - left - 8, 5)
        writer.write(room.title, "title", "ink", fate=room.fate if gone else "", lead=3)
        plugs = [plug for plug in room.plugs if plug.addresses]
        ours = next((plug for plug in plugs if self.uplink and plug in self.uplink.ends), plugs[0] if plugs else None)
        if ours:
            _told(ours, writer, gone, sum(len(plug.addresses) for plug in plugs) - len(ours.addresses))
        for plug in room.plugs:
            if plug is not ours and plug.condition != "up" and not gone:
                writer.write(plug.name, "code", "muted", lead=4)
                writer.follow(word(plug.condition, language), "text", STATE_STYLES[plug.condition], gap=8)
        wide, high = right - left, max(writer.y + 11, 50.0)
        # Above the cables, so that a packet's way doesn't cross its text.
        walls = replace(walled(room, wide, high, writer.items, language), layer="things")
        placed = Piece(wide, high, [walls], {room.id: (_INDENT - 15, 25.0)}).at(left, top)
        self.groups += placed.groups
        self.anchors |= placed.anchors | {plug.id: (left, axis) for plug in room.plugs}
        return top + high

    def _draw_cables(self, edge: float) -> None:
        """From the router's lower edge, down a lane each; the highest server has the lane next to it."""
        distance = min(_LANE, (_LANES - 8) / max(len(self.links) - 1, 1))
        for number, (cable, near, far) in enumerate(self.links):
            finish = self.anchors[far.id]
            x = finish[0] - 14 - distance * number
            way = ((x, edge), (x, finish[1]), finish)
            self.groups.append(cable_group(cable, way))
            self.ways[frozenset(end.id for end in cable.ends)] = [(x, finish[1])]
            self._plug(near, (x, edge), SMALL_SOCKET)

    def _draw_uplink(self, room: Room, span: tuple[float, float], axis: float) -> None:
        assert self.uplink is not None
        one, other = ((x, axis) for x in span)
        self.groups.append(cable_group(self.uplink, (one, other)))
        self.ways[frozenset(end.id for end in self.uplink.ends)] = []
        for end in self.uplink.ends:
            self.beside[end.id] = 1 if end in room.plugs else -1
        self._plug(next(end for end in self.uplink.ends if end in room.plugs), other, SOCKET)

    def _plug(self, plug: Socket, at: Point, size: float) -> None:
        items = socket(*at, plug.condition, ghost=plug.fate == "removed", size=size)
        self.groups.append(Group(plug.id, "interface", "things", items, plug.details, plug.fate))
        self.anchors[plug.id] = at


def _server(room: Room, wide: float, joined: set[str], language: str) -> Piece:
    """Its name, and of each interface the first address."""
    gone = room.fate == "removed"
    writer = Writer(18, wide - 8, 1)
    writer.write(room.title, "name", "ink", fate=room.fate if gone else "", lead=4)
    parts: list[Group] = []
    anchors: dict[str, Point] = {room.id: (0.0, 0.0)}
    for plug in room.plugs:
        writer.end = writer.right
        _told(plug, writer, gone, named=len(room.plugs) > 1)
        if plug.id not in joined and plug.far:
            writer.write(plug.far_text, "code", "muted")
            continue
        anchors[plug.id] = (0.0, writer.y - 4.5)
        plugged = socket(*anchors[plug.id], plug.condition, ghost=gone or plug.fate == "removed", size=SMALL_SOCKET)
        parts.append(Group(plug.id, "interface", "things", plugged, plug.details, plug.fate))
    high = writer.y + 8
    return Piece(wide, high, [walled(room, wide, high, writer.items, language, small=True), *parts], anchors)


def _told(plug: Socket, writer: Writer, gone: bool, more: int = 0, *, named: bool = False) -> None:
    """An interface in a few words: its first address, how many there are besides, and its state if that isn't up."""
    fate = "removed" if gone else plug.fate
    writer.end = writer.right
    address = first_address(plug)
    if more and address:
        first, _, others = address.partition(" +")
        address = f"{first} +{int(others or 0) + more}"
    for text, font, style in _words(plug, address, named):
        writer.follow(text, font, style, fate=fate if gone or style == "blue" else "", gap=8)
    if plug.condition != "up" and not gone:
        writer.follow(plug.condition, "text", STATE_STYLES[plug.condition], gap=8)


def _words(plug: Socket, address: str, named: bool) -> Iterator[tuple[str, str, str]]:
    if named or not address:
        yield plug.name, "code", "muted"
    if address:
        yield address, "code", "blue"
