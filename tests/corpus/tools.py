"""What the ordinary tools say of a network: the judge of the reader, which it knows nothing of.

A fact is a line of words: a namespace, what it is about, and what is said of it. Interfaces go by their names, those
of other namespaces as NAMESPACE/NAME.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

Fact: TypeAlias = tuple[str, ...]

_PORT = {
    "state": "state", "hairpin": "hairpin", "guard": "guard", "root_block": "root_block", "fastleave": "fastleave",
    "learning": "learning", "flood": "flood", "mcast_flood": "mcast_flood", "bcast_flood": "bcast_flood",
    "mcast_to_unicast": "mcast_to_unicast", "neigh_suppress": "neigh_suppress", "isolated": "isolated",
    "locked": "locked", "proxy_arp": "proxy_arp", "proxy_arp_wifi": "proxy_arp_wifi", "cost": "cost",
    "priority": "priority",
}  # fmt: skip
_BRIDGE = (
    "stp_state", "forward_delay", "hello_time", "max_age", "ageing_time", "priority", "vlan_filtering",
    "group_fwd_mask", "mcast_snooping", "mcast_querier", "nf_call_iptables", "nf_call_ip6tables", "nf_call_arptables",
)  # fmt: skip
_QUIET_QDISCS = ("noqueue", "pfifo_fast", "mq", "noop", "fq_codel")
_ENDS = ("remote", "group", "local")  # of a tunnel


@dataclass
class Place:
    """A namespace, and what each tool prints in it."""

    name: str
    enter: tuple[str, ...] = ()
    kind: str = "named"
    _cache: dict[tuple[str, ...], str] = field(default_factory=dict)

    def run(self, *words: str) -> str:
        """What a command prints there."""
        if words not in self._cache:
            done = subprocess.run([*self.enter, *words], capture_output=True, text=True)
            self._cache[words] = done.stdout
        return self._cache[words]

    def json(self, *words: str) -> list[dict[str, Any]]:
        """The same, decoded."""
        return json.loads(self.run(*words) or "[]")  # type: ignore[no-any-return]

    @cached_property
    def links(self) -> dict[str, dict[str, Any]]:
        """``ip -d -j address``, by the interface's name."""
        return {link["ifname"]: link for link in self.json("ip", "-d", "-j", "address") if link}

    @cached_property
    def names(self) -> dict[int, str]:
        """The interfaces' names by index."""
        return {link["ifindex"]: name for name, link in self.links.items()}

    @cached_property
    def ids(self) -> dict[int, str]:
        """The namespaces that this one has an id for, where they have a name."""
        listed = self.json("ip", "-j", "netns", "list")
        return {one["id"]: one["name"] for one in listed if "id" in one}


def places(processes: Iterable[int] = ()) -> list[Place]:
    """The host, the named namespaces, and those of some processes."""
    named = sorted(path.name for path in Path("/run/netns").iterdir()) if Path("/run/netns").exists() else []
    found = [Place("host", kind="host")]
    found += [Place(name, ("nsenter", f"--net=/run/netns/{name}")) for name in named]
    return found + [Place(f"pid-{pid}", ("nsenter", f"--net=/proc/{pid}/ns/net"), "process") for pid in processes]


def facts(everywhere: list[Place]) -> set[Fact]:
    """All that the tools say of a network."""
    return {(place.name, *fact) for place in everywhere for fact in _of(place, everywhere)}


def _of(place: Place, everywhere: list[Place]) -> Iterator[Fact]:
    for link in place.links.values():
        yield from _link(place, everywhere, link)
    for family in ("4", "6"):
        yield from _routes(place, family)
        yield from _rules(place, family)
        yield from _neighbours(place, family)
    for hop in place.json("ip", "-j", "nexthop"):
        yield from _nexthop(hop)
    yield from _forwarding(place)
    yield from _queues(place)
    yield from _firewall(place)


