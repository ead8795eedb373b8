"""Marks on a picture: the stations of a packet, the place where it stops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..metrics import width
from ..scene import Box, Group, Line, Primitive, Text
from ..view import View

_STEP = 25.0  # from mark to mark at one place


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the first mark of a place goes, and in which direction further ones follow.

    Parameters
    ----------
    edge
        How far down the edge of its switch is, for a port of one.
    lane
        Whether it is in a switch's free lane, along which lines run.
    """

    x: float
    y: float
    dx: float
    dy: float
    edge: float | None = None
    lane: bool = False


def spots(
    view: View,
    anchors: dict[str, tuple[float, float]],
    tops: set[str],
    beside: dict[str, float],
    *,
    lines: bool,
) -> dict[str, Spot]:
    """Below sockets, on their cable, where no text is; after names; on the corners of rooms and notes.

    Parameters
    ----------
    view
        What is shown.
    anchors
        Where each thing is, by its id.
    tops
        Sockets whose cable leaves upwards.
    beside
        Sockets on the way to the outside, with the direction in which their own namespace lies.
    lines
        Whether rooms are lines: then their marks cover their sockets, for want of space.
    """
    switches = {plug.id for plug in view.host.switches}
    rooms = {room.id for room in view.rooms} if lines else set()
    ports = {plug.id for plug in view.host.sockets if plug.master in switches}
    found = {}
    for place, (x, y) in anchors.items():
        if place in rooms:
            found[place] = Spot(x, y + 13, 0, _STEP)
        elif place.partition("/")[0] in rooms:
            found[place] = Spot(x, y, 0, _STEP)
        elif "/" not in place or place in switches:
            found[place] = Spot(x, y, _STEP, 0)
        elif place in beside:
            found[place] = Spot(x + 23 * beside[place], y, _STEP * beside[place], 0)
        elif place in tops:
            found[place] = Spot(x, y - 19, 0, -_STEP)
        else:
            found[place] = Spot(x, y + 20, 0, _STEP, y if place in ports else None)
    return found | _above_ports(view, anchors, switches)


def _above_ports(view: View, anchors: dict[str, tuple[float, float]], switches: set[str]) -> dict[str, Spot]:
    """Spots inside a switch above one of its ports, ``SWITCH<PORT``, in the lane that is kept free for packets."""
    found = {}
    for plug in view.host.sockets:
        if plug.master in switches and plug.id in anchors:
            found[f"{plug.master}<{plug.id}"] = Spot(
                anchors[plug.id][0], anchors[f"{plug.master}#lane"][1], _STEP, 0, None, True
            )
    return found


Point = tuple[float, float]

