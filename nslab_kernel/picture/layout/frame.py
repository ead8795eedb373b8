"""The columns that everything in a picture is aligned to."""

from __future__ import annotations

from dataclasses import dataclass

from .rooms import WIDTH

MARGIN = 16.0
_NEAREST = 22.0  # from a room's wall to its first lane
_LANE = 15.0  # from lane to lane
_LEAST_LANES = 3  # there is always space for, so that one more cable moves nothing


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
        return self.column(self.columns - 1) + WIDTH + MARGIN

    @property
    def width(self) -> float:
        """Of the whole picture."""
        return self.right + MARGIN

    def column(self, number: int) -> float:
        """The left edge of a column's rooms."""
        return self.left + self.gutter * (number + 1) + WIDTH * number

    def lane(self, gutter: int, number: int) -> float:
        """Where a lane runs; the first is the one next to the rooms."""
        return self.column(gutter) - _NEAREST - _LANE * number
