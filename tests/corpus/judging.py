"""Hold the diagnosis against the kernel: every pair of a network by real packets, and every fix typed and tried."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from nslab_kernel.core import diagnosis
from nslab_kernel.core.diagnosis import Diagnosis
from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.model.network import Network
from nslab_kernel.lab import Lab
from nslab_kernel.linux import neighbour_tables

from . import probing
from .building import built, run, settle
from .catalogue import Case, Question

_PAIRS = 48  # of namespaces and addresses asked about in one network; chosen by chance where it has more
_CALLS = 8  # connections and messages to each server
_TRIES = 4  # a busy machine is slow at times: "doesn't arrive" of the kernel must repeat itself
_FIXES = 3  # different first causes whose fixes are tried in one network
_CAUSES = 4  # findings whose fixes are typed one after the other


@dataclass
class Answer:
    """What the diagnosis said about a question, and what the kernel did."""

    question: Question
    diagnosis: Diagnosis | None  # None: it ended with an error
    arrived: bool
    error: str = ""

    @property
    def said(self) -> bool | None:
        return self.diagnosis.arrives if self.diagnosis else None

    @property
    def outcome(self) -> str:
        """right, untold (it can't be told), crashed, or which way it is wrong."""
        if self.diagnosis is None:
            return "crashed"
        if self.said is None:
            return "untold"
        return "right" if self.said == self.arrived else f"false {'arrives' if self.said else 'stops'}"

    def __str__(self) -> str:
        causes = [finding.kind for finding in self.diagnosis.findings] if self.diagnosis else [self.error]
        more = f" {causes}" if causes else ""
        unread = " ".join(f"({text})" for text in self.diagnosis.unevaluated) if self.diagnosis else ""
        return f"{self.question}: {self.outcome}, kernel {'✓' if self.arrived else '✗'}{more} {unread}".rstrip()


@dataclass
class Fix:
    """What came of typing a diagnosis's fixes."""

    question: Question
    causes: list[str]
    commands: list[str] = field(default_factory=list)
    typed: int = 0  # how many findings' fixes it took until the packet got through; 0: it never did
    harmed: list[str] = field(default_factory=list)  # what worked before, and doesn't any more

    def __str__(self) -> str:
        result = f"through after {self.typed}" if self.typed else "never got through"
        return (
            f"{self.question} {self.causes}: {result} {self.commands} {f'harmed {self.harmed}' if self.harmed else ''}"
        )


def judge(lab: Lab, case: Case) -> tuple[list[Answer], list[Fix]]:
    """Build a network, ask about all pairs and the case's own questions, and try fixes of what really fails."""
    with built(lab, case):
        found = answers(lab, questions(lab.snapshot(), case))
    tried: set[tuple[str, ...]] = set()
    fixes = []
    working = [one.question for one in found if one.arrived]
    for one in sorted(found, key=lambda one: one.question not in case.questions):
        if one.arrived or one.said is not False or not one.diagnosis or len(fixes) >= _FIXES:
            continue
        causes = tuple(finding.kind for finding in one.diagnosis.findings[:1])
        if causes not in tried:
            tried.add(causes)
            with built(lab, case):
                fixes.append(_fix(lab, one.question, working))
    return found, fixes


def questions(network: Network, case: Case) -> list[Question]:
    """The case's own, and pings from everywhere to every address; connections to its servers."""
    everywhere = [space for space in network.everywhere if space.kind != "process"]
    addresses = [
        address.ip
        for space in network.everywhere
        for interface in space.interfaces
        for address in interface.addresses
        if address.scope == "global"
    ]
    pairs = [Question(space.name, ip) for space in everywhere for ip in addresses if space.interfaces]
    dice = random.Random(case.id)
    chosen = pairs if len(pairs) <= _PAIRS else dice.sample(pairs, _PAIRS)
    for server in case.listeners:
        space = network.get(server.namespace)
        own = [a.ip for i in space.interfaces for a in i.addresses if a.scope == "global"] if space else []
        wanted = [ip for ip in own if (":" in ip) == server.protocol.endswith("6")] if server.ip == "*" else own
        calls = [
            Question(caller.name, ip, server.protocol.removesuffix("6"), server.port)
            for caller in everywhere
            for ip in wanted or own[:1]
        ]
        chosen += calls if len(calls) <= _CALLS else dice.sample(calls, _CALLS)
    return list(dict.fromkeys((*case.questions, *chosen)))


def answers(lab: Lab, wanted: Iterable[Question]) -> list[Answer]:
    """Ask the diagnosis from a reading in which no neighbour is known, then the kernel."""
    asked = list(wanted)
    _forget(lab)
    network = lab.snapshot(volatile=True)
    said = {question: _why(network, question) for question in asked}
    kernel = probing.answers(asked)
    found = []
    for question in asked:
        diagnosed, error = said[question]
        arrived = kernel[question]
        if diagnosed is None or diagnosed.arrives != arrived:  # asked side by side, they may have helped or hindered
            diagnosed, error, arrived = _alone(lab, question)
        found.append(Answer(question, diagnosed, arrived, error))
    return found


def _alone(lab: Lab, question: Question) -> tuple[Diagnosis | None, str, bool]:
    _forget(lab)
    diagnosed, error = _why(lab.snapshot(volatile=True), question)
    arrived = False
    for _ in range(_TRIES):
        _forget(lab)
        arrived = probing.answer(question)
        if arrived or (diagnosed and diagnosed.arrives is False):
            break
    return diagnosed, error, arrived


def _why(network: Network, question: Question) -> tuple[Diagnosis | None, str]:
    port = {question.protocol: question.port} if question.port else {}
    try:
        return diagnosis.why(network, question.source, question.destination, **port), ""
    except NslabError as error:
        return None, error.message
    except Exception as error:  # the fault that is looked for
        return None, repr(error)


def _fix(lab: Lab, question: Question, working: list[Question]) -> Fix:
    _forget(lab)
    diagnosed, _ = _why(lab.snapshot(volatile=True), question)
    fix = Fix(question, [finding.kind for finding in diagnosed.findings] if diagnosed else [])
    for number, finding in enumerate(diagnosed.findings[:_CAUSES] if diagnosed else (), 1):
        if not finding.actions:
            break
        commands = [action.command() for action in finding.actions]
        fix.commands += commands
        try:
            run("\n".join(commands))
        except AssertionError as error:
            fix.commands.append(str(error)[-200:])
            break
        settle(lab)
        _forget(lab)
        if any(probing.answer(question) for _ in range(_TRIES)):
            fix.typed = number
            now = probing.answers(working)
            fix.harmed = [str(one) for one in working if not now[one] and not _again(lab, one)]
            break
    return fix


def _again(lab: Lab, question: Question) -> bool:
    for _ in range(_TRIES):
        _forget(lab)
        if probing.answer(question):
            return True
    return False


def _forget(lab: Lab) -> None:
    network = lab.snapshot(volatile=True)
    neighbour_tables.forget(network)
