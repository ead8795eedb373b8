"""Settings of interfaces, bridges, bridge ports and neighbour tables, as actions.

What breaks a lab on purpose and what puts it right again; `nslab_kernel.core.actions` has the rest.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from .actions import ip
from .network import HOST


def bridge(namespace: str, *words: str) -> str:
    """A bridge(8) command that acts in a namespace."""
    place = () if namespace == HOST else ("-n", namespace)
    return shlex.join(("sudo", "bridge", *place, *words))


@dataclass(frozen=True, slots=True)
class SetLink:
    """Set an attribute of an interface (ip-link(8)): ``arp``, ``mtu`` or ``address``."""

    name: str
    setting: str
    value: str
    namespace: str = HOST
    was: str = ""

    def command(self) -> str:
        return ip(self.namespace, "link", "set", self.name, self.setting, self.value)

    def undo(self) -> SetLink:
        return SetLink(self.name, self.setting, self.was, self.namespace, self.value)


@dataclass(frozen=True, slots=True)
class SetBridge:
    """Set an attribute of a bridge (ip-link(8), type bridge): ``stp_state`` or ``forward_delay``."""

    name: str
    setting: str
    value: str
    namespace: str = HOST
    was: str = ""

    def command(self) -> str:
        return ip(self.namespace, "link", "set", self.name, "type", "bridge", self.setting, self.value)

    def undo(self) -> SetBridge:
        return SetBridge(self.name, self.setting, self.was, self.namespace, self.value)


PORT_STATES = ("disabled", "listening", "learning", "forwarding", "blocking")
"""A port's states in the kernel's order; bridge(8) takes them by name or number."""


@dataclass(frozen=True, slots=True)
class SetPort:
    """Set an attribute of a bridge port (bridge(8), link set): ``state``, ``isolated``, ``flood``, ``learning``..."""

    name: str
    setting: str
    value: str
    namespace: str = HOST
    was: str = ""

    def command(self) -> str:
        return bridge(self.namespace, "link", "set", "dev", self.name, self.setting, self.value)

    def undo(self) -> SetPort:
        return SetPort(self.name, self.setting, self.was, self.namespace, self.value)


@dataclass(frozen=True, slots=True)
class AddNeighbour:
    """Write a permanent line into the neighbour table (ip-neighbour(8))."""

    ip: str
    mac: str
    interface: str
    namespace: str = HOST

    def command(self) -> str:
        words = ("neigh", "replace", self.ip, "lladdr", self.mac, "dev", self.interface, "nud", "permanent")
        return ip(self.namespace, *words)

    def undo(self) -> DeleteNeighbour:
        return DeleteNeighbour(self.ip, self.interface, self.namespace, self.mac)


@dataclass(frozen=True, slots=True)
class DeleteNeighbour:
    """Remove a line from the neighbour table; the kernel asks again when it needs it."""

    ip: str
    interface: str
    namespace: str = HOST
    mac: str = ""

    def command(self) -> str:
        return ip(self.namespace, "neigh", "del", self.ip, "dev", self.interface)

    def undo(self) -> AddNeighbour:
        return AddNeighbour(self.ip, self.mac, self.interface, self.namespace)
