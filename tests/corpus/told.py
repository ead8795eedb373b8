"""What a snapshot says of a network, in the same lines as `tools`."""

from __future__ import annotations

from collections.abc import Iterator

from nslab_kernel.core.model.network import Address, Interface, Namespace, Network, PolicyRule, Route

from .tools import Fact

_TABLES = {254: "main", 255: "local", 253: "default"}
_REFUSING = ("blackhole", "unreachable", "prohibit", "throw")


def settled_ageing(stp: bool, ageing: float, delay: float) -> int:
    """A bridge's ageing time in hundredths of a second; while a spanning tree changes, that after the change."""
    return 30_000 if stp and ageing == 2 * delay else round(ageing * 100)


def facts(network: Network) -> set[Fact]:
    """All that a snapshot says."""
    return {(space.name, *fact) for space in network.everywhere for fact in _of(network, space)}


def _of(network: Network, space: Namespace) -> Iterator[Fact]:
    for interface in space.interfaces:
        yield from _link(network, space, interface)
    for route in space.routes:
        yield _route(space, route)
    for route in space.local_routes:
        if route.kind in ("local", "broadcast", "anycast") and not route.destination.startswith("fe80:"):
            yield _route(space, route)
    for rule in space.rules:
        yield _rule(rule)
    for neighbour in space.neighbours:
        if neighbour.state == "PERMANENT" and neighbour.mac:
            yield "neighbour", neighbour.ip, neighbour.mac, _name(space, neighbour.interface)
    for proxy in space.proxies:
        yield "proxy neighbour", proxy.ip, _name(space, proxy.interface)
    for hop in space.nexthops:
        group = "/".join(f"{one},{weight}" for one, weight in hop.group)
        via, dev = hop.gateway or "", "" if hop.blackhole else _name(space, hop.interface)
        yield (
            "nexthop", str(hop.id), f"via {via}", f"dev {dev}", f"group {group}", "blackhole" if hop.blackhole else ""
        )  # fmt: skip
    for entry in space.forwarding:
        if entry.state != "learnt":
            yield (
                "fdb", entry.mac, _name(space, entry.interface), entry.state, f"master {entry.master}",
                f"vlan {entry.vlan or ''}", f"dst {entry.remote}", f"vni {entry.vni or ''}",
                f"sticky {entry.sticky}",
            )  # fmt: skip
    for queue in space.qdiscs:
        yield "qdisc", _name(space, queue.interface), queue.kind, queue.handle
    for one in space.filters:
        yield "filter", _name(space, one.interface), one.side, one.kind, str(one.priority)
    yield from _firewall(space)


def _name(space: Namespace, index: int | None) -> str:
    found = space.interface(index)
    return found.name if found else ""


def _far(found: tuple[Namespace, Interface] | None) -> str:
    return f"{found[0].name}/{found[1].name}" if found else ""


def _link(network: Network, space: Namespace, one: Interface) -> Iterator[Fact]:
    about = ("link", one.name)
    yield (*about, "kind", one.kind)
    yield (*about, "mac", one.mac)
    yield (*about, "mtu", str(one.mtu))
    yield (*about, "up", str(one.up))
    yield (*about, "carrier", str(one.carrier))
    yield (*about, "arp", str(not one.noarp))
    yield (*about, "alias", one.alias)
    yield (*about, "group", str(one.group))
    yield (*about, "master", _name(space, one.master))
    yield (*about, "peer", _far(network.peer(one)))
    if one.kind in ("macvlan", "macvtap", "ipvlan", "vlan", "vxlan"):
        yield (*about, "lower", _far(network.lower(one)))
    if one.kind == "vxlan" and one.tunnel:
        yield (*about, "vxlan", str(one.tunnel.id), one.tunnel.remote)
        yield (*about, "vxlan local", one.tunnel.local)
        yield (*about, "vxlan port", str(one.tunnel.port))
        yield (*about, "vxlan learning", str(one.tunnel.learning))
    if one.kind in ("macvlan", "macvtap", "ipvlan", "tun"):
        yield (*about, "mode", one.mode)
    if one.kind == "vlan":
        yield (*about, "vlan", str(one.vlan_id))
    if one.bridge:
        for key, value in (
            ("stp_state", int(one.bridge.stp)),
            ("forward_delay", round(one.bridge.forward_delay * 100)),
            ("hello_time", round(one.bridge.hello_time * 100)),
            ("max_age", round(one.bridge.max_age * 100)),
            ("ageing_time", settled_ageing(one.bridge.stp, one.bridge.ageing_time, one.bridge.forward_delay)),
            ("priority", one.bridge.priority),
            ("vlan_filtering", int(one.bridge.vlan_filtering)),
            ("group_fwd_mask", f"{one.bridge.group_fwd_mask:#x}" if one.bridge.group_fwd_mask else "0"),
            ("mcast_snooping", int(one.bridge.mcast_snooping)),
            ("mcast_querier", int(one.bridge.mcast_querier)),
            ("nf_call_iptables", int(one.bridge.nf_call_iptables)),
            ("nf_call_ip6tables", int(one.bridge.nf_call_ip6tables)),
            ("nf_call_arptables", int(one.bridge.nf_call_arptables)),
        ):
            yield (*about, "bridge", key, str(value))
    if one.port:
        for key in (
            "hairpin", "guard", "root_block", "fastleave", "learning", "flood", "mcast_flood", "bcast_flood",
            "mcast_to_unicast", "neigh_suppress", "isolated", "locked", "proxy_arp", "proxy_arp_wifi", "cost",
            "priority",
        ):  # fmt: skip
            yield (*about, "port", key, str(int(getattr(one.port, key))))
        yield (*about, "port", "state", one.port.state)
    for address in one.addresses:
        yield (*about, *_address(address))


