"""The whole picture, put together from top to bottom: outside, host, rooms, caption."""

from __future__ import annotations

from collections.abc import Sequence

from ..scene import Group, Scene
from ..view import View
from .cables import CHANNEL, Wiring
from .courses import Plan, plan
from .frame import Frame
from .host import host_room
from .labels import Label, label_height, labels
from .marks import Mark
from .pieces import Piece, Writer
from .rooms import Manner, furnish
from .slots import grid

_MOST_ROWS = 3  # of rooms with a few lines each; more rooms have one line each
_BELOW_HOST = 44.0
_BETWEEN_ROWS = 28.0
_TOP = 16.0


class Assembly:
    """One picture under construction."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.grid = grid(view)
        self.groups: list[Group] = []
        self.anchors: dict[str, tuple[float, float]] = {}
        self.sockets: dict[str, tuple[float, float]] = {}

    def scene(self, title: str, description: str, marks: Sequence[Mark]) -> Scene:
        """Put everything in its place."""
        view = self.view
        courses = plan(view, self.grid, bundled=False)
        frame = Frame.of(self.grid.columns, courses.most_lanes)
        relaxed = self.grid.rows <= 1
        found = labels(courses, set(self.grid.spans), view.language, relaxed=relaxed)
        drawn = {course.start.socket.id for course in courses.courses if course.start.at_host}
        host = host_room(view, self.grid, frame, _TOP, drawn, label_height(found))
        self.groups += host.groups
        manner = Manner(view.language, not relaxed, view.show_mac, self._told(found, courses), courses.undrawn)
        pieces = {room.id: furnish(room, manner) for room in view.rooms}
        bottom, channels = self._rows(pieces, self.grid.places, frame, host.bottom + _BELOW_HOST, courses)
        wiring = Wiring(courses, frame, host, self.sockets, channels, found, not relaxed)
        wiring.draw()
        self.groups += wiring.groups
        height = self._caption(frame, bottom + 14)
        return Scene(frame.width, height, tuple(self.groups), title, description, view.language)

    def _told(self, found: dict[str, Label], courses: Plan) -> set[str]:
        """Sockets in rooms whose host end is labelled."""
        return {course.end.socket.id for course in courses.courses if course.start.socket.id in found}

    def _rows(
        self,
        pieces: dict[str, Piece],
        places: dict[str, tuple[int, int]],
        frame: Frame,
        top: float,
        courses: Plan,
    ) -> tuple[float, list[float]]:
        """Put the rooms in their rows; return the lower edge and where each row's channel runs."""
        channels = []
        y = top
        for row in range(max((row for _, row in places.values()), default=-1) + 1):
            channels.append(y - 18 if row else y - 20)
            y += CHANNEL * courses.crossing_lanes(row)
            inside = [(column, room) for room, (column, r) in places.items() if r == row]
            for column, room in inside:
                placed = pieces[room].at(frame.column(column), y)
                self.groups += placed.groups
                self.anchors |= placed.anchors
                self.sockets |= placed.anchors
            y += max((pieces[room].height for _, room in inside), default=0) + _BETWEEN_ROWS
        return max(y - _BETWEEN_ROWS, top - _BELOW_HOST), channels

    def _caption(self, frame: Frame, top: float) -> float:
        """The line below that says what was done and what is left; return the picture's height."""
        writer = Writer(frame.left + 2, frame.right, top)
        if self.view.caption:
            writer.write(self.view.caption, "caption", "muted", lead=6)
            self.groups.append(Group("caption", "caption", "rooms", tuple(writer.items)))
        return writer.y + 14
