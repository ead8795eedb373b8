"""What is told of a break: how it shows, how it goes, what it was."""

from __future__ import annotations

from collections.abc import Iterable

from ..core.checks.pings import Ping
from ..core.faults import Fault, title
from ..core.faults.exercise import Attempt, Exercise
from ..core.model.network import HOST
from ..core.operations.internet import NAMESPACES

_MOST = 6  # failing pings that are worth listing
_SAID = {
    "en": {
        "one": "Something is broken now (level {level}, seed {seed}).",
        "several": "{count} things are broken now (level {level}, seed {seed}).",
        "symptom": "It shows here: {ping} gets no answer.",
        "ping": "{source} pinging {ip}",
        "how": "Find it and mend it with real commands: `%netns_check` tells whether it is mended, "
        "`%netns_hint` helps, `%netns_break --off` puts it back.",
        "not yet": "Not mended yet: {failing} of {tried} pings that worked before get no answer.",
        "more": "… and {count} more",
        "count": "Check {number}, {time} after the break; hints: {hints}.",
        "mended": "Mended: everything works again that worked before.",
        "was": "It was this:",
        "back": "Everything was mended already.",
        "no hint": "Nothing is broken any more: `%netns_check` ends the exercise.",
    },
    "zh": {
        "one": "现在有一处坏了（难度 {level}，种子 {seed}）。",
        "several": "现在有 {count} 处坏了（难度 {level}，种子 {seed}）。",
        "symptom": "表现是：{ping}，没有应答。",
        "ping": "{source} ping {ip}",
        "how": "用真正的命令找到它、修好它：`%netns_check` 检查是否修好，"
        "`%netns_hint` 给提示，`%netns_break --off` 恢复原样。",
        "not yet": "还没修好：原来能通的 {tried} 次 ping 里有 {failing} 次没有应答。",
        "more": "……另有 {count} 次",
        "count": "第 {number} 次检查，距弄坏 {time}，用了 {hints} 条提示。",
        "mended": "修好了：原来能通的又都通了。",
        "was": "问题是：",
        "back": "已经全修好了。",
        "no hint": "已经没有坏的地方了：运行 `%netns_check` 结束练习。",
    },
}


def begun(exercise: Exercise, language: str) -> str:
    """That something is broken, and how it shows."""
    said = _SAID[language]
    count = len(exercise.faults)
    head = said["several" if count > 1 else "one"].format(count=count, level=exercise.level, seed=exercise.seed)
    symptom = said["symptom"].format(ping=_ping(_plainest(exercise.failing), language))
    return "\n".join((head, symptom, said["how"]))


def not_yet(attempt: Attempt, language: str) -> str:
    """That it isn't mended, and what still fails."""
    said = _SAID[language]
    lines = [said["not yet"].format(failing=len(attempt.failing), tried=attempt.tried)]
    lines += [f"✗ {_ping(ping, language)}" for ping in attempt.failing[:_MOST]]
    if len(attempt.failing) > _MOST:
        lines.append(said["more"].format(count=len(attempt.failing) - _MOST))
    return "\n".join((*lines, _count(attempt, language)))


def mended(attempt: Attempt, faults: Iterable[Fault], language: str) -> str:
    """That it is mended, and what it was."""
    return "\n".join((f"✓ {_SAID[language]['mended']}", _count(attempt, language), was(faults, language)))


def was(faults: Iterable[Fault], language: str) -> str:
    """What was broken."""
    return "\n".join((_SAID[language]["was"], *(f"- {title(fault, language)}" for fault in faults)))


def nothing_left(language: str) -> str:
    """That there is nothing to put back."""
    return _SAID[language]["back"]


def no_hint(language: str) -> str:
    """That there is nothing to give a hint to."""
    return _SAID[language]["no hint"]


def _plainest(failing: Iterable[Ping]) -> Ping:
    """The ping that a student would try: from a namespace of the lab to another."""
    return min(failing, key=lambda ping: (ping.source == ping.destination, ping.source in (HOST, *NAMESPACES)))


def _ping(ping: Ping, language: str) -> str:
    return _SAID[language]["ping"].format(source=ping.source, ip=ping.ip)


def _count(attempt: Attempt, language: str) -> str:
    minutes, seconds = divmod(round(attempt.seconds), 60)
    time = f"{minutes}:{seconds:02d}"
    return _SAID[language]["count"].format(number=attempt.number, time=time, hints=attempt.hints)
