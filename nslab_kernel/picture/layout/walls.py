"""The walls of a room, with the glow and the tag of what became of it."""

from __future__ import annotations

from collections.abc import Iterable

from ..scene import Box, Group, Primitive
from ..view import Room
from .pieces import glow, tag


def walled(
    room: Room, wide: float, high: float, items: Iterable[Primitive], language: str, *, small: bool = False
) -> Group:
    """The group of a room: its walls around what is in it.

    A room that was added or removed has a tag on its upper wall; one in which something
    changed only glows, since what changed in it is tagged itself. A small one has no space
    for that and carries the tag for both.
    """
    fate = fate_of(room)
    radius = 8 if small else 12
    walls = list(glow(0, 0, wide, high, radius, spread=3 if small else 5)) if fate not in ("", "removed") else []
    styles = ("ghost",) if fate == "removed" else ("ground", "room", "frame")
    walls += [Box(0, 0, wide, high, style, radius) for style in styles]
    label: tuple[Primitive, ...] = ()
    if small and fate:
        label = tag(wide - 8, -1.5, fate, language, small=True)
    elif room.fate:
        label = tag(wide - 14, 0, room.fate, language)
    return Group(room.id, "namespace", "rooms", (*walls, *items, *label), room.details, room.fate)


def fate_of(room: Room) -> str:
    """The room's own fate, or ``changed`` where something in it has one."""
    if room.fate:
        return room.fate
    fates = [plug.fate for plug in room.plugs] + [fact.fate for fact in room.facts]
    fates += [address.fate for plug in room.plugs for address in plug.addresses]
    fates += [room.loopback.fate] if room.loopback else []
    return "changed" if any(fates) else ""
