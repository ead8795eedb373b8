"""Connections that namespaces know of, and how they translate them (conntrack(8); NAT in nft(8))."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..model.network import Namespace
from .packet import NEIGHBOUR_PACKETS, Packet

_ERRORS = ("frag-needed", "packet-too-big")
_OPENING = ("echo-request", "syn", "datagram", "answer")

End = tuple[str, int]
"""An address and a port."""


@dataclass
class TrackedConnection:
    """One exchange: its first packet's ends, and what a namespace made of them."""

    asked_source: End
    asked_destination: End
    source: End  # what the source was translated to
    destination: End  # what the destination was translated to
    answered: bool = False
    decided: set[str] = field(default_factory=set)  # the ends (source, destination) whose NAT rules have been asked
    mark: int | None = 0  # None: not known

    @property
    def status(self) -> tuple[str, ...]:
        """As ``ct status`` says it."""
        words = ["confirmed"]
        words += ["dnat"] * (self.destination != self.asked_destination)
        words += ["snat"] * (self.source != self.asked_source)
        words += ["seen-reply"] * self.answered
        return tuple(words)


@dataclass(frozen=True, slots=True)
class Track:
    """What a namespace knows of one packet."""

    state: str  # as ``ct state`` says it
    connection: TrackedConnection | None = None
    back: bool = False  # an answer

    def translated(self, packet: Packet, end: str) -> Packet:
        """A packet with its ``source`` or ``destination`` as its connection has it."""
        known = self.connection
        if known is None:
            return packet
        if end == "destination":
            ip, port = known.asked_source if self.back else known.destination
            return replace(packet, destination=ip, destination_port=port)
        ip, port = known.asked_destination if self.back else known.source
        return replace(packet, source=ip, source_port=port)


class Connections:
    """The connections of every namespace, and of each of its zones."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], list[TrackedConnection]] = {}

    def track(self, here: Namespace, packet: Packet, zone: str = "") -> Track:
        """Recognise a packet that comes in or is sent; a first one opens a connection."""
        if packet.what in NEIGHBOUR_PACKETS:
            return Track("untracked")
        if packet.what in _ERRORS:
            return self._track_error(here, packet, zone)
        source = (packet.source, packet.source_port)
        destination = (packet.destination, packet.destination_port)
        known = self._known.setdefault((here.name, zone), [])
        for connection in known:
            back = (source, destination) == (connection.destination, connection.source)
            same = (source, destination) == (connection.asked_source, connection.asked_destination)
            if same and not (back and packet.what not in _OPENING):  # what one sends to oneself looks alike both ways
                return Track("established" if connection.answered else "new", connection)
            if back:
                connection.answered = True
                return Track("established", connection, back=True)
        if packet.what not in _OPENING:
            return Track("invalid")
        known.append(TrackedConnection(source, destination, source, destination))
        return Track("new", known[-1])

    def is_translated(self, here: Namespace, packet: Packet) -> bool:
        """Whether a first packet has been given its source by this namespace, which sees it once more."""
        source = (packet.source, packet.source_port)
        return packet.what in _OPENING and any(
            source == known.source != known.asked_source and packet.destination == known.destination[0]
            for known in self._known.get((here.name, ""), ())
        )

    def _track_error(self, here: Namespace, packet: Packet, zone: str) -> Track:
        """An error belongs to the connection whose packet it is about."""
        for connection in self._known.setdefault((here.name, zone), []):
            if packet.destination in (connection.source[0], connection.asked_source[0]):
                return Track("related", connection, back=True)
        return Track("invalid")
