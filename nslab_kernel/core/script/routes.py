"""The ip(8) commands that build the routing of a network: routes, policy and fixed neighbours."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace

from ..lessons.drift import is_automatic
from ..model.network import Interface, Namespace, Network, Nexthop, Route
from ..operations.actions import AddRoute, AddRule, DeleteRoute, route_words
from ..operations.plans import BUILT_IN_RULES
from .interfaces import line, plain, rebuilt

_LOCAL = 255
_VRF_PRIORITY = 1000  # of the rule that the kernel makes with the first VRF


def routing(network: Network) -> Iterator[str]:
    """Routes that a person set, without those that a person removed; then the policy and fixed neighbours.

    A connected route is removed last, since a gateway must be reachable when a route by it is set, unless another
    route to the same destination takes its place.
    """
    for namespace in rebuilt(network):
        yield from (_nexthop(namespace, hop) for hop in sorted(namespace.nexthops, key=lambda hop: bool(hop.group)))
        ours = _set_by_hand(namespace)
        replaced = {hops[0].destination for hops in ours}
        missing = [pair for interface in namespace.interfaces for pair in _missing(namespace, interface)]
        yield from (_removal(namespace, *pair) for pair in missing if pair[0].destination in replaced)
        for hops in ours:
            yield _route(namespace, hops)
        yield from (_removal(namespace, *pair) for pair in missing if pair[0].destination not in replaced)
        yield from _policy(namespace)
        yield from _neighbours(namespace)


def left_out(network: Network) -> Iterator[str]:
    """Comments about the routes that aren't in the script."""
    for namespace in rebuilt(network):
        for route in namespace.routes:
            interface = namespace.interface(route.interface)
            device = f" dev {interface.name}" if interface else ""
            by = f" via {route.gateway}" if route.gateway else ""
            name = f"# left out: route {route.destination}{by}{device} in {namespace.name}"
            if route.protocol in ("ra", "redirect"):
                why = "a router advertises" if route.protocol == "ra" else "a router's redirect made"
                yield f"{name}, which {why}"
            elif route.encap:
                yield f"{name}, which puts packets into others ({route.encap})"


def _policy(namespace: Namespace) -> Iterator[str]:
    present = {(rule.family, rule.priority) for rule in namespace.rules}
    for rule in namespace.rules:
        of_first_vrf = rule.vrf and rule.priority == _VRF_PRIORITY
        if (rule.family, rule.priority) not in BUILT_IN_RULES and not of_first_vrf:
            yield plain(AddRule(rule, namespace.name).command())
    for family, priority in sorted(BUILT_IN_RULES - present) if namespace.rules else ():
        yield line(namespace.name, *(("-6",) if family == 6 else ()), "rule", "del", "priority", str(priority))


def _set_by_hand(namespace: Namespace) -> list[list[Route]]:
    """The routes of a person, each with all its next hops; those that others need to reach their gateway first."""
    found: dict[tuple[object, ...], list[Route]] = {}
    for route in (*namespace.routes, *namespace.local_routes):
        if route.protocol in ("ra", "redirect") or route.encap or _follows(namespace, route):
            continue
        key = (route.family, route.table, route.destination, route.metric, route.tos, route.kind)
        found.setdefault(key, []).append(route)
    return sorted(found.values(), key=lambda hops: bool(hops[0].gateway))


def _follows(namespace: Namespace, route: Route) -> bool:
    """Whether the kernel made a route by itself, for an address or an interface that is up."""
    if route.protocol != "kernel":
        return False
    interface = namespace.interface(route.interface)
    if interface is None or route.table == _LOCAL or route.destination.startswith(("fe80::/", "ff00::/")):
        return True
    own = [a for a in interface.addresses if not a.noprefixroute or a.peer]
    return route.kind != "unicast" or any(_is_to(route, address.network) for address in own) or not interface.addresses


def _is_to(route: Route, network: str) -> bool:
    return network in (route.destination, f"{route.destination}/32", f"{route.destination}/128")


