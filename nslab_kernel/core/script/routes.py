"""The ip(8) commands that build the routing of a network: routes, policy and fixed neighbours."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace

from ..lessons.drift import is_automatic
from ..model.network import Interface, Namespace, Network, Route
from ..operations.actions import AddRoute, AddRule, DeleteRoute, route_words
from ..operations.plans import BUILT_IN_RULES
from .interfaces import line, plain, rebuilt


def routing(network: Network) -> Iterator[str]:
    """Routes that a person set, without those that a person removed; then the policy and fixed neighbours.

    A connected route is removed last, since a gateway must be reachable when a route by it is set, unless another
    route to the same destination takes its place.
    """
    for namespace in rebuilt(network):
        ours = _set_by_hand(namespace)
        replaced = {hops[0].destination for hops in ours}
        missing = [pair for interface in namespace.interfaces for pair in _missing(namespace, interface)]
        yield from (_removal(namespace, *pair) for pair in missing if pair[0].destination in replaced)
        for hops in ours:
            yield _route(namespace, hops)
        yield from (_removal(namespace, *pair) for pair in missing if pair[0].destination not in replaced)
        for rule in namespace.rules:
            if (rule.family, rule.priority) not in BUILT_IN_RULES:
                yield plain(AddRule(rule, namespace.name).command())
        yield from _neighbours(namespace)


def _set_by_hand(namespace: Namespace) -> list[list[Route]]:
    """The routes of a person, each with all its next hops; those that others need to reach their gateway first."""
    found: dict[tuple[object, ...], list[Route]] = {}
    for route in namespace.routes:
        if route.protocol not in ("kernel", "ra", "redirect"):
            key = (route.family, route.table, route.destination, route.metric, route.kind)
            found.setdefault(key, []).append(route)
    return sorted(found.values(), key=lambda hops: bool(hops[0].gateway))


def _route(namespace: Namespace, hops: list[Route]) -> str:
    route = hops[0]
    if len(hops) == 1:
        return plain(AddRoute(route, _device(namespace, route), namespace.name).command())
    single = plain(AddRoute(replace(route, gateway=None, onlink=False), "", namespace.name).command())
    each = (
        route_words(replace(Route(""), gateway=hop.gateway, onlink=hop.onlink), _device(namespace, hop)) for hop in hops
    )
    return " ".join([single, *(shlex.join(("nexthop", *words[1:])) for words in each)])


def _device(namespace: Namespace, route: Route) -> str:
    """The route's interface, by name; what refuses packets has none, although IPv6 says lo."""
    found = namespace.interface(route.interface)
    return found.name if found and route.kind in ("unicast", "local") else ""


def _missing(namespace: Namespace, interface: Interface) -> Iterator[tuple[Route, Interface]]:
    """The routes that the kernel makes for an interface's addresses, but that aren't there."""
    if not interface.up or interface.is_loopback:
        return
    own = (route for route in namespace.routes if route.protocol == "kernel" and route.interface == interface.index)
    seen = {route.destination for route in own}
    for address in interface.addresses:
        whole = 32 if address.family == 4 else 128
        waits = address.family == 6 and not interface.carrier  # IPv6 makes its routes when there is a carrier
        if address.prefix < whole and address.network not in seen and not waits and not is_automatic(address):
            seen.add(address.network)
            yield Route(address.network, address.family, protocol="kernel"), interface


def _removal(namespace: Namespace, route: Route, interface: Interface) -> str:
    return plain(DeleteRoute(route, interface.name, namespace.name).command())


def _neighbours(namespace: Namespace) -> Iterator[str]:
    for neighbour in namespace.neighbours:
        interface = namespace.interface(neighbour.interface)
        if neighbour.state == "PERMANENT" and neighbour.mac and interface:
            words = ("neigh", "add", neighbour.ip, "lladdr", neighbour.mac, "dev", interface.name, "nud", "permanent")
            yield line(namespace.name, *words)
