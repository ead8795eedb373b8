"""The whole picture, put together from top to bottom: outside, host, rooms, caption, and marks on top."""

from __future__ import annotations

from collections.abc import Sequence

from ..scene import Group, Scene
from ..view import View
from .bundles import bundles
from .cables import Wiring
from .courses import Plan, plan
from .frame import Frame
from .host import HostRoom, host_room
from .labels import label_height, labels
from .lines import Columns, line_room
from .marks import Mark, Spot, legend, marked
from .outer import Outer
from .pieces import Writer
from .rooms import Manner, furnish
from .rows import Rows
from .slots import Grid, grid

_MOST_ROOMS = 9  # with a few lines each; more rooms have one line each
_MOST_ROWS = 5
_MOST_LANES = 6  # of cables side by side in a gutter; more are bundled
_GHOSTS = 3  # more of each are borne with where some are about to vanish
_TOP = 16.0
_BELOW_HOST = 44.0
_BETWEEN_LINES = 9.0


class Assembly:
    """One picture under construction."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.grid = grid(view)
        self.plan = plan(view, self.grid, bundled=False)
        self.bundled = _crowded(view, self.grid, self.plan)
        if self.bundled:
            self.plan = plan(view, self.grid, bundled=True)
        self.outer = Outer.of(view, self.grid.columns)
        inner_lanes = 1 if self.bundled else self.plan.most_lanes
        self.frame = Frame.of(self.grid.columns, max(inner_lanes, self.outer.plan.most_lanes))
        self.groups: list[Group] = []
        self.anchors: dict[str, tuple[float, float]] = {}
        self.ways: dict[frozenset[str], list[tuple[float, float]]] = {}

    def scene(self, title: str, description: str, marks: Sequence[Mark]) -> Scene:
        """Put everything in its place."""
        top = _TOP
        if self.view.outside:
            top = self.outer.draw(self.view, self.frame, top)
            self._add(self.outer)
            self.ways |= self.outer.ways
        relaxed = self.grid.rows <= 1 and not self.bundled
        found = {} if self.bundled else labels(self.plan, set(self.grid.spans), self.view.language, relaxed=relaxed)
        drawn = {course.start.socket.id for course in self.plan.courses if course.start.at_host}
        host = host_room(self.view, self.grid, self.frame, top, drawn, label_height(found))
        self._add(host)
        told = {course.end.socket.id for course in self.plan.courses if course.start.socket.id in found}
        manner = Manner(self.view.language, not relaxed, self.view.show_mac, told, self.plan.undrawn)
        rows = self._rows(manner, host.bottom + _BELOW_HOST)
        self._add(rows)
        if self.bundled:
            groups, anchors = bundles(self.plan, self.frame, host, rows.anchors, self.view.language)
            self.groups += groups
            self.anchors |= anchors
        else:
            self._wire(Wiring(self.plan, self.frame, host, rows, found, not relaxed))
        self.groups += marked(marks, self._spots(self.outer.tops | host.tops), self.ways)
        bottom = rows.bottom if self.view.rooms else host.bottom
        height = self._caption(bottom + 14, legend(marks))
        return Scene(self.frame.width, height, tuple(self.groups), title, description, self.view.language)

    def _rows(self, manner: Manner, top: float) -> Rows:
        rooms = self.view.rooms
        if not self.bundled:
            pieces = {room.id: furnish(room, manner) for room in rooms}
            return Rows.of(pieces, self.grid.places, self.frame, top, self.plan)
        columns = Columns.fitting(rooms, self.view.language)
        lines = {room.id: line_room(room, columns, manner) for room in rooms}
        return Rows.of(lines, self.grid.places, self.frame, top - 16, Plan(), _BETWEEN_LINES)

    def _add(self, part: HostRoom | Rows | Outer) -> None:
        self.groups += part.groups
        self.anchors |= part.anchors

    def _wire(self, wiring: Wiring) -> None:
        wiring.draw()
        self.groups += wiring.groups
        self.anchors |= wiring.anchors
        self.ways |= wiring.ways

    def _spots(self, tops: set[str]) -> dict[str, Spot]:
        """Where marks go: below sockets, in switches, after names, on the corners of rooms and notes."""
        switches = {plug.id for plug in self.view.host.switches}
        lines = {room.id for room in self.view.rooms} if self.bundled else set()
        spots = {}
        for place, (x, y) in self.anchors.items():
            if place in lines:  # on its first socket
                spots[place] = Spot(x, y + 13, 0, 24)
            elif place.partition("/")[0] in lines:
                spots[place] = Spot(x, y, 0, 24)
            elif "/" not in place or place in switches:
                spots[place] = Spot(x, y, 26, 0)
            elif place in tops:
                spots[place] = Spot(x, y - 19, 0, -24)
            else:
                spots[place] = Spot(x, y + 20, 0, 24)
        for plug in self.view.host.sockets:
            if plug.master in switches and plug.id in self.anchors:
                x, text, (clear, y) = (
                    self.anchors[plug.id][0],
                    self.anchors[f"{plug.master}#text"][0],
                    self.anchors[f"{plug.master}#clear"],
                )
                if not text - 14 < x < clear + 14:
                    spots[f"{plug.master}<{plug.id}"] = Spot(x, y, 26, 0)
        return spots

    def _caption(self, top: float, told: str) -> float:
        """The lines below that say what was done, what is left, and what the marks mean; return the height."""
        writer = Writer(self.frame.left + 2, self.frame.right, top)
        if self.view.caption:
            writer.write(self.view.caption, "caption", "muted", lead=6)
        if told:
            writer.write(told, "caption", "ink", lead=6)
        if writer.items:
            self.groups.append(Group("caption", "caption", "rooms", tuple(writer.items)))
        return writer.y + 14


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
