"""Random networks in plain commands: the corpus' kinds, put into each other.

A place is the host or a namespace that is a host itself. Each has a subnet of its own, 10.N.0.0/16, and things in it;
routers among these are places again. Now and then something is wrong with one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from .catalogue import Case, Listening

_BLOCKS = (2, 3, 4)
_DEPTH = 2  # hosts in hosts in the host
_RAREST = {
    "macvlans": "macvlan devices",
    "overlay": "vxlan between hosts",
    "routed": "/32 addresses with proxy_arp",
    "patched": "bridges with patch cables",
    "router": "hosts in hosts",
    "straight": "cables without a bridge",
    "bridge": "bridges by hand",
}
_SPELLINGS = ("ip -n {0} {1}", "ip netns exec {0} ip {1}", "nsenter --net=/run/netns/{0} ip {1}")


@dataclass
class _Place:
    """Where things are put."""

    name: str  # empty for the host
    number: int
    depth: int = 0
    parent: _Place | None = None
    address: str = ""  # of the router, as its parent sees it
    subnets: int = 0
    bridges: list[str] = field(default_factory=list)
    inside: list[tuple[str, str]] = field(default_factory=list)  # namespaces and their addresses, behind a bridge

    @property
    def ancestors(self) -> list[_Place]:
        return [self.parent, *self.parent.ancestors] if self.parent else []


class _Generator:
    def __init__(self, seed: str) -> None:
        self.dice = Random(seed)
        self.lines: list[str] = []
        self.listeners: list[Listening] = []
        self.places = [_Place("", 0)]
        self.count = 0
        self.made: set[str] = set()  # the blocks

    @property
    def kind(self) -> str:
        """What is rarest in it."""
        return next(words for block, words in _RAREST.items() if block in self.made)

    def ip(self, place: str, words: str) -> None:
        """An ip command in a namespace, in one of the spellings that people use."""
        self.lines.append(f"ip {words}" if not place else self.dice.choice(_SPELLINGS).format(place, words))

    def run(self, place: str, words: str) -> None:
        self.lines.append(f"ip netns exec {place} {words}" if place else words)

    def new(self, kind: str) -> str:
        """A namespace, lo up more often than not."""
        self.count += 1
        name = f"{kind}{self.count}"
        self.lines.append(f"ip netns add {name}")
        if self.dice.random() < 0.8:
            self.ip(name, "link set lo up")
        return name

    def cable(self, one: str, end: str, other: str, far: str) -> None:
        """A veth pair, made from either side or moved."""
        where = {"": "1"}.get(one, one)
        how = self.dice.randrange(3)
        if how == 0 or not one or not other:
            near = f" netns {one}" if one else ""
            away = f" netns {other}" if other else ""
            self.lines.append(f"ip link add {end}{near} type veth peer name {far}{away}")
        elif how == 1:
            self.ip(one, f"link add {end} type veth peer name {far} netns {other}")
        else:
            self.lines += [
                f"ip link add t-{self.count} type veth peer name u-{self.count}",
                f"ip link set t-{self.count} netns {where} name {end}",
                f"ip link set u-{self.count} netns {other} name {far}",
            ]

    def up(self, place: str, *names: str) -> None:
        for name in names:
            if self.dice.random() > 0.02:  # something is forgotten now and then
                self.ip(place, f"link set {name} up")

    def address(self, place: str, name: str, cidr: str) -> None:
        if self.dice.random() > 0.02:
            self.ip(place, f"addr add {cidr} dev {name}")

    def subnet(self, place: _Place) -> str:
        place.subnets += 1
        return f"10.{place.number}.{place.subnets}"

    # blocks

    def bridge(self, place: _Place) -> None:
        net, self.count = self.subnet(place), self.count + 1
        name = f"br{self.count}"
        if self.dice.random() < 0.3:
            self.run(place.name, f"brctl addbr {name}")
        else:
            self.ip(place.name, f"link add {name} type bridge")
        self.up(place.name, name)
        self.address(place.name, name, f"{net}.1/24")
        place.bridges.append(name)
        for host in range(2, self.dice.choice((4, 5))):
            self.leaf(place, name, net, host)
        if self.dice.random() < 0.2:
            self.setting(place, f"v{self.count}")

    def setting(self, place: _Place, port: str) -> None:
        word = self.dice.choice(("isolated on", "hairpin on", "learning off", "locked on", "bcast_flood off"))
        self.run(place.name, f"bridge link set dev {port} {word}")

    def leaf(self, place: _Place, bridge: str, net: str, host: int) -> None:
        name = self.new("c")
        port = f"v{self.count}"
        self.cable(place.name, port, name, "eth0")
        self.ip(place.name, f"link set {port} master {bridge}")
        self.up(place.name, port)
        self.up(name, "eth0")
        self.address(name, "eth0", f"{net}.{host}/24")
        if self.dice.random() > 0.04:
            self.lines.append(f"ip -n {name} route add default via {net}.1 || true")
        place.inside.append((name, f"{net}.{host}"))
        if self.dice.random() < 0.3:
            self.listeners.append(Listening(name, "tcp", "*", 80))

    def router(self, place: _Place) -> None:
        if place.depth >= _DEPTH:
            return self.bridge(place)
        net, name = self.subnet(place), self.new("h")
        port = f"r{self.count}"
        self.cable(place.name, port, name, "up0")
        self.up(place.name, port)
        self.up(name, "up0")
        self.address(place.name, port, f"{net}.1/24")
        self.address(name, "up0", f"{net}.2/24")
        inner = _Place(name, len(self.places), place.depth + 1, place, f"{net}.2")
        self.places.append(inner)
        self.forward(place)
        self.forward(inner)
        self.lines.append(f"ip -n {name} route add default via {net}.1 || true")
        way = inner
        for above in inner.ancestors:
            at = f"-n {above.name} " if above.name else ""
            if self.dice.random() > 0.03:
                self.lines.append(f"ip {at}route add 10.{inner.number}.0.0/16 via {way.address} || true")
            way = above
        self.bridge(inner)
        return None

    def forward(self, place: _Place) -> None:
        if self.dice.random() > 0.05:
            self.run(place.name, "sysctl -qw net.ipv4.ip_forward=1")

    def patched(self, place: _Place) -> None:
        """Two bridges, one or two patch cables between them."""
        net, self.count = self.subnet(place), self.count + 1
        one, other = f"pa{self.count}", f"pb{self.count}"
        for name in (one, other):
            self.ip(place.name, f"link add {name} type bridge")
            self.up(place.name, name)
        self.address(place.name, one, f"{net}.1/24")
        for number in range(self.dice.choice((1, 2))):
            ends = f"x{self.count}{number}", f"y{self.count}{number}"
            self.ip(place.name, f"link add {ends[0]} type veth peer name {ends[1]}")
            self.ip(place.name, f"link set {ends[0]} master {one}")
            self.ip(place.name, f"link set {ends[1]} master {other}")
            self.ip(place.name, f"link set {ends[1]} up")
            if number == 0:  # a second one stays down: two would make a loop
                self.up(place.name, ends[0])
        self.leaf(place, one, net, 2)
        self.leaf(place, other, net, 3)

    def macvlans(self, place: _Place) -> None:
        net, gateway = self.subnet(place), self.new("g")
        under = f"m{self.count}"
        self.cable(place.name, under, gateway, "eth0")
        self.up(place.name, under)
        self.up(gateway, "eth0")
        self.address(gateway, "eth0", f"{net}.1/24")
        mode = self.dice.choice(("bridge", "bridge", "private", "vepa"))
        for host in (11, 12):
            name = self.new("m")
            self.ip(place.name, f"link add link {under} name mv{self.count} type macvlan mode {mode}")
            self.ip(place.name, f"link set mv{self.count} netns {name} name eth0")
            self.up(name, "eth0")
            self.address(name, "eth0", f"{net}.{host}/24")

    def overlay(self, place: _Place) -> None:
        """Two hosts with a vxlan between them."""
        net, inner = self.subnet(place), self.subnet(place)
        one, other = self.new("x"), self.new("x")
        self.cable(one, "u0", other, "u0")
        number = self.dice.randrange(1, 1000)
        wrong = self.dice.random() < 0.2
        for host, name in ((1, one), (2, other)):
            self.up(name, "u0")
            self.address(name, "u0", f"{net}.{host}/24")
            vni = number + (wrong and host == 2)
            self.ip(
                name,
                f"link add vx0 type vxlan id {vni} dstport 4789 local {net}.{host} remote {net}.{3 - host} dev u0",
            )
            self.up(name, "vx0")
            self.address(name, "vx0", f"{inner}.{host}/24")

    def routed(self, place: _Place) -> None:
        """Containers with an address of 32 bits, as Calico makes them."""
        net = self.subnet(place)
        self.forward(place)
        for host in (1, 2):
            name = self.new("w")
            port = f"cali{self.count}"
            self.cable(place.name, port, name, "eth0")
            self.up(place.name, port)
            self.up(name, "eth0")
            self.address(name, "eth0", f"{net}.{host}/32")
            if self.dice.random() > 0.1:
                self.run(place.name, f"sysctl -qw net.ipv4.conf.{port}.proxy_arp=1")
            self.lines.append(f"ip -n {name} route add 169.254.1.1 dev eth0 scope link || true")
            self.lines.append(f"ip -n {name} route add default via 169.254.1.1 dev eth0 || true")
            at = f"-n {place.name} " if place.name else ""
            self.lines.append(f"ip {at}route add {net}.{host} dev {port} scope link || true")

    def straight(self, place: _Place) -> None:
        net, one, other = self.subnet(place), self.new("s"), self.new("s")
        self.cable(one, "e0", other, "e0")
        for host, name in ((1, one), (2, other)):
            self.up(name, "e0")
            self.address(name, "e0", f"{net}.{host}/24")

    # rules

    def filtered(self, place: _Place) -> None:
        """A rule or two about what is inside a place."""
        if not place.inside:
            return
        name, ip = self.dice.choice(place.inside)
        chain = "add table inet f; add chain inet f c { type filter hook forward priority 0; }"
        self.run(
            *self.dice.choice(
                (
                    (place.name, f"iptables -A FORWARD -d {ip} -p icmp -j DROP"),
                    (place.name, "iptables -P FORWARD DROP"),
                    (name, "iptables -A INPUT -p tcp --dport 80 -j REJECT"),
                    (name, "iptables -A OUTPUT -p icmp --icmp-type echo-reply -j DROP"),
                    (
                        place.name,
                        f"nft '{chain}; add rule inet f c ip saddr {ip} drop'",
                    ),
                    (place.name, f"iptables -t nat -A POSTROUTING -s {ip} -j MASQUERADE"),
                    (
                        place.name,
                        f"iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination {ip}:80",
                    ),
                    (name, f"ip rule add from {ip} prohibit priority 9"),
                    (name, "ip route add blackhole 10.0.0.0/9"),
                )
            )
        )

    def network(self) -> list[str]:
        blocks: tuple[Callable[[_Place], None], ...] = (
            self.bridge,
            self.router,
            self.router,
            self.patched,
            self.macvlans,
            self.overlay,
            self.routed,
            self.straight,
        )
        for _ in range(self.dice.choice(_BLOCKS)):
            block = self.dice.choice(blocks)
            self.made.add(block.__name__)
            block(self.dice.choice(self.places))
        if self.dice.random() < 0.5:
            self.filtered(self.dice.choice(self.places))
        return self.lines


def random_case(seed: str) -> Case:
    """The random network of a seed."""
    made = _Generator(seed)
    commands = "\n".join(made.network()) + "\n"
    return Case(made.kind, seed, commands, tuple(made.listeners[:4]))
