"""Which way each cable runs: down lanes in the gutters left of the columns, across channels between the rows.

A cable from a switch drops down a lane and turns into its socket. One from a switch
that isn't above the room crosses over in the channel below the host; one between two
rooms uses the gutter of each, and the channel above the lower one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from ...core.model.network import HOST
from ..view import Cable, Socket, View
from .slots import Grid


@dataclass(frozen=True, slots=True)
class CableEnd:
    """One end of a cable: in the room of a slot, or at the host."""

    socket: Socket
    slot: tuple[int, int] | None = None

    @property
    def at_host(self) -> bool:
        return self.slot is None


@dataclass(frozen=True, slots=True)
class Course:
    """The way of one cable, named by the lanes it takes.

    `gutters` are those it runs in, from its first end to its last; `channel` is the
    one it crosses over in, counted from the one below the host, or None.
    """

    cable: Cable
    start: CableEnd
    end: CableEnd
    gutters: tuple[int, ...]
    channel: int | None = None
    order: tuple[int, ...] = ()


@dataclass
class Plan:
    """All courses, and the lane of each in every gutter and channel, counted from right and top."""

    courses: list[Course] = field(default_factory=list)
    lanes: dict[tuple[int, str, int], int] = field(default_factory=dict)
    crossings: dict[tuple[int, str], int] = field(default_factory=dict)
    undrawn: set[str] = field(default_factory=set)

    @property
    def most_lanes(self) -> int:
        """How many lanes the fullest gutter has."""
        return max(self.lanes.values(), default=0) + 1

    def crossing_lanes(self, channel: int) -> int:
        """How many lanes a channel has."""
        return sum(1 for used, _ in self.crossings if used == channel)


def plan(view: View, grid: Grid, *, bundled: bool) -> Plan:
    """Courses for all cables that end in a room inside.

    Parameters
    ----------
    view, grid
        The rooms and their slots.
    bundled
        Whether only the cables to the switch right above a room are drawn, as branches of a trunk.
    """
    made = Plan()
    inside = {room.id for room in view.rooms}
    positions = {plug.id: number for room in view.rooms for number, plug in enumerate(room.plugs)}
    for cable in (*view.cables, *view.stacks):
        if not inside & set(cable.rooms):
            continue
        course = _course(cable, grid, positions, bundled)
        if course is None and not cable.over:
            made.undrawn |= {end.id for end in cable.ends}
        elif course is not None:
            made.courses.append(course)
    assign(made)
    return made


def _course(cable: Cable, grid: Grid, positions: dict[str, int], bundled: bool) -> Course | None:
    if HOST not in cable.rooms:
        both = all(room in grid.places for room in cable.rooms)
        return link(cable, grid.places) if both and not bundled else None
    host, room = (0, 1) if cable.rooms[0] == HOST else (1, 0)
    near, far = cable.ends[host], cable.ends[room]
    slot = grid.places.get(cable.rooms[room])
    if slot is None or (near.uplink and not cable.over) or (bundled and cable.over):
        return None
    start, end = CableEnd(near), CableEnd(far, slot)
    gutter, order = slot[0], (slot[1], positions[far.id])
    if cable.over and near.id not in grid.spans:
        return Course(cable, start, end, (gutter,), None, (0, *order))
    bar = near.id if cable.over else near.master
    if bar not in grid.spans:
        return None if bundled else Course(cable, start, end, (gutter,), None, (0, *order))
    first, last = grid.spans[bar]
    if first <= gutter <= last:
        return Course(cable, start, end, (gutter,), None, (1, *order))
    nearest = last if gutter > last else first
    return None if bundled else Course(cable, start, end, (nearest, gutter), 0, (1, *order))


def link(cable: Cable, places: dict[str, tuple[int, int]]) -> Course:
    """The course of a cable between two rooms of one grid."""
    one, other = (CableEnd(socket, places[room]) for socket, room in zip(cable.ends, cable.rooms, strict=True))
    assert one.slot is not None
    assert other.slot is not None
    if one.slot[0] == other.slot[0]:
        return Course(cable, one, other, (one.slot[0],), None, (2, *one.slot))
    return Course(cable, one, other, (one.slot[0], other.slot[0]), max(one.slot[1], other.slot[1]), (2, *one.slot))


def assign(made: Plan) -> None:
    """Give each course its own lane wherever it runs: those that end highest run nearest to their rooms."""
    wanted: dict[int, list[tuple[tuple[int, ...], str, int]]] = defaultdict(list)
    channels: dict[int, list[str]] = defaultdict(list)
    for course in made.courses:
        for part, gutter in enumerate(course.gutters):
            foreign = part == 0 and len(course.gutters) > 1 and course.start.at_host
            wanted[gutter].append(((3,) if foreign else course.order, course.cable.id, part))
        if course.channel is not None:
            channels[course.channel].append(course.cable.id)
    for gutter, runs in wanted.items():
        for lane, (_, cable, part) in enumerate(sorted(runs)):
            made.lanes[gutter, cable, part] = lane
    for channel, cables in channels.items():
        for lane, cable in enumerate(sorted(cables)):
            made.crossings[channel, cable] = lane
