"""What a picture shows, before it is decided where: the things of two snapshots in one, each with its fate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A short text about a thing, and what became of it."""

    text: str
    fate: str = ""
    kind: str = ""  # of a note: forward, nat, ...; route
    details: str = ""


@dataclass(frozen=True, slots=True)
class Socket:
    """An interface, seen as a socket that cables plug into."""

    id: str
    name: str
    kind: str
    condition: str  # up, down, no-carrier
    addresses: tuple[ShownFact, ...] = ()
    mac: str = ""
    fate: str = ""
    replugged: bool = False  # whether its cable leads elsewhere than before, or went dead or alive
    far: str = ""  # id of the other end of its cable
    far_text: str = ""  # where that end is, in words
    lower: str = ""  # id of the device that it sits on
    master: str = ""  # id of the switch it is plugged into
    remark: str = ""
    uplink: bool = False
    details: str = ""

    @property
    def far_name(self) -> str:
        """The name of the other end."""
        return self.far.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Room:
    """A namespace."""

    id: str
    title: str
    fate: str = ""
    sockets: tuple[Socket, ...] = ()
    switches: tuple[Socket, ...] = ()
    loopback: ShownFact | None = None
    facts: tuple[ShownFact, ...] = ()
    details: str = ""

    @property
    def plugs(self) -> tuple[Socket, ...]:
        """All of its interfaces but lo, the ports of a switch after it."""
        ports = {switch.id: [plug for plug in self.sockets if plug.master == switch.id] for switch in self.switches}
        joined = [plug for switch in self.switches for plug in (switch, *ports[switch.id])]
        return (*(plug for plug in self.sockets if plug.master not in ports), *joined)


@dataclass(frozen=True, slots=True)
class Cable:
    """A veth pair, or the link between an interface and the device that it sits on."""

    id: str
    ends: tuple[Socket, Socket]
    rooms: tuple[str, str]
    fate: str = ""
    over: bool = False  # it is such a link, the lower device first

    @property
    def style(self) -> str:
        """``ghost``, ``up``, or ``down`` if either end is; ``over`` for what is no cable."""
        if self.over:
            return "over"
        if self.fate == "removed":
            return "ghost"
        return "down" if any(end.condition == "down" for end in self.ends) else "up"


@dataclass(frozen=True, slots=True)
class View:
    """The whole of it.

    Attributes
    ----------
    lab
        The graph of both snapshots (`nslab_kernel.picture.graph.graph`): what is connected to what.
    facts
        Whether only facts are shown, and no command that something waits for.
    """

    language: str
    host: Room
    rooms: tuple[Room, ...]  # inside: drawn below the host
    outside: tuple[Room, ...]  # drawn above it
    cables: tuple[Cable, ...]
    stacks: tuple[Cable, ...]  # links to lower devices in other rooms
    caption: str
    hidden: tuple[tuple[str, int], ...]  # ports left out of a switch, by its id
    show_mac: bool
    hosts: dict[str, tuple[str, ...]]  # rooms that are hosts themselves, and those plugged into nothing but them
    lab: networkx.MultiGraph
    facts: bool = False
