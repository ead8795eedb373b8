"""What a diagnosis says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..foreign import shown_lines
from ..operations.actions import Action


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was found: a namespace, or one interface (or bridge) of it."""

    namespace: str
    interface: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands in a packet's way, or that a person should know about it.

    Parameters
    ----------
    kind
        A stable id, such as ``interface-down``; `nslab_kernel.core.diagnosis.KINDS` lists them.
    place
        Where, for a mark in the picture.
    leg
        ``there`` for the packet, ``back`` for its answer.
    looked_at
        What was looked at, as the command that shows it.
    said
        What it said.
    matters
        Why that matters, one sentence.
    cure
        The commands that put it right, one a line; empty where there is no certain one.
    actions
        The same as data.
    """

    kind: str
    place: Place
    leg: str
    looked_at: str
    said: str
    matters: str
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
    text: str
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
        What stands in the way: the first cause first, then what would stop the packet next. Where the packet
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
        Of the words.
    """

    source: str
    destination: str
    arrives: bool | None
    findings: tuple[Finding, ...] = ()
    path: tuple[Hop, ...] = ()
    unevaluated: tuple[str, ...] = ()
    protocol: str = "icmp"
    port: int = 0
    asked: str = ""
    language: str = "en"

    def __str__(self) -> str:
        return shown_lines(text(self))

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        """Show it in words; IPython calls this for a cell's value."""
        printer.text(str(self))


_WHAT = {
    "en": {
        "icmp": "a ping from {source} to {goal}",
        "tcp": "a TCP connection from {source} to {goal} port {port}",
        "udp": "a UDP message from {source} to {goal} port {port}",
    },
    "zh": {
        "icmp": "从 {source} 到 {goal} 的 ping ",
        "tcp": "从 {source} 到 {goal} 端口 {port} 的 TCP 连接",
        "udp": "从 {source} 到 {goal} 端口 {port} 的 UDP 消息",
    },
}
_VERDICTS = {
    "en": {
        "arrives": "{What} arrives, and the answer comes back.",
        "stops": "{What} doesn't arrive.",
        "unanswered": "{What} arrives, but no answer comes back.",
        "unclear": "Whether {what} arrives can't be told: what isn't evaluated decides.",
        "chance": "Whether {what} arrives depends on what the kernel picks.",
    },
    "zh": {
        "arrives": "{what}能到达，应答也能回来。",
        "stops": "{what}无法到达。",
        "unanswered": "{what}能到达，但应答回不来。",
        "unclear": "无法判断{what}能否到达：起决定作用的部分没有检查。",
        "chance": "{what}能否到达，要看内核选哪一个。",
    },
}
LABELS = {
    "en": {
        "looked at": "looked at",
        "said": "it says",
        "cure": "cure",
        "further": "With that put right, the next obstacle would be:",
        "odd": "All the same, something isn't right:",
        "path": "The way, hop by hop:",
        "path so far": "The way up to there:",
        "unevaluated": "Not evaluated:",
        "there": "on the way there",
        "back": "on the way back",
        "no cure": "no certain one",
    },
    "zh": {
        "looked at": "查看",
        "said": "结果",
        "cure": "修复",
        "further": "修好之后，下一个障碍是：",
        "odd": "尽管如此，有些地方不对：",
        "path": "逐跳路径：",
        "path so far": "到那里为止的路径：",
        "unevaluated": "没有检查：",
        "there": "去程",
        "back": "回程",
        "no cure": "没有确定的办法",
    },
}
_COMMA = {"en": ", ", "zh": "，"}
ARROWS = {"there": "→", "back": "←"}
SIGNS = {True: "✓", False: "✗", None: "?"}


def verdict(diagnosis: Diagnosis) -> str:
    """Whether the packet arrives, as a sentence."""
    goal = diagnosis.asked or diagnosis.destination
    if diagnosis.destination not in ("", goal):
        goal = f"{goal} ({diagnosis.destination})"
    facts = {"source": diagnosis.source, "goal": goal, "port": diagnosis.port}
    what = _WHAT[diagnosis.language][diagnosis.protocol].format(**facts)
    return _VERDICTS[diagnosis.language][_outcome(diagnosis)].format(what=what, What=what[:1].upper() + what[1:])


def _outcome(diagnosis: Diagnosis) -> str:
    if diagnosis.arrives:
        return "arrives"
    if diagnosis.arrives is None:
        return "chance" if diagnosis.findings else "unclear"
    return "unanswered" if diagnosis.findings and diagnosis.findings[0].leg == "back" else "stops"


def where(finding: Finding, language: str) -> str:
    """The place of a finding, and on which leg the packet met it."""
    return f"{place_words(finding.place)}{_COMMA[language]}{LABELS[language][finding.leg]}"


def place_words(place: Place) -> str:
    """A place as it is called elsewhere: ``host/br0``."""
    return f"{place.namespace}/{place.interface}" if place.interface else place.namespace


def path_title(diagnosis: Diagnosis) -> str:
    """What stands over the path."""
    return LABELS[diagnosis.language]["path" if diagnosis.arrives else "path so far"]


def further_title(diagnosis: Diagnosis) -> str:
    """What stands before the findings after the first one."""
    return LABELS[diagnosis.language]["further"]


def text(diagnosis: Diagnosis) -> str:
    """The whole diagnosis."""
    labels = LABELS[diagnosis.language]
    lines = [f"{SIGNS[diagnosis.arrives]} {verdict(diagnosis)}"]
    if diagnosis.arrives and diagnosis.findings:
        lines += ["", labels["odd"]]
    for number, finding in enumerate(diagnosis.findings):
        if number == 1 and not diagnosis.arrives:
            lines += ["", labels["further"]]
        lines += ["", *_finding(finding, diagnosis.language)]
    if diagnosis.path:
        lines += ["", path_title(diagnosis), *(f"  {ARROWS[hop.leg]} {hop.text}" for hop in diagnosis.path)]
    if diagnosis.unevaluated:
        lines += ["", labels["unevaluated"], *(f"  ? {unknown}" for unknown in diagnosis.unevaluated)]
    return "\n".join(lines)


def _finding(finding: Finding, language: str) -> list[str]:
    """The place, why it matters, the evidence and the cure, a command a line."""
    labels = LABELS[language]
    said = f"    {labels['looked at']}: {finding.looked_at}", f"    {labels['said']}: {finding.said}"
    cure = finding.cure.splitlines() or [labels["no cure"]]
    cures = [f"    {labels['cure']}: {line}" for line in cure]
    return [f"✗ {where(finding, language)}: {finding.matters}", *said, *cures]
