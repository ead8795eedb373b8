"""The host's room: its name, its ways out, notes, its own interfaces, and its switches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ...core.model.network import HOST
from ..metrics import width
from ..scene import Box, Group, Text
from ..view import Cable, Room, ShownFact, Socket, View
from ..words import word
from .chips import Flow, loose_pair, note, singles
from .pieces import STATE_STYLES, Piece, Writer, socket, tag_width
from .rooms import brief
from .slots import Frame, Grid, way_out
from .switches import switch
from .topports import TopPorts

_HEADER = 42.0  # the name, and notes beside it
_WAY_OUT = 34.0  # the way out, and more notes beside it
_AXIS = 24.0  # from the upper edge of that to the way out's socket
_PAD = 16.0
_PORTS = 30.0  # below the switches, where their cables leave and have their labels


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
    axis: float = 0
    """Where the way out crosses the right wall."""

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
    begin = _title(view, made, frame.left + _PAD)
    end = _way_out(parts.way_out, frame, made, view)
    upper = top + _HEADER + (_WAY_OUT if parts.way_out else 0)
    leading = parts.way_out
    bridged = leading if leading and leading.master in grid.spans else None
    tagged = {plug.id: tag_width(plug.fate, view.language) for plug in view.host.switches if plug.fate}
    ports = TopPorts(parts.plugged, parts.patched, parts.loose, view.language, bridged, tagged)
    y = max(upper, _notes(view, parts, frame, made, (begin, end)) + 8) + ports.height
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

    way_out: Socket | None  # in the right wall
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


def _notes(view: View, parts: _Parts, frame: Frame, made: HostRoom, beside: tuple[float, float]) -> float:
    """Notes, loose cables and single interfaces, from beside the name on; return their lower edge.

    ``beside`` is the right end of the name, and the left end of the way out.
    """
    left, right = frame.left + _PAD, frame.right - _PAD
    flow = Flow(left, right, made.top + 9, made.put, beside[0], (min(right, beside[1]), made.axis + 10))
    narrow = min(right, beside[1]) - left
    for number, fact in enumerate(_facts(view.host)):
        # NAT stands next to the way out, where it happens.
        beside_way_out = fact.kind == "nat" and parts.way_out is not None
        flow.add(note(fact, number, narrow, view.language), at_right=beside_way_out)
    for cable in parts.pairs:
        flow.add(loose_pair(cable, narrow, view.language))
    for piece in singles(parts.singles, narrow, view.language):
        flow.add(piece)
    if not view.rooms and not view.host.plugs and flow.x == beside[0]:
        text = Text(left, made.top + _HEADER + 17.5, word("nothing", view.language), "text", "muted")
        made.groups.append(Group("nothing", "hint", "rooms", (text,)))
        return made.top + _HEADER + 26
    return flow.bottom


def _facts(host: Room) -> list[ShownFact]:
    facts = _with_counted_defaults(host.facts)
    if host.loopback and host.loopback.text == "down":
        return [ShownFact("lo down", host.loopback.fate, "drop"), *facts]
    return facts


def _with_counted_defaults(facts: Sequence[ShownFact]) -> list[ShownFact]:
    """Of several default routes with the same fate, as of IPv4 and IPv6, the first; the others are counted."""
    defaults: dict[str, list[ShownFact]] = {}
    for fact in facts:
        if fact.kind == "route" and fact.text.startswith("default "):
            defaults.setdefault(fact.fate, []).append(fact)
    shown = []
    for fact in facts:
        alike = defaults.get(fact.fate, []) if fact.kind == "route" else []
        if fact not in alike or len(alike) == 1:
            shown.append(fact)
        elif fact is alike[0]:
            details = "\n".join(each.details or each.text for each in alike)
            shown.append(replace(fact, text=f"{fact.text} +{len(alike) - 1}", details=details))
    return shown


def _title(view: View, made: HostRoom, x: float) -> float:
    """The host's name; return where a note beside it may begin: after a mark."""
    writer = Writer(x, x + 420, made.top + 6)
    writer.write(view.host.title, "title", "ink")
    writer.follow(word("host", view.language), "subtitle", "muted", gap=14)
    made.groups.append(Group(HOST, "namespace", "rooms", tuple(writer.items), view.host.details))
    made.anchors[HOST] = (writer.end + 20, made.top + 22)
    return writer.end + 40


def _way_out(plug: Socket | None, frame: Frame, made: HostRoom, view: View) -> float:
    """The uplink in the right wall, its lines above the way to it; return their left end."""
    if plug is None:
        return frame.right
    gone, right = plug.fate == "removed", frame.right - _PAD
    made.axis = made.top + _HEADER + _AXIS
    shown, more = brief(plug.addresses)
    told = [(plug.name, "name", "ink", "removed" if gone else plug.fate)]
    told += [(address.text, "address", "blue", "removed" if gone else address.fate) for address in shown]
    told += [(f"+{more}", "code", "muted", "")] if more else []
    if not gone and (plug.condition != "up" or not plug.addresses):
        told.append((word(plug.condition, view.language), "text", STATE_STYLES[plug.condition], ""))
    told += [(plug.remark, "text", "muted", "")] if plug.remark else []
    told += [(plug.mac, "fine", "muted", "")] if view.show_mac and plug.mac else []
    left = max(frame.left + _PAD, right - sum(width(text, font) + 10 for text, font, _, _ in told))
    writer = Writer(left, right, made.top + _HEADER - 10)
    writer.write(*told[0][:3], fate=told[0][3], lead=5)
    for text, font, style, fate in told[1:]:
        writer.follow(text, font, style, fate=fate)
    at = frame.right, made.axis
    items = (*writer.items, *socket(*at, plug.condition, ghost=gone))
    made.groups.append(Group(plug.id, "interface", "things", items, plug.details, plug.fate))
    made.anchors[plug.id] = at
    return left - 12


def _switches(view: View, grid: Grid, frame: Frame, top: float, made: HostRoom) -> float:
    """Each above its columns; return the lowest edge."""
    hidden = dict(view.hidden)
    for plug in view.host.switches:
        first, last = grid.spans[plug.id]
        left = frame.column(first) - frame.gutter + 12
        right = frame.right - 12 if last == frame.columns - 1 else frame.column(last + 1) - frame.gutter - 6
        indent, ports_hidden = frame.column(first) - left, hidden.get(plug.id, 0)
        piece = switch(plug, right - left, indent, ports_hidden, view.language, facts=view.facts)
        made.put(piece, left, top)
        made.edges[plug.id] = left, right, top
        made.bases[plug.id] = top + piece.height
    return max(made.bases.values(), default=top)
