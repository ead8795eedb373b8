"""How far somebody is in a lesson, and what brings the network back to an earlier step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from ..model.diff import Change, changes
from ..model.firewall import Ruleset
from ..model.network import Network
from .drift import drift


class State(StrEnum):
    """What a step is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


def bare(network: Network) -> Network:
    """What the host is before anything is built on it: nothing but ``lo``."""
    loopback = tuple(interface for interface in network.host.interfaces if interface.is_loopback)
    host = replace(
        network.host, interfaces=loopback, routes=(), neighbours=(), firewall=Ruleset(), sysctls=(), listeners=()
    )
    return Network(host, (), network.hostname)


@dataclass(frozen=True)
class Record:
    """What is known of one step.

    Parameters
    ----------
    state
        What it is.
    before, after
        The network before and after it ran.
    passed
        Whether it is the next one's turn.
    left_running
        Whether it started a process that still runs.
    """

    state: State = State.WAITING
    before: Network | None = None
    after: Network | None = None
    passed: bool = False
    left_running: bool = False

    @property
    def changed(self) -> tuple[Change, ...]:
        """What the step changed in the network."""
        return changes(self.before, self.after) if self.before and self.after else ()

    @property
    def left_a_trace(self) -> bool:
        """Whether it did something that a replay must do again: to the network, or a server that it started."""
        if self.before is None or self.after is None:
            return False
        return self.left_running or bool(self.changed) or _listeners(self.before) != _listeners(self.after)


@dataclass(frozen=True)
class Progress:
    """How far somebody is; each event gives a new one.

    Parameters
    ----------
    records
        One for each step of the lesson.
    bare
        The network that a lesson begins with.
    """

    records: tuple[Record, ...]
    bare: Network

    @classmethod
    def start(cls, steps: int, bare: Network) -> Progress:
        """Nothing has been run yet."""
        return cls((Record(),) * steps, bare)

    @property
    def at(self) -> int:
        """The index of the step to run next; the number of steps when all have run."""
        for index, record in enumerate(self.records):
            if not record.passed:
                return index
        return len(self.records)

    @property
    def finished(self) -> bool:
        """Whether every step has had its turn."""
        return self.at == len(self.records)

    def begun(self, step: int, network: Network) -> Progress:
        """The step starts to run, in this network."""
        return self._with(step, Record(State.RUNNING, network))

    def ended(
        self, step: int, network: Network, *, well: bool, forgiven: bool = False, left_running: bool = False
    ) -> Progress:
        """The step has run and left this network; a forgiven failure doesn't stop the lesson."""
        state = State.DONE if well else State.FAILED
        return self._with(step, Record(state, self.records[step].before, network, well or forgiven, left_running))

    def back_to(self, step: int) -> Progress:
        """The step and all behind it are to be run again."""
        kept = self.records[:step]
        return replace(self, records=kept + (Record(),) * (len(self.records) - step))

    def expected(self, step: int) -> Network:
        """The network as the step expects to find it: as the step before left it."""
        for record in reversed(self.records[:step]):
            if record.after is not None:
                return record.after
        return self.bare

    def strayed(self, network: Network) -> tuple[Change, ...]:
        """What was done by hand since the last step: how the network differs from what the next step expects."""
        step = self.at
        if step < len(self.records) and self.records[step].after is not None:
            step += 1  # it failed: what it left behind is not the student's doing
        return drift(self.expected(step), network)

    def replay(self, step: int) -> tuple[int, ...]:
        """The steps to run again, on a bare network, to come to where ``step`` starts.

        Those that left no trace needn't run again, nor what lies before a step that left the network bare.
        """
        needed: list[int] = []
        for index, record in enumerate(self.records[:step]):
            if record.left_a_trace:
                needed.append(index)
            if record.after is not None and not drift(self.bare, record.after):
                needed.clear()
        return tuple(needed)

    def _with(self, step: int, record: Record) -> Progress:
        records = list(self.records)
        records[step] = record
        return replace(self, records=tuple(records))


def _listeners(network: Network) -> list[tuple[str, frozenset[object]]]:
    return [(namespace.name, frozenset(namespace.listeners)) for namespace in network.everywhere]
