"""Find a fault that really breaks something: faults are tried out, and pings judge (icmp(7))."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ..core.checks.pings import NO_ANSWER, Ping
from ..core.errors import NslabError
from ..core.faults import Fault, candidates, how_many
from ..core.model.network import Network
from ..core.translation import _
from . import neighbour_tables, pinging
from .netlink.apply import apply

Read = Callable[[], Network]

_ROUND = 0.5  # seconds to wait for an answer; nobody in a lab is farther away than a millisecond
_SURE = 2  # rounds without an answer, after which a ping counts as lost
_PATIENT = 8  # the same where something was just mended: a carrier and IPv6's address checks take up to 2 seconds


def unanswered(read: Read, pings: Iterable[Ping], *, patient: bool = False) -> tuple[Ping, ...]:
    """The pings that get no answer, sent anew until they get one or patience ends.

    What namespaces have learnt of their neighbours is forgotten first: it would hide faults for half a minute.
    """
    network = read()
    neighbour_tables.forget(network)
    left = tuple(ping for ping in pings if network.get(ping.source))
    gone = tuple(replace(ping, reason=NO_ANSWER) for ping in pings if not network.get(ping.source))
    for _round in range(_PATIENT if patient else _SURE):
        if not left:
            break
        failed = pinging.ping_each(network, (replace(ping, reason="") for ping in left), _ROUND)
        begun = time.monotonic()
        left = tuple(ping for ping in failed if not ping.answered)
        if left and patient and all(ping.reason != NO_ANSWER for ping in left):
            time.sleep(max(0.0, begun + _ROUND - time.monotonic()))  # refused at once, without waiting
    return gone + left


def break_something(
    read: Read, network: Network, working: Sequence[Ping], level: int, seed: int
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
    wanted = how_many(level, seed)
    for fault in candidates(network, level, seed):
        if any(_meet(fault, other) for other in chosen):
            continue
        if _breaks(read, fault, working):
            chosen.append(fault)
        if len(chosen) == wanted:
            break
    if not chosen:
        raise NslabError(
            _("No fault of level {level} fits this lab.", level=level), _("Try another level, or build more.")
        )
    for fault in chosen:
        apply(fault.steps(read()))
    return tuple(chosen), unanswered(read, working)


def _meet(one: Fault, other: Fault) -> bool:
    """Whether two faults would be in each other's way: of one kind, or in one place."""
    return one.kind == other.kind or one.place.namespace == other.place.namespace


def _breaks(read: Read, fault: Fault, working: Sequence[Ping]) -> bool:
    """Whether a fault breaks anything; afterwards it is mended again."""
    apply(fault.steps(read()))
    try:
        return bool(unanswered(read, working))
    finally:
        apply(fault.undo)
        unanswered(read, working, patient=True)
