"""A break in words: how it shows, how it goes, what it was."""

from __future__ import annotations

from collections.abc import Iterable

from ..core.checks.pings import Ping
from ..core.faults import Fault, title
from ..core.faults.exercise import Attempt, Exercise
from ..core.model.network import HOST
from ..core.operations.internet import NAMESPACES
from ..core.translation import Message, _, joined

_MOST = 6  # failing pings that are worth listing
_PING = _("{source} pinging {ip}")
_HOW = _(
    "Find it and fix it with real commands: `%netns_check` shows whether it is fixed, `%netns_hint` helps, "
    "`%netns_break --off` undoes it."
)
NOTHING_LEFT = _("Everything was fixed already.")
NO_HINT = _("Nothing is broken any more: `%netns_check` ends the exercise.")


def begun(exercise: Exercise) -> Message:
    """That something is broken, and how it shows."""
    count = len(exercise.faults)
    head = _("Something is broken now (level {level}, seed {seed}).", level=exercise.level, seed=exercise.seed)
    if count > 1:
        head = _(
            "{count} things are broken now (level {level}, seed {seed}).",
            count=count,
            level=exercise.level,
            seed=exercise.seed,
        )
    symptom = _("It shows here: {ping} gets no answer.", ping=_ping(_plainest(exercise.failing)))
    return joined(head, symptom, _HOW, separator="\n")


def not_yet(attempt: Attempt) -> Message:
    """That it isn't fixed, and what still fails."""
    failing = attempt.failing
    lines = [
        _(
            "Not fixed yet: {failing} of {tried} pings that worked before get no answer.",
            failing=len(failing),
            tried=attempt.tried,
        ),
        *(joined("✗", _ping(ping)) for ping in failing[:_MOST]),
    ]
    if len(failing) > _MOST:
        lines.append(_("… and {count} more", count=len(failing) - _MOST))
    return joined(*lines, _count(attempt), separator="\n")


def fixed(attempt: Attempt, faults: Iterable[Fault]) -> Message:
    """That it is fixed, and what it was."""
    done = joined("✓", _("Fixed: everything works again that worked before."))
    return joined(done, _count(attempt), was(faults), separator="\n")


def was(faults: Iterable[Fault]) -> Message:
    """What was broken."""
    return joined(_("It was this:"), *(joined("-", title(fault)) for fault in faults), separator="\n")


def _plainest(failing: Iterable[Ping]) -> Ping:
    """The ping that a student would try: from a namespace of the lab to another."""
    return min(failing, key=lambda ping: (ping.source == ping.destination, ping.source in (HOST, *NAMESPACES)))


def _ping(ping: Ping) -> Message:
    return _PING.filled(source=ping.source, ip=ping.ip)


def _count(attempt: Attempt) -> Message:
    minutes, seconds = divmod(round(attempt.seconds), 60)
    time = f"{minutes}:{seconds:02d}"
    return _(
        "Check {number}, {time} after the break; hints: {hints}.", number=attempt.number, time=time, hints=attempt.hints
    )
