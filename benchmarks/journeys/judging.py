"""One lab, judged: every packet one right journey, every ICMP error its cause, every planted loss its name."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from benchmarks.proof.labs import random_lab
from benchmarks.proof.oddities import oddities
from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.journeys.explain import Story
from nslab_kernel.lab import Lab
from nslab_kernel.linux.netlink.apply import apply
from nslab_kernel.linux.settling import settle
from tests.corpus import building
from tests.corpus.catalogue import cases
from tests.corpus.generating import random_case

from . import packets
from .losses import Loss, losses
from .packets import PORT, SAME, Listeners, Sent, family
from .shapes import SHAPES

_PAIRS, _DATAGRAMS, _PIECES = 6, 60, 4
_BOUNDS = {"packets": 200_000, "size": 1 << 28}


@dataclass
class Judged:
    """What came of one lab.

    Parameters
    ----------
    counts
        By what was counted: how many, and how many of them were right.
    faults
        What was wrong, a line for each.
    """

    seed: str
    counts: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def count(self, what: str, right: bool, fault: str = "") -> None:
        self.counts[what] += 1
        self.right[what] += right
        if not right:
            self.faults.append(f"{what}: {fault}")


def join(lab: Lab, seed: str, source: str) -> Judged:
    """Send numbered and identical packets in a random lab, and hold the trace against what the sockets got.

    Parameters
    ----------
    source
        Where the lab is from: ``proof`` (random, with oddities), ``nested`` (the corpus' generator), or ``corpus``.
    """
    judged, dice = Judged(seed), Random(seed)
    lab.reset()
    if source == "proof":
        apply(tuple(random_lab(dice).actions))
        for action in oddities(lab.snapshot(), dice):
            with contextlib.suppress(NslabError):  # what doesn't fit this lab
                apply((action,))
    else:
        chosen = (
            random_case(seed) if source == "nested" else dice.choice([case for case in cases() if not case.missing])
        )
        building.run(chosen.commands)
    network = settle(lab.snapshot)
    listeners = Listeners(network)
    try:
        pairs = [
            (space.name, address.ip)
            for space in network.everywhere
            for other in network.everywhere
            if other is not space
            for interface in other.interfaces
            for address in interface.addresses
            if address.scope == "global" and not interface.is_loopback
        ]
        dice.shuffle(pairs)
        answering = [pair for pair in pairs[:40] if _gets_through(listeners, *pair)][:_PAIRS]
        if answering:
            for payload in ("unique", "identical"):
                _datagrams(lab, dice, listeners, answering, payload, judged)
            _connections(lab, listeners, answering[:3], judged)
        _errors(lab, dice, pairs, judged)
    finally:
        listeners.close()
        lab.reset()
    return judged


def _gets_through(listeners: Listeners, source: str, ip: str) -> bool:
    """Whether a datagram arrives: then its neighbours are known, too."""
    listeners.received()
    try:
        with packets.udp(source, family(ip)) as one:
            one.sendto(b"first", (ip, PORT))
    except OSError:
        return False
    for _ in range(15):
        if listeners.received():
            return True
        time.sleep(0.02)
    return False


def _datagrams(
    lab: Lab, dice: Random, listeners: Listeners, pairs: list[tuple[str, str]], payload: str, judged: Judged
) -> None:
    sockets = {pair: packets.udp(pair[0], family(pair[1])) for pair in pairs}
    sent: list[Sent] = []
    capture = lab.capture(**_BOUNDS)
    try:
        for number in range(_DATAGRAMS):
            source, ip = dice.choice(pairs)
            one = Sent(source, ip, b"number %06d" % number if payload == "unique" else SAME)
            with contextlib.suppress(OSError):  # a neighbour that has become unreachable
                sockets[source, ip].sendto(one.payload, (ip, PORT))
                sent.append(one)
            time.sleep(dice.choice((0, 0.0005, 0.002)))
        time.sleep(0.1)
    finally:
        for each in sockets.values():
            each.close()
        trace = lab.traced(capture)
    came = Counter(listeners.received())
    stories = [s for s in trace.stories if s.packet.kind == "udp" and s.packet.dport == PORT]
    what = f"UDP, {payload} payloads, IPv"
    if payload == "unique":
        for one in sent:
            mine = [s for s in stories if s.packet.payload[: len(one.payload)] == one.payload]
            got = [name for (name, data), _count in came.items() if data == one.payload]
            fine = len(mine) == 1 and mine[0].journey.namespace == one.source and _arrived(mine[0]) == got
            fine = fine or (not mine and not got)  # it waited in vain for its neighbour, and came to no interface
            judged.count(f"{what}{family(one.ip)}", fine, f"{one.source} > {one.ip}, came to {got}: {_told(mine)}")
        return
    # They can't be told apart: as many journeys as packets must begin at each sender, and end at each receiver.
    counted = Counter(name for name, data in came.elements() if data == SAME)
    found = Counter(name for s in stories for name in _arrived(s))
    begun = Counter(s.journey.namespace for s in stories)
    for one in sent:
        fine = counted == found and begun[one.source] <= sum(other.source == one.source for other in sent)
        judged.count(f"{what}{family(one.ip)}", fine, f"{one.source} > {one.ip}: {begun}, {found} for {counted}")


def _connections(lab: Lab, listeners: Listeners, pairs: list[tuple[str, str]], judged: Judged) -> None:
    for number, (source, ip) in enumerate(pairs):
        pieces = [b"piece %03d of %03d " % (each, number) * 8 for each in range(_PIECES)]
        capture = lab.capture(**_BOUNDS)
        try:
            done = packets.talk(source, ip, listeners, pieces)
            time.sleep(0.05)
        finally:
            trace = lab.traced(capture)
        if done is None:
            continue
        name, came = done
        data = [s for s in trace.stories if s.packet.kind == "tcp" and s.packet.length]
        for piece in came:
            mine = [s for s in data if s.packet.payload[:64] == piece[:64]]
            fine = bool(mine) and mine[-1].journey.namespace == source and any(_arrived(s) == [name] for s in mine)
            judged.count(f"TCP, IPv{family(ip)}", fine, f"{source} > {ip}, came to {name}: {_told(mine)}")


def _errors(lab: Lab, dice: Random, pairs: list[tuple[str, str]], judged: Judged) -> None:
    """Packets that get errors: a port where nobody listens, and a TTL that is too small."""
    capture = lab.capture(**_BOUNDS)
    try:
        for source, ip in pairs[:8]:
            with contextlib.suppress(OSError, NslabError):
                packets.once(source, "udp", ip, ttl=dice.choice((0, 1, 2)))
    finally:
        trace = lab.traced(capture)
    for error in (s for s in trace.stories if s.packet.about):
        about, cause = error.packet.about, error.journey.cause
        assert about is not None
        if cause is None and not any(s.packet.brief == about.brief for s in trace.stories):
            continue  # the packet was never at an interface: its sender waited in vain for a neighbour
        fine = cause is not None and cause.packet.brief == about.brief and cause.when <= error.journey.when
        judged.count(
            "ICMP errors with their cause", fine, f"{error.journey.namespace}: about {about.source} > {about.target}"
        )


def plant(lab: Lab, seed: str) -> Judged:
    """Plant losses in a network of one shape, one after the other, and ask the trace for each."""
    judged, dice = Judged(seed), Random(seed)
    build = SHAPES[int(seed.rpartition("/")[2]) % len(SHAPES)]
    versions = dice.sample((4, 6), 2)
    lab.reset()
    shape = build(lab)
    wanted = [loss for version in versions for loss in _few(dice, [(version, loss) for loss in losses(shape, version)])]
    for version, loss in wanted:
        lab.reset()
        shape = build(lab)
        settle(lab.snapshot)
        protocol = dice.choice(loss.protocols)
        _one_loss(lab, shape.sender, shape.addresses[version], protocol, loss, judged, f"{shape.name}, IPv{version}")
    lab.reset()
    return judged


def _few(dice: Random, found: list[tuple[int, Loss]]) -> list[tuple[int, Loss]]:
    return dice.sample(found, min(8, len(found)))


def _one_loss(lab: Lab, sender: str, ip: str, protocol: str, loss: Loss, judged: Judged, where: str) -> None:
    for _ in range(2):  # neighbours are known on the whole way
        packets.once(sender, "icmp", ip)
    building.run(loss.commands)
    capture = lab.capture(**_BOUNDS)
    try:
        packets.once(sender, protocol, ip, ttl=loss.ttl, size=loss.size)
        if "no-neighbour" in loss.codes or "no-way-back" in loss.codes:
            time.sleep(0.3)
    finally:
        trace = lab.traced(capture, sender, "")
    mine = [s for s in trace.stories if s.packet.kind == protocol and s.packet.target == ip and not s.packet.about]
    mine = [s for s in mine if s.journey.namespace == sender]
    story = mine[0] if mine else None
    outcome = None if story is None else story.outcome if story.outcome.lost else story.unanswered
    named = (outcome.code, outcome.namespace, outcome.ruling) if outcome else trace.text()[:700]
    told = f"{where}, {protocol}, {loss.kind}: {named}"
    fine = outcome is not None and outcome.code in loss.codes and loss.where in ("", outcome.namespace)
    if fine and loss.rule and outcome is not None:
        ruling = outcome.ruling
        fine = ruling is not None and loss.rule in ruling.text and (ruling.number > 0 or "policy" in ruling.text)
    judged.count("planted losses", fine, told)
    judged.counts[f"kind {loss.kind}"] += 1
    for error in (s for s in trace.stories if s.packet.about):
        cause, about = error.journey.cause, error.packet.about
        assert about is not None
        tied = cause is not None and cause.packet.brief == about.brief
        judged.count("ICMP errors with their cause", tied, f"{told} {about.source} > {about.target}")


def _arrived(story: Story) -> list[str]:
    return [story.outcome.namespace] if story.outcome.code == "delivered" else []


def _told(stories: list[Story]) -> str:
    return (
        "; ".join(
            f"{' > '.join(step.label for step in s.steps)} {s.outcome.code} {s.outcome.namespace}" for s in stories
        )
        or "no journey"
    )
