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

FULL_MASK = 0xFFFFFFFF
"""All bits of a packet's mark."""

PAIRS = ("veth", "netkit")
"""Kinds of interfaces that come in twos, joined by a cable; others are linked to the device that they sit on."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address of an interface (ip-address(8))."""

    ip: str
    prefix: int
    scope: str = "global"
    tentative: bool = False
    dadfailed: bool = False
    peer: str = ""  # the address at the other end, of a point-to-point one; the prefix length is then of that
    label: str = ""  # where it isn't the interface's name
    broadcast: str = ""
    noprefixroute: bool = False  # the kernel makes no route to its subnet
    dynamic: bool = False  # with a lifetime: from a router advertisement or DHCP
    deprecated: bool = False  # no longer preferred as a source
    metric: int = 0  # of the route to its subnet, where a person said one

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
        """The subnet that this address makes on-link, ``172.16.0.0/16``; of a point-to-point one, the peer's."""
        return str(ipaddress.ip_interface(f"{self.peer or self.ip}/{self.prefix}").network)


@dataclass(frozen=True, slots=True)
class Bridge:
    """What makes an interface a bridge (ip-link(8), type bridge); times are in seconds."""

    stp: bool = False
    vlan_filtering: bool = False
    forward_delay: float = 15.0
    hello_time: float = 2.0
    max_age: float = 20.0
    ageing_time: float = 300.0
    priority: int = 32768
    group_fwd_mask: int = 0
    mcast_snooping: bool = True
    mcast_querier: bool = False
    nf_call_iptables: bool = False
    nf_call_ip6tables: bool = False
    nf_call_arptables: bool = False


@dataclass(frozen=True, slots=True)
class BridgePort:
    """An interface's settings as a port of its bridge (bridge(8), ip-link(8), type bridge_slave)."""

    state: str = "forwarding"  # disabled, listening, learning, forwarding, blocking
    isolated: bool = False
    hairpin: bool = False
    learning: bool = True
    flood: bool = True
    mcast_flood: bool = True
    bcast_flood: bool = True
    mcast_to_unicast: bool = False
    guard: bool = False
    root_block: bool = False
    fastleave: bool = False
    neigh_suppress: bool = False
    locked: bool = False
    proxy_arp: bool = False
    proxy_arp_wifi: bool = False
    cost: int = 2
    priority: int = 32


