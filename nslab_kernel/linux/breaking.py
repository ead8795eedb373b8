"""Find a fault that really breaks something: faults are tried out, and pings judge (icmp(7))."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..core.checks.pings import NO_ANSWER, Ping
from ..core.errors import NslabError
from ..core.faults import Fault, candidates, how_many
from ..core.model.network import Network
from ..core.translation import _
from ..core.waiting import TRYING
from . import neighbour_tables, pinging
from .interrupts import held
from .netlink.apply import apply
from .settling import NOTICED, OnWait, Read, settle

_SURE = 2  # rounds without an answer, after which a ping counts as lost


def unanswered(read: Read, pings: Iterable[Ping], on_wait: OnWait | None = None) -> tuple[Ping, ...]:
    """The pings that get no answer in a lab that has come to rest.

    What namespaces have learnt of their neighbours is forgotten first: it would hide faults for half a minute.

    Parameters
    ----------
    read
        Reads the lab, with what is volatile.
    pings
        What to send.
    on_wait
        Called where it takes a while until the lab is at rest (see `settle`).
    """
    wanted = tuple(pings)
    network = settle(read, on_wait, six=any(":" in ping.ip for ping in wanted))
    neighbour_tables.forget(network)
    left = tuple(ping for ping in wanted if network.get(ping.source))
    gone = tuple(replace(ping, reason=NO_ANSWER) for ping in wanted if not network.get(ping.source))
    for _round in range(_SURE):
        if left:
            failed = pinging.ping_each(network, (replace(ping, reason="") for ping in left))
            left = tuple(ping for ping in failed if not ping.answered)
    return gone + left


def break_something(
    read: Read, network: Network, working: Sequence[Ping], level: int, seed: int, on_wait: OnWait | None = None
) -> tuple[tuple[Fault, ...], tuple[Ping, ...]]:
    """Break a lab so that pings which were answered aren't any more.

    Parameters
    ----------
    read
        Reads the lab, with what is volatile.
    network
        The lab as it is, whole.
    working
        The pings that are answered.
    on_wait
        Called once where it takes longer than half a second.

    Returns
    -------
    tuple
        The faults, and the pings that fail by them.

    Raises
    ------
    NslabError
        Where no fault of the level fits the lab.
    """
    chosen: list[Fault] = []
    wanted, begun = how_many(level, seed), time.monotonic()
    for fault in candidates(network, level, seed):
        if any(_meet(fault, other) for other in chosen):
            continue
        if on_wait and time.monotonic() - begun > NOTICED:
            on_wait(TRYING, network)
            on_wait = None
        failing = _apply(read, [fault], working)
        if failing and wanted == 1:
            return (fault,), failing
        apply(fault.undo, to_the_end=True)
        if failing:
            chosen.append(fault)
        if len(chosen) == wanted:
            break
    if not chosen:
        raise NslabError(
            _("No fault of level {level} fits this lab.", level=level), _("Try another level, or build more.")
        )
    return tuple(chosen), _apply(read, chosen, working)


def _meet(one: Fault, other: Fault) -> bool:
    """Whether two faults would be in each other's way: of one kind, or in one place."""
    return one.kind == other.kind or one.place.namespace == other.place.namespace


def _apply(read: Read, faults: Sequence[Fault], working: Sequence[Ping]) -> tuple[Ping, ...]:
    """Put faults in, and return the pings that fail by them; whatever is raised meanwhile takes the faults back."""
    done: list[Fault] = []
    try:
        for fault in faults:
            steps = fault.steps(read())
            done.append(fault)
            apply(steps)
        return unanswered(read, working)
    except BaseException:
        _put_back(read, done)
        raise


def _put_back(read: Read, faults: Sequence[Fault]) -> None:
    """Take out what is there of some faults, whatever happens meanwhile."""
    with held():
        for fault in reversed(faults):
            apply(fault.repairs(read()), to_the_end=True)