def _link(place: Place, everywhere: list[Place], link: dict[str, Any]) -> Iterator[Fact]:
    about = ("link", link["ifname"])
    flags, info = link["flags"], link.get("linkinfo", {})
    kind = "loopback" if link["link_type"] == "loopback" else info.get("info_kind", "")
    yield (*about, "kind", kind)
    yield (*about, "mac", link.get("address", ""))
    yield (*about, "mtu", str(link["mtu"]))
    yield (*about, "up", str("UP" in flags))
    yield (*about, "carrier", str("LOWER_UP" in flags))
    yield (*about, "arp", str("NOARP" not in flags))
    yield (*about, "alias", link.get("ifalias", ""))
    yield (*about, "group", str(link.get("group", "default")).replace("default", "0"))
    yield (*about, "master", link.get("master", ""))
    below = _below(place, everywhere, link)
    yield (*about, "peer", below if kind in ("veth", "netkit") else "")
    data = info.get("info_data", {})
    if kind in ("macvlan", "macvtap", "ipvlan", "vlan"):
        yield (*about, "lower", below)
    if kind == "vxlan":
        yield (*about, "lower", f"{place.name}/{data['link']}" if "link" in data else "")
        ends = {word: next((data[key] for key in (word, f"{word}6") if key in data), "") for word in _ENDS}
        yield (*about, "vxlan", str(data.get("id")), ends["remote"] or ends["group"])
        yield (*about, "vxlan local", ends["local"])
        yield (*about, "vxlan port", str(data.get("port")))
        yield (*about, "vxlan learning", str(data.get("learning")))
    if kind in ("macvlan", "macvtap", "ipvlan"):
        yield (*about, "mode", data["mode"])
    if kind == "tun":
        yield (*about, "mode", data["type"])
    if kind == "vlan":
        yield (*about, "vlan", str(data["id"]))
    if kind == "bridge":
        if data["stp_state"] and data["ageing_time"] == 2 * data["forward_delay"]:
            data["ageing_time"] = 30_000  # sooner for a while, as the spanning tree has just changed
        for key in _BRIDGE:
            yield (*about, "bridge", key, _plain(data[key]))
    if info.get("info_slave_kind") == "bridge":
        for key, word in _PORT.items():
            yield (*about, "port", word, _plain(info["info_slave_data"][key]))
    for address in link["addr_info"]:
        cidr = f"{address['local']}/{address['prefixlen']}"
        label = address.get("label", link["ifname"])
        yield (
            *about, "address", cidr, f"peer {address.get('address', '')}",
            f"scope {address['scope']}", f"label {label if label != link['ifname'] else ''}",
            f"broadcast {address.get('broadcast', '')}", f"noprefixroute {bool(address.get('noprefixroute'))}",
            f"lifetime {bool(address.get('dynamic'))}", f"deprecated {bool(address.get('deprecated'))}",
            f"metric {address.get('metric', 0)}",
        )  # fmt: skip


def _below(place: Place, everywhere: list[Place], link: dict[str, Any]) -> str:
    """The other end of a cable, or the lower device: found by its index and what the namespace calls its place."""
    if "link" in link:
        return f"{place.name}/{link['link']}"
    if "link_index" not in link:
        return ""
    index, number = link["link_index"], link.get("link_netnsid")
    name = place.ids.get(number, "") if number is not None else place.name
    found = [one for one in everywhere if one.name == name] if name else []
    if not name:  # the host and processes' namespaces have no name to be listed by: look for who looks back
        found = [
            one
            for one in everywhere
            if one.kind != "named" and index in one.names and one is not place and _looks_back(one, index, link)
        ]
    return f"{found[0].name}/{found[0].names.get(index, '?')}" if found else ""


def _looks_back(there: Place, index: int, link: dict[str, Any]) -> bool:
    far = there.links[there.names[index]]
    if link.get("linkinfo", {}).get("info_kind") not in ("veth", "netkit"):
        return True
    return bool(far.get("link_index") == link["ifindex"])


