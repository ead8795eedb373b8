"""What stands in a packet's way: the first cause, and behind it what would stop the packet next.

A fix is tried on the network's values before it is listed: what the packet meets then is the next cause.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from ..effects import after
from ..model.network import Network
from ..operations.actions import AddAddress, AddRoute
from .branching import Settled, settle
from .connecting import apart
from .harm import Harm, touches_internet
from .questions import Question
from .walk import Cause, Repair

_MOST_TRIALS = 60
_DELIVERED = ("no-listener", "listens-elsewhere")
"""Causes that are met only when the packet has got there."""
_GUESSES = (AddRoute, AddAddress)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something in a packet's way, on which leg it was met, and what clears it; nothing if that isn't certain."""

    cause: Cause
    leg: str
    repair: Repair = ()


@dataclass(frozen=True)
class _State:
    network: Network
    settled: Settled
    cleared: tuple[Obstacle, ...] = ()


def obstacles(network: Network, asked: Question, settled: Settled) -> tuple[Obstacle, ...]:
    """Everything that stands in the way, in the order in which the packet meets it.

    Where a cause has several possible repairs, those are taken that make the packet arrive with the fewest.
    """
    waiting = deque([_State(network, settled)])
    ends: list[tuple[bool, tuple[Obstacle, ...]]] = []  # where it went no further: whether something is wrong, the way
    harmed = Harm(network)
    trials = 0
    while waiting:
        state = waiting.popleft()
        if harmed.by(state.network, state.cleared):
            continue
        if state.settled.arrives:
            return state.cleared
        following = _cleared(state, asked) if trials < _MOST_TRIALS else []
        trials += len(following)
        waiting.extend(following)
        cause = state.settled.cause
        if cause is None:
            ends.append((False, state.cleared))
        elif not following:
            ends.append((True, (*state.cleared, Obstacle(cause, state.settled.told.walk.leg))))
    if not ends:
        assert settled.cause
        return (Obstacle(settled.cause, settled.told.walk.leg),)
    found = _certain(min(ends, key=lambda end: end[0])[1])
    nothing = apart(settled.told.walk, asked.source, [obstacle.cause for obstacle in found])
    return (Obstacle(nothing, "there"),) if nothing else found


def _certain(way: tuple[Obstacle, ...]) -> tuple[Obstacle, ...]:
    """What is listed of a way that fails: no route or address that was only tried, nor what follows."""
    if way and way[-1].cause.kind in _DELIVERED:
        return way
    for number, obstacle in enumerate(way):
        if any(isinstance(action, _GUESSES) for action in obstacle.repair):
            return (*way[:number], replace(obstacle, repair=()))
    return way


def _cleared(state: _State, asked: Question) -> list[_State]:
    """What comes after each repair that helps."""
    cause = state.settled.cause
    known = [*(obstacle.cause for obstacle in state.cleared), cause]
    found = []
    for repair in cause.repairs if cause else ():
        assert cause
        repaired = _tried(state.network, repair)
        if repaired is None:
            continue
        again = settle(repaired, asked)
        if _same(again.cause, known):
            continue
        obstacle = Obstacle(cause, state.settled.told.walk.leg, repair)
        found.append(_State(repaired, again, (*state.cleared, obstacle)))
    return found


def _tried(network: Network, repair: Repair) -> Network | None:
    """The network after a repair; None where the kernel would refuse it, or where it isn't ours to change."""
    if any(touches_internet(network, action) for action in repair):
        return None
    for action in repair:
        if isinstance(action, AddAddress) and _is_there(network, action):
            return None
        try:
            network = after(network, (action,))
        except LookupError:
            return None
    return network


def _is_there(network: Network, action: AddAddress) -> bool:
    space = network.get(action.namespace)
    interface = space.interface(action.interface) if space else None
    return interface is not None and any(address.cidr == action.cidr for address in interface.addresses)


def _same(cause: Cause | None, known: list[Cause | None]) -> bool:
    """Whether the packet stops again where it did."""
    return cause is not None and any(
        (cause.kind, cause.place, cause.facts) == (other.kind, other.place, other.facts) for other in known if other
    )


def oddities(network: Network, asked: Question, settled: Settled) -> tuple[Obstacle, ...]:
    """What isn't as it should be, though the packet arrives, and the repair after which it still does."""
    return tuple(
        Obstacle(warning, "there", _harmless(network, asked, warning)) for warning in settled.told.walk.warnings
    )


def _harmless(network: Network, asked: Question, warning: Cause) -> Repair:
    for repair in warning.repairs:
        repaired = _tried(network, repair)
        if repaired is None or Harm(network).by(repaired, (Obstacle(warning, "there", repair),)):
            continue
        again = settle(repaired, asked)
        if again.arrives and warning.kind not in [other.kind for other in again.told.walk.warnings]:
            return repair
    return ()
