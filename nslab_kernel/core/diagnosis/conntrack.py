"""Connections that namespaces know of, and how they translate them (conntrack(8); NAT in nft(8))."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..model.network import Namespace
from .packet import NEIGHBOUR_PACKETS, Packet

_OPENING = ("echo-request", "syn", "datagram", "answer")

End = tuple[str, int]
"""An address and a port."""


@dataclass
class Connection:
    """One exchange: its first packet's ends, and what a namespace made of them."""

    asked_source: End
    asked_destination: End
    source: End  # what the source was translated to
    destination: End  # what the destination was translated to
    answered: bool = False
    decided: set[str] = field(default_factory=set)  # the hooks whose NAT rules have been asked


@dataclass(frozen=True, slots=True)
class Track:
    """What a namespace knows of one packet."""

    state: str  # as ``ct state`` says it
    connection: Connection | None = None
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
    """The connections of every namespace."""

    def __init__(self) -> None:
        self._known: dict[str, list[Connection]] = {}

    def track(self, here: Namespace, packet: Packet) -> Track:
        """Recognise a packet that comes in or is sent; a first one opens a connection."""
        if packet.what in NEIGHBOUR_PACKETS:
            return Track("untracked")
        source = (packet.source, packet.source_port)
        destination = (packet.destination, packet.destination_port)
        known = self._known.setdefault(here.name, [])
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
        known.append(Connection(source, destination, source, destination))
        return Track("new", known[-1])
