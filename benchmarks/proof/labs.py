"""Random labs: bridges, namespaces, routers, a world outside with NAT, firewall rules, IPv4 and IPv6."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from nslab_kernel.core.model.network import HOST, Route
from nslab_kernel.core.operations.actions import (
    Action,
    AddAddress,
    AddBridge,
    AddNamespace,
    AddRoute,
    AddVeth,
    Nft,
    SetMaster,
    SetSysctl,
    SetUp,
)

FORWARDING = {4: "net.ipv4.ip_forward", 6: "net.ipv6.conf.all.forwarding"}
BRIDGE_CALLS = ("net.bridge.bridge-nf-call-iptables", "net.bridge.bridge-nf-call-ip6tables")
OUTSIDE = "isp"  # one of the names by which faults know what no student is to fix
WEB = "203.0.113.10"


@dataclass(frozen=True)
class Listening:
    """A TCP server of a namespace."""

    namespace: str
    ip: str
    port: int


@dataclass
class Lab:
    """A lab to be built: its actions, in order, and its servers."""

    actions: list[Action] = field(default_factory=list)
    servers: list[Listening] = field(default_factory=list)
    addresses: dict[str, list[str]] = field(default_factory=dict)  # by namespace, without prefix length


def random_lab(dice: Random) -> Lab:
    """A lab of 1 to 3 bridges and 2 to 8 namespaces."""
    return _Drafting(dice).draft()


class _Drafting:
    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._lab = Lab()
        self._families = dice.choices([(4,), (6,), (4, 6)], [5, 2, 3])[0]
        self._bridges = [f"br{n}" for n in range(dice.choices([1, 2, 3], [4, 4, 2])[0])]
        self._subnets = {bridge: self._subnet(n) for n, bridge in enumerate(self._bridges)}
        self._numbers = {bridge: dice.sample(range(10, 250), 20) for bridge in self._bridges}
        self._gateways: dict[str, dict[int, str]] = {}
        self._outside = 4 in self._families and dice.random() < 0.3

    def draft(self) -> Lab:
        """The whole lab."""
        self._switches()
        rooms = [f"ns{n}" for n in range(1, self._dice.randint(2, 8) + 1)]
        plugged = {name: self._dice.choice(self._bridges) for name in rooms}
        for name, bridge in plugged.items():
            self._room(name, bridge)
        self._join()
        second = dict(self._second_cables(plugged))
        for name, bridge in plugged.items():
            self._default_route(name, bridge, second.get(name, ""))
        if self._outside:
            self._world_outside()
        self._serve(rooms)
        return self._lab

    def _do(self, *actions: Action) -> None:
        self._lab.actions += actions

    def _chance(self, share: float) -> bool:
        return self._dice.random() < share

    def _subnet(self, number: int) -> dict[int, tuple[str, int]]:
        """For each family the beginning of the addresses on a bridge, and their prefix length."""
        base = self._dice.choice((f"10.{self._dice.randrange(200)}.{number}.", f"192.168.{number}.", "172.{}.0."))
        v4 = (base.format(16 + number), 16 if base.startswith("172") else 24)
        return {family: v4 if family == 4 else (f"fd00:{number + 1}::", 64) for family in self._families}

    def _address(self, namespace: str, interface: str, bridge: str, number: int) -> dict[int, str]:
        """Give an interface its addresses on a bridge."""
        found = {}
        for family, (base, prefix) in self._subnets[bridge].items():
            found[family] = f"{base}{number}" if family == 4 else f"{base}{number:x}"
            self._do(AddAddress(interface, f"{found[family]}/{prefix}", namespace))
        self._lab.addresses.setdefault(namespace, []).extend(found.values())
        return found

    def _switches(self) -> None:
        self._do(SetSysctl("net.ipv6.conf.default.dad_transmits", "0", HOST, "1"))
        if self._chance(0.4):
            self._do(*(SetSysctl(name, "0", HOST, "1") for name in BRIDGE_CALLS))
        for bridge in self._bridges:
            self._do(AddBridge(bridge))
            if self._chance(0.7):
                self._gateways[bridge] = self._address(HOST, bridge, bridge, 1)
            self._do(SetUp(bridge))

    def _space(self, name: str) -> None:
        self._do(AddNamespace(name), SetSysctl("net.ipv6.conf.default.dad_transmits", "0", name, "1"))
        if self._chance(0.6):
            self._do(SetUp("lo", name))

    def _plug(self, name: str, inner: str, outer: str, bridge: str, number: int) -> dict[int, str]:
        self._do(AddVeth(outer, inner, name))
        found = self._address(name, inner, bridge, number)
        self._do(SetUp(inner, name), SetUp(outer), SetMaster(outer, bridge))
        return found

    def _room(self, name: str, bridge: str) -> None:
        self._space(name)
        self._plug(name, "eth0", f"v-{name}", bridge, self._numbers[bridge].pop())
        if self._chance(0.06):
            self._do(SetSysctl("net.ipv4.conf.all.rp_filter", self._dice.choice("12"), name))

    def _join(self) -> None:
        """A router between the bridges: the host, or a namespace on each."""
        if len(self._gateways) == len(self._bridges) and self._chance(0.6):
            self._do(*(SetSysctl(FORWARDING[family], "1", HOST) for family in self._families))
        elif len(self._bridges) > 1 and self._chance(0.8):
            self._space("router")
            for n, bridge in enumerate(self._bridges):
                self._gateways[bridge] = self._plug("router", f"eth{n}", f"v-router{n}", bridge, 254)
            self._do(*(SetSysctl(FORWARDING[family], "1", "router") for family in self._families))

    def _default_route(self, name: str, bridge: str, second: str) -> None:
        for family, gateway in self._gateways.get(bridge, {}).items():
            if not self._chance(0.9):
                continue
            if self._chance(0.8):
                self._do(AddRoute(Route("default", family, gateway), "", name))
            else:  # a route to each of the other subnets
                for other, subnets in self._subnets.items():
                    base, prefix = subnets[family]
                    if other not in (bridge, second):
                        target = f"{base}0/{prefix}" if family == 4 else f"{base}/{prefix}"
                        self._do(AddRoute(Route(target, family, gateway), "", name))

    def _second_cables(self, plugged: dict[str, str]) -> Iterator[tuple[str, str]]:
        """Plug some namespaces into another bridge, too."""
        for name, bridge in plugged.items():
            others = [other for other in self._bridges if other != bridge]
            if others and self._chance(0.15):
                other = self._dice.choice(others)
                self._plug(name, "eth1", f"w-{name}", other, self._numbers[other].pop())
                yield name, other

    def _world_outside(self) -> None:
        """A provider beyond the host's eth0, which knows no private address, and masquerade."""
        self._space(OUTSIDE)
        self._do(AddVeth("eth0", "eth0", OUTSIDE), AddAddress("eth0", "192.0.2.2/24"), SetUp("eth0"))
        self._do(AddAddress("eth0", "192.0.2.1/24", OUTSIDE), AddAddress("eth0", f"{WEB}/32", OUTSIDE))
        self._do(SetUp("eth0", OUTSIDE), AddRoute(Route("default", 4, "192.0.2.1")))
        self._lab.addresses[OUTSIDE] = [WEB]
        self._lab.addresses.setdefault(HOST, []).append("192.0.2.2")
        if not any(isinstance(action, SetSysctl) and action.name == FORWARDING[4] for action in self._lab.actions):
            self._do(SetSysctl(FORWARDING[4], "1", HOST))
        masquerade = list(self._masquerade())
        if masquerade and self._chance(0.85):
            chain = "add chain ip nat postrouting { type nat hook postrouting priority 100 ; policy accept ; }"
            self._do(Nft("\n".join(("add table ip nat", chain, *masquerade)), HOST, "delete table ip nat"))

    def _masquerade(self) -> Iterator[str]:
        for bridge in self._bridges:
            base, prefix = self._subnets[bridge][4]
            yield f'add rule ip nat postrouting ip saddr {base}0/{prefix} oifname "eth0" masquerade'

    def _serve(self, rooms: list[str]) -> None:
        places = [*rooms, *([OUTSIDE] if self._outside else [])]
        for name in self._dice.sample(places, min(3, len(places))):
            own = self._dice.choice(self._lab.addresses[name])
            ip = self._dice.choices(["::", own, "127.0.0.1"], [7, 2, 1])[0]
            self._lab.servers.append(Listening(name, ip, self._dice.choice((80, 8080))))
