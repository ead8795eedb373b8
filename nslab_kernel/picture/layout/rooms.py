"""One namespace as a room with its sockets in the left wall, each beside the lines that tell about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from ..scene import Box, Group, Primitive
from ..view import Room, ShownFact, Socket
from ..words import word
from .pieces import SMALL_SOCKET, STATE_STYLES, Piece, Writer, glow, socket, tag, tag_width


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


WIDTH = 214.0
_PAD = 18.0
_FEW = 1  # facts; if there are more than one more, they are counted
_FACT_STYLES = {"forward": "good", "unforward": "bad", "drop": "bad"}


@dataclass(frozen=True, slots=True)
class Manner:
    """How much a room tells."""

    language: str
    mac: bool = False
    told_elsewhere: Set[str] = frozenset()
    """Sockets whose other end is labelled where it is, so that the room needn't name it."""
    undrawn: Set[str] = frozenset()
    """Sockets whose cable isn't drawn, so that the room must say where it ends."""


def furnish(room: Room, manner: Manner) -> Piece:
    """Draw a room that has a few lines for each of its interfaces."""
    writer = Writer(_PAD, WIDTH - 10, 5)
    writer.write(room.title, "title", "ink")
    loopback = room.loopback if room.fate != "removed" else None
    if loopback:
        _loopback(loopback, writer, manner)
    writer.y += 1
    parts: list[Group] = []
    anchors: dict[str, tuple[float, float]] = {}
    for plug in room.plugs:
        lines = Writer(writer.x, writer.right, writer.y)
        _interface(plug, lines, manner, tagged=room.fate not in ("new", "removed"))
        anchors[plug.id] = (0.0, writer.y + 13.5)
        parts.append(
            Group(plug.id, "interface", "things", _with_socket(plug, lines, writer.y), plug.details, plug.fate)
        )
        writer.y = lines.y + 3
    if not room.plugs:
        writer.write(word("no cable", manner.language), "text", "muted")
    _facts(room.facts, writer, manner)
    high = writer.y + 9
    walls = walled(room, WIDTH, high, writer.items, manner.language)
    return Piece(WIDTH, high, [walls, *parts], {**anchors, room.id: (0.0, 0.0)})


def _with_socket(plug: Socket, lines: Writer, top: float) -> tuple[Primitive, ...]:
    """The lines of an interface and its socket; a switch inside the room has none in the wall."""
    if plug.kind == "bridge":
        return tuple(lines.items)
    plugged = socket(0, top + 13.5, plug.condition, ghost=plug.fate == "removed", size=SMALL_SOCKET)
    return (*lines.items, *plugged)


def _interface(plug: Socket, lines: Writer, manner: Manner, *, tagged: bool) -> None:
    """The lines about one interface."""
    gone = plug.fate == "removed"
    fate = plug.fate if tagged else ""
    lines.write(plug.name, "name", "ink", fate="removed" if gone else "")
    if fate:
        _tag(fate, lines, manner.language)
    _other_end(plug, lines, manner)
    pill = "changed" if fate and plug.replugged else ""
    full, short = word(f"{plug.condition}, full", manner.language), word(plug.condition, manner.language)
    style = STATE_STYLES[plug.condition]
    stated = gone or lines.beside(full, "text", style, fate=pill)
    _addresses(plug, lines, tagged=tagged)
    stated = stated or any(lines.beside(told, "text", style, fate=pill) for told in (full, short))
    if not stated:
        lines.write(full, "text", style, fate=pill)
    _remark(plug, lines)
    if manner.mac and plug.mac:
        lines.write(plug.mac, "fine", "muted")


def _addresses(plug: Socket, lines: Writer, *, tagged: bool) -> None:
    """The first address and those with a fate of their own; the others are counted, and told to a pointer."""
    gone = plug.fate == "removed"
    shown, more = brief(plug.addresses)
    for number, address in enumerate(shown):
        lines.write(address.text, "address", "blue", fate="removed" if gone else address.fate if tagged else "")
        if more and not number:
            lines.follow(f"+{more}", "code", "muted", gap=6)


def brief(addresses: Sequence[ShownFact]) -> tuple[list[ShownFact], int]:
    """Those addresses that are worth a line each, and how many others there are."""
    first = next((address for address in addresses if address.fate != "removed"), None)
    shown = [address for address in addresses if address is first or address.fate]
    return shown, len(addresses) - len(shown)


def _tag(fate: str, lines: Writer, language: str) -> None:
    if lines.right - tag_width(fate, language) < lines.end + 6:
        lines.y += 18
    lines.items += tag(lines.right, lines.y - 4.5, fate, language)
    lines.end = lines.right


def _other_end(plug: Socket, lines: Writer, manner: Manner) -> None:
    if plug.id in manner.undrawn:
        lines.write(plug.far_text, "code", "muted")
    elif plug.far and plug.id not in manner.told_elsewhere:
        lines.follow(f"⇄ {plug.far_name}", "code", "muted")


def _remark(plug: Socket, lines: Writer) -> None:
    kind = plug.kind if plug.kind not in ("veth", "") else ""
    remark = " · ".join(filter(None, (kind, plug.remark)))
    if remark and plug.fate != "removed":
        lines.write(remark, "text", "muted")


def _loopback(fact: ShownFact, lines: Writer, manner: Manner) -> None:
    told = word(fact.text, manner.language)
    if not lines.beside(f"lo {told}", "text", "muted" if fact.text == "up" else "bad", fate=fact.fate):
        lines.write("lo", "code", "muted", lead=8)
        lines.follow(told, "text", STATE_STYLES[fact.text], fate=fact.fate, gap=8)


def _facts(facts: tuple[ShownFact, ...], writer: Writer, manner: Manner) -> None:
    shown = facts if len(facts) <= _FEW + 1 else facts[:_FEW]
    for fact in shown:
        font = "code" if fact.kind == "route" else "text"
        writer.write(fact.text, font, _FACT_STYLES.get(fact.kind, "muted"), fate=fact.fate, lead=6)
    if len(shown) < len(facts):
        fate = "changed" if any(fact.fate for fact in facts[len(shown) :]) else ""
        writer.write(word("and more", manner.language, len(facts) - len(shown)), "text", "muted", fate=fate, lead=6)
