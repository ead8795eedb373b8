"""One attempt to get a packet to its goal and the answer back, with all that is learnt on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..model.network import Interface, Namespace, Network
from ..operations.actions import Action, SetUp
from . import cabling
from .conntrack import Connections
from .findings import Place
from .packet import Packet

Repair = tuple[Action, ...]
Facts = dict[str, str]


@dataclass(frozen=True)
class Cause:
    """Why a packet stops, before it is put into words.

    Parameters
    ----------
    repairs
        What might put it right, the likeliest first; several where only trying tells.
    """

    kind: str
    place: Place
    facts: Facts = field(default_factory=dict)
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True)
class WalkStep:
    """A stop on the way, before it is put into words."""

    kind: str
    place: Place
    leg: str
    facts: Facts


Ways = dict[tuple[str, int], cabling.Reach]
"""Where frames can go, by the namespace and the index of the interface that they leave by."""


class StoppedError(Exception):
    """The packet goes no further."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.kind)
        self.cause = cause


class DivertedError(Exception):
    """A bridge whose frames pass the IP firewall takes a packet for the host: its destination was translated.

    Parameters
    ----------
    packet
        As it came, to be received once more.
    mac
        Of the sender of its frame.
    """

    def __init__(self, here: Namespace, bridge: Interface, port: Interface, packet: Packet, mac: str) -> None:
        super().__init__(packet.destination)
        self.here, self.bridge, self.port, self.packet, self.mac = here, bridge, port, packet, mac


class LostError(Exception):
    """The packet goes on, but nobody in this lab can tell where.

    Parameters
    ----------
    unknown
        What isn't understood.
    """

    def __init__(self, unknown: Choice) -> None:
        super().__init__(unknown.kind)
        self.unknown = unknown


@dataclass(frozen=True)
class Choice:
    """A point where what wasn't understood, or chance, decides."""

    kind: str
    place: Place
    facts: Facts
    options: int


class Walk:
    """A packet's way through a network.

    Where something isn't understood, the walk takes one of the options and notes that there are others; whoever
    wants to know whether it matters walks again with other ``choices``.
    """

    def __init__(self, network: Network, choices: Sequence[int] = (), known: Ways | None = None) -> None:
        self.network = network
        self.leg = "there"
        self.goal = ""  # the address that is to be reached
        self.steps: list[WalkStep] = []
        self.warnings: list[Cause] = []
        self.choices: list[Choice] = []
        self.sent: Packet | None = None  # the first packet, as its program sent it
        self.connections = Connections()
        self.last_sender: tuple[Namespace, Interface] | None = (
            None  # who put it on its present link, by which interface
        )
        self.forwarded: list[tuple[Namespace, Interface, Interface]] = []  # routers passed: by which in, by which out
        self.origin: Namespace | None = None  # who sent what is now on its way
        self.send_outer: Callable[[Namespace, Packet, Interface | None], tuple[Namespace, str]] | None = None
        self._behind: dict[tuple[str, int, str], int | str] = {}
        self._learnt: dict[tuple[str, int, str], str] = {}
        self._chosen = choices
        self._ways: Ways = {} if known is None else known

    def choose(self, kind: str, place: Place, options: int, **facts: str) -> int:
        """Take one of several options at a point that can't be decided."""
        number = len(self.choices)
        self.choices.append(Choice(kind, place, facts, options))
        return self._chosen[number] if number < len(self._chosen) else 0

    def lost(self, kind: str, place: Place, **facts: str) -> LostError:
        """The end of what can be told, to be raised."""
        return LostError(Choice(kind, place, facts, 1))

    def step(self, kind: str, here: Namespace, interface: Interface | None = None, **facts: str) -> None:
        """Note a stop."""
        place = Place(here.name, interface.name if interface else "")
        self.steps.append(WalkStep(kind, place, self.leg, facts))

    @property
    def redirected_to(self) -> str:
        """The address that the destination was last translated to; empty if it wasn't."""
        after = (step.facts["after"] for step in reversed(self.steps) if step.kind == "translated-destination")
        return next((end.rsplit(":", 1)[0].strip("[]") if _has_port(end) else end for end in after), "")

    def warn(self, cause: Cause) -> None:
        """Note something that is not as it should be, though the packet goes on."""
        if cause not in self.warnings:
            self.warnings.append(cause)

    def ways(self, here: Namespace, out: Interface) -> list[cabling.Way]:
        """Where frames can go from an interface (`cabling.reach`)."""
        return self._reach(here, out).ways

    def edges(self, here: Namespace, out: Interface) -> list[cabling.CableStop]:
        """Where frames from an interface leave what this lab can see."""
        return self._reach(here, out).edges

    def _reach(self, here: Namespace, out: Interface) -> cabling.Reach:
        key = (here.name, out.index)
        if key not in self._ways:
            self._ways[key] = cabling.reach(self.network, here, out)
        return self._ways[key]

    def heard(self, here: Namespace, device: Interface, mac: str, behind: int | str) -> None:
        """A bridge learns behind which port (its index) an address is; a vxlan, behind which end (its address)."""
        self._behind[here.name, device.index, mac] = behind

    def behind(self, here: Namespace, device: Interface, mac: str) -> int | str | None:
        """What a bridge or a vxlan has learnt on this walk of where an address is."""
        return self._behind.get((here.name, device.index, mac))

    def state(self) -> tuple[Any, ...]:
        """What is known of the packet that is on its way, to be restored after another one was followed."""
        return self.sent, self.last_sender, list(self.forwarded), self.origin

    def restore(self, state: tuple[Any, ...]) -> None:
        """Go on with the packet that was on its way before."""
        self.sent, self.last_sender, self.forwarded, self.origin = state

    def learn(self, here: Namespace, interface: Interface, ip: str, mac: str) -> None:
        """A neighbour has made itself known; a permanent entry stays what it is."""
        if not any(n.state == "PERMANENT" for n in here.neighbours if (n.interface, n.ip) == (interface.index, ip)):
            self._learnt[here.name, interface.index, ip] = mac

    def learnt(self, here: Namespace, interface: Interface, ip: str) -> str:
        """The MAC address that was learnt on this walk, or nothing."""
        return self._learnt.get((here.name, interface.index, ip), "")


def _has_port(end: str) -> bool:
    return end.startswith("[") or end.count(":") == 1


def check_up(here: Namespace, interface: Interface) -> None:
    """An interface that is down neither sends nor receives."""
    if not interface.up:
        kind = "bridge-down" if interface.kind == "bridge" else "interface-down"
        repair = (SetUp(interface.name, here.name),)
        raise StoppedError(Cause(kind, Place(here.name, interface.name), {}, (repair,)))
