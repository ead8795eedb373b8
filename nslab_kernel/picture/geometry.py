"""Points that every renderer needs in the same place."""

from __future__ import annotations

from collections.abc import Iterator

from .scene import Line

Point = tuple[float, float]


def rounded(line: Line) -> Iterator[tuple[Point, Point, Point]]:
    """For each corner of a line: where the rounding begins, the corner, where it ends."""
    points = line.points
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        yield _toward(corner, before, line.radius), corner, _toward(corner, after, line.radius)


def _toward(start: Point, end: Point, length: float) -> Point:
    """The point ``length`` away from ``start``, but no further than half the way."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    distance = (dx * dx + dy * dy) ** 0.5
    share = min(length / distance, 0.5) if distance else 0
    return start[0] + dx * share, start[1] + dy * share
