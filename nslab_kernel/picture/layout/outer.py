"""The world outside, drawn above the host and joined to its uplinks."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..scene import Box, Group, Text
from ..view import Cable, View
from ..words import word
from .courses import Course, End, Plan, assign, link
from .frame import Frame
from .rooms import Manner, furnish
from .rows import Rows
from .slots import beyond, ways_out

_HEADER = 36.0
_BELOW = 46.0


@dataclass
class Outer:
    """The rooms outside and what joins them."""

    plan: Plan = field(default_factory=Plan)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, view: View, columns: int) -> Outer:
        """Slots and courses."""
        leading = ways_out(view.host, columns)
        uplinks = {plug.id: columns - 1 - number for number, plug in enumerate(leading)}
        rooms = {room.id for room in view.outside}
        routers: dict[str, int] = {}
        for plug in leading:
            room = plug.far.partition("/")[0]
            if room in rooms:
                routers.setdefault(room, uplinks[plug.id])
        outer = cls(places=beyond(view.outside, columns, routers))
        for cable in view.cables:
            course = _course(cable, outer.places, uplinks)
            if course is not None:
                outer.plan.courses.append(course)
            elif rooms & set(cable.rooms):
                outer.plan.undrawn |= {end.id for end in cable.ends}
        assign(outer.plan)
        return outer

    def draw(self, view: View, frame: Frame, top: float) -> tuple[Rows, float]:
        """Place the rooms; return them and the host's upper wall."""
        told = {course.end.socket.id for course in self.plan.courses if course.start.at_host}
        manner = Manner(view.language, True, view.show_mac, told, self.plan.undrawn)
        pieces = {room.id: furnish(room, manner, lo=False) for room in view.outside}
        rows = Rows.of(pieces, self.places, frame, top + _HEADER + 6, self.plan)
        bottom = rows.bottom + 16
        size = frame.left, top, frame.right - frame.left, bottom - top
        title = Text(frame.left + 16, top + 24, word("outside", view.language), "title", "ink")
        walls = (Box(*size, "outside", 14), Box(*size, "outside frame", 14), title)
        rows.groups.insert(0, Group("outside", "outside", "ground", walls))
        return rows, bottom + _BELOW


def _course(cable: Cable, places: dict[str, tuple[int, int]], uplinks: dict[str, int]) -> Course | None:
    if all(room in places for room in cable.rooms):
        return link(cable, places)
    for near, far, room in ((*cable.ends, cable.rooms[1]), (*cable.ends[::-1], cable.rooms[0])):
        if near.id in uplinks and room in places:
            column, row = places[room]
            start, end = End(near), End(far, places[room])
            if column == uplinks[near.id]:
                return Course(cable, start, end, (column,), None, (-1, row))
            below = max(row for _, row in places.values()) + 1
            return Course(cable, start, end, (uplinks[near.id], column), below, (-1, row))
    return None