def _address(address: Address) -> Fact:
    return (
        "address", address.cidr, f"peer {address.peer}", f"scope {address.scope}", f"label {address.label}",
        f"broadcast {address.broadcast}", f"noprefixroute {address.noprefixroute}",
        f"lifetime {address.dynamic}", f"deprecated {address.deprecated}", f"metric {address.metric}",
    )  # fmt: skip


def _route(space: Namespace, route: Route) -> Fact:
    destination = route.destination
    for whole in ("/32", "/128"):  # as ip(8) writes a single address
        if destination.endswith(whole) and (":" in destination) == (whole == "/128"):
            destination = destination.removesuffix(whole)
    return (
        f"route{route.family}", _TABLES.get(route.table, str(route.table)), destination, f"type {route.kind}",
        f"via {route.gateway or ''}", f"dev {'' if route.kind in _REFUSING else _name(space, route.interface)}",
        f"src {route.source or ''}", f"metric {route.metric}", f"scope {route.scope}", f"protocol {route.protocol}",
        f"weight {route.weight}", f"nhid {route.nexthop or ''}", f"mtu {route.mtu or ''}",
        f"tos {f'{route.tos:#x}' if route.tos else ''}", f"onlink {route.onlink}", f"dead {route.dead}",
        f"linkdown {route.linkdown}",
    )  # fmt: skip


def _rule(rule: PolicyRule) -> Fact:
    def ports(found: tuple[int, int] | None) -> str:
        if found is None:
            return ""
        return str(found[0]) if found[0] == found[1] else f"{found[0]}-{found[1]}"

    return (
        f"rule{rule.family}", str(rule.priority), f"from {_single(rule.source)}", f"to {_single(rule.destination)}",
        f"iif {rule.iif or ''}", f"oif {rule.oif or ''}", f"not {rule.inverted}",
        f"mark {rule.mark:#x}/{f'{rule.mask:#x}' if rule.mark else ''}", f"ipproto {rule.protocol}",
        f"sport {ports(rule.sport)}", f"dport {ports(rule.dport)}", f"tos {f'{rule.tos:#x}' if rule.tos else ''}",
        f"suppress {'' if rule.suppress_prefixlength is None else rule.suppress_prefixlength}",
        f"do {rule.action}", f"table {_TABLES.get(rule.table, str(rule.table)) if rule.action == 'table' else ''}",
        f"goto {rule.goto or ''}",
    )  # fmt: skip


def _single(prefix: str | None) -> str:
    return "all" if prefix is None else prefix.removesuffix("/128" if ":" in prefix else "/32")


def _firewall(space: Namespace) -> Iterator[Fact]:
    for chain in space.firewall.chains:
        yield (
            "chain", chain.family, chain.table, chain.name, chain.hook, chain.policy, str(chain.priority),
            " ".join(sorted(chain.devices)),
        )  # fmt: skip
        for rule in chain.rules:
            yield "rule", chain.family, chain.table, chain.name, str(rule.handle)
