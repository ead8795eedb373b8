"""The whole picture, put together: the host, the rooms below it, the world outside beside them, caption and marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..scene import Box, Group, Scene
from ..view import View
from .cable_routing import Plan, plan
from .cables import Label, Wiring, bundles, label_height, labels
from .host_room import HostRoom, host_room
from .lines import Columns, line_room
from .marks import Mark, legend, marked, spots
from .outer import Outer
from .pieces import Writer
from .rooms import WIDTH, Manner, furnish
from .rows import Rows
from .slots import MARGIN, Frame, Grid, columns_for, grid

_MOST_ROOMS = 9  # with a few lines each; more rooms have one line each
_MOST_ROWS = 5
_MOST_LANES = 10  # of cables side by side in a gutter; more are bundled
_GHOSTS = 3  # more of each are borne with where some are about to vanish
_TOP = 10.0
_HOST_PADDING = 10.0  # around a host among the rooms
_ABOVE_CHANNEL = 6.0
_BELOW_HOST = 30.0
_TO_OUTSIDE = 30.0
_BETWEEN_LINES = 9.0


class Assembly:
    """One picture under construction."""

    def __init__(self, view: View, columns: int) -> None:
        self.view = view
        self.grid = grid(view, columns or columns_for(view))
        self.plan = plan(view, self.grid, bundled=False)
        self.bundled = _crowded(view, self.grid, self.plan)
        if self.bundled:
            self.plan = plan(view, self.grid, bundled=True)
        self.relaxed = self.grid.rows <= 1 and not self.bundled
        self.outer = Outer.of(view)
        self.frame = Frame.of(self.grid.columns, 1 if self.bundled else self.plan.most_lanes)
        self.right = self.frame.right
        self.groups: list[Group] = []
        self.anchors: dict[str, tuple[float, float]] = {}
        self.ways: dict[frozenset[str], list[tuple[float, float]]] = {}

    def scene(self, title: str, description: str, marks: Sequence[Mark]) -> Scene:
        """Put everything in its place."""
        view = self.view
        named = {} if self.bundled else labels(self.plan, set(self.grid.spans), view.language, relaxed=self.relaxed)
        cables = [course for course in self.plan.courses if not course.cable.over]
        drawn = {course.start.socket.id for course in cables if course.start.at_host}
        host = host_room(view, self.grid, self.frame, _TOP, drawn, label_height(named))
        self._add(host)
        bottom = max(self._inside(host, named), self._outside(host))
        places = spots(view, self.anchors, host.tops, self.outer.beside, lines=self.bundled)
        self.groups += marked(marks, places, self.ways)
        height = self._caption(bottom + 2, legend(marks))
        told = tuple(filter(None, (view.caption, legend(marks))))
        return Scene(
            self.right + MARGIN, height, tuple(self.groups), title, description, view.language, told, bottom + MARGIN
        )

    def _outside(self, host: HostRoom) -> float:
        """Draw the world outside, if there is one, at the right of the host; return its lower edge."""
        if not self.view.outside:
            return host.bottom
        self.right, bottom = self.outer.draw(self.view, self.frame.right, _TO_OUTSIDE, host)
        self._add(self.outer)
        self.ways |= self.outer.ways
        return bottom

    def _inside(self, host: HostRoom, named: dict[str, Label]) -> float:
        """Draw the rooms below the host and their cables; return the lower edge of all."""
        told = {course.end.socket.id for course in self.plan.courses if course.start.socket.id in named}
        manner = Manner(self.view.language, self.view.show_mac, told, self.plan.undrawn)
        rows = self._rows(manner, host.bottom + _BELOW_HOST)
        self._add(rows)
        if not self.bundled:
            self.groups += self._hosts(rows)
        if self.bundled:
            groups, anchors = bundles(self.plan, self.frame, host, rows.anchors, self.view.language)
            self.groups += groups
            self.anchors |= anchors
        else:
            wiring = Wiring(self.plan, self.frame, host, rows, named, not self.relaxed)
            wiring.draw()
            self._add(wiring)
            self.ways |= wiring.ways
        below = _HOST_PADDING + 2 if self.view.hosts and not self.bundled else 0
        return rows.bottom + below if self.view.rooms else host.bottom

    def _rows(self, manner: Manner, top: float) -> Rows:
        rooms = self.view.rooms
        if not self.bundled:
            pieces = {room.id: furnish(room, manner) for room in rooms}
            return Rows.of(pieces, self.grid.places, self.frame, top, self.plan)
        columns = Columns.fitting(rooms, self.view.language)
        lines = {room.id: line_room(room, columns, manner) for room in rooms}
        return Rows.of(lines, self.grid.places, self.frame, top - 16, Plan(), _BETWEEN_LINES)

    def _hosts(self, rows: Rows) -> Iterator[Group]:
        """The walls of each room that is a host itself, around it and the rooms in it."""
        rooms = {room.id: room for room in self.view.rooms}
        for host, children in self.view.hosts.items():
            slots = [self.grid.places[room] for room in (host, *children)]
            columns, lines = {column for column, _ in slots}, {row for _, row in slots}
            left = self.frame.column(min(columns)) - self.frame.gutter + _HOST_PADDING
            right = self.frame.column(max(columns)) + WIDTH + _HOST_PADDING
            top = rows.channels[min(lines)] - _ABOVE_CHANNEL
            bottom = max(rows.bottoms[row] for row in lines) + _HOST_PADDING
            size = left, top, right - left, bottom - top
            walls = (Box(*size, "host", 14), Box(*size, "frame", 14))
            yield Group(host, "namespace", "ground", walls, rooms[host].details)

    def _add(self, part: HostRoom | Rows | Outer | Wiring) -> None:
        self.groups += part.groups
        self.anchors |= part.anchors

    def _caption(self, top: float, told: str) -> float:
        """The lines below that say what was done, what is left, and what the marks mean; return the height."""
        writer = Writer(self.frame.left + 2, self.right, top)
        if self.view.caption:
            writer.write(self.view.caption, "caption", "muted", lead=6)
        if told:
            writer.write(told, "caption", "ink", lead=6)
        if writer.items:
            self.groups.append(Group("caption", "caption", "rooms", tuple(writer.items)))
        return writer.y + 8


def _crowded(view: View, grid: Grid, plan: Plan) -> bool:
    """Whether rooms have to do with one line each.

    Ghosts hardly count: they would change the manner of the whole picture for one step.
    """
    live = [room for room in view.rooms if room.fate != "removed"]
    spare = _GHOSTS if len(live) < len(view.rooms) else 0
    return (
        len(live) > _MOST_ROOMS
        or len(view.rooms) > _MOST_ROOMS + spare
        or grid.rows > _MOST_ROWS + spare
        or plan.most_lanes > _MOST_LANES + spare
    )
