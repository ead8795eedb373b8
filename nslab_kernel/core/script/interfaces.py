"""The ip(8) commands that build the interfaces of a network, in an order that works."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from ..lessons.drift import is_automatic
from ..model.network import HOST, PAIRS, Address, Bridge, BridgePort, ForwardingEntry, Interface, Namespace, Network
from ..operations.actions import AddAddress, SetAlias, SetMaster, SetUp
from .details import Details

_LOOPBACK = ("127.0.0.1/8", "::1/128")
_USUAL_MTU = {"veth": 1500, "loopback": 65536}
_USUAL_COSTS = (2, 4, 19, 100)  # of a bridge port, from the speed that its interface had when it was plugged in
_HUNDREDTHS = ("forward_delay", "hello_time", "max_age", "ageing_time")  # how ip-link(8) counts a bridge's times
_BY_IP_LINK = ("proxy_arp", "proxy_arp_wifi")  # settings of ports that bridge(8) has no words for
_EVERYWHERE = "00:00:00:00:00:00"  # in a vxlan's table: where it sends what it has no other entry for


def line(namespace: str, *words: str, tool: str = "ip") -> str:
    """A command of iproute2 that acts in a namespace, as root."""
    place = () if namespace == HOST else ("-n", namespace)
    return shlex.join((tool, *place, *words))


def interfaces(network: Network, details: Details) -> Iterator[str]:
    """Make every interface: bridges first since others may sit on them, then cables, then what sits on any of these."""
    made: set[tuple[str, str]] = set()
    for kind in (_bridges, _pairs):
        for namespace in rebuilt(network):
            yield from kind(network, namespace, made)
    yield from _others(network, details, made)


def link_settings(network: Network, details: Details) -> Iterator[str]:
    """What is set on interfaces: MAC address, MTU, bridge and port settings."""
    for namespace in rebuilt(network):
        for interface in namespace.interfaces:
            for words in _link_settings(network, namespace, interface, details):
                yield line(namespace.name, "link", *words)
            if interface.alias:
                yield plain(SetAlias(interface.name, interface.alias, namespace.name).command())
    for namespace in rebuilt(network):
        for interface in namespace.interfaces:
            yield from _membership(namespace, interface)


def addresses(network: Network) -> Iterator[str]:
    """Give interfaces their addresses; what the kernel gives by itself is left to it."""
    for namespace in rebuilt(network):
        for interface in namespace.interfaces:
            yield from _addresses(namespace, interface, interface.addresses)


def states(network: Network) -> Iterator[str]:
    """Bring up what is up; the host's lo is up on most machines, so it is brought down where it wasn't.

    What is down but is the way of a route is brought up, too: the kernel takes no route by it otherwise. See
    `states_afterwards`.
    """
    for namespace in rebuilt(network):
        for interface in namespace.interfaces:
            if interface.up or _is_needed(namespace, interface):
                yield plain(SetUp(interface.name, namespace.name).command())
            elif namespace.name == HOST and interface.is_loopback:
                yield line(HOST, "link", "set", "lo", "down")


def states_afterwards(network: Network) -> Iterator[str]:
    """Bring down what had to be up for its routes; with that it loses its IPv6 addresses, so they are given again."""
    for namespace in rebuilt(network):
        for interface in namespace.interfaces:
            if not interface.up and _is_needed(namespace, interface):
                yield line(namespace.name, "link", "set", "dev", interface.name, "down")
                yield from _addresses(namespace, interface, (a for a in interface.addresses if a.family == 6))


def forwarding(network: Network) -> Iterator[str]:
    """The entries of forwarding tables that a person made."""
    for namespace in rebuilt(network):
        for entry in namespace.forwarding:
            interface = namespace.interface(entry.interface)
            if interface and entry.state != "learnt" and not _is_born(interface, entry):
                yield line(namespace.name, "fdb", "append", *_entry_words(interface, entry), tool="bridge")


def rebuilt(network: Network) -> list[Namespace]:
    """The host and the namespaces with a name: one without ends with its process and can't be built."""
    return [namespace for namespace in network.everywhere if namespace.kind != "process"]


