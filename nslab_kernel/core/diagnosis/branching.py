"""What holds however the points turn out that can't be decided."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ..model.network import Interface, Listener, Namespace, Network
from ..operations.actions import DeleteAddress, SetSysctl
from .findings import Place
from .owners import holder
from .packet import Packet
from .questions import Question
from .remedies import masquerades_of_translated
from .routing import Query, lookup, source_for, source_to_oneself
from .stack import Delivery, send, send_outer
from .sysctls import ignores_echo
from .walk import Cause, Choice, LostError, StoppedError, Walk, Ways

_ANYWHERE = {"0.0.0.0": (4,), "::": (4, 6)}  # an IPv6 socket takes IPv4, too, unless it says otherwise (ipv6(7))


@dataclass(frozen=True)
class WalkOutcome:
    """How an attempt ended.

    Parameters
    ----------
    cause
        What stopped it; None if it arrived, or if that can't be told.
    unknown
        Why it can't be told what became of it.
    """

    walk: Walk
    cause: Cause | None = None
    unknown: Choice | None = None

    @property
    def arrives(self) -> bool | None:
        """Whether the answer came back; None if that can't be told."""
        return None if self.unknown else self.cause is None


def attempt(network: Network, asked: Question, choices: Sequence[int] = (), known: Ways | None = None) -> WalkOutcome:
    """Follow a packet to its goal, and the answer back.

    Parameters
    ----------
    choices
        Which option to take at each point that can't be decided; the first one where none is given.
    known
        What other attempts in the same network found out about its links, to be used and added to.
    """
    walk = Walk(network, choices, known)
    walk.send_outer = partial(send_outer, walk)
    try:
        _there_and_back(walk, asked)
    except StoppedError as stopped:
        return WalkOutcome(walk, cause=stopped.cause)
    except LostError as lost:
        return WalkOutcome(walk, unknown=lost.unknown)
    return WalkOutcome(walk)


def _there_and_back(walk: Walk, asked: Question) -> None:
    here = walk.network.get(asked.source)
    assert here
    reached = send(walk, here, asked.packet(walk), here.interface(asked.zone))
    _check_answering(reached)
    walk.leg = "back"
    walk.last_sender = None
    answer = _answer(walk, reached)
    bound = reached.into if answer.link_local and not reached.into.is_loopback else None
    back = send(walk, reached.here, answer, bound)
    sent = walk.sent
    assert sent
    if back.here is not here:
        raise StoppedError(_answer_elsewhere(back, here))
    if asked.protocol != "icmp" and back.packet.ends != sent.answer().ends:
        facts = {"ip": sent.destination, "other": back.packet.end("source"), "asked": sent.end("destination")}
        repairs = masquerades_of_translated(walk, sent.source, reached.packet.destination)
        raise StoppedError(Cause("answer-from-elsewhere", Place(here.name, back.into.name), facts, repairs))
    if asked.protocol == "tcp" and asked.size:
        _send_data(walk, here, sent, asked.size, min(back.into.mtu, reached.into.mtu))


def _answer(walk: Walk, reached: Delivery) -> Packet:
    """What the program, or the kernel, answers.

    A program on UDP that is bound to no address may leave the source to the kernel, which doesn't look at the one that
    was asked.
    """
    answer = reached.packet.answer()
    here, port = reached.here, reached.packet.destination_port
    if answer.protocol != "udp" or any(line.ip == answer.source for line in here.listeners if line.port == port):
        return answer
    found = lookup(here, Query(answer.destination))
    chosen = source_to_oneself(here, answer.destination) if found.kind == "local" else answer.source
    if found.routes:
        chosen = source_for(here, found.routes[0], answer.destination)
    if chosen != answer.source and walk.choose("answers-from", Place(here.name), 2, port=str(port)):
        return replace(answer, source=chosen)
    return answer


def _send_data(walk: Walk, here: Namespace, opening: Packet, size: int, mtu: int) -> None:
    """What follows when a connection is open: segments as long as both ends' links let them be (RFC 9293, 3.7.1)."""
    walk.leg = "there"
    walk.last_sender = None
    walk.forwarded.clear()
    headers = 60 if opening.family == 6 else 40
    send(walk, here, replace(opening, what="data", size=min(size, mtu - headers)))


