"""One reading of a lab, as frozen values.

Nothing here touches the kernel: `nslab_kernel.linux` fills these values, and the
picture, the changes and the diagnosis read them. Field names follow rtnetlink(7)
and ip(8) where those have a word for the thing.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from functools import cached_property

from .firewall import Ruleset

HOST = "host"
"""The name under which the lab's own root network namespace is looked up."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address of an interface (ip-address(8))."""

    ip: str
    prefix: int
    scope: str = "global"
    tentative: bool = False
    dadfailed: bool = False

    @property
    def cidr(self) -> str:
        """The address with its prefix length, ``172.16.1.1/16``."""
        return f"{self.ip}/{self.prefix}"

    @property
    def family(self) -> int:
        """4 or 6."""
        return 6 if ":" in self.ip else 4

    @property
    def network(self) -> str:
        """The subnet that this address makes on-link, ``172.16.0.0/16``."""
        return str(ipaddress.ip_interface(self.cidr).network)


@dataclass(frozen=True, slots=True)
class Bridge:
    """What makes an interface a bridge (ip-link(8), type bridge)."""

    stp: bool = False
    vlan_filtering: bool = False
    forward_delay: float = 15.0  # seconds


@dataclass(frozen=True, slots=True)
class BridgePort:
    """An interface's settings as a port of its bridge (bridge(8))."""

    state: str = "forwarding"  # disabled, listening, learning, forwarding, blocking
    isolated: bool = False
    hairpin: bool = False
    learning: bool = True
    flood: bool = True


@dataclass(frozen=True, slots=True)
class Interface:
    """A network interface of one namespace."""

    index: int
    name: str
    kind: str = ""  # veth, bridge, vxlan, macvlan, tun, ...; "loopback" for lo; "" for hardware
    mac: str = ""
    mtu: int = 1500  # bytes
    up: bool = False  # IFF_UP: what `ip link set up` sets
    carrier: bool = False  # IFF_LOWER_UP: the cable has life on its other end
    state: str = "DOWN"  # operstate as ip(8) prints it: UP, DOWN, LOWERLAYERDOWN, UNKNOWN
    master: int | None = None  # index of the bridge (or bond, vrf) it is a port of
    peer_index: int | None = None  # IFLA_LINK: index of the veth's other end, in its namespace
    peer_namespace: str | None = None  # name of the namespace of that other end; None: unknown to this lab
    addresses: tuple[Address, ...] = ()
    bridge: Bridge | None = None
    port: BridgePort | None = None
    alias: str = ""
    group: int = 0
    noarp: bool = False

    @property
    def is_loopback(self) -> bool:
        return self.kind == "loopback"


@dataclass(frozen=True, slots=True)
class Route:
    """A line of a routing table (ip-route(8))."""

    destination: str  # "default" or a CIDR
    family: int = 4
    gateway: str | None = None
    interface: int | None = None  # index of the outgoing interface
    source: str | None = None  # preferred source address
    metric: int = 0
    table: int = 254
    kind: str = "unicast"  # unicast, local, broadcast, multicast, blackhole, unreachable, prohibit, throw
    scope: str = "global"
    protocol: str = "boot"  # kernel, boot, static, ra, ...
    onlink: bool = False
    dead: bool = False  # its interface is down
    linkdown: bool = False  # its interface has no carrier


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """A line of the routing policy (ip-rule(8))."""

    priority: int
    family: int = 4
    source: str | None = None
    destination: str | None = None
    table: int = 254
    action: str = "table"  # table (look up), blackhole, unreachable, prohibit, goto, nop
    iif: str | None = None
    oif: str | None = None
    mark: int = 0
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A line of the neighbour (ARP, NDP) table (ip-neighbour(8))."""

    ip: str
    interface: int
    mac: str = ""
    state: str = "STALE"  # REACHABLE, STALE, DELAY, PROBE, INCOMPLETE, FAILED, PERMANENT, NOARP


@dataclass(frozen=True, slots=True)
class Listener:
    """A socket that waits for peers (ss(8), -l)."""

    protocol: str  # tcp or udp
    ip: str  # "0.0.0.0" or "::" for every address
    port: int


@dataclass(frozen=True)
class Namespace:
    """One network namespace and everything read in it."""

    name: str  # HOST for the host
    kind: str = "named"  # host, named (ip netns), process (found through /proc)
    inode: int = 0  # of its nsfs file: the namespace's identity
    label: str = ""  # what to show in place of the name, such as the process of an unnamed one
    interfaces: tuple[Interface, ...] = ()
    routes: tuple[Route, ...] = ()
    rules: tuple[PolicyRule, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()  # learnt ones only in a reading that asked for what is volatile
    firewall: Ruleset = field(default_factory=Ruleset)
    sysctls: tuple[tuple[str, str], ...] = ()  # sorted; ("net.ipv4.ip_forward", "1")
    listeners: tuple[Listener, ...] = ()  # likewise

    @cached_property
    def _by_name(self) -> dict[str, Interface]:
        return {interface.name: interface for interface in self.interfaces}

    @cached_property
    def _by_index(self) -> dict[int, Interface]:
        return {interface.index: interface for interface in self.interfaces}

    @cached_property
    def _sysctls(self) -> dict[str, str]:
        return dict(self.sysctls)

    def interface(self, key: str | int | None) -> Interface | None:
        """The interface with this name or index, or None."""
        if isinstance(key, int):
            return self._by_index.get(key)
        return self._by_name.get(key) if key else None

    def ports(self, bridge: Interface) -> tuple[Interface, ...]:
        """The interfaces that are ports of ``bridge``."""
        return tuple(i for i in self.interfaces if i.master == bridge.index)

    def sysctl(self, name: str, default: str = "0") -> str:
        """The value of a sysctl, such as ``net.ipv4.ip_forward``."""
        return self._sysctls.get(name, default)

    @property
    def title(self) -> str:
        """What to call it in a picture or a sentence."""
        return self.label or self.name


@dataclass(frozen=True)
class Network:
    """One reading of a whole lab: the host first, then every namespace, by name."""

    host: Namespace
    namespaces: tuple[Namespace, ...] = ()
    hostname: str = "docker-host1"

    @cached_property
    def _by_name(self) -> dict[str, Namespace]:
        return {namespace.name: namespace for namespace in self.everywhere}

    @property
    def everywhere(self) -> tuple[Namespace, ...]:
        """The host and all namespaces."""
        return (self.host, *self.namespaces)

    def get(self, name: str) -> Namespace | None:
        """The namespace of this name (``"host"`` for the host), or None."""
        return self._by_name.get(name)

    def peer(self, interface: Interface) -> tuple[Namespace, Interface] | None:
        """Where the other end of a veth pair is, or None if this lab can't see it.

        The ends are matched by the ids the kernel gives, not by their names.
        """
        if interface.peer_namespace is None or interface.peer_index is None:
            return None
        namespace = self.get(interface.peer_namespace)
        other = namespace.interface(interface.peer_index) if namespace else None
        return (namespace, other) if namespace and other else None