def plain(command: str) -> str:
    """The command without sudo: the whole script runs as root."""
    return command.removeprefix("sudo ")


def _is_needed(namespace: Namespace, interface: Interface) -> bool:
    routes = (route for route in namespace.routes if route.kind == "unicast" and route.protocol != "kernel")
    return any(route.interface == interface.index for route in routes)


def _bridges(network: Network, here: Namespace, made: set[tuple[str, str]]) -> Iterator[str]:
    usual = Bridge()
    for interface in here.interfaces:
        if interface.bridge is None:
            continue
        words = []
        for field in fields(Bridge):
            if field.name == "ageing_time" and _ages_fast(interface.bridge):
                continue
            value = getattr(interface.bridge, field.name)
            if value != getattr(usual, field.name):
                name = {"stp": "stp_state"}.get(field.name, field.name)
                words += [name, str(round(value * 100) if field.name in _HUNDREDTHS else int(value))]
        made.add((here.name, interface.name))
        yield line(here.name, "link", "add", "dev", interface.name, "type", "bridge", *words)


def _ages_fast(bridge: Bridge) -> bool:
    """Whether a spanning tree has just changed: for a while the kernel forgets addresses sooner (802.1D, 8.3.5)."""
    return bridge.stp and bridge.ageing_time == 2 * bridge.forward_delay


def _pairs(network: Network, here: Namespace, made: set[tuple[str, str]]) -> Iterator[str]:
    for interface in here.interfaces:
        if interface.kind not in PAIRS or (here.name, interface.name) in made:
            continue
        found = network.peer(interface)
        if found is None:
            continue  # see `script.buildable`
        there, peer = found
        made |= {(here.name, interface.name), (there.name, peer.name)}
        netns = () if there is here else ("netns", there.name)
        words = ("link", "add", "dev", interface.name, "type", interface.kind, "peer", "name", peer.name, *netns)
        yield line(here.name, *words)


def _others(network: Network, details: Details, made: set[tuple[str, str]]) -> Iterator[str]:
    """Interfaces of other kinds, each after the one that it sits on."""
    waiting = [
        (namespace, interface)
        for namespace in rebuilt(network)
        for interface in namespace.interfaces
        if (namespace.name, interface.name) in details.links and (namespace.name, interface.name) not in made
    ]
    while waiting:
        kept = {(namespace.name, interface.name) for namespace, interface in waiting}
        ready = [
            one for one in waiting if (end := network.lower(one[1])) is None or (end[0].name, end[1].name) not in kept
        ]
        for namespace, interface in ready or waiting:
            yield _other(network, namespace, interface, details.links[namespace.name, interface.name])
        waiting = [one for one in waiting if one not in ready] if ready else []


def _other(network: Network, here: Namespace, interface: Interface, words: tuple[str, ...]) -> str:
    if words[0] == "tuntap":
        return line(here.name, "tuntap", "add", "dev", interface.name, *words[1:])
    lower = network.lower(interface)
    birthplace = interface.lower_namespace or here.name
    netns = () if birthplace == here.name else ("netns", here.name)
    below: tuple[str, ...] = ()
    if lower and interface.tunnel:
        words = (*words, "dev", lower[1].name)
    elif lower:
        below = ("link", lower[1].name)
    return line(birthplace, "link", "add", *below, "name", interface.name, *netns, "type", *words)


def _link_settings(
    network: Network, namespace: Namespace, interface: Interface, details: Details
) -> Iterator[tuple[str, ...]]:
    to_set = ("set", "dev", interface.name)
    if (namespace.name, interface.name) in details.macs or interface.mac in _wanted_macs(network):
        yield *to_set, "address", interface.mac
    if interface.mtu != _usual_mtu(namespace, interface):
        yield *to_set, "mtu", str(interface.mtu)
    if interface.group:
        yield *to_set, "group", str(interface.group)
    if interface.noarp and not interface.is_loopback and interface.kind in (*PAIRS, "bridge", "macvlan", "vxlan"):
        yield *to_set, "arp", "off"
    for words in details.extras.get((namespace.name, interface.name), ()):
        yield (*to_set, *words[1:]) if words[0] == "set" else ("property", "add", "dev", interface.name, *words[1:])


