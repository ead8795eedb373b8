"""Ports of a switch whose cable leads to no room below, plugged in at its upper edge.

They are tunnels and the like, cables to another switch of the host, cables whose
other end lies loose, and the host's own uplink.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..scene import Group, Line, Text, moved
from ..view import Cable, Socket
from ..words import word
from .pieces import SMALL_SOCKET, STATE_STYLES, cable_group, socket

_LANE = 12.0
_LOOSE_END = 18.0  # a loose end hangs so far above its switch
_ROW = 30.0  # height of the labels
_LIFT = 14.0  # of a label's base above its switch, over a tag
_FROM_END = 96.0  # where the way out leads in, from the switch's right end: left of its tag
_STEP = 20.0  # from socket to socket where there is no space for names
_COUNTED = 70.0  # width that is kept for the number of those without a place


@dataclass
class TopPorts:
    """What is plugged in at the upper edges."""

    ports: list[Socket]
    cables: list[Cable]  # those that join two of them
    loose: dict[str, Socket]  # the loose other end, by the id of the port
    language: str
    uplink: Socket | None  # the host's way out, if it is a port
    tagged: Mapping[str, float]  # the width of each switch's tag, which stands in the right end of its upper edge
    groups: list[Group] = field(default_factory=list)
    anchors: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def height(self) -> float:
        """What they need above the switches."""
        lanes = len(self.cables) + (self.uplink is not None)
        return (_ROW if self.ports else 0) + (_LANE * lanes + 8 if lanes else 0)

    def draw(self, edges: dict[str, tuple[float, float, float]], anchors: dict[str, tuple[float, float]]) -> None:
        """Place everything.

        Parameters
        ----------
        edges
            Left end, right end and height of the upper edge of each switch, by its id.
        anchors
            Where the uplink is, by its id.
        """
        kept_free = {self.uplink.master: edges[self.uplink.master][1] - _FROM_END} if self.uplink else {}
        for switch, (left, right, y) in edges.items():
            self._row(switch, left, right, y, kept_free.get(switch))
        top = min((edge[2] for edge in edges.values()), default=0) - (_ROW if self.ports else 0)
        for number, cable in enumerate(self.cables):
            self._join(cable, top - _LANE * number)
        if self.uplink:
            self._lead_in(
                self.uplink, edges[self.uplink.master], anchors[self.uplink.id], top - _LANE * len(self.cables)
            )

    def _row(self, switch: str, left: float, right: float, y: float, kept_free: float | None) -> None:
        """The ports of one switch: those with a cable first, and as many of the others as there is space for."""
        joined = {end.id for cable in self.cables for end in cable.ends}
        ports = sorted((port for port in self.ports if port.master == switch), key=lambda port: port.id not in joined)
        ends = [
            end
            for port in ports
            for end in ((port, y), *([(self.loose[port.id], y - _LOOSE_END)] if port.id in self.loose else []))
        ]
        x = left + 24
        right -= self.tagged.get(switch, 0)
        for number, (plug, height) in enumerate(ends):
            texts = self._label(plug, right - 14 - x - 14 - (0 if number == len(ends) - 1 else _COUNTED))
            if texts is None:
                self._rest(ends[number:], x, right, y)
                return
            end = x + 14 + texts[-1].extent[2]
            if kept_free is not None and x - 12 < kept_free < end + 12:
                end += kept_free + 24 - x
                x = kept_free + 24
            self._put(plug, x, height, texts)
            x = end + 24

    def _label(self, plug: Socket, room: float) -> tuple[Text, ...] | None:
        """What is written beside a port, in short where there is little space, or None if there is too little."""
        gone = plug.fate == "removed"
        name = Text(0, 0, plug.name, "code", "muted" if gone else "ink", struck=gone)
        if gone:
            return (name,) if name.extent[2] <= room else None
        for told in (self._told(plug), word(plug.condition, self.language)):
            state = Text(name.extent[2] + 8, 0, told, "text", STATE_STYLES[plug.condition])
            if state.extent[2] <= room:
                return name, state
        return (name,) if name.extent[2] <= room else None

    def _told(self, plug: Socket) -> str:
        """Kind, state, and where the other end is if no cable shows it."""
        kind = plug.kind if plug.kind != "veth" else ""
        joined = any(plug.id == end.id for cable in self.cables for end in cable.ends)
        far = plug.far_text if not joined else ""
        return " · ".join(filter(None, (kind, far, plug.remark, word(plug.condition, self.language))))

    def _put(self, plug: Socket, x: float, y: float, texts: tuple[Text, ...]) -> None:
        plugged = socket(x, y, plug.condition, ghost=plug.fate == "removed", size=SMALL_SOCKET)
        items = (*moved(texts, x + 14, y - _LIFT), *plugged)
        self.groups.append(Group(plug.id, "interface", "things", items, plug.details, plug.fate))
        self.anchors[plug.id] = (x, y)

    def _rest(self, ends: list[tuple[Socket, float]], x: float, right: float, y: float) -> None:
        """Those whose names have no place: sockets alone, and how many they are, or the count alone for very many.

        A cable to one without a socket ends beside the count.
        """
        plugs = [plug for plug, _ in ends]
        if x + _STEP * len(ends) + _COUNTED <= right:
            for plug, height in ends:
                self._put(plug, x, height, ())
                x += _STEP
        text = Text(x + 8, y - _LIFT, word("and more", self.language, len(plugs)), "text", "muted")
        details = "\n".join(plug.name for plug in plugs)
        self.groups.append(Group(f"{plugs[0].master}#more", "interfaces", "things", (text,), details))
        self.anchors |= {plug.id: (x, y) for plug in plugs if plug.id not in self.anchors}

    def _join(self, cable: Cable, lane: float) -> None:
        (x1, y1), (x2, y2) = (self.anchors[end.id] for end in cable.ends)
        points = ((x1, y1), (x1, lane), (x2, lane), (x2, y2))
        self.groups.append(cable_group(cable, points))

    def _lead_in(
        self, plug: Socket, edge: tuple[float, float, float], uplink: tuple[float, float], lane: float
    ) -> None:
        _, right, top = edge
        x, y = uplink
        end = right - _FROM_END
        if x - right < _FROM_END:  # no other switch is between
            points: tuple[tuple[float, float], ...] = ((x, y), (end, y), (end, top))
        else:
            points = ((x, y), (x - 7, y), (x - 7, lane), (end, lane), (end, top))
        gone = plug.fate == "removed"
        dot = socket(end, top, plug.condition, ghost=gone, size=SMALL_SOCKET)
        line = Line(points, "cable ghost" if gone else "plug", 8)
        self.groups.append(Group(f"{plug.id}~{plug.master}", "plug", "cables", (line,)))
        self.groups.append(Group(f"{plug.id}#port", "interface", "things", dot, plug.details, plug.fate))
