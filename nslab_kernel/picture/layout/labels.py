"""What is written beside the host ends of cables."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ..scene import Line, Primitive, moved
from ..view import Socket
from ..words import word
from .courses import Course, Plan
from .pieces import STATE_STYLES, Writer
from .rooms import WIDTH

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
    leaving = [course for course in plan.courses if course.start.at_host]
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