_RADIUS = 11.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A round mark at a thing.

    Parameters
    ----------
    place
        What it marks: ``ns1`` or ``host``, an interface ``ns1/eth0`` (a bridge too: ``host/br0``),
        or a kind of note of the host: ``host#nat``, ``host#forward``, ``host#publish``, ``host#drop``.
        For what isn't in the picture its namespace stands in.
    text
        One to three characters, such as a number. Marks with a text are joined by a line
        in the order in which they are given.
    kind
        ``number``, ``cross`` or ``tick``; the last two need no text. A ``point`` isn't drawn: the line passes there.
        ``expected`` and ``expected point`` are a way of their own, which somebody predicted: dashed, over the other.
    note
        What to say about it below the picture.
    solid
        Whether the line that leads to it is solid: a way that a packet really took.
    """

    place: str
    text: str = ""
    kind: str = "number"
    note: str = ""
    solid: bool = False


_Station = tuple[Mark, Spot, Point]


def marked(marks: Sequence[Mark], spots: dict[str, Spot], ways: dict[frozenset[str], list[Point]]) -> list[Group]:
    """Draw the marks and the line that joins those with numbers.

    Parameters
    ----------
    marks
        In their order.
    spots
        By place.
    ways
        The corners of the cable between two interfaces, by their ids.
    """
    taken: Counter[str] = Counter()
    happened = [mark for mark in marks if not mark.kind.startswith("expected")]
    expected = [mark for mark in marks if mark.kind.startswith("expected")]
    groups, stations = _placed(happened, spots, taken, "mark")
    said, places = _placed(expected, spots, taken, "expected")
    return [*_journey(stations, ways), *_expected(places, stations, ways), *groups, *said]


def _placed(
    marks: Sequence[Mark], spots: dict[str, Spot], taken: Counter[str], kind: str
) -> tuple[list[Group], list[_Station]]:
    """The marks of one way, and where its line passes."""
    groups: list[Group] = []
    stations: list[_Station] = []
    for number, mark in enumerate(marks):
        place = _place(marks, number, spots)
        if place is None:
            continue
        spot = spots[place]
        if mark.kind.endswith("point"):
            stations.append((mark, spot, (spot.x, spot.y)))
            continue
        x, y = spot.x + spot.dx * taken[place], spot.y + spot.dy * taken[place]
        taken[place] += 1
        groups.append(Group(f"{kind}{number}", kind, "marks", _mark(mark, x, y), mark.note))
        if mark.text:
            stations.append((mark, spot, (x, y)))
    return groups, stations


def _place(marks: Sequence[Mark], number: int, spots: dict[str, Spot]) -> str | None:
    """The spot of a mark: in a switch the one above the port that the mark before or after it is at."""
    wanted = marks[number].place
    beside = [mark.place for mark in (*marks[max(number - 1, 0) : number], *marks[number + 1 : number + 2])]
    candidates = [*(f"{wanted}<{port}" for port in beside), wanted, wanted.partition("/")[0].partition("#")[0]]
    return next((place for place in candidates if place in spots), None)


def legend(marks: Sequence[Mark]) -> str:
    """What the marks have to say, in one paragraph."""
    symbols = {"cross": "✕", "tick": "✓"}
    return "; ".join(f"{mark.text or symbols.get(mark.kind, '')}: {mark.note}" for mark in marks if mark.note)


def _mark(mark: Mark, x: float, y: float) -> tuple[Primitive, ...]:
    half = max(_RADIUS, width(mark.text, "tag") / 2 + 6)
    disc = Box(x - half, y - _RADIUS, 2 * half, 2 * _RADIUS, f"mark {mark.kind}", _RADIUS)
    if mark.text:
        ink = "mark expected text" if mark.kind == "expected" else "mark text"
        return disc, Text(x, y + 4.2, mark.text, "tag", ink, "middle")
    if mark.kind == "tick":
        return disc, Line(((x - 4.5, y), (x - 1, y + 4), (x + 5.5, y - 4)), "glyph")
    return disc, Line(((x - 4, y - 4), (x + 4, y + 4)), "glyph"), Line(((x - 4, y + 4), (x + 4, y - 4)), "glyph")


def _journey(stations: list[tuple[Mark, Spot, Point]], ways: dict[frozenset[str], list[Point]]) -> list[Group]:
    """The line, dotted where nothing was sent.

    It runs along a cable where both stations are its ends, along a switch from and to its ports.
    """
    return [
        Group(f"journey{number}", "journey", "cables", (Line(corners, "way" if solid else "journey", 9),))
        for number, (corners, _pair, solid) in enumerate(_legs(stations, ways))
    ]


def _expected(
    expected: list[_Station], happened: list[_Station], ways: dict[frozenset[str], list[Point]]
) -> list[Group]:
    """The way that was predicted: white dashes inside the line of what happened as it was said, grey ones elsewhere."""
    took = {pair for _corners, pair, _solid in _legs(happened, ways)}
    return [
        Group(
            f"expected-way{number}",
            "expected-way",
            "cables",
            (Line(corners, "way as expected" if pair in took else "way expected", 9),),
        )
        for number, (corners, pair, _solid) in enumerate(_legs(expected, ways))
        if pair in ways or len({place.partition("/")[0] for place in pair}) == 1  # no cable leads there otherwise
    ]


def _legs(
    stations: list[_Station], ways: dict[frozenset[str], list[Point]]
) -> Iterator[tuple[tuple[Point, ...], frozenset[str], bool]]:
    """From station to station: the corners of the line, both places, and whether it's solid."""
    for (one, spot, start), (other, next_spot, finish) in pairwise(stations):
        pair = frozenset((one.place, other.place))
        corners = ways.get(pair, [])
        if one.place.partition("/")[0] == other.place.partition("/")[0]:
            corners = _along_switch(spot, next_spot) or _along_lane(spot, next_spot, start, finish)
        nearest = sorted((corners, corners[::-1]), key=lambda way: _distance(start, way[0]) if way else 0)[0]
        yield (start, *nearest, finish), pair, other.solid


def _along_switch(one: Spot, other: Spot) -> list[Point]:
    """By the edge of the switch whose port one of them is: below it are the ports' names, above it is its own."""
    edges = [spot.edge for spot in (one, other) if spot.edge is not None]
    return [(one.x, edges[0]), (other.x, edges[0])] if edges else []


def _along_lane(one: Spot, other: Spot, start: Point, finish: Point) -> list[Point]:
    """Along the free lane of the switch that one of them is in, then straight to the other."""
    if one.lane == other.lane:
        return []
    return [(finish[0], start[1])] if one.lane else [(start[0], finish[1])]


def _distance(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])
