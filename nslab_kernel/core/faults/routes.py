"""Faults of routing tables and the routing policy."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from ..diagnosis.findings import Place
from ..diagnosis.owners import global_ones, inside
from ..model.network import Interface, Namespace, Network, PolicyRule, Route
from ..model.subnets import subnet_of
from ..operations.actions import AddRoute, AddRule, DeleteRoute
from .fault import Break, kind
from .places import spaces, strangers

_MAIN = 254
_METRIC = {4: 0, 6: 1024}  # what the kernel gives a route that comes without
_REFUSALS = ("unreachable", "blackhole", "prohibit")


@kind("no-route", 1, "routes")
def no_route(network: Network, dice: Random) -> Iterator[Break]:
    for space, route, name in _written(network):
        facts = (("destination", route.destination), ("gateway", route.gateway or ""))
        yield Break(Place(space.name), (DeleteRoute(route, name, space.name),), facts)


@kind("wrong-gateway", 2, "routes", "wrong-gateway", "gateway-no-router")
def wrong_gateway(network: Network, dice: Random) -> Iterator[Break]:
    for space, route, name in _written(network):
        out = space.interface(route.interface)
        gateway = _unused_neighbour(network, out, route, dice) if out and route.gateway else ""
        if gateway:
            wrong = replace(route, gateway=gateway)
            actions = (DeleteRoute(route, name, space.name), AddRoute(wrong, name, space.name))
            facts = (("destination", route.destination), ("gateway", gateway), ("right", route.gateway or ""))
            yield Break(Place(space.name, name), actions, facts)


@kind("refusing-route", 2, "routes")
def refusing_route(network: Network, dice: Random) -> Iterator[Break]:
    for space, ip, family in _targets(network, dice):
        route = Route(_host(ip, family), family, kind=dice.choice(_REFUSALS), metric=_METRIC[family])
        facts = (("route", f"{route.kind} {ip}"),)
        yield Break(Place(space.name), (AddRoute(route, "", space.name),), facts)


@kind("refusing-rule", 2, "routes")
def refusing_rule(network: Network, dice: Random) -> Iterator[Break]:
    for space, ip, family in _targets(network, dice):
        action = dice.choice(_REFUSALS)
        priority = _free_priority(space, dice)
        rule = PolicyRule(priority, family, destination=_host(ip, family), table=0, action=action)
        facts = (("priority", str(priority)), ("destination", ip))
        yield Break(Place(space.name), (AddRule(rule, space.name),), facts)


@kind("refusing-table", 2, "routes", "refusing-route")
def refusing_table(network: Network, dice: Random) -> Iterator[Break]:
    for space, ip, family in _targets(network, dice):
        tables = {route.table for route in space.routes}
        table = next(number for number in range(100, 200) if number not in tables)
        route = Route("default", family, kind=dice.choice(_REFUSALS), metric=_METRIC[family], table=table)
        rule = PolicyRule(_free_priority(space, dice), family, destination=_host(ip, family), table=table)
        facts = (("table", str(table)), ("destination", ip))
        yield Break(Place(space.name), (AddRoute(route, "", space.name), AddRule(rule, space.name)), facts)


def _written(network: Network) -> Iterator[tuple[Namespace, Route, str]]:
    """The routes that somebody wrote, with the name of their interface."""
    for space in spaces(network):
        for route in sorted(space.routes, key=repr):
            out = space.interface(route.interface)
            if (
                route.kind == "unicast"
                and route.protocol != "kernel"
                and route.table == _MAIN
                and out
                and not route.dead
            ):
                yield space, route, out.name


def _unused_neighbour(network: Network, out: Interface, route: Route, dice: Random) -> str:
    """An address on the link of a route's gateway that isn't the gateway's."""
    own = [
        a for a in global_ones(out, route.family) if inside(route.gateway or "", a.network) and a.ip != route.gateway
    ]
    if not own:
        return ""
    subnet = subnet_of(own[0].cidr)
    last = min(subnet.num_addresses - 2, 250)
    numbers = list(range(1, last + 1))
    dice.shuffle(numbers)
    for number in numbers:
        ip = str(ipaddress.ip_address(int(subnet.network_address) + number))
        if ip not in (route.gateway, own[0].ip) and not _is_taken(network, ip):
            return ip
    return ""


def _is_taken(network: Network, ip: str) -> bool:
    return any(a.ip == ip for space in network.everywhere for i in space.interfaces for a in i.addresses)


def _targets(network: Network, dice: Random) -> Iterator[tuple[Namespace, str, int]]:
    """For each namespace, somebody whom it may want to reach."""
    for space in spaces(network):
        for family in (4, 6):
            ips = strangers(network, space, family)
            if ips and any(global_ones(interface, family) for interface in space.interfaces):
                yield space, dice.choice(ips), family


def _host(ip: str, family: int) -> str:
    return f"{ip}/{32 if family == 4 else 128}"


def _free_priority(space: Namespace, dice: Random) -> int:
    taken = {rule.priority for rule in space.rules}
    return dice.choice([priority for priority in range(1000, 2000, 50) if priority not in taken])
