"""What became of packets that were watched on their way: who saw them, who answered, which way they took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..translation import Message, _, joined


@dataclass(frozen=True, slots=True)
class Watched:
    """A packet to be sent while every namespace is watched.

    Parameters
    ----------
    source
        The namespace that sends.
    address
        Where to: an address, or a name that the source's resolver looks up.
    protocol, port
        ``icmp`` (an echo, port 0), ``tcp`` (a connection) or ``udp`` (a datagram).
    size
        Bytes of the IP packet, which then mustn't be fragmented; 0 for ping(8)'s 84.
    times
        How often to ask, each time anew.
    """

    source: str
    address: str
    protocol: str = "icmp"
    port: int = 0
    size: int = 0
    times: int = 1


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page to be fetched by HTTP from a namespace."""

    source: str
    url: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """A name to be looked up as the programs of a namespace do."""

    source: str
    name: str


@dataclass(frozen=True, slots=True)
class WatchedPacket:
    """A watched packet at one interface of a namespace.

    Parameters
    ----------
    when
        Seconds, by the clock that all namespaces share.
    namespace
        Where it was seen.
    outgoing
        Whether it was leaving by the interface rather than coming in.
    reply
        Whether it was the answer rather than what was sent first.
    source, destination
        The addresses that it carried there.
    """

    when: float
    namespace: str
    outgoing: bool
    reply: bool
    source: str
    destination: str


@dataclass(frozen=True, slots=True)
class WatchedTrace:
    """What became of a `Watched`: an outcome (`nslab_kernel.core.checks.evaluate.ProbeAnswer`) and sightings a try."""

    outcomes: tuple[str, ...]
    sightings: tuple[tuple[WatchedPacket, ...], ...] = ()

    @property
    def how(self) -> str:
        """The outcome: ``answered`` if any try was, else the last one."""
        return "answered" if "answered" in self.outcomes else self.outcomes[-1]

    def everything(self) -> tuple[WatchedPacket, ...]:
        """The sightings of all tries, the earliest first."""
        return tuple(sorted((seen for one in self.sightings for seen in one), key=lambda seen: seen.when))


@dataclass(frozen=True, slots=True)
class Page:
    """What became of a `Fetched`: an outcome, and the page's text."""

    how: str
    text: str = ""


Experiment = Watched | Fetched | Resolved
Result = WatchedTrace | Page | tuple[str, ...]


def responders(trace: WatchedTrace) -> Counter[str]:
    """How many answers each namespace gave.

    A reply goes out where it is made, and doesn't come in there; where it is passed on it does both. If it does both
    everywhere (a namespace that asks itself, directly or by way of a router), it was made where it went out first.
    """
    found: Counter[str] = Counter()
    for outcome, sightings in zip(trace.outcomes, trace.sightings, strict=True):
        received = {seen.namespace for seen in sightings if seen.reply and not seen.outgoing}
        sent = [seen for seen in sightings if seen.reply and seen.outgoing]
        made = [seen for seen in sent if seen.namespace not in received] or sent
        if outcome == "answered" and made:
            found[min(made, key=lambda seen: seen.when).namespace] += 1
    return found


def sources(trace: WatchedTrace, viewer: str) -> tuple[str, ...]:
    """The source addresses by which a namespace saw the packet come in, each once."""
    seen = [one for one in trace.everything() if one.namespace == viewer and not one.reply and not one.outgoing]
    return tuple(dict.fromkeys(one.source for one in seen))


def sees(trace: WatchedTrace, viewer: str) -> bool:
    """Whether the packet came by a namespace at all."""
    return any(one.namespace == viewer and not one.reply for one in trace.everything())


def passed(trace: WatchedTrace, source: str) -> tuple[str, ...]:
    """The namespaces that passed the packet on, in order: it came in there and went out again."""
    came: dict[str, None] = {}
    through: dict[str, None] = {}
    for one in trace.everything():
        if one.reply or one.namespace == source:
            continue
        if not one.outgoing:
            came[one.namespace] = None
        elif one.namespace in came:
            through[one.namespace] = None
    return tuple(name for name in came if name in through)


def listed(names: Sequence[str]) -> Message:
    """Names as a list in words."""
    return joined(joined(*names[:-1], separator=_(", ")), *names[-1:], separator=_(" and "))
