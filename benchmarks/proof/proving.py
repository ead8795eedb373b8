"""One random lab: built, broken, asked about, and held against what its kernel really does."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from random import Random

from nslab_kernel.core.checks.pings import Ping, everybody
from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.faults import KINDS, Fault, of_kind
from nslab_kernel.core.model.network import Network
from nslab_kernel.core.operations.actions import Action
from nslab_kernel.lab import Lab
from nslab_kernel.linux.netlink.apply import apply
from nslab_kernel.linux.settling import settle

from . import asking
from .asking import Answer, Question
from .labs import random_lab
from .oddities import oddities

_FAULTS = [0, 1, 2, 3]
_SHARES = [20, 55, 15, 10]  # of labs with so many faults
_PINGS, _CONNECTIONS = 5, 2  # questions to a lab, beside the one that its fault made fail
_TRIES = 12  # kinds of fault to try until one breaks something
_VICTIMS = 6  # pings to try alone
_CURES = 4  # causes told at once, to be cured one after the other


@dataclass
class Named:
    """Of a lab with one fault: what the diagnosis made of it."""

    fault: Fault
    answer: Answer
    first: bool  # the fault is the first cause
    cured: int = 0  # how many of its cures, in order, it took for the real packet to arrive; 0 if it didn't


@dataclass
class Proof:
    """What came of one lab."""

    seed: str
    faults: list[Fault] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    named: Named | None = None
    script: list[str] = field(default_factory=list)  # the commands that build the lab, faults included

    @property
    def disagreements(self) -> list[Answer]:
        """The answers in which the diagnosis and the kernel differ."""
        return [answer for answer in self.answers if not answer.agrees]


def prove(lab: Lab, seed: str) -> Proof:
    """Make the lab of a seed and hold the diagnosis against it."""
    lab.reset()
    return _Proving(lab, seed).run()


class _Proving:
    def __init__(self, lab: Lab, seed: str) -> None:
        self._lab = lab
        # Each stage has chances of its own: what the kernel does in one doesn't shift those of the next.
        self._dice, self._faults, self._victims, self._asked = (Random(f"{seed} {n}") for n in range(4))
        self._proof = Proof(seed)
        self._working: list[Ping] = []

    def run(self) -> Proof:
        plan = random_lab(self._dice)
        self._apply(tuple(plan.actions))
        sockets = asking.serve(plan.servers)
        try:
            for action in oddities(self._lab.snapshot(), self._dice):
                with contextlib.suppress(NslabError):  # what doesn't fit this lab
                    self._apply((action,))
            settle(self._lab.snapshot)
            witness = self._break(self._faults.choices(_FAULTS, _SHARES)[0])
            for question in self._questions():
                self._proof.answers.append(asking.ask(self._lab, question))
            if witness:
                self._name(witness)
        finally:
            for one in sockets:
                one.close()
        return self._proof

    def _apply(self, actions: tuple[Action, ...]) -> None:
        apply(actions)
        self._proof.script += [action.command() for action in actions]

    def _questions(self) -> list[Question]:
        pings = everybody(self._lab.snapshot())
        chosen = [Question(p.source, p.ip) for p in self._asked.sample(pings, min(_PINGS, len(pings)))]
        network = self._lab.snapshot(volatile=True)
        ports = {listener.port for space in network.everywhere for listener in space.listeners}
        ports = {port for port in ports if port in (80, 8080)} or {80}
        for ping in self._asked.sample(pings, min(_CONNECTIONS, len(pings))):
            chosen += [Question(ping.source, ping.ip, self._asked.choice(sorted(ports)))]
        return chosen

    # faults

    def _break(self, count: int) -> Ping | None:
        """Put faults in; of a single one, a ping that it made fail."""
        if count == 1:
            return self._break_once()
        for _ in range(count):
            self._put_in(self._fault())
        return None

    def _break_once(self) -> Ping | None:
        """Put in one fault that breaks something, and find its victim."""
        pings = everybody(self._lab.snapshot())
        dead = set(asking.silent(self._lab, pings))
        working = [ping for ping in pings if ping not in dead]
        for _ in range(_TRIES if working else 0):
            fault, before = self._fault(), len(self._proof.script)
            if fault and self._put_in(fault):
                victim = self._victim(asking.silent(self._lab, working))
                if victim:
                    return victim
                apply(fault.repairs(self._lab.snapshot(volatile=True)))
                del self._proof.script[before:], self._proof.faults[-1:]
        return None

    def _victim(self, failing: list[Ping]) -> Ping | None:
        """A ping that fails alone, too, when no other makes neighbours known; between two namespaces if possible.

        To one's own address only while one has it: who has lost it would be asked about nobody's.
        """
        network = self._lab.snapshot()
        self._victims.shuffle(failing)
        failing.sort(key=lambda ping: ping.source == ping.destination)
        real = [p for p in failing if p.source != p.destination or _has(network, p)]
        alone = (p for p in real[:_VICTIMS] if not asking.arrives(self._lab, Question(p.source, p.ip), tries=2))
        return next(alone, None)

    def _fault(self) -> Fault | None:
        kind = KINDS[self._faults.choice(sorted(KINDS))]
        network = self._lab.snapshot(volatile=True)
        return next(of_kind(network, kind, self._faults.randrange(1000)), None)

    def _put_in(self, fault: Fault | None) -> bool:
        """Put a fault in, if it fits what the lab is by now."""
        if fault is None:
            return False
        try:
            self._apply(fault.steps(self._lab.snapshot(volatile=True)))
        except NslabError:
            return False
        self._proof.faults.append(fault)
        settle(self._lab.snapshot)
        return True

    def _name(self, witness: Ping) -> None:
        """Ask about the ping that the fault made fail, and carry the cures out."""
        question = Question(witness.source, witness.ip)
        answer = asking.ask(self._lab, question)
        self._proof.answers.append(answer)
        (fault,) = self._proof.faults
        if answer.arrived:  # then something else had made it fail, such as a busy machine
            return
        found = answer.diagnosis.findings
        self._proof.named = named = Named(fault, answer, first=bool(found) and fault.is_named_by(found[0]))
        for number, finding in enumerate(found[:_CURES], 1):
            if not finding.actions:
                return
            try:
                apply(finding.actions)
            except NslabError:
                return
            settle(self._lab.snapshot)
            if asking.arrives(self._lab, question, tries=asking.TRIES):
                named.cured = number
                return


def _has(network: Network, ping: Ping) -> bool:
    """Whether a namespace that pings itself still has the address."""
    space = network.get(ping.source)
    return any(address.ip == ping.ip for i in (space.interfaces if space else ()) for address in i.addresses)