@dataclass(frozen=True, slots=True)
class Tunnel:
    """How an interface puts packets into others (ip-link(8), types vxlan, geneve, gre, ipip, sit, ip6tnl and alike)."""

    id: int | None = None  # VNI of vxlan and geneve, key of GRE
    remote: str = ""  # address of the other end, or a multicast group; empty where each packet is looked up
    local: str = ""  # source address of the outer packets
    port: int = 0  # UDP destination port of vxlan and geneve
    ttl: int = 0  # of the outer packets; 0: by default, or as the inner one has it
    learning: bool = True  # of vxlan: whether it learns which address is behind which other end
    proxy: bool = False  # of vxlan: whether it answers ARP from the neighbour table
    external: bool = False  # whether routes or programs say where each packet goes


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
    peer_index: int | None = None  # IFLA_LINK of a veth: index of the other end, in its namespace
    peer_namespace: str | None = None  # name of the namespace of that other end; None: unknown to this lab
    addresses: tuple[Address, ...] = ()
    bridge: Bridge | None = None
    port: BridgePort | None = None
    alias: str = ""
    group: int = 0
    noarp: bool = False
    lower_index: int | None = None  # IFLA_LINK of other kinds: index of the device that it sits on, in its namespace
    lower_namespace: str | None = None  # name of that namespace; None: unknown to this lab
    mode: str = (
        ""  # of macvlan, macvtap (bridge, private, vepa, passthru, source), ipvlan (l2, l3, l3s), tun (tun, tap)
    )
    vlan_id: int | None = None  # of a VLAN
    table: int | None = None  # of a VRF: its routing table
    tunnel: Tunnel | None = None

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
    weight: int = 1  # among the next hops of a multipath route, each of which is a `Route` of its own
    nexthop: int | None = None  # id of the nexthop object that it goes by
    mtu: int | None = None  # bytes; what a packet by this route may have at most
    tos: int = 0  # only packets with this TOS
    metrics: tuple[tuple[str, str], ...] = ()  # ip-route(8)'s words: ("mtu lock", "1300"), ("advmss", "1000"), ...
    encap: str = ""  # mpls, ip, seg6, ...: it puts packets into others


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
    mask: int = FULL_MASK  # the bits of a packet's mark that are compared
    protocol: str = ""  # ip(8)'s ipproto: tcp, udp, icmp, ..., or a number
    sport: tuple[int, int] | None = None  # first and last port
    dport: tuple[int, int] | None = None
    tos: int = 0
    goto: int | None = None  # the priority of the rule to go on with
    suppress_prefixlength: int | None = None  # routes with a prefix this short, or shorter, don't count
    suppress_group: int | None = None  # nor those by an interface of this group
    users: tuple[int, int] | None = None  # first and last user id
    vrf: bool = False  # ip(8)'s l3mdev: the table of the packet's VRF


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A line of the neighbour (ARP, NDP) table (ip-neighbour(8))."""

    ip: str
    interface: int
    mac: str = ""
    state: str = "STALE"  # REACHABLE, STALE, DELAY, PROBE, INCOMPLETE, FAILED, PERMANENT, NOARP


@dataclass(frozen=True, slots=True)
class ProxyNeighbour:
    """An address that the namespace answers ARP or neighbour solicitations for (ip-neighbour(8), proxy)."""

    ip: str
    interface: int | None = None


@dataclass(frozen=True, slots=True)
class Nexthop:
    """A nexthop object, alone or a group (ip-nexthop(8))."""

    id: int
    family: int = 4
    gateway: str | None = None
    interface: int | None = None
    group: tuple[tuple[int, int], ...] = ()  # id and weight of each member
    blackhole: bool = False
    onlink: bool = False
    protocol: str = "unspec"  # as of a route


@dataclass(frozen=True, slots=True)
class ForwardingEntry:
    """A line of the forwarding table of a bridge or a vxlan (bridge(8), fdb)."""

    mac: str
    interface: int  # index of the port, or of the vxlan itself
    state: str = "learnt"  # learnt, static, permanent
    master: bool = False  # of the bridge that the interface is a port of, not of the interface itself
    vlan: int | None = None
    remote: str = ""  # of vxlan: the address of the end behind which it is
    vni: int | None = None  # of vxlan, where it isn't the interface's own
    port: int | None = None  # likewise
    sticky: bool = False  # stays where it is, even when frames from the address come in elsewhere


@dataclass(frozen=True, slots=True)
class Qdisc:
    """A queueing discipline that a person set (tc(8))."""

    interface: int
    kind: str  # tbf, htb, clsact, ingress, pfifo, netem, ...
    handle: str = ""  # "8001:"
    parent: str = "root"  # root, ingress, clsact, or a class such as "1:10"
    options: str = ""  # as tc(8) prints them: "rate 1Kbit burst 10b lat 1ms"


@dataclass(frozen=True, slots=True)
class TrafficFilter:
    """A filter of traffic control (tc(8))."""

    interface: int
    side: str  # ingress, egress, or of which queue: "parent 1:"
    kind: str  # bpf, u32, flower, matchall, basic, fw, ...
    priority: int = 0
    protocol: str = "all"
    text: str = ""  # as tc(8) prints it


@dataclass(frozen=True, slots=True)
class Listener:
    """A socket that waits for peers (ss(8), -l)."""

    protocol: str  # tcp or udp
    ip: str  # "0.0.0.0" or "::" for every address
    port: int
    v6only: bool = False  # of "::": whether IPv4 is left to others (ipv6(7), IPV6_V6ONLY)
    device: str = ""  # the interface that it is bound to (socket(7), SO_BINDTODEVICE)


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
    local_routes: tuple[Route, ...] = ()  # table local: the namespace's own addresses, and broadcast
    nexthops: tuple[Nexthop, ...] = ()
    proxies: tuple[ProxyNeighbour, ...] = ()
    forwarding: tuple[ForwardingEntry, ...] = ()  # what a person entered; with what is volatile, what was learnt, too
    qdiscs: tuple[Qdisc, ...] = ()  # without those that an interface is born with
    filters: tuple[TrafficFilter, ...] = ()

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

    @cached_property
    def local_table(self) -> tuple[dict[str, Route], tuple[Route, ...]]:
        """Table ``local``: single addresses as a dictionary, and the wider routes, the longest prefix first.

        The last address of a subnet may be an interface's own, too: then it is that.
        """
        single, wide = {}, []
        for route in self.local_routes:
            ip, _, prefix = route.destination.partition("/")
            if prefix in ("", "128" if route.family == 6 else "32"):
                if ip not in single or route.kind == "local":
                    single[ip] = route
            else:
                wide.append(route)
        return single, tuple(sorted(wide, key=lambda route: -int(route.destination.partition("/")[2])))

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

    def __post_init__(self) -> None:
        """Refuse a lab without its host: a reading that broke off must not look like an empty lab."""
        if self.host.name != HOST:
            raise ValueError(f"the first namespace of a network is {HOST!r}, not {self.host.name!r}")

    @cached_property
    def _by_name(self) -> dict[str, Namespace]:
        # The host last: somebody may call a namespace by its name.
        return {namespace.name: namespace for namespace in (*self.namespaces, self.host)}

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
        return self._at(interface.peer_namespace, interface.peer_index)

    def lower(self, interface: Interface) -> tuple[Namespace, Interface] | None:
        """The device that an interface sits on (macvlan, VLAN, vxlan, ...) and its namespace, or None."""
        return self._at(interface.lower_namespace, interface.lower_index)

    def uppers(self, namespace: Namespace, interface: Interface) -> tuple[tuple[Namespace, Interface], ...]:
        """The devices that sit on an interface, in any namespace."""
        return self._uppers.get((namespace.name, interface.index), ())

    @cached_property
    def _uppers(self) -> dict[tuple[str, int], tuple[tuple[Namespace, Interface], ...]]:
        found: dict[tuple[str, int], tuple[tuple[Namespace, Interface], ...]] = {}
        for namespace in self.everywhere:
            for interface in namespace.interfaces:
                if interface.lower_index is not None and interface.lower_namespace is not None:
                    key = interface.lower_namespace, interface.lower_index
                    found[key] = (*found.get(key, ()), (namespace, interface))
        return found

    def _at(self, name: str | None, index: int | None) -> tuple[Namespace, Interface] | None:
        namespace = self.get(name) if name is not None and index is not None else None
        found = namespace.interface(index) if namespace else None
        return (namespace, found) if namespace and found else None
