"""A packet, as far as routing and filtering look at it."""

from __future__ import annotations

from dataclasses import dataclass, replace

CLIENT_PORT = 49152
"""The port that a client's question comes from: any of the ephemeral ones (RFC 6335)."""
_ANSWERS = {"echo-request": "echo-reply", "syn": "syn-ack", "datagram": "answer"}
_QUESTIONS = {"icmp": "echo-request", "tcp": "syn", "udp": "datagram"}
_LENGTHS = {
    "icmp": 64,
    "tcp": 40,
    "udp": 40,
}  # bytes above the IP header: what ping, connect() and a short message send
_HEADERS = {"icmp": 8, "tcp": 20, "udp": 8}
NEIGHBOUR_PACKETS = ("nd-neighbor-solicit", "nd-neighbor-advert", "arp-request", "arp-reply")
"""What is sent to find a neighbour."""
_LINK_LOCAL = "fe80:"


@dataclass(frozen=True, slots=True)
class Packet:
    """An IP packet, or the question for a neighbour that comes before it.

    Parameters
    ----------
    protocol
        ``icmp`` (for IPv6 too), ``tcp``, ``udp`` or ``arp``.
    what
        ``echo-request``, ``echo-reply``, ``syn``, ``syn-ack``, ``datagram``, ``answer``, ``nd-neighbor-solicit``,
        ``nd-neighbor-advert``, ``arp-request``, ``arp-reply``.
    source
        Empty until the route has chosen it.
    """

    protocol: str
    what: str
    source: str
    destination: str
    source_port: int = 0
    destination_port: int = 0
    ttl: int = 64
    mark: int | None = 0  # None: a firewall wrote what isn't known
    size: int = 0  # bytes of data that were asked for; 0: as few as usual
    piece: int = 0  # bytes of its largest fragment; 0: it isn't cut
    whole: bool = True  # a router mustn't cut it (DF)

    @property
    def family(self) -> int:
        return 6 if ":" in self.destination else 4

    @property
    def ends(self) -> tuple[str, int, str, int]:
        """Where it comes from and goes to: addresses and ports."""
        return self.source, self.source_port, self.destination, self.destination_port

    @property
    def length(self) -> int:
        """Bytes, from the IP header on."""
        data = _HEADERS[self.protocol] + self.size if self.size else _LENGTHS.get(self.protocol, 28)
        length = data + (40 if self.family == 6 else 20)
        return min(length, self.piece) if self.piece else length

    @property
    def link_local(self) -> bool:
        """Whether it can't leave its link (RFC 4291, 2.5.6)."""
        return self.destination.startswith(_LINK_LOCAL) or self.source.startswith(_LINK_LOCAL)

    def answer(self) -> Packet:
        """What the one who got it sends back."""
        return replace(
            self,
            what=_ANSWERS[self.what],
            source=self.destination,
            destination=self.source,
            source_port=self.destination_port,
            destination_port=self.source_port,
            mark=0,
            piece=0,
            whole=self.protocol != "icmp",  # the kernel's own echo replies may be cut
        )

    def end(self, which: str) -> str:
        """Its ``source`` or ``destination`` with the port, as people write it."""
        ip, port = getattr(self, which), getattr(self, f"{which}_port")
        if not port:
            return str(ip)
        return f"[{ip}]:{port}" if self.family == 6 else f"{ip}:{port}"


def question(protocol: str, destination: str, port: int = 0, size: int = 0) -> Packet:
    """The first packet of a ping, a TCP connection or a UDP exchange."""
    own = CLIENT_PORT if port else 0
    return Packet(protocol, _QUESTIONS[protocol], "", destination, own, port, size=size)
