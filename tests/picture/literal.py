"""Literal labs for pure tests: a draft is edited like a lab, and read like one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from nslab_kernel.core.model.firewall import Chain, Match, Rule, Ruleset, RuleVerdict
from nslab_kernel.core.model.network import HOST, Address, Bridge, BridgePort, Interface, Namespace, Network, Route


def address(cidr: str) -> Address:
    """``172.16.1.1/16`` as a value."""
    ip, prefix = cidr.split("/")
    scope = "link" if ip.startswith("fe80:") else "host" if ip.startswith("127.") or ip == "::1" else "global"
    return Address(ip, int(prefix), scope)


class Draft:
    """A lab under construction."""

    def __init__(self, *names: str) -> None:
        self._spaces: dict[str, Namespace] = {}
        self._made = 0
        self.add(HOST, kind="host").set(HOST, "lo", up=True, carrier=True, state="UNKNOWN")
        for name in names:
            self.add(name)

    def add(self, name: str, **fields: Any) -> Draft:
        """A new namespace, with the ``lo`` it is born with."""
        self._made += 1
        loopback = Interface(1, "lo", "loopback", "00:00:00:00:00:00", 65536)
        self._spaces[name] = Namespace(name, **{"inode": 4026531840 + self._made, "interfaces": (loopback,), **fields})
        return self

    def remove(self, name: str) -> Draft:
        """Delete a namespace and every veth pair that ends in it."""
        gone = self._spaces.pop(name)
        for interface in gone.interfaces:
            if interface.peer_namespace in self._spaces:
                self._drop(interface.peer_namespace, interface.peer_index)
        return self

    def put(self, where: str, name: str, kind: str = "", addresses: Iterable[str] = (), **fields: Any) -> Interface:
        """A new interface, up with carrier unless told otherwise."""
        self._made += 1
        values: dict[str, Any] = {
            "up": True,
            "carrier": True,
            "mac": f"02:00:00:00:{self._made >> 8:02x}:{self._made & 255:02x}",
        }
        values |= fields
        values.setdefault("state", "UP" if values["up"] else "DOWN")
        index = max(i.index for i in self._spaces[where].interfaces) + 1
        interface = Interface(index, name, kind, addresses=tuple(map(address, addresses)), **values)
        self._store(where, interface)
        return interface

    def bridge(self, name: str, *addresses: str, where: str = HOST, **fields: Any) -> Draft:
        """A new bridge, up."""
        self.put(where, name, "bridge", addresses, bridge=Bridge(), **fields)
        return self

    def veth(
        self, where: str, name: str, there: str, peer: str, *addresses: str, master: str = "", near: Iterable[str] = ()
    ) -> Draft:
        """A cable: its near end may be plugged into a bridge, its far end gets the addresses."""
        bridge = self._spaces[where].interface(master)
        port = {"master": bridge.index, "port": BridgePort()} if bridge else {}
        one = self.put(where, name, "veth", near, **port)
        other = self.put(there, peer, "veth", addresses)
        self.set(where, name, peer_index=other.index, peer_namespace=there)
        self.set(there, peer, peer_index=one.index, peer_namespace=where)
        return self

    def attach(self, bridge: str, name: str, *addresses: str) -> Draft:
        """What ``add-ns-to-br.sh`` of the first lesson does."""
        return self.add(name).veth(HOST, f"veth-{name}"[:15], name, f"eth00-{name}"[:15], *addresses, master=bridge)

    def set(self, where: str, name: str, /, **fields: Any) -> Draft:
        """Change fields of an interface."""
        interface = self._spaces[where].interface(name)
        assert interface is not None
        self._store(where, replace(interface, **fields), instead_of=interface)
        return self

    def down(self, where: str, name: str) -> Draft:
        """``ip link set NAME down``: the other end of its cable loses the carrier."""
        self.set(where, name, up=False, carrier=False, state="DOWN")
        interface = self._spaces[where].interface(name)
        assert interface is not None
        far = self.network().peer(interface)
        return self.set(far[0].name, far[1].name, carrier=False, state="LOWERLAYERDOWN") if far else self

    def route(self, where: str, destination: str, gateway: str, dev: str, protocol: str = "boot") -> Draft:
        """``ip route add DESTINATION via GATEWAY dev DEV``."""
        namespace = self._spaces[where]
        interface = namespace.interface(dev)
        assert interface is not None
        family = 6 if ":" in gateway else 4
        made = Route(destination, family, gateway, interface.index, protocol=protocol)
        self._spaces[where] = replace(namespace, routes=(*namespace.routes, made))
        return self

    def sysctl(self, where: str, name: str, value: str) -> Draft:
        """``sysctl NAME=VALUE``."""
        namespace = self._spaces[where]
        values = dict(namespace.sysctls) | {name: value}
        self._spaces[where] = replace(namespace, sysctls=tuple(sorted(values.items())))
        return self

    def firewall(self, where: str, *chains: Chain) -> Draft:
        """Put the chains in place of those that were there."""
        self._spaces[where] = replace(self._spaces[where], firewall=Ruleset(chains))
        return self

    def network(self) -> Network:
        """The lab as it is now."""
        host, *others = (
            space for _, space in sorted(self._spaces.items(), key=lambda item: (item[0] != HOST, item[0]))
        )
        return Network(host, tuple(others))

    def _store(self, where: str, interface: Interface, instead_of: Interface | None = None) -> None:
        namespace = self._spaces[where]
        kept = (i for i in namespace.interfaces if i is not instead_of)
        self._spaces[where] = replace(namespace, interfaces=tuple(sorted((*kept, interface), key=lambda i: i.index)))

    def _drop(self, where: str, index: int | None) -> None:
        namespace = self._spaces[where]
        kept = tuple(i for i in namespace.interfaces if i.index != index)
        self._spaces[where] = replace(namespace, interfaces=kept)


def masquerade(source: str, interface: str) -> Chain:
    """Source NAT as Docker has it."""
    matches = (Match("ip saddr", (source,)), Match("oifname", (interface,)))
    rule = Rule(matches, RuleVerdict("masquerade"), 1, "", f'ip saddr {source} oifname "{interface}" masquerade')
    return Chain("ip", "nat", "POSTROUTING", (rule,), "postrouting", "nat", 100)


def publish(host_port: str, to: str, port: str) -> Chain:
    """Destination NAT for a published port."""
    rule = Rule(
        (Match("tcp dport", (host_port,)),),
        RuleVerdict("dnat", to, port),
        2,
        "",
        f"tcp dport {host_port} dnat to {to}:{port}",
    )
    return Chain("ip", "nat", "PREROUTING", (rule,), "prerouting", "nat", -100)


def drop_forward() -> Chain:
    """Docker's FORWARD policy."""
    return Chain("ip", "filter", "FORWARD", (), "forward", "filter", 0, "drop")


def seed(count: int = 2, *, up: bool = True) -> Draft:
    """The first lesson's lab with ``count`` namespaces."""
    draft = Draft().bridge("mydocker0")
    if not up:
        draft.down(HOST, "mydocker0")
    for number in range(1, count + 1):
        draft.attach("mydocker0", f"ns{number}", f"172.16.{number // 250 + 1}.{number % 250}/16")
    return draft
