"""The ip(8) commands that build the interfaces of a network, in an order that works."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from ..lessons.drift import is_automatic
from ..model.network import HOST, Interface, Namespace, Network
from ..operations.actions import AddAddress, SetAlias, SetMaster, SetUp
from .details import Details

_LOOPBACK = ("127.0.0.1/8", "::1/128")
_USUAL_MTU = {"veth": 1500, "loopback": 65536}


def line(namespace: str, *words: str, tool: str = "ip") -> str:
    """A command of iproute2 that acts in a namespace, as root."""
    place = () if namespace == HOST else ("-n", namespace)
    return shlex.join((tool, *place, *words))


def interfaces(network: Network, details: Details) -> Iterator[str]:
    """Make every interface, bridges first since others may sit on them."""
    made: set[tuple[str, str]] = set()
    for kind in (_bridges, _veth_pairs, _others):
        for namespace in rebuilt(network):
            yield from kind(network, namespace, details, made)


def link_settings(network: Network, details: Details) -> Iterator[str]:
    """What is set on interfaces: MAC address, MTU, bridge and port settings."""
    for namespace in rebuilt(network):
        for interface in namespace.interfaces:
            for words in _link_settings(network, namespace, interface, details):
                yield line(namespace.name, "link", "set", "dev", interface.name, *words)
            if interface.alias:
                yield plain(SetAlias(interface.name, interface.alias, namespace.name).command())
    for namespace in rebuilt(network):
        for interface in namespace.interfaces:
            yield from _membership(namespace, interface)


def addresses(network: Network) -> Iterator[str]:
    """Give interfaces their addresses; what the kernel gives by itself is left to it."""
    for namespace in rebuilt(network):
        for interface in namespace.interfaces:
            for address in interface.addresses:
                automatic = address.cidr in _LOOPBACK and interface.is_loopback
                if not automatic and not is_automatic(address):
                    yield plain(AddAddress(interface.name, address.cidr, namespace.name).command())


def states(network: Network) -> Iterator[str]:
    """Bring up what is up; the host's lo is up on most machines, so it is brought down where it wasn't."""
    for namespace in rebuilt(network):
        for interface in namespace.interfaces:
            if interface.up:
                yield plain(SetUp(interface.name, namespace.name).command())
            elif namespace.name == HOST and interface.is_loopback:
                yield line(HOST, "link", "set", "lo", "down")


def rebuilt(network: Network) -> list[Namespace]:
    """The host and the namespaces with a name: one without ends with its process and can't be built."""
    return [namespace for namespace in network.everywhere if namespace.kind != "process"]


def plain(command: str) -> str:
    """The command without sudo: the whole script runs as root."""
    return command.removeprefix("sudo ")


def _bridges(network: Network, here: Namespace, details: Details, made: set[tuple[str, str]]) -> Iterator[str]:
    for interface in here.interfaces:
        if interface.bridge is not None:
            words = ["stp_state", "1"] if interface.bridge.stp else []
            if interface.bridge.vlan_filtering:
                words += ["vlan_filtering", "1"]
            if interface.bridge.forward_delay != 15:
                words += ["forward_delay", str(round(interface.bridge.forward_delay * 100))]
            made.add((here.name, interface.name))
            yield line(here.name, "link", "add", "dev", interface.name, "type", "bridge", *words)


def _veth_pairs(network: Network, here: Namespace, details: Details, made: set[tuple[str, str]]) -> Iterator[str]:
    for interface in here.interfaces:
        if interface.kind != "veth" or (here.name, interface.name) in made:
            continue
        found = network.peer(interface)
        if found is None:
            continue  # see `leaving_out`
        there, peer = found
        made |= {(here.name, interface.name), (there.name, peer.name)}
        netns = () if there is here else ("netns", there.name)
        words = ("link", "add", "dev", interface.name, "type", "veth", "peer", "name", peer.name, *netns)
        yield line(here.name, *words)


def _others(network: Network, here: Namespace, details: Details, made: set[tuple[str, str]]) -> Iterator[str]:
    for interface in here.interfaces:
        known = details.links.get((here.name, interface.name))
        if known is None or interface.is_loopback or interface.kind in ("bridge", "veth"):
            continue
        lower = network.lower(interface)
        below = ("link", lower[1].name) if lower else ()
        birthplace = lower[0].name if lower else here.name
        netns = () if birthplace == here.name else ("netns", here.name)
        yield line(birthplace, "link", "add", *below, "name", interface.name, *netns, "type", *known)


def _link_settings(
    network: Network, namespace: Namespace, interface: Interface, details: Details
) -> Iterator[tuple[str, ...]]:
    if (namespace.name, interface.name) in details.macs or interface.mac in _wanted_macs(network):
        yield "address", interface.mac
    if interface.mtu != _usual_mtu(namespace, interface):
        yield "mtu", str(interface.mtu)
    if interface.group:
        yield "group", str(interface.group)
    if interface.noarp and not interface.is_loopback and interface.kind in ("veth", "bridge"):
        yield "arp", "off"


def _wanted_macs(network: Network) -> set[str]:
    """The MAC addresses that somebody's fixed neighbour entry relies on."""
    return {n.mac for place in network.everywhere for n in place.neighbours if n.state == "PERMANENT" and n.mac}


def _usual_mtu(namespace: Namespace, interface: Interface) -> int:
    """A bridge takes the least of its ports'."""
    if interface.kind == "bridge":
        return min((port.mtu for port in namespace.ports(interface)), default=1500)
    return _USUAL_MTU.get(interface.kind, 0)


def _membership(namespace: Namespace, interface: Interface) -> Iterator[str]:
    master = namespace.interface(interface.master)
    if master is None:
        return
    yield plain(SetMaster(interface.name, master.name, namespace.name).command())
    port = interface.port
    for key, value, usual in (
        ("isolated", port and port.isolated, False),
        ("hairpin", port and port.hairpin, False),
        ("learning", port is None or port.learning, True),
        ("flood", port is None or port.flood, True),
    ):
        if bool(value) != usual:
            words = ("link", "set", "dev", interface.name, key, "on" if value else "off")
            yield line(namespace.name, *words, tool="bridge")


_VALUES = {
    "vxlan": (
        ("id", "id"),
        ("remote", "remote"),
        ("group", "group"),
        ("local", "local"),
        ("link", "dev"),
        ("port", "dstport"),
    ),
    "macvlan": (("mode", "mode"),),
    "vlan": (("protocol", "protocol"), ("id", "id")),
    "ipvlan": (("mode", "mode"),),
    "vrf": (("table", "table"),),
    "dummy": (),
    "ifb": (),
}  # for each kind, the values and the words that ip-link(8) wants before them
_FLAGS = {"vxlan": ((("learning", False), "nolearning"), (("proxy", True), "proxy"), (("external", True), "external"))}


def link_words(described: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The words after ``type`` in ip-link(8), or None for a kind that isn't known.

    Parameters
    ----------
    described
        One interface, as in the list that ``ip -d -j link show`` prints.
    """
    info = described.get("linkinfo", {})
    kind, data = info.get("info_kind", ""), info.get("info_data", {})
    if kind not in _VALUES:
        return None
    words = [kind]
    for key, word in _VALUES[kind]:
        if key in data:
            words += [word, str(data[key])]
    for (key, value), word in _FLAGS.get(kind, ()):
        if data.get(key, not value) == value:
            words.append(word)
    return tuple(words)