def _wanted_macs(network: Network) -> set[str]:
    """The MAC addresses that somebody's fixed neighbour, or entry of a forwarding table, relies on."""
    fixed = {n.mac for place in network.everywhere for n in place.neighbours if n.state == "PERMANENT" and n.mac}
    return fixed | {e.mac for place in network.everywhere for e in place.forwarding if e.state != "learnt"}


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
    usual = BridgePort()
    for field in fields(BridgePort) if interface.port else ():
        value = getattr(interface.port, field.name)
        if field.name == "state" or value == getattr(usual, field.name):
            continue
        if field.name == "cost" and value in _USUAL_COSTS:
            continue
        word = ("on" if value else "off") if isinstance(value, bool) else str(value)
        if field.name in _BY_IP_LINK:
            yield line(namespace.name, "link", "set", "dev", interface.name, "type", "bridge_slave", field.name, word)
        else:
            yield line(namespace.name, "link", "set", "dev", interface.name, field.name, word, tool="bridge")


def _addresses(namespace: Namespace, interface: Interface, given: Iterable[Address]) -> Iterator[str]:
    for address in given:
        if not (address.cidr in _LOOPBACK and interface.is_loopback) and not is_automatic(address):
            command = plain(AddAddress(interface.name, _cidr(address), namespace.name).command())
            yield shlex.join((*shlex.split(command), *_address_words(address)))


def left_out(network: Network) -> Iterator[str]:
    """Comments about what of the addresses isn't in the script."""
    for namespace in rebuilt(network):
        for interface in namespace.interfaces:
            for address in interface.addresses:
                if address.dynamic:
                    yield f"# left out: lifetime of address {address.cidr} of {interface.name} in {namespace.name}"


def _cidr(address: Address) -> str:
    return address.ip if address.peer else address.cidr


def _address_words(address: Address) -> Iterator[str]:
    """What isn't usual about an address."""
    if address.peer:
        yield from ("peer", f"{address.peer}/{address.prefix}")
    if address.broadcast:
        yield from ("broadcast", address.broadcast)
    if address.label:
        yield from ("label", address.label)
    if address.metric:
        yield from ("metric", str(address.metric))
    if address.deprecated and not address.dynamic:
        yield from ("preferred_lft", "0")
    if address.scope not in ("global", "host") and not (address.family == 6 and address.scope == "link"):
        yield from ("scope", address.scope)
    if address.noprefixroute:
        yield "noprefixroute"


def _is_born(interface: Interface, entry: ForwardingEntry) -> bool:
    """Whether an entry came with the vxlan itself, from its ``remote``."""
    return bool(interface.tunnel and entry.mac == _EVERYWHERE and entry.remote == interface.tunnel.remote)


def _entry_words(interface: Interface, entry: ForwardingEntry) -> Iterator[str]:
    yield from (entry.mac, "dev", interface.name)
    if entry.remote:
        yield from ("dst", entry.remote)
    for key, value in (("vlan", entry.vlan), ("vni", entry.vni), ("port", entry.port)):
        if value is not None:
            yield from (key, str(value))
    yield "master" if entry.master else "self"
    yield entry.state
    if entry.sticky:
        yield "sticky"


