"""What differs inside a namespace apart from its interfaces: routes, rules, firewall, sysctls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .change import Change, set_changes, value_change
from .firewall import Chain, Rule
from .network import Namespace, PolicyRule, Route
from .own_table import is_memo

_COUNTERS = re.compile(r"counter packets \d+ bytes \d+")
_FORWARDING = (
    (re.compile(r"net\.ipv4\.conf\..+\.forwarding"), "net.ipv4.ip_forward"),
    (re.compile(r"net\.ipv6\.conf\..+\.forwarding"), "net.ipv6.conf.all.forwarding"),
)


def inside(old: Namespace | None, new: Namespace) -> Iterator[Change]:
    """The changes of one namespace, compared with a bare one if ``old`` is None."""
    bare = Namespace(new.name)
    earlier = old or bare
    yield from _route_changes(earlier, new)
    yield from set_changes(new.name, new.name, "neighbour", _permanent(earlier), _permanent(new))
    if old is not None:  # a namespace is born with policy rules and sysctls
        yield from set_changes(new.name, new.name, "policy rule", map(rule_text, old.rules), map(rule_text, new.rules))
        yield from _sysctl_changes(old, new)
    if earlier.firewall is not new.firewall:
        yield from _firewall_changes(earlier, new)


def route_text(namespace: Namespace, route: Route) -> str:
    """A route as ip-route(8) writes it, without flags and defaults."""
    parts = [route.destination] if route.kind == "unicast" else [route.kind, route.destination]
    parts += ["via", route.gateway] if route.gateway else []
    interface = namespace.interface(route.interface)
    parts += ["dev", interface.name] if interface else []
    # IPv6 routes all carry the metric 1024 that nobody typed.
    parts += ["metric", str(route.metric)] if route.metric not in (0, 1024) else []
    parts += ["table", str(route.table)] if route.table != 254 else []
    return " ".join(parts)


def rule_text(rule: PolicyRule) -> str:
    """A line of the routing policy as ip-rule(8) writes it."""
    parts = [f"{rule.priority}:", *(["not"] if rule.inverted else []), "from", rule.source or "all"]
    parts += ["to", rule.destination] if rule.destination else []
    parts += ["fwmark", hex(rule.mark)] if rule.mark else []
    parts += ["iif", rule.iif] if rule.iif else []
    parts += ["oif", rule.oif] if rule.oif else []
    parts += ["lookup", str(rule.table)] if rule.action == "table" else [rule.action]
    return " ".join(parts)


def _route_changes(old: Namespace, new: Namespace) -> Iterator[Change]:
    earlier, later = _routes(old), _routes(new)
    for key in [*later, *(key for key in earlier if key not in later)]:
        yield from value_change(new.name, key[0], "route", earlier.get(key, ""), later.get(key, ""))


def _routes(namespace: Namespace) -> dict[tuple[str, int, int, int], str]:
    """Each route's text, by what makes it that route; connected and local ones follow from the addresses."""
    return {
        (route.destination, route.family, route.table, route.metric): route_text(namespace, route)
        for route in namespace.routes
        if route.protocol != "kernel" and route.table != 255
    }


def _permanent(namespace: Namespace) -> list[str]:
    return [
        f"{neighbour.ip} lladdr {neighbour.mac}" for neighbour in namespace.neighbours if neighbour.state == "PERMANENT"
    ]


def _sysctl_changes(old: Namespace, new: Namespace) -> Iterator[Change]:
    earlier = dict(old.sysctls)
    for name, value in new.sysctls:
        if name in earlier and earlier[name] != value and not _follows(name, value, new):
            yield Change("changed", "sysctl", new.name, name, earlier[name], value)


def _follows(name: str, value: str, namespace: Namespace) -> bool:
    """Whether the kernel set it along with the switch that it is a copy of (kernel doc ip-sysctl)."""
    return any(
        name != switch and pattern.fullmatch(name) and namespace.sysctl(switch) == value
        for pattern, switch in _FORWARDING
    )


def _firewall_changes(old: Namespace, new: Namespace) -> Iterator[Change]:
    earlier, later = _chains(old), _chains(new)
    for key in [*later, *(key for key in earlier if key not in later)]:
        then, now = earlier.get(key), later.get(key)
        name = " ".join(key)
        if then and now:
            yield from value_change(new.name, name, "policy", then.policy, now.policy)
        else:
            yield from value_change(new.name, name, "chain", name if then else "", name if now else "")
        yield from set_changes(new.name, name, "rule", _rules(then), _rules(now))


def _chains(namespace: Namespace) -> dict[tuple[str, str, str], Chain]:
    return {(c.family, c.table, c.name): c for c in namespace.firewall.chains if not is_memo(c)}


def _rules(chain: Chain | None) -> list[str]:
    return [_rule(rule) for rule in chain.rules] if chain else []


def _rule(rule: Rule) -> str:
    # Packets that pass count up by themselves.
    return _COUNTERS.sub("counter", rule.text) or f"{rule.matches} {rule.verdict}"
