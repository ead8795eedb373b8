"""The cables in their courses, and the sockets and labels at their host ends."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from ..metrics import width
from ..scene import Group, Line, Primitive, Text, moved
from ..view import Socket
from ..words import word
from .cable_routing import Course, Plan
from .host_room import HostRoom
from .pieces import SMALL_SOCKET, SOCKET, STATE_STYLES, Writer, cable_group, socket
from .rooms import WIDTH
from .rows import CHANNEL, Rows
from .slots import Frame

_RADIUS = 7.0


def bundles(
    plan: Plan, frame: Frame, host: HostRoom, sockets: dict[str, tuple[float, float]], language: str
) -> tuple[list[Group], dict[str, tuple[float, float]]]:
    """Draw all trunks; also tell where the host ends of their cables are."""
    trunks: dict[tuple[str, int], list[Course]] = defaultdict(list)
    for course in plan.courses:
        trunks[course.start.socket.master, course.gutters[0]].append(course)
    groups: list[Group] = []
    anchors: dict[str, tuple[float, float]] = {}
    for (switch, gutter), courses in trunks.items():
        port = (frame.lane(gutter, 0), host.bases[switch])
        groups += _trunk(switch, gutter, courses, port, sockets)
        groups.append(_port(switch, courses, port, frame.column(gutter), language))
        anchors |= {course.start.socket.id: port for course in courses}
    return groups, anchors


def _trunk(
    switch: str, gutter: int, courses: list[Course], port: tuple[float, float], sockets: dict[str, tuple[float, float]]
) -> list[Group]:
    x = port[0]
    styles = {course.cable.style for course in courses}
    style = next(style for style in ("up", "down", "ghost") if style in styles)
    ends = {course.cable.id: sockets[course.end.socket.id] for course in courses}
    lowest = max(y for _, y in ends.values())
    groups = []
    for course in courses:
        cable, (right, y) = course.cable, ends[course.cable.id]
        way = ((x, y), (right, y)) if y < lowest else ((x, y - _RADIUS - 1), (x, y), (right, y))
        groups.append(cable_group(cable, way))
    trunk = Line((port, (x, lowest - _RADIUS)), f"bundle {style}")
    return [*groups, Group(f"{switch}|{gutter}", "bundle", "cables", (trunk,))]


def _port(switch: str, courses: list[Course], port: tuple[float, float], x: float, language: str) -> Group:
    """One socket for all ports of a trunk, and how many they are."""
    ends = [course.start.socket for course in courses if course.start.socket.fate != "removed"]
    down = sum(1 for end in ends if end.condition != "up")
    condition = "up" if down < len(ends) else "down"
    told = word("one port", language) if len(ends) == 1 else word("ports", language, len(ends))
    y = port[1] + 24
    items: list[Primitive] = [Text(x, y, told, "text", "ink")]
    if down:
        after = x + width(told, "text") + 8
        items.append(Text(after, y, word("not up", language, down), "text", STATE_STYLES["down"]))
    plugged = socket(*port, condition, ghost=not ends, size=SOCKET)
    details = "\n".join(f"{end.name}: {word(end.condition, language)}" for end in ends)
    return Group(f"{switch}|{courses[0].gutters[0]}", "ports", "things", (*items, *plugged), details)


_BELOW_SWITCH = 8.0
_ABOVE_WALL = 12.0


@dataclass(frozen=True, slots=True)
class Label:
    """Lines beside a socket, from their own top left corner."""

    items: tuple[Primitive, ...]
    height: float
    rise: float = 0  # of the lower edge above the host's lower wall
    at_wall: bool = False

    def beside(self, socket: tuple[float, float], x: float) -> tuple[Primitive, ...]:
        """The label of a socket, its left edge at ``x``."""
        if not self.at_wall:
            return moved(self.items, x, socket[1] + _BELOW_SWITCH)
        top = socket[1] - self.rise - self.height
        leader = Line((socket, (socket[0], top + 13), (x - 4, top + 13)), "leader", 4)
        return (leader, *moved(self.items, x, top))


def labels(plan: Plan, switches: set[str], language: str, *, relaxed: bool) -> dict[str, Label]:
    """The labels by the id of their host end.

    A port of a switch has one as long as its gutter has no other cable, and is named in
    the room at its other end otherwise. An end that is in no switch always has one, since
    nothing else tells about it; several in one gutter stand above each other.
    """
    leaving = [course for course in plan.courses if course.start.at_host and not course.cable.over]
    crowd = Counter(course.gutters[0] for course in leaving)
    made: dict[str, Label] = {}
    rises: dict[int, float] = {}
    for course in sorted(leaving, key=lambda course: _lane(plan, course)):
        plug, gutter = course.start.socket, course.gutters[0]
        if plug.master not in switches:
            items, height = _lines(plug, language, addresses=True)
            made[plug.id] = Label(items, height, rises.get(gutter, _ABOVE_WALL), at_wall=True)
            rises[gutter] = rises.get(gutter, _ABOVE_WALL) + height
        elif relaxed and len(course.gutters) == 1 and crowd[gutter] == 1:
            made[plug.id] = Label(*_lines(plug, language, addresses=bool(plug.addresses)))
    return made


def label_height(labels: dict[str, Label]) -> float:
    """Height that they need between the switches and the host's lower wall."""
    return max((label.rise + label.height + _BELOW_SWITCH for label in labels.values()), default=0)


