"""Which slot of the grid each room has.

The rule is the same for every picture, so that a thing keeps its place from step to
step: rooms in the order of their names, row by row, in so many columns. Only where the
host has several bridges do rooms stand below their own, in that bridge's columns, and
those that are plugged into none come last.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from ..graph import across
from ..view import Room, Socket, View
from .rooms import WIDTH

if TYPE_CHECKING:
    pass

COLUMNS = 3  # as wide as a notebook; a narrow place may have fewer
_BESIDE_OUTSIDE = 2  # where the world outside takes the width of the third
_FEW = 4  # rooms for which two columns do
_MANY = 24  # rooms for which three columns do; more stand in four, lest they are a tower


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows and columns."""

    columns: int
    rows: int
    places: dict[str, tuple[int, int]]  # column and row of a room, by its id
    spans: dict[str, tuple[int, int]]  # first and last column of a switch, by its id
    homes: dict[str, str]  # the switch above a room, by the room's id


def grid(view: View, columns: int = COLUMNS) -> Grid:
    """Give every room inside a slot, and every switch the columns it spans: one at least, whatever is asked for."""
    switches = [switch.id for switch in view.host.switches]
    homes = _homes(view, switches)
    units = _units(view)
    if len(switches) < 2:
        places = _filled(units, 0, columns, 0)
        return Grid(columns, _rows(places), places, dict.fromkeys(switches, (0, columns - 1)), homes)
    groups = {switch: [unit for unit in units if homes.get(unit[0]) == switch] for switch in switches}
    shares = _shares({switch: sum(map(len, group)) for switch, group in groups.items()}, columns)
    places = {}
    spans, first = {}, 0
    for switch, share in shares.items():
        places |= _filled(groups[switch], first, share, 0)
        spans[switch] = (first, first + share - 1)
        first += share
    places |= _filled([unit for unit in units if unit[0] not in homes], 0, first, _rows(places))
    return Grid(first, _rows(places), places, spans, homes)


def columns_for(view: View) -> int:
    """How many columns suit what is to be shown, in a picture that is wider than it is high."""
    rooms = sum(room.fate != "removed" for room in view.rooms)
    if rooms > _MANY:
        return COLUMNS + 1
    switches = len(view.host.switches)
    if not view.outside or rooms > _FEW or switches >= COLUMNS or (switches > 1 and rooms > switches):
        return COLUMNS  # with several bridges, a second row of rooms below one of them costs more than a column
    return _BESIDE_OUTSIDE


def way_out(host: Room) -> Socket | None:
    """The uplink that has its place in the host's right wall: one with a cable, if there are several."""
    found = [plug for plug in host.sockets if plug.uplink]
    return next((plug for plug in found if plug.far), found[0] if found else None)


def _homes(view: View, switches: list[str]) -> dict[str, str]:
    """The first switch that each room is plugged into: a cable away from one of its ports."""
    homes: dict[str, str] = {}
    for room in view.rooms:
        far = {end for plug in room.plugs for end in across(view.lab, plug.id, "cable")}
        joined = {switch for end in far for switch in across(view.lab, end, "port")}
        home = next((switch for switch in switches if switch in joined), None)
        if home is not None:
            homes[room.id] = home
    return homes


def _units(view: View) -> list[tuple[str, ...]]:
    """The rooms, each host among them together with those in it."""
    inside = {child for children in view.hosts.values() for child in children}
    return [(room.id, *view.hosts.get(room.id, ())) for room in view.rooms if room.id not in inside]


def _filled(units: list[tuple[str, ...]], first: int, columns: int, row: int) -> dict[str, tuple[int, int]]:
    """Slots from left to right and row to row; a host and its rooms share a row, or have rows of their own."""
    places: dict[str, tuple[int, int]] = {}
    number = 0
    for unit in units:
        if len(unit) > 1 and number % columns + len(unit) > columns:
            number = ceil(number / columns) * columns
        for room in unit:
            places[room] = first + number % columns, row + number // columns
            number += 1
        if len(unit) > columns:
            number = ceil(number / columns) * columns
    return places


def _rows(places: dict[str, tuple[int, int]]) -> int:
    return max((row for _, row in places.values()), default=-1) + 1


def _shares(sizes: dict[str, int], columns: int) -> dict[str, int]:
    """One column for each switch, and those left over to the most crowded ones."""
    shares = dict.fromkeys(sizes, 1)
    for _ in range(columns - len(sizes)):
        crowded = max(sizes, key=lambda switch: ceil(sizes[switch] / shares[switch]))
        shares[crowded] += 1
    return shares


MARGIN = 10.0
_INSIDE = 16.0  # from the last column to the host's right wall
_NEAREST = 18.0  # from a room's wall to its first lane
_LANE = 13.0  # from lane to lane
_LEAST_LANES = 2  # there is always space for, so that one more cable moves nothing


@dataclass(frozen=True, slots=True)
class Frame:
    """Columns of rooms, each with a gutter for cables at its left."""

    columns: int
    gutter: float

    @classmethod
    def of(cls, columns: int, lanes: int) -> Frame:
        """A frame whose gutters have space for so many lanes."""
        return cls(columns, 2 * _NEAREST + _LANE * (max(lanes, _LEAST_LANES) - 1))

    @property
    def left(self) -> float:
        """The host's left wall."""
        return MARGIN

    @property
    def right(self) -> float:
        """The host's right wall."""
        return self.column(self.columns - 1) + WIDTH + _INSIDE

    def column(self, number: int) -> float:
        """The left edge of a column's rooms."""
        return self.left + self.gutter * (number + 1) + WIDTH * number

    def lane(self, gutter: int, number: int) -> float:
        """Where a lane runs; the first is the one next to the rooms."""
        return self.column(gutter) - _NEAREST - _LANE * number