def _route(namespace: Namespace, hops: list[Route]) -> str:
    route = hops[0]
    if len(hops) == 1 or route.nexthop is not None:
        return _in_full(plain(AddRoute(route, _device(namespace, route), namespace.name).command()), route)
    single = plain(AddRoute(replace(route, gateway=None, onlink=False, weight=1), "", namespace.name).command())
    each = (
        route_words(
            replace(Route(""), family=hop.family, gateway=hop.gateway, onlink=hop.onlink), _device(namespace, hop)
        )
        for hop in hops
    )
    return " ".join(
        [
            single,
            *(
                shlex.join(("nexthop", *words[1:], *(("weight", str(hop.weight)) if hop.weight != 1 else ())))
                for words, hop in zip(each, hops, strict=True)
            ),
        ]
    )


def _in_full(command: str, route: Route) -> str:
    """With what actions leave out: a scope that isn't the usual one, and the mark of the kernel's own routes.

    Managers of networks set such a mark, too.
    """
    usual = {"local": "host", "broadcast": "link", "anycast": "link", "multicast": "link"}.get(route.kind, "global")
    if route.kind == "unicast" and not route.gateway and route.nexthop is None:
        usual = "link"
    words = ["scope", route.scope] if route.family == 4 and route.scope != usual else []
    words += ["proto", "kernel"] if route.protocol == "kernel" else []
    return " ".join((command, *words))


def _device(namespace: Namespace, route: Route) -> str:
    """The route's interface, by name; what refuses packets has none, although IPv6 says lo."""
    found = namespace.interface(route.interface)
    return found.name if found and route.kind in ("unicast", "local", "broadcast", "multicast") else ""


def _missing(namespace: Namespace, interface: Interface) -> Iterator[tuple[Route, Interface]]:
    """The routes that the kernel makes for an interface's addresses, but that aren't there."""
    if not interface.up or interface.is_loopback:
        return
    own = [route for route in namespace.routes if route.protocol == "kernel" and route.interface == interface.index]
    seen = {route.destination for route in own}
    everything = (*namespace.local_routes, *namespace.routes)  # a VRF has the local ones in its own table
    local = {r.destination for r in everything if r.kind == "local" and r.interface == interface.index}
    for address in interface.addresses:
        whole = 32 if address.family == 4 else 128
        waits = address.family == 6 and not interface.carrier  # IPv6 makes its routes when there is a carrier
        if waits or is_automatic(address) or address.tentative:
            continue
        if (address.prefix < whole or address.peer) and address.network not in seen and not address.noprefixroute:
            seen.add(address.network)
            if not any(_is_to(route, address.network) for route in own):
                yield Route(address.network, address.family, protocol="kernel"), interface
        single = f"{address.ip}/{whole}"
        if namespace.local_routes and single not in local:
            yield Route(single, address.family, kind="local", table=_LOCAL, protocol="kernel"), interface


def _removal(namespace: Namespace, route: Route, interface: Interface) -> str:
    return plain(DeleteRoute(route, interface.name, namespace.name).command())


def _nexthop(namespace: Namespace, hop: Nexthop) -> str:
    words = ["nexthop", "add", "id", str(hop.id)]
    interface = namespace.interface(hop.interface)
    if hop.group:
        words += ["group", "/".join(f"{one},{weight}" if weight != 1 else str(one) for one, weight in hop.group)]
    elif hop.blackhole:
        words.append("blackhole")
    else:
        words += ["via", hop.gateway] if hop.gateway else []
        words += ["dev", interface.name] if interface else []
        words += ["onlink"] if hop.onlink else []
    words += ["proto", hop.protocol] if hop.protocol != "unspec" else []
    return line(namespace.name, *(("-6",) if hop.family == 6 and not hop.gateway and not hop.group else ()), *words)


def _neighbours(namespace: Namespace) -> Iterator[str]:
    for neighbour in namespace.neighbours:
        interface = namespace.interface(neighbour.interface)
        if neighbour.state == "PERMANENT" and neighbour.mac and interface:
            words = ("neigh", "add", neighbour.ip, "lladdr", neighbour.mac, "dev", interface.name, "nud", "permanent")
            yield line(namespace.name, *words)
    for proxy in namespace.proxies:
        interface = namespace.interface(proxy.interface)
        device = ("dev", interface.name) if interface else ()
        yield line(namespace.name, "neigh", "add", "proxy", proxy.ip, *device)