def _lane(plan: Plan, course: Course) -> int:
    return plan.lanes[course.gutters[0], course.cable.id, 0]


def _lines(plug: Socket, language: str, *, addresses: bool) -> tuple[tuple[Primitive, ...], float]:
    gone = plug.fate == "removed"
    writer = Writer(0, WIDTH - 10)
    writer.write(plug.name, "code", "ink", fate="removed" if gone else "")
    told = [] if gone or (plug.condition == "up" and not addresses) else [word(plug.condition, language)]
    told += [plug.remark] if plug.remark else []
    if told:
        writer.follow(" · ".join(told), "text", STATE_STYLES[plug.condition])
    for address in plug.addresses if addresses else ():
        writer.write(address.text, "address", "blue", fate="removed" if gone else address.fate)
    return tuple(writer.items), writer.y + 5


@dataclass
class Wiring:
    """Everything that the cables of one grid need to know, and what becomes of them."""

    plan: Plan
    frame: Frame
    host: HostRoom
    rows: Rows
    labels: dict[str, Label]  # by the id of the host end
    tight: bool
    groups: list[Group] = field(default_factory=list)
    anchors: dict[str, tuple[float, float]] = field(default_factory=dict)
    ways: dict[frozenset[str], list[tuple[float, float]]] = field(default_factory=dict)

    def draw(self) -> None:
        """Lay every cable, the lowest first, so that those above cross over."""
        for course in sorted(self.plan.courses, key=lambda course: (course.cable.over, -course.order[1])):
            points = self._points(course)
            self.ways[frozenset(end.id for end in course.cable.ends)] = points[1:-1]
            self.groups.append(cable_group(course.cable, points, crosses=course.channel is not None))
            if course.start.at_host and not course.cable.over:
                self.groups.append(self._host_end(course, points[0]))

    def _points(self, course: Course) -> list[tuple[float, float]]:
        lanes = [
            self.frame.lane(gutter, self.plan.lanes[gutter, course.cable.id, part])
            for part, gutter in enumerate(course.gutters)
        ]
        finish = self.rows.anchors[course.end.socket.id]
        if course.cable.over and course.start.at_host:
            way = self._from_lower_device(course.start.socket.id, lanes[0])
        elif course.start.at_host:
            way = [(lanes[0], self.host.bases.get(course.start.socket.master, self.host.bottom))]
        else:
            start = self.rows.anchors[course.start.socket.id]
            way = [start, (lanes[0], start[1])]
        if course.channel is not None:
            y = self.rows.channels[course.channel] + CHANNEL * self.plan.crossings[course.channel, course.cable.id]
            way += [(lanes[0], y), (lanes[-1], y)]
        return [*way, (lanes[-1], finish[1]), finish]

    def _from_lower_device(self, lower: str, x: float) -> list[tuple[float, float]]:
        """From a switch, or along the inside of the host's lower wall from the socket in it; else from the wall."""
        if lower in self.host.bases:
            return [(x, self.host.bases[lower])]
        found = self.anchors.get(lower)
        if found is None:
            return [(x, self.host.bottom)]
        y = self.host.bottom - _ABOVE_WALL / 2
        return [(found[0], y), (x, y)]

    def _host_end(self, course: Course, at: tuple[float, float]) -> Group:
        """The socket where a cable leaves the host, and its label."""
        plug = course.start.socket
        x, y = at
        gone = plug.fate == "removed"
        plugged = socket(x, y, plug.condition, ghost=gone, size=SMALL_SOCKET if self.tight else SOCKET)
        found = self.labels.get(plug.id)
        label = found.beside(at, self.frame.column(course.gutters[0])) if found else ()
        self.anchors[plug.id] = (x, y)
        return Group(plug.id, "interface", "things", (*label, *plugged), plug.details, plug.fate)
