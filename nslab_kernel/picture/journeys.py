"""A packet's journey on the picture, and the ladder of a conversation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..core.journeys.explain import Story
from ..core.journeys.join import Stop
from ..core.journeys.naming import name
from ..core.journeys.prediction import bridges, compare
from ..core.journeys.trace import plain
from ..core.journeys.words import milliseconds, outcome
from ..core.model.network import HOST, Network
from ..core.translation import _, translated
from .layout import Mark
from .metrics import width
from .scene import Box, Group, Line, Scene, Text

MOST_RUNGS = 24
"""How many packets a ladder shows."""

_LEFT, _TOP, _RUNG = 84.0, 44.0, 30.0
_APART = 150.0  # from lifeline to lifeline, at least
_WIDEST = 940.0
_TITLE, _MORE = _("Ladder of the packets"), _("{count} more packets")


def stations(story: Story) -> list[list[Stop]]:
    """The stops of a journey that share a number: one for each interface, but one for all of a router elsewhere."""
    found: list[list[Stop]] = []
    for stop in story.way:
        here = found[-1][-1] if found else None
        same = here is not None and here.namespace == stop.namespace
        if same and (stop.namespace != HOST or (here and here.name == stop.name)):
            found[-1].append(stop)
        else:
            found.append([stop])
    return found


def marks(story: Story) -> tuple[Mark, ...]:
    """The numbered stops of a journey, joined by a line; where it was lost, the last has a cross."""
    places = [(stops[0].namespace, stops[0].name) for stops in stations(story)]
    if not places:
        places = [(story.journey.namespace, "")]
    found = [Mark(_id(*place), str(number), solid=True) for number, place in enumerate(places, start=1)]
    if story.outcome.lost:
        last, end = places[-1], (story.outcome.namespace, story.outcome.interface)
        here = end[0] == last[0] and end[1] in ("", last[1])
        number = len(found) if here else len(found) + 1
        found = [*found[: number - 1], Mark(_id(*(last if here else end)), f"{number} ✕", "cross", solid=True)]
    return tuple(_with_ways_out(found, stations(story)))


def _with_ways_out(found: list[Mark], stops: list[list[Stop]]) -> Iterator[Mark]:
    """A router elsewhere has one number, where the packet came in; the line leaves where it went out."""
    for number, mark in enumerate(found):
        yield mark
        here = stops[number] if number < len(stops) else []
        if len(here) > 1 and number + 1 < len(found):
            yield Mark(_id(here[-1].namespace, here[-1].name), "", "point", solid=True)


def expected(places: Sequence[str], network: Network, story: Story) -> tuple[Mark, ...]:
    """A predicted way as marks: a number where the packet wasn't, so that both ways can lie over each other.

    Parameters
    ----------
    places
        Namespaces and bridges in the order that was said.
    network
        The lab.
    story
        What happened.
    """
    found: list[Mark] = []
    known = bridges(network)
    ends = [known.get(place, (place, "")) for place in places]
    for number, (place, (_said, right)) in enumerate(zip(ends, compare(places, story).places, strict=True), start=1):
        neighbours = (ends[number - 2] if number > 1 else None, ends[number] if number < len(ends) else None)
        ports = [_towards(network, place, beside) for beside in neighbours if beside]
        ids = list(dict.fromkeys(_id(place[0], port) for port in ports)) or [_id(*place)]
        if right:
            ids = ids[1:] if found and found[-1].place == ids[0] else ids
            found += [Mark(each, "", "expected point") for each in ids]
        else:
            found += [Mark(each, "", "expected point") for each in ids[:-1]]
            found.append(Mark(ids[-1], f"{number}?", "expected"))
    return tuple(found)


def _towards(network: Network, place: tuple[str, str], beside: tuple[str, str]) -> str:
    """The interface of a place (a namespace, or a bridge in it) whose cable leads to another; its own without one."""
    here, there = network.get(place[0]), network.get(beside[0])
    bridge = here.interface(place[1]) if here and place[1] else None
    if here is None or there is None:
        return place[1]
    if place[0] == beside[0]:
        return place[1] or beside[1]
    for interface in here.interfaces:
        far = network.peer(interface)
        master = far and far[0].name == there.name and there.interface(far[1].master)
        leads = (
            far is not None and far[0].name == there.name and (not beside[1] or (master and master.name == beside[1]))
        )
        if leads and (bridge is None or interface.master == bridge.index):
            return interface.name
    own = [interface.name for interface in here.interfaces if not interface.is_loopback]
    return place[1] or (own[0] if len(own) == 1 else "")


def ladder(stories: Iterable[Story], network: Network, language: str) -> Scene:
    """Namespaces as lifelines, a rung for each packet, in the order of their times.

    Parameters
    ----------
    stories
        The packets to show.
    network
        Names the host.
    language
        Its reader's.
    """
    every = [story for story in stories if story.steps]
    shown = every[:MOST_RUNGS]
    lifelines = list(dict.fromkeys(place for story in shown for place in _places(story)))
    apart = max(90.0, min(_APART, (_WIDEST - _LEFT - 60) / max(len(lifelines), 1)))
    columns = {place: _LEFT + 40 + number * apart for number, place in enumerate(lifelines)}
    bottom = _TOP + _RUNG * (len(shown) + 0.6)
    groups = [_lifeline(place, x, bottom, network) for place, x in columns.items()]
    start = shown[0].journey.when if shown else 0
    for number, story in enumerate(shown):
        groups.append(_rung(story, columns, _TOP + _RUNG * (number + 1), start, language))
    if len(every) > len(shown):
        more = translated(_MORE.filled(count=len(every) - len(shown)), language)
        told = Text(_LEFT, bottom + 16, more, "caption", "muted")
        groups.append(Group("more", "caption", "marks", (told,)))
    right = max(columns.values(), default=_LEFT) + 70
    words = "; ".join(f"{name(story.packet)}: {' → '.join(_places(story))}" for story in shown)
    return Scene(right, bottom + 26, tuple(groups), translated(_TITLE, language), words, language)


def _places(story: Story) -> list[str]:
    """The namespaces on the way, each once where the packet stayed in it."""
    places: list[str] = []
    for step in story.steps:
        if not places or places[-1] != step.namespace:
            places.append(step.namespace)
    return places


def _lifeline(place: str, x: float, bottom: float, network: Network) -> Group:
    found = network.get(place)
    title = network.hostname if place == HOST else found.title if found else place
    items = (Text(x, 22, title, "strong", "ink", "middle"), Line(((x, 32), (x, bottom)), "leader"))
    return Group(f"lifeline {place}", "lifeline", "ground", items)


def _rung(story: Story, columns: dict[str, float], y: float, start: int, language: str) -> Group:
    places = _places(story)
    xs = [columns[place] for place in places]
    items: list[Box | Line | Text] = [
        Text(_LEFT - 8, y + 4, f"{milliseconds(story.journey.when - start)} ms", "fine", "muted", "end")
    ]
    lost = story.outcome.lost
    if len(xs) > 1:
        items.append(Line(((xs[0], y), (xs[-1], y)), "rung lost" if lost else "rung"))
        items += _head(xs[-2], xs[-1], y, lost)
        items += [Box(x - 3, y - 3, 6, 6, "rung dot", 3) for x in xs[1:-1]]
    else:
        items.append(Box(xs[0] - 4, y - 4, 8, 8, "rung dot", 4))
    label = name(story.packet)
    middle = (xs[0] + xs[1]) / 2 if len(xs) > 1 else xs[0] + width(label, "text") / 2 + 12
    items.append(Text(middle, y - 5, label, "text", "ink", "middle"))
    if lost:
        x = xs[-1] if len(xs) > 1 else xs[0]
        items += [Box(x - 9, y - 9, 18, 18, "mark cross", 9), *_cross(x, y)]
    told = plain(translated(outcome(story.outcome), language))
    return Group(f"rung {story.journey.number}", "rung", "marks", tuple(items), f"{label}: {told}")


def _head(before: float, x: float, y: float, lost: bool) -> Iterator[Line]:
    """The arrow's head."""
    back = 8.0 if before > x else -8.0
    yield Line(((x + back, y - 4.5), (x, y), (x + back, y + 4.5)), "rung lost head" if lost else "rung")


def _cross(x: float, y: float) -> tuple[Line, Line]:
    arm = 3.6
    return Line(((x - arm, y - arm), (x + arm, y + arm)), "glyph"), Line(
        ((x - arm, y + arm), (x + arm, y - arm)), "glyph"
    )


def _id(namespace: str, interface: str) -> str:
    return f"{namespace}/{interface}" if interface else namespace
