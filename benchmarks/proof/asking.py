"""Ask the kernel by real packets what the diagnosis was asked."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from nslab_kernel.core.checks.pings import Ping
from nslab_kernel.core.diagnosis import Diagnosis
from nslab_kernel.core.model.network import Network
from nslab_kernel.lab import Lab
from nslab_kernel.linux import namespaces, neighbour_tables, pinging

from .labs import Listening

_PATIENCE = 0.35  # seconds; nobody in a lab is farther away than a millisecond
_FREEBIND = {False: (socket.IPPROTO_IP, 15), True: (socket.IPPROTO_IPV6, 78)}  # ip(7), ipv6(7); not in Python's socket
TRIES = 6  # when the kernel stays silent where the diagnosis says that it arrives: a busy machine is slow at times


@dataclass(frozen=True)
class Question:
    """A ping, or a TCP connection."""

    source: str
    destination: str
    port: int = 0

    def __str__(self) -> str:
        return f"{self.source} > {self.destination}" + (f" tcp {self.port}" if self.port else "")


@dataclass(frozen=True)
class Answer:
    """What the diagnosis said, and what the kernel did."""

    question: Question
    diagnosis: Diagnosis
    arrived: bool

    @property
    def agrees(self) -> bool:
        """Whether the two say the same; "can't be told" is not the same."""
        return self.diagnosis.arrives == self.arrived


def ask(lab: Lab, question: Question) -> Answer:
    """Ask the diagnosis first, from a reading in which no neighbour is known, then the kernel."""
    fresh(lab)
    diagnosis = lab.why(question.source, question.destination, tcp=question.port or None)
    return Answer(question, diagnosis, arrives(lab, question, tries=TRIES if diagnosis.arrives is not False else 1))


def arrives(lab: Lab, question: Question, *, tries: int = 1) -> bool:
    """Whether a real packet's answer comes back."""
    for number in range(tries):
        if number:
            time.sleep(0.1 * number)
        fresh(lab)
        if _connects(question) if question.port else _answers(lab.snapshot(), question):
            return True
    return False


def fresh(lab: Lab) -> None:
    """Have every namespace forget its neighbours, so that what happened before doesn't matter."""
    neighbour_tables.forget(lab.snapshot(volatile=True))


def silent(lab: Lab, pings: list[Ping]) -> list[Ping]:
    """The pings that get no answer, all sent at once."""
    fresh(lab)
    sent = pinging.ping_each(lab.snapshot(), (replace(ping, reason="") for ping in pings))
    return [replace(ping, reason="") for ping in sent if not ping.answered]


def serve(servers: list[Listening]) -> list[socket.socket]:
    """Start servers; the kernel answers for them, they need not accept."""
    return [namespaces.entered(namespaces.find(server.namespace), _listening(server)) for server in servers]


def _listening(server: Listening) -> Callable[[], socket.socket]:
    six = ":" in server.ip

    def listen() -> socket.socket:
        one = socket.socket(socket.AF_INET6 if six else socket.AF_INET)
        one.setsockopt(*_FREEBIND[six], 1)  # 127.0.0.1 isn't there while lo is down
        if six:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        one.bind((server.ip, server.port))
        one.listen(64)
        return one

    return listen


def _answers(network: Network, question: Question) -> bool:
    (ping,) = pinging.ping_each(network, [Ping(question.source, "", question.destination)])
    return ping.answered


def _connects(question: Question) -> bool:
    def connect() -> bool:
        family = socket.AF_INET6 if ":" in question.destination else socket.AF_INET
        with socket.socket(family) as calling:
            calling.settimeout(_PATIENCE)
            try:
                calling.connect((question.destination, question.port))
            except OSError:
                return False
        return True

    return namespaces.entered(namespaces.find(question.source), connect)