_MACVLAN = (("mode", "mode"), ("flags", ""))
_IPVLAN = (("mode", "mode"), ("flags", ""))
_TUNNEL = (("remote", "remote"), ("local", "local"), ("ttl", "ttl"), ("tos", "tos"))
_VALUES = {
    "vxlan": (
        ("id", "id"),
        ("remote", "remote"),
        ("remote6", "remote"),
        ("group", "group"),
        ("group6", "group"),
        ("local", "local"),
        ("local6", "local"),
        ("port", "dstport"),
        ("ttl", "ttl"),
        ("tos", "tos"),
        ("ageing", "ageing"),
        ("limit", "maxaddress"),
    ),
    "geneve": (("id", "id"), ("remote", "remote"), ("remote6", "remote"), ("port", "dstport"), ("ttl", "ttl")),
    "macvlan": _MACVLAN,
    "macvtap": _MACVLAN,
    "ipvlan": _IPVLAN,
    "ipvtap": _IPVLAN,
    "vlan": (("protocol", "protocol"), ("id", "id")),
    "vrf": (("table", "table"),),
    "bond": (("mode", "mode"), ("miimon", "miimon"), ("xmit_hash_policy", "xmit_hash_policy")),
    "gre": (*_TUNNEL, ("ikey", "ikey"), ("okey", "okey")),
    "gretap": (*_TUNNEL, ("ikey", "ikey"), ("okey", "okey")),
    "ip6gre": (*_TUNNEL, ("ikey", "ikey"), ("okey", "okey")),
    "ipip": _TUNNEL,
    "sit": _TUNNEL,
    "ip6tnl": (("proto", "mode"), *_TUNNEL),
    "dummy": (),
    "ifb": (),
}  # for each kind, the values and the words that ip-link(8) wants before them
_FLAGS = {
    "vxlan": (
        (("learning", False), "nolearning"),
        (("proxy", True), "proxy"),
        (("rsc", True), "rsc"),
        (("l2miss", True), "l2miss"),
        (("l3miss", True), "l3miss"),
        (("udp_csum", False), "noudpcsum"),
        (("gbp", True), "gbp"),
        (("gpe", True), "gpe"),
        (("external", True), "external"),
    )
}
_USUAL = {
    "ttl": (0, "0", "inherit", "auto"),
    "tos": (0, "0", "inherit"),
    "ageing": (300,),
    "limit": (0,),
}
_USUAL_QUEUE = {"tun": 500, "ifb": 32}  # packets; of other kinds 1000


def link_words(described: Mapping[str, Any]) -> tuple[str, ...] | None:
    """How an interface is made: the words after ``type`` in ip-link(8), or those of ``ip tuntap add``, led by tuntap.

    None for a kind that isn't known, and for a tun or tap that a program holds.

    Parameters
    ----------
    described
        One interface, as in the list that ``ip -d -j link show`` prints.
    """
    info = described.get("linkinfo", {})
    kind, data = info.get("info_kind", ""), info.get("info_data", {})
    if kind == "tun":
        return _tuntap_words(data) if data.get("persist") else None
    if kind not in _VALUES:
        return None
    words = [kind]
    for key, word in _VALUES[kind]:
        value = data.get(key)
        if isinstance(value, list):  # flags
            words += [str(one) for one in value]
        elif word and value is not None and value not in _USUAL.get(key, ()):
            words += [word, str(value)]
    for (key, value), word in _FLAGS.get(kind, ()):
        if data.get(key, not value) == value:
            words.append(word)
    return tuple(words)


def _tuntap_words(data: Mapping[str, Any]) -> tuple[str, ...]:
    words = ["tuntap", "mode", data["type"]]
    for key in ("user", "group"):
        if key in data:
            words += [key, str(data[key])]
    return (*words, *(key for key in ("pi", "vnet_hdr", "multi_queue") if data.get(key)))


def extra_words(described: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """What else is unusual about an interface: the words of ``ip link set dev NAME``, and of ``ip link property``.

    Parameters
    ----------
    described
        One interface, as in the list that ``ip -d -j link show`` prints.
    """
    kind = described.get("linkinfo", {}).get("info_kind", "")
    found = []
    if described.get("txqlen", 1000) != _USUAL_QUEUE.get(kind, 1000):
        found.append(("set", "txqueuelen", str(described["txqlen"])))
    flags = described["flags"]
    for flag, word in (("PROMISC", "promisc"), ("ALLMULTI", "allmulticast")):
        if flag in flags:
            found.append(("set", word, "on"))
    if kind in (*PAIRS, "bridge", "macvlan", "vxlan") and "MULTICAST" not in flags:
        found.append(("set", "multicast", "off"))
    if described.get("inet6_addr_gen_mode", "eui64") != "eui64":
        found.append(("set", "addrgenmode", described["inet6_addr_gen_mode"]))
    found += [("property", "altname", name) for name in described.get("altnames", ())]
    return tuple(found)
