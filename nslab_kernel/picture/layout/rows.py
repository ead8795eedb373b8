"""Rooms in their slots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..scene import Group
from .cable_routing import Plan
from .pieces import Piece
from .slots import Frame

CHANNEL = 10.0  # from lane to lane in a channel between rows


@dataclass
class Rows:
    """Rooms in their places, and the channels above each row."""

    bottom: float
    groups: list[Group] = field(default_factory=list)
    anchors: dict[str, tuple[float, float]] = field(default_factory=dict)
    bottoms: list[float] = field(default_factory=list)
    """The lower edge of each row."""
    channels: list[float] = field(default_factory=list)
    """Where the first lane of the channel above each row runs."""

    @classmethod
    def of(
        cls,
        pieces: Mapping[str, Piece],
        places: Mapping[str, tuple[int, int]],
        frame: Frame,
        top: float,
        plan: Plan,
        gap: float = 28.0,
    ) -> Rows:
        """Put every room in its slot, each row as high as its highest room."""
        rows = cls(top)
        y = top
        for row in range(max((row for _, row in places.values()), default=-1) + 1):
            crossing = plan.crossing_lanes(row)
            rows.channels.append(y - 6)
            y += CHANNEL * crossing
            inside = [(column, room) for room, (column, r) in places.items() if r == row]
            for column, room in inside:
                placed = pieces[room].at(frame.column(column), y)
                rows.groups += placed.groups
                rows.anchors |= placed.anchors
            rows.bottom = y + max((pieces[room].height for _, room in inside), default=0)
            rows.bottoms.append(rows.bottom)
            y = rows.bottom + gap
        return rows
