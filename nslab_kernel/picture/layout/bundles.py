"""The cables of a column of one-line rooms: a trunk from the switch, with a branch into each room."""

from __future__ import annotations

from collections import defaultdict

from ..metrics import width
from ..scene import Group, Line, Primitive, Text
from ..words import word
from .courses import Course, Plan
from .frame import Frame
from .host import HostRoom
from .pieces import SOCKET, STATE_STYLES, cable_group, socket

_RADIUS = 7.0


def bundles(
    plan: Plan, frame: Frame, host: HostRoom, sockets: dict[str, tuple[float, float]], language: str
) -> tuple[list[Group], dict[str, tuple[float, float]]]:
    """Draw all trunks; also tell where the host ends of their cables are."""
    trunks: dict[tuple[str, int], list[Course]] = defaultdict(list)
    for course in plan.courses:
        trunks[course.start.socket.master, course.gutters[0]].append(course)
    groups: list[Group] = []
    anchors: dict[str, tuple[float, float]] = {}
    for (switch, gutter), courses in trunks.items():
        port = (frame.lane(gutter, 0), host.bases[switch])
        groups += _trunk(switch, gutter, courses, port, sockets)
        groups.append(_port(switch, courses, port, frame.column(gutter), language))
        anchors |= {course.start.socket.id: port for course in courses}
    return groups, anchors


def _trunk(
    switch: str, gutter: int, courses: list[Course], port: tuple[float, float], sockets: dict[str, tuple[float, float]]
) -> list[Group]:
    x = port[0]
    styles = {course.cable.style for course in courses}
    style = next(style for style in ("up", "down", "ghost") if style in styles)
    ends = {course.cable.id: sockets[course.end.socket.id] for course in courses}
    lowest = max(y for _, y in ends.values())
    groups = []
    for course in courses:
        cable, (right, y) = course.cable, ends[course.cable.id]
        way = ((x, y), (right, y)) if y < lowest else ((x, y - _RADIUS - 1), (x, y), (right, y))
        groups.append(cable_group(cable, way))
    trunk = Line((port, (x, lowest - _RADIUS)), f"bundle {style}")
    return [*groups, Group(f"{switch}|{gutter}", "bundle", "cables", (trunk,))]


def _port(switch: str, courses: list[Course], port: tuple[float, float], x: float, language: str) -> Group:
    """One socket for all ports of a trunk, and how many they are."""
    ends = [course.start.socket for course in courses if course.start.socket.fate != "removed"]
    down = sum(1 for end in ends if end.condition != "up")
    condition = "up" if down < len(ends) else "down"
    told = word("one port", language) if len(ends) == 1 else word("ports", language, len(ends))
    y = port[1] + 24
    items: list[Primitive] = [Text(x, y, told, "text", "ink")]
    if down:
        after = x + width(told, "text") + 8
        items.append(Text(after, y, word("not up", language, down), "text", STATE_STYLES["down"]))
    plugged = socket(*port, condition, ghost=not ends, size=SOCKET)
    details = "\n".join(f"{end.name}: {word(end.condition, language)}" for end in ends)
    return Group(f"{switch}|{courses[0].gutters[0]}", "ports", "things", (*items, *plugged), details)