def _answer_elsewhere(back: Delivery, asker: Namespace) -> Cause:
    """The answer went to another namespace that has the asker's address."""
    ip = back.packet.destination
    owner = holder(back.here, ip) or back.into
    repairs = tuple((DeleteAddress(owner.name, a.cidr, back.here.name),) for a in owner.addresses if a.ip == ip)
    return Cause("answer-elsewhere", Place(back.here.name, owner.name), {"ip": ip, "source": asker.title}, repairs)


def _check_answering(reached: Delivery) -> None:
    """Whether someone is there to answer: the kernel itself for a ping, else a program that listens."""
    here, packet = reached.here, reached.packet
    if packet.protocol == "icmp":
        setting = ignores_echo(here, packet.family)
        if setting:
            repair = (SetSysctl(setting, "0", here.name, "1"),)
            raise StoppedError(Cause("echo-ignored", Place(here.name), {"setting": setting}, (repair,)))
        return
    on_port = [
        listener
        for listener in here.listeners
        if (listener.protocol, listener.port) == (packet.protocol, packet.destination_port)
    ]
    if not any(_takes(listener, packet, reached.into) for listener in on_port):
        facts = {"protocol": packet.protocol, "port": str(packet.destination_port), "ip": packet.destination}
        facts["others"] = ", ".join(sorted({_bound_to(listener) for listener in on_port}))
        raise StoppedError(Cause("listens-elsewhere" if on_port else "no-listener", Place(here.name), facts))


def _takes(listener: Listener, packet: Packet, into: Interface) -> bool:
    if listener.device and listener.device != into.name:
        return False
    if listener.v6only and packet.family == 4:
        return False
    return listener.ip == packet.destination or packet.family in _ANYWHERE.get(listener.ip, ())


def _bound_to(listener: Listener) -> str:
    """What a program listens on, as ss(8) writes it: the address, the device, whether it is for IPv6 alone."""
    device = f"%{listener.device}" if listener.device else ""
    return f"{listener.ip}{device}" + (" (IPv6)" if listener.v6only else "")


_MOST_ATTEMPTS = 64
_CHANCES = ("several-routes", "several-answer", "same-mac", "several-targets")
"""Where the kernel itself takes now one way, now the other."""


@dataclass(frozen=True)
class Settled:
    """What is certain about a question.

    Parameters
    ----------
    arrives
        True or False if it is so in any case, else None.
    told
        The attempt to tell of.
    cause
        What to put right; None if nothing is known to be wrong, or if what isn't understood decides.
    unknown
        What was met and isn't understood.
    """

    arrives: bool | None
    told: WalkOutcome
    cause: Cause | None
    unknown: tuple[Choice, ...]


def settle(network: Network, asked: Question) -> Settled:
    """Attempt with every option at every point that can't be decided, until two attempts end differently."""
    known: Ways = {}
    tried = [attempt(network, asked, (), known)]
    waiting = deque(_branches(tried[0], ()))
    while waiting:
        if len(tried) == _MOST_ATTEMPTS:
            return _unsettled(tried, (Choice("too-many", Place(asked.source), {}, 1),))
        choices = waiting.popleft()
        tried.append(attempt(network, asked, choices, known))
        if tried[-1].arrives != tried[0].arrives:
            return _unsettled(tried)
        waiting.extend(_branches(tried[-1], choices))
    if tried[0].arrives is None:
        return _unsettled(tried)
    return Settled(tried[0].arrives, tried[0], tried[0].cause, _unknowns(tried))


def _branches(outcome: WalkOutcome, chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """What else could have been chosen at the points that an attempt met after those where it was told what to do."""
    points = outcome.walk.choices
    for position in range(len(chosen), len(points)):
        before = (*chosen, *(0 for _ in range(len(chosen), position)))
        yield from ((*before, option) for option in range(1, points[position].options))


def _unsettled(tried: list[WalkOutcome], more: tuple[Choice, ...] = ()) -> Settled:
    unknown = (*more, *_unknowns(tried))
    if all(choice.kind in _CHANCES for choice in unknown):
        warnings = [warning for outcome in tried for warning in outcome.walk.warnings]
        told = next(outcome for outcome in tried if outcome.cause)
        return Settled(None, told, warnings[0] if warnings else told.cause, unknown)
    return Settled(None, tried[0], None, unknown)


def _unknowns(tried: list[WalkOutcome]) -> tuple[Choice, ...]:
    found: list[Choice] = []
    for outcome in tried:
        met = (*outcome.walk.choices, *((outcome.unknown,) if outcome.unknown else ()))
        found += [choice for choice in met if choice not in found]
    return tuple(found)
