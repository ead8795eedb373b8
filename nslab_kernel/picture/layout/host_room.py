"""The host's room: its name, its ways out, notes, its own interfaces, and its switches."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...core.model.network import HOST
from ..scene import Box, Group, Text
from ..view import Cable, Fact, Room, Socket, View
from ..words import word
from .chips import Flow, loose_pair, note, singles
from .pieces import STATE_STYLES, Piece, Writer, socket
from .rooms import WIDTH
from .slots import Frame, Grid, way_out
from .switches import switch
from .topports import TopPorts

_HEADER = 42.0
_ROW = 30.0  # of notes; there is always space for one, so that the first moves nothing
_PAD = 16.0
_PORTS = 40.0  # below the switches, where their cables leave and have their labels


@dataclass
class HostRoom:
    """The host, drawn in its place."""

    top: float
    bottom: float = 0
    groups: list[Group] = field(default_factory=list)
    anchors: dict[str, tuple[float, float]] = field(default_factory=dict)
    edges: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    """Left end, right end and upper edge of each switch, by its id."""
    bases: dict[str, float] = field(default_factory=dict)
    """The lower edge of each switch."""
    tops: set[str] = field(default_factory=set)
    """Sockets in the upper edge of a switch."""

    def put(self, piece: Piece, x: float, y: float) -> None:
        """Add a piece in its place."""
        placed = piece.at(x, y)
        self.groups += placed.groups
        self.anchors |= placed.anchors


def host_room(view: View, grid: Grid, frame: Frame, top: float, drawn: set[str], labels: float) -> HostRoom:
    """Draw the host.

    Parameters
    ----------
    view, grid, frame
        What is shown, in which columns.
    top
        Its upper wall.
    drawn
        Ids of its sockets that a cable into a room below leaves from: those are the cables' to draw.
    labels
        Height needed below the switches if there are more labels than one in a row.
    """
    made = HostRoom(top)
    parts = _parts(view, drawn)
    upper = max(_title(view, made, frame.left + _PAD), _way_out(parts.way_out, frame, made, view), top + _HEADER + _ROW)
    leading = parts.way_out
    bridged = leading if leading and leading.master in grid.spans else None
    ports = TopPorts(parts.plugged, parts.patched, parts.loose, view.language, bridged)
    y = max(upper, _notes(view, parts, frame, made)) + 12 + ports.height
    made.bottom = _switches(view, grid, frame, y, made) + max(_PORTS if view.host.switches else 12, labels)
    ports.draw(made.edges, made.anchors)
    made.groups += ports.groups
    made.anchors |= ports.anchors
    made.tops = set(ports.anchors)
    size = frame.left, top, frame.right - frame.left, made.bottom - top
    made.groups.insert(0, Group(HOST, "namespace", "ground", (Box(*size, "host", 14), Box(*size, "frame", 14))))
    return made


@dataclass(frozen=True, slots=True)
class _Parts:
    """The host's own interfaces by where they are drawn."""

    way_out: Socket | None  # in the upper wall
    plugged: list[Socket]  # other ports without a room at their far end: at the upper edge of the switch
    patched: list[Cable]  # cables among those, or to a loose end
    loose: dict[str, Socket]  # the loose end, by the id of the port
    pairs: list[Cable]  # cables with both ends loose
    singles: list[Socket]  # whatever is left


def _parts(view: View, drawn: set[str]) -> _Parts:
    switches = {plug.id for plug in view.host.switches}
    leading = way_out(view.host)
    rest = [plug for plug in view.host.sockets if plug != leading and plug.id not in drawn]
    plugged = [plug for plug in rest if plug.master in switches]
    known = {plug.id for plug in rest}
    inner = [cable for cable in view.cables if all(end.id in known for end in cable.ends)]
    pairs = [cable for cable in inner if not any(end in plugged for end in cable.ends)]
    patched = [cable for cable in inner if cable not in pairs]
    loose = {
        one.id: other
        for cable in patched
        for one, other in (cable.ends, cable.ends[::-1])
        if one in plugged and other not in plugged
    }
    told = {end.id for cable in pairs for end in cable.ends} | {plug.id for plug in loose.values()}
    singles = [plug for plug in rest if plug not in plugged and plug.id not in told]
    return _Parts(leading, plugged, patched, loose, pairs, singles)


