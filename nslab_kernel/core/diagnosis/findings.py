"""What a diagnosis says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..foreign import shown_lines
from ..operations.actions import Action
from ..translation import Message, _, joined, pgettext, translated


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was found: a namespace, or one interface (or bridge) of it."""

    namespace: str
    interface: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stops a packet, or that a person should know about it.

    Parameters
    ----------
    kind
        A stable id, such as ``interface-down``; `nslab_kernel.core.diagnosis.KINDS` lists them.
    place
        Where, for a mark in the picture.
    leg
        ``there`` for the packet, ``back`` for its answer.
    looked_at
        The command that shows it.
    said
        What that command shows.
    matters
        Why that matters, one sentence.
    cure
        The commands that fix it, one a line; empty where there is no certain fix.
    actions
        The same as data.
    """

    kind: str
    place: Place
    leg: str
    looked_at: str
    said: Message
    matters: Message
    cure: str
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Hop:
    """One stop on a packet's way.

    Parameters
    ----------
    through
        The interfaces that it comes in and goes out by, where the stop is a bridge or a router.
    """

    place: Place
    leg: str  # there or back
    text: Message
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Whether a packet gets there and its answer back, and why not.

    Parameters
    ----------
    source
        The name of the namespace that sends.
    destination
        The address that it sends to; empty where none could be found out.
    arrives
        True if the answer comes back, False if not, None if what wasn't evaluated decides.
    findings
        What stops the packet: the first cause first, then what would stop it next. Where the packet
        arrives all the same, what isn't as it should be.
    path
        The stops, in order, up to where the packet ends.
    unevaluated
        What was met on the way and not understood.
    protocol, port
        What was asked about: ``icmp`` (a ping), or ``tcp`` or ``udp`` with the port.
    asked
        The destination as it was asked for.
    language
        Its reader's, of the text.
    """

    source: str
    destination: str
    arrives: bool | None
    findings: tuple[Finding, ...] = ()
    path: tuple[Hop, ...] = ()
    unevaluated: tuple[Message, ...] = ()
    protocol: str = "icmp"
    port: int = 0
    asked: str = ""
    language: str = "en"

    def __str__(self) -> str:
        return shown_lines(text(self))

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        """Show it in words; IPython calls this for a cell's value."""
        printer.text(str(self))


# In the middle of a sentence, and as its first words.
_WHAT = {
    "icmp": _("a ping from {source} to {goal}"),
    "tcp": _("a TCP connection from {source} to {goal} port {port}"),
    "udp": _("a UDP message from {source} to {goal} port {port}"),
}
_WHAT_FIRST = {
    "icmp": _("A ping from {source} to {goal}"),
    "tcp": _("A TCP connection from {source} to {goal} port {port}"),
    "udp": _("A UDP message from {source} to {goal} port {port}"),
}
_VERDICTS = {
    "arrives": _("{What} arrives, and the answer comes back."),
    "stops": _("{What} doesn't arrive."),
    "unanswered": _("{What} arrives, but no answer comes back."),
    "unclear": _("It can't be said whether {what} arrives: that depends on what isn't evaluated."),
    "chance": _("Whether {what} arrives depends on what the kernel picks."),
}
LABELS = {
    "looked at": _("checked"),
    "said": pgettext("what a command shows", "result"),
    "cure": _("fix"),
    "further": _("With that fixed, the next obstacle would be:"),
    "odd": _("All the same, something isn't right:"),
    "path": _("The way, hop by hop:"),
    "path so far": _("The way up to there:"),
    "unevaluated": _("Not evaluated:"),
    "there": _("on the way there"),
    "back": _("on the way back"),
    "no cure": _("no certain one"),
}
_COMMA = pgettext("between clauses", ", ")
ARROWS = {"there": "→", "back": "←"}
SIGNS = {True: "✓", False: "✗", None: "?"}


def verdict(diagnosis: Diagnosis) -> Message:
    """Whether the packet arrives, as a sentence."""
    goal = diagnosis.asked or diagnosis.destination
    if diagnosis.destination not in ("", goal):
        goal = f"{goal} ({diagnosis.destination})"
    facts = {"source": diagnosis.source, "goal": goal, "port": diagnosis.port}
    what, first = (words[diagnosis.protocol].filled(**facts) for words in (_WHAT, _WHAT_FIRST))
    return _VERDICTS[_outcome(diagnosis)].filled(what=what, What=first)


def _outcome(diagnosis: Diagnosis) -> str:
    if diagnosis.arrives:
        return "arrives"
    if diagnosis.arrives is None:
        return "chance" if diagnosis.findings else "unclear"
    return "unanswered" if diagnosis.findings and diagnosis.findings[0].leg == "back" else "stops"


def where(finding: Finding) -> Message:
    """The place of a finding, and on which leg the packet met it."""
    return joined(place_words(finding.place), LABELS[finding.leg], separator=_COMMA)


def place_words(place: Place) -> str:
    """A place as it is called elsewhere: ``host/br0``."""
    return f"{place.namespace}/{place.interface}" if place.interface else place.namespace


def path_title(diagnosis: Diagnosis) -> Message:
    """What is above the path."""
    return LABELS["path" if diagnosis.arrives else "path so far"]


def text(diagnosis: Diagnosis) -> str:
    """The whole diagnosis, in its reader's language."""
    say = partial(translated, language=diagnosis.language)
    lines = [f"{SIGNS[diagnosis.arrives]} {say(verdict(diagnosis))}"]
    if diagnosis.arrives and diagnosis.findings:
        lines += ["", say(LABELS["odd"])]
    for number, finding in enumerate(diagnosis.findings):
        if number == 1 and not diagnosis.arrives:
            lines += ["", say(LABELS["further"])]
        lines += ["", *_finding(finding, say)]
    if diagnosis.path:
        lines += ["", say(path_title(diagnosis)), *(f"  {ARROWS[hop.leg]} {say(hop.text)}" for hop in diagnosis.path)]
    if diagnosis.unevaluated:
        lines += ["", say(LABELS["unevaluated"]), *(f"  ? {say(unknown)}" for unknown in diagnosis.unevaluated)]
    return "\n".join(lines)


def _finding(finding: Finding, say: Callable[[str], str]) -> list[str]:
    """The place, why it matters, the evidence and the fix, a command a line."""
    evidence = (("looked at", finding.looked_at), ("said", finding.said))
    fixes = (("cure", line) for line in finding.cure.splitlines() or [LABELS["no cure"]])
    said = [f"    {say(LABELS[label])}: {say(value)}" for label, value in (*evidence, *fixes)]
    return [f"✗ {say(where(finding))}: {say(finding.matters)}", *said]
