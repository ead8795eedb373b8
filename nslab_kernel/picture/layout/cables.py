"""The cables in their courses, and the sockets and labels at their host ends."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..scene import Group
from .courses import Course, Plan
from .frame import Frame
from .host import HostRoom
from .labels import Label
from .pieces import SMALL_SOCKET, SOCKET, cable_group, socket
from .rows import CHANNEL, Rows


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
        for course in sorted(self.plan.courses, key=lambda course: -course.order[1]):
            points = self._points(course)
            self.ways[frozenset(end.id for end in course.cable.ends)] = points[1:-1]
            self.groups.append(cable_group(course.cable, points, crosses=course.channel is not None))
            if course.start.at_host:
                self.groups.append(self._host_end(course, points[0]))

    def _points(self, course: Course) -> list[tuple[float, float]]:
        lanes = [
            self.frame.lane(gutter, self.plan.lanes[gutter, course.cable.id, part])
            for part, gutter in enumerate(course.gutters)
        ]
        finish = self.rows.anchors[course.end.socket.id]
        if course.start.at_host:
            way = [(lanes[0], self.host.bases.get(course.start.socket.master, self.host.bottom))]
        else:
            start = self.rows.anchors[course.start.socket.id]
            way = [start, (lanes[0], start[1])]
        if course.channel is not None:
            y = self.rows.channels[course.channel] + CHANNEL * self.plan.crossings[course.channel, course.cable.id]
            way += [(lanes[0], y), (lanes[-1], y)]
        return [*way, (lanes[-1], finish[1]), finish]

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