def _plain(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _routes(place: Place, family: str) -> Iterator[Fact]:
    for route in place.json("ip", f"-{family}", "-d", "-j", "route", "show", "table", "all"):
        table = str(route.get("table", "main"))
        local = table == "local"
        if local and (route["type"] not in ("local", "broadcast", "anycast") or route["dst"].startswith("fe80:")):
            continue  # what comes and goes with every interface: multicast, and addresses made from a MAC address
        for hop in route.get("nexthops", [route]):
            via = hop.get("gateway") or hop.get("via", {}).get("host") or ""
            refuses = route["type"] in ("blackhole", "unreachable", "prohibit", "throw")
            flags = set(hop.get("flags", ()))
            yield (
                f"route{family}", table, route["dst"], f"type {route['type']}", f"via {via}",
                f"dev {'' if refuses else hop.get('dev', '')}", f"src {route.get('prefsrc', '')}",
                f"metric {route.get('metric', 0)}", f"scope {route.get('scope', 'global')}",
                f"protocol {route['protocol']}", f"weight {hop.get('weight', 1)}", f"nhid {route.get('nhid', '')}",
                f"mtu {_metric(route, 'mtu')}", f"tos {route.get('tos', '')}",
                f"onlink {'onlink' in flags}", f"dead {'dead' in flags}", f"linkdown {'linkdown' in flags}",
            )  # fmt: skip


def _metric(route: dict[str, Any], name: str) -> str:
    return next((str(one[name]) for one in route.get("metrics", ()) if name in one), "")


def _rules(place: Place, family: str) -> Iterator[Fact]:
    for rule in place.json("ip", f"-{family}", "-d", "-j", "rule"):

        def prefix(end: str, rule: dict[str, Any] = rule) -> str:
            ip = rule.get(end, "all")
            return f"{ip}/{rule[f'{end}len']}" if f"{end}len" in rule else ip

        action = rule.get("action", "goto" if "goto" in rule else "table" if "table" in rule else "nop")
        yield (
            f"rule{family}", str(rule["priority"]), f"from {prefix('src')}", f"to {prefix('dst')}",
            f"iif {rule.get('iif', '')}", f"oif {rule.get('oif', '')}", f"not {'not' in rule}",
            f"mark {int(str(rule.get('fwmark', '0')), 16):#x}/{_mask(rule)}",
            f"ipproto {rule.get('ipproto', '')}", f"sport {_range(rule, 'sport')}", f"dport {_range(rule, 'dport')}",
            f"tos {rule.get('tos', '')}", f"suppress {rule.get('suppress_prefixlen', '')}",
            f"do {action}", f"table {rule.get('table', '')}", f"goto {rule.get('goto', '')}",
        )  # fmt: skip


def _mask(rule: dict[str, Any]) -> str:
    return str(rule.get("fwmask", "0xffffffff")) if "fwmark" in rule else ""


def _range(rule: dict[str, Any], name: str) -> str:
    if f"{name}_start" in rule:
        return f"{rule[f'{name}_start']}-{rule[f'{name}_end']}"
    return str(rule.get(name, ""))


def _neighbours(place: Place, family: str) -> Iterator[Fact]:
    for one in place.json("ip", f"-{family}", "-j", "neigh", "show", "nud", "permanent"):
        if one.get("lladdr"):
            yield "neighbour", one["dst"], one["lladdr"], one["dev"]
    for one in place.json("ip", f"-{family}", "-j", "neigh", "show", "proxy"):
        yield "proxy neighbour", one["dst"], one.get("dev", "")


def _nexthop(hop: dict[str, Any]) -> Iterator[Fact]:
    group = "/".join(f"{one['id']},{one.get('weight', 1)}" for one in hop.get("group", ()))
    kind = "blackhole" if "blackhole" in hop else ""
    dev = "" if kind else hop.get("dev", "")
    yield "nexthop", str(hop["id"]), f"via {hop.get('gateway', '')}", f"dev {dev}", f"group {group}", kind


def _forwarding(place: Place) -> Iterator[Fact]:
    for entry in place.json("bridge", "-j", "fdb", "show"):
        kind = place.links.get(entry["ifname"], {}).get("linkinfo", {}).get("info_kind")
        own = entry["mac"] == place.links.get(entry["ifname"], {}).get("address")
        learnt = entry.get("state", "") in ("", "stale")
        if learnt or own or int(entry["mac"][:2], 16) & 1 or ("master" not in entry and kind != "vxlan"):
            continue  # what a bridge or an interface enters by itself
        yield (
            "fdb", entry["mac"], entry["ifname"], entry["state"], f"master {'master' in entry}",
            f"vlan {entry.get('vlan', '')}", f"dst {entry.get('dst', '')}", f"vni {entry.get('vni', '')}",
            f"sticky {'sticky' in entry.get('flags', ())}",
        )  # fmt: skip


def _queues(place: Place) -> Iterator[Fact]:
    for queue in place.json("tc", "-j", "qdisc"):
        if queue["kind"] in _QUIET_QDISCS and queue["handle"] == "0:":
            continue
        yield "qdisc", queue["dev"], queue["kind"], queue["handle"]
        for side in ("ingress", "egress") if queue["kind"] in ("clsact", "ingress") else (f"parent {queue['handle']}",):
            for one in place.json("tc", "-j", "filter", "show", "dev", queue["dev"], *side.split()):
                if "options" in one:
                    yield "filter", queue["dev"], side, one["kind"], str(one["pref"])


def _firewall(place: Place) -> Iterator[Fact]:
    listed = json.loads(place.run("nft", "-j", "list", "ruleset") or "{}").get("nftables", [])
    for entry in listed:
        for what, body in entry.items():
            if what == "chain":
                yield (
                    "chain", body["family"], body["table"], body["name"], body.get("hook", ""),
                    body.get("policy", "accept"), str(body.get("prio", 0)), _devices(place, body),
                )  # fmt: skip
            elif what == "rule":
                yield "rule", body["family"], body["table"], body["chain"], str(body["handle"])
            elif what in ("set", "map"):
                yield what, body["family"], body["table"], body["name"], str(len(body.get("elem", ())))


def _devices(place: Place, chain: dict[str, Any]) -> str:
    """The devices of a chain of family netdev; nft prints them as text alone."""
    if chain["family"] != "netdev":
        return ""
    printed = place.run("nft", "list", "chain", "netdev", chain["table"], chain["name"])
    found = re.search(r"devices? (?:= )?(.*?) priority", printed)
    return " ".join(sorted(re.findall(r'"?([^\s"{},]+)"?', found[1]))) if found else ""
