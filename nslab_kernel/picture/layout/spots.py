"""Where the marks of each thing go."""

from __future__ import annotations

from dataclasses import dataclass

from ..view import View

_STEP = 25.0  # from mark to mark at one place


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the first mark of a place goes, and in which direction further ones follow.

    Parameters
    ----------
    edge
        How far down the edge of its switch is, for a port of one.
    """

    x: float
    y: float
    dx: float
    dy: float
    edge: float | None = None


def spots(view: View, anchors: dict[str, tuple[float, float]], tops: set[str], *, lines: bool) -> dict[str, Spot]:
    """Below sockets, on their cable, where no text is; after names; on the corners of rooms and notes.

    Parameters
    ----------
    view
        What is shown.
    anchors
        Where each thing is, by its id.
    tops
        Sockets whose cable leaves upwards.
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
        elif place in tops:
            found[place] = Spot(x, y - 19, 0, -_STEP)
        else:
            found[place] = Spot(x, y + 20, 0, _STEP, y if place in ports else None)
    return found | _above_ports(view, anchors, switches)


def _above_ports(view: View, anchors: dict[str, tuple[float, float]], switches: set[str]) -> dict[str, Spot]:
    """Spots inside a switch above one of its ports, ``SWITCH<PORT``, where no text is in the way."""
    found = {}
    for plug in view.host.sockets:
        if plug.master in switches and plug.id in anchors:
            x = anchors[plug.id][0]
            begin, (end, y) = anchors[f"{plug.master}#text"][0], anchors[f"{plug.master}#clear"]
            if not begin - 14 < x < end + 14:
                found[f"{plug.master}<{plug.id}"] = Spot(x, y, _STEP, 0)
    return found