def _notes(view: View, parts: _Parts, frame: Frame, made: HostRoom) -> float:
    """Notes, loose cables and single interfaces, left of the ways out; return their lower edge."""
    left, right = frame.left + _PAD, frame.right - _PAD
    if parts.way_out:
        right = frame.column(frame.columns - 1) - frame.gutter
    flow = Flow(left, right, made.top + _HEADER, made.put)
    for number, fact in enumerate(_facts(view.host)):
        # NAT stands next to the way out, where it happens.
        beside_way_out = fact.kind == "nat" and parts.way_out is not None
        flow.add(note(fact, number, right - left, view.language), at_right=beside_way_out)
    for cable in parts.pairs:
        flow.add(loose_pair(cable, right - left, view.language))
    for piece in singles(parts.singles, right - left, view.language):
        flow.add(piece)
    if not view.rooms and not view.host.plugs and flow.x == left:
        text = Text(left, flow.y + 17.5, word("nothing", view.language), "text", "muted")
        made.groups.append(Group("nothing", "hint", "rooms", (text,)))
    return flow.bottom


def _facts(host: Room) -> list[Fact]:
    if host.loopback and host.loopback.text == "down":
        return [Fact("lo down", host.loopback.fate, "drop"), *host.facts]
    return list(host.facts)


def _title(view: View, made: HostRoom, x: float) -> float:
    writer = Writer(x, x + 420, made.top + 8)
    writer.write(view.host.title, "title", "ink")
    writer.follow(word("host", view.language), "subtitle", "muted", gap=14)
    made.groups.append(Group(HOST, "namespace", "rooms", tuple(writer.items), view.host.details))
    made.anchors[HOST] = (writer.end + 24, made.top + 24)
    return writer.y


def _way_out(plug: Socket | None, frame: Frame, made: HostRoom, view: View) -> float:
    """The uplink in the upper wall, its lines at its right; return their lower edge."""
    if plug is None:
        return made.top
    column = frame.columns - 1
    x, gone = frame.lane(column, 0), plug.fate == "removed"
    writer = Writer(frame.column(column), frame.column(column) + WIDTH - 16, made.top + 8)
    writer.write(plug.name, "name", "ink", fate=plug.fate)
    if not gone and (plug.condition != "up" or not plug.addresses):
        writer.follow(word(plug.condition, view.language), "text", STATE_STYLES[plug.condition])
    for address in plug.addresses:
        writer.write(address.text, "address", "blue", fate="removed" if gone else address.fate)
    if plug.remark:
        writer.write(plug.remark, "text", "muted")
    if view.show_mac and plug.mac:
        writer.write(plug.mac, "fine", "muted")
    items = (*writer.items, *socket(x, made.top, plug.condition, ghost=gone))
    made.groups.append(Group(plug.id, "interface", "things", items, plug.details, plug.fate))
    made.anchors[plug.id] = (x, made.top)
    return writer.y


def _switches(view: View, grid: Grid, frame: Frame, top: float, made: HostRoom) -> float:
    """Each above its columns; return the lowest edge."""
    hidden = dict(view.hidden)
    for plug in view.host.switches:
        first, last = grid.spans[plug.id]
        left = frame.column(first) - frame.gutter + 12
        right = frame.right - 12 if last == frame.columns - 1 else frame.column(last + 1) - frame.gutter - 6
        piece = switch(plug, right - left, frame.column(first) - left, hidden.get(plug.id, 0), view.language)
        made.put(piece, left, top)
        made.edges[plug.id] = left, right, top
        made.bases[plug.id] = top + piece.height
    return max(made.bases.values(), default=top)
