"""What the kernel reported while packets were recorded, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field

DIRECTIONS = {0: "in", 1: "broadcast", 2: "multicast", 3: "otherhost", 4: "out", 5: "out"}
"""Packet types of packet(7). ``otherhost``: received, but addressed to another MAC address."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A frame, seen at an interface by a packet socket."""

    when: int  # nanoseconds since 1970, by the kernel's clock
    namespace: str
    index: int  # of the interface
    direction: str  # in, broadcast, multicast, otherhost, out
    length: int  # bytes of the whole frame
    data: bytes  # its first bytes
    ethernet: bool = True  # False where frames have no Ethernet header, such as tun


@dataclass(frozen=True, slots=True)
class RuleEvent:
    """One event of the nftables trace (nft(8), monitor trace)."""

    when: int  # nanoseconds since 1970, when it was read: the kernel gives no time
    namespace: str
    family: str  # ip, ip6, inet, bridge, arp, netdev
    table: str
    chain: str
    kind: str  # rule, policy, return
    handle: int | None  # of the rule
    verdict: str  # accept, drop, continue, jump, goto, return, queue, stolen; of a policy event: the policy
    identifier: int  # the same for all events of a packet in one namespace, but reused later
    iif: int  # index of the interface that it came by, or 0
    oif: int
    link: bytes = b""  # headers, in the first event of each chain
    network: bytes = b""
    transport: bytes = b""


@dataclass(frozen=True, slots=True)
class Translation:
    """A connection whose addresses or ports were rewritten (conntrack(8)).

    A flow is the protocol number, source, destination, source port and destination port. ICMP has its identifier as
    source port.
    """

    when: int  # nanoseconds since 1970, when it was read
    namespace: str
    original: tuple[int, str, str, int, int]
    reply: tuple[int, str, str, int, int]

    @property
    def rewritten(self) -> bool:
        """Whether the reply isn't simply the original turned round."""
        protocol, source, target, sport, dport = self.original
        if protocol in (1, 58):
            return self.reply[1:3] != (target, source)
        return self.reply != (protocol, target, source, dport, sport)


@dataclass(frozen=True, slots=True)
class RouteQuestion:
    """A route lookup to be made as for a packet that came by an interface, or (``iif`` 0) from a local program."""

    namespace: str
    destination: str
    source: str
    iif: int = 0


@dataclass(frozen=True, slots=True)
class RouteAnswer:
    """What the kernel answered: the interface and the next hop, or the error's number (errno(3))."""

    error: int = 0
    oif: int = 0
    gateway: str = ""
    kind: str = "unicast"  # local, broadcast, ...


@dataclass(frozen=True)
class Recording:
    """Everything that was recorded while a command ran, or between `start` and `stop`."""

    sightings: tuple[Sighting, ...] = ()  # in the order of their times
    events: tuple[RuleEvent, ...] = ()
    translations: tuple[Translation, ...] = ()
    moved: dict[str, dict[str, int]] = field(default_factory=dict)  # by how much each counter moved, by namespace
    dropped: dict[str, int] = field(default_factory=dict)  # packets that no ring had room for, by namespace
    events_lost: tuple[str, ...] = ()  # namespaces whose trace has gaps
    unseen: tuple[str, ...] = ()  # namespaces that couldn't be recorded, or were removed meanwhile
    ended: str = ""  # which bound ended it early: packets, bytes, time
    started: int = 0  # nanoseconds since 1970
    finished: int = 0
    ring_seconds: float = 0.0  # how long opening took

    @property
    def complete(self) -> bool:
        """Whether nothing was missed as far as the kernel knows."""
        return not (self.ended or any(self.dropped.values()) or self.events_lost or self.unseen)
