"""One attempt: there, the program that answers, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..actions import DeleteAddress, SetSysctl
from ..network import Listener, Namespace, Network
from .addresses import holder
from .findings import Place
from .masquerading import masquerades_of_translated
from .packet import Packet
from .questions import Question
from .settings import ignores_echo
from .stack import Delivery, send
from .walk import Cause, Choice, LostError, StoppedError, Walk

_ANYWHERE = {"0.0.0.0": (4,), "::": (4, 6)}  # an IPv6 socket takes IPv4, too, unless it says otherwise (ipv6(7))


@dataclass(frozen=True)
class Outcome:
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


def attempt(network: Network, asked: Question, choices: Sequence[int] = ()) -> Outcome:
    """Follow a packet to its goal, and the answer back.

    Parameters
    ----------
    choices
        Which option to take at each point that can't be decided; the first one where none is given.
    """
    walk = Walk(network, choices)
    try:
        _there_and_back(walk, asked)
    except StoppedError as stopped:
        return Outcome(walk, cause=stopped.cause)
    except LostError as lost:
        return Outcome(walk, unknown=lost.unknown)
    return Outcome(walk)


def _there_and_back(walk: Walk, asked: Question) -> None:
    here = walk.network.get(asked.source)
    assert here
    reached = send(walk, here, asked.packet(walk), here.interface(asked.zone))
    _check_answering(reached)
    walk.leg = "back"
    walk.last_sender = None
    answer = reached.packet.answer()
    bound = reached.into if answer.link_local and not reached.into.is_loopback else None
    back = send(walk, reached.here, answer, bound)
    sent = walk.sent
    assert sent
    if back.here is not here:
        raise StoppedError(_answer_elsewhere(back, here))
    if asked.protocol != "icmp" and back.packet != sent.answer():
        facts = {"ip": sent.destination, "other": back.packet.end("source"), "asked": sent.end("destination")}
        repairs = masquerades_of_translated(walk, sent.source, reached.packet.destination)
        raise StoppedError(Cause("answer-from-elsewhere", Place(here.name, back.into.name), facts, repairs))


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
    if not any(_takes(listener, packet) for listener in on_port):
        facts = {"protocol": packet.protocol, "port": str(packet.destination_port), "ip": packet.destination}
        facts["others"] = ", ".join(sorted({listener.ip for listener in on_port}))
        raise StoppedError(Cause("listens-elsewhere" if on_port else "no-listener", Place(here.name), facts))


def _takes(listener: Listener, packet: Packet) -> bool:
    return listener.ip == packet.destination or packet.family in _ANYWHERE.get(listener.ip, ())
