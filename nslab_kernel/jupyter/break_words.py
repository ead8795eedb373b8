"""What is told of a break: how it shows, how it goes, what it was."""

from __future__ import annotations

from collections.abc import Iterable

from ..core.checks.pings import Ping
from ..core.faults import Fault, title
from ..core.faults.exercise import Attempt, Exercise
from ..core.model.network import HOST
from ..core.operations.internet import NAMESPACES
from ..core.translation import _, all_translated, translated

_MOST = 6  # failing pings that are worth listing
_SAID = {
    "one": _("Something is broken now (level {level}, seed {seed})."),
    "several": _("{count} things are broken now (level {level}, seed {seed})."),
    "symptom": _("It shows here: {ping} gets no answer."),
    "ping": _("{source} pinging {ip}"),
    "how": _(
        "Find it and mend it with real commands: `%netns_check` tells whether it is mended, "
        "`%netns_hint` helps, `%netns_break --off` puts it back."
    ),
    "not yet": _("Not mended yet: {failing} of {tried} pings that worked before get no answer."),
    "more": _("… and {count} more"),
    "count": _("Check {number}, {time} after the break; hints: {hints}."),
    "mended": _("Mended: everything works again that worked before."),
    "was": _("It was this:"),
    "back": _("Everything was mended already."),
    "no hint": _("Nothing is broken any more: `%netns_check` ends the exercise."),
}


def begun(exercise: Exercise, language: str) -> str:
    """That something is broken, and how it shows."""
    said = all_translated(_SAID, language)
    count = len(exercise.faults)
    head = said["several" if count > 1 else "one"].format(count=count, level=exercise.level, seed=exercise.seed)
    symptom = said["symptom"].format(ping=_ping(_plainest(exercise.failing), language))
    return "\n".join((head, symptom, said["how"]))


def not_yet(attempt: Attempt, language: str) -> str:
    """That it isn't mended, and what still fails."""
    said = all_translated(_SAID, language)
    lines = [said["not yet"].format(failing=len(attempt.failing), tried=attempt.tried)]
    lines += [f"✗ {_ping(ping, language)}" for ping in attempt.failing[:_MOST]]
    if len(attempt.failing) > _MOST:
        lines.append(said["more"].format(count=len(attempt.failing) - _MOST))
    return "\n".join((*lines, _count(attempt, language)))


def mended(attempt: Attempt, faults: Iterable[Fault], language: str) -> str:
    """That it is mended, and what it was."""
    return "\n".join((f"✓ {translated(_SAID['mended'], language)}", _count(attempt, language), was(faults, language)))


def was(faults: Iterable[Fault], language: str) -> str:
    """What was broken."""
    return "\n".join((translated(_SAID["was"], language), *(f"- {title(fault, language)}" for fault in faults)))


def nothing_left(language: str) -> str:
    """That there is nothing to put back."""
    return translated(_SAID["back"], language)


def no_hint(language: str) -> str:
    """That there is nothing to give a hint to."""
    return translated(_SAID["no hint"], language)


def _plainest(failing: Iterable[Ping]) -> Ping:
    """The ping that a student would try: from a namespace of the lab to another."""
    return min(failing, key=lambda ping: (ping.source == ping.destination, ping.source in (HOST, *NAMESPACES)))


def _ping(ping: Ping, language: str) -> str:
    return translated(_SAID["ping"], language).format(source=ping.source, ip=ping.ip)


def _count(attempt: Attempt, language: str) -> str:
    minutes, seconds = divmod(round(attempt.seconds), 60)
    time = f"{minutes}:{seconds:02d}"
    return translated(_SAID["count"], language).format(number=attempt.number, time=time, hints=attempt.hints)
