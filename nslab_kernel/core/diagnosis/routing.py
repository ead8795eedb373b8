"""Where a namespace sends a packet: routing policy, tables, source address (ip-rule(8), ip-route(8)).

The kernel's own answer, ``ip route get``, is this file's judge in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..model.network import Address, Interface, Namespace, PolicyRule, Route
from ..model.subnets import subnet_of
from .owners import family_of, inside, is_broadcast, is_local, local_route, parsed, usable

_LOCAL_TABLE = 255
_USUAL = (PolicyRule(0, 0, table=_LOCAL_TABLE), PolicyRule(32766, 0, table=254), PolicyRule(32767, 0, table=253))
_LABELLED = ("2001::/32", "2001:10::/28", "3ffe::/16", "2002::/16", "fec0::/10", "fc00::/7")
REFUSING = ("blackhole", "unreachable", "prohibit")
"""What routes and policy rules do that forbid."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a lookup depends on."""

    destination: str
    source: str = ""
    iif: str = "lo"  # the interface that it came in by; lo for what the namespace itself sends
    oif: str = ""
    mark: int = 0
    protocol: str = ""
    source_port: int = 0
    destination_port: int = 0

    @property
    def family(self) -> int:
        return family_of(self.destination)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a lookup found.

    Parameters
    ----------
    kind
        ``unicast``, ``local``, ``broadcast``, ``blackhole``, ``unreachable``, ``prohibit`` or ``none``.
    routes
        The route; several where the kernel spreads packets over them.
    rule
        The routing policy's line that decided.
    """

    kind: str
    routes: tuple[Route, ...] = ()
    rule: PolicyRule | None = None


def lookup(here: Namespace, query: Query) -> Answer:
    """Ask a namespace's routing tables, in the order of its policy."""
    least = 0  # the priority that a rule said to go on with
    for rule in policy(here, query.family):
        if rule.priority < least or not _applies(rule, query):
            continue
        if rule.action in REFUSING:
            return Answer(rule.action, (), rule)
        if rule.action == "goto":
            least = rule.goto or 0
        if rule.action != "table":
            continue
        found = _in_table(here, query, rule)
        if found and found.kind != "throw" and not _suppressed(here, found, rule):
            return found
    return Answer("none")


def _suppressed(here: Namespace, found: Answer, rule: PolicyRule) -> bool:
    """Whether a rule wants its table to be used for longer prefixes only (ip-rule(8), suppress_prefixlength)."""
    if not found.routes:
        return False
    route = found.routes[0]
    short = rule.suppress_prefixlength is not None and -_preference(route)[0] <= rule.suppress_prefixlength
    out = here.interface(route.interface)
    return short or (rule.suppress_group is not None and out is not None and out.group == rule.suppress_group)


def policy(here: Namespace, family: int) -> tuple[PolicyRule, ...]:
    """The routing policy of a family, in order."""
    own = tuple(rule for rule in here.rules if rule.family == family)
    return tuple(sorted(own or _USUAL, key=lambda rule: rule.priority))


def _applies(rule: PolicyRule, query: Query) -> bool:
    conditions = (
        rule.source is None or (bool(query.source) and inside(query.source, rule.source)),
        rule.destination is None or inside(query.destination, rule.destination),
        rule.iif is None or rule.iif == query.iif,
        rule.oif is None or rule.oif == query.oif,
        not rule.mark or rule.mark == query.mark & rule.mask,
        not rule.protocol or rule.protocol == _protocol(query),
        rule.sport is None or rule.sport[0] <= query.source_port <= rule.sport[1],
        rule.dport is None or rule.dport[0] <= query.destination_port <= rule.dport[1],
        not rule.tos,
        rule.users is None or (query.iif == "lo" and rule.users[0] == 0),  # questions are asked as root
        not rule.vrf,
    )
    return all(conditions) != rule.inverted


def _protocol(query: Query) -> str:
    return "ipv6-icmp" if query.protocol == "icmp" and query.family == 6 else query.protocol


def _in_table(here: Namespace, query: Query, rule: PolicyRule) -> Answer | None:
    if rule.table == _LOCAL_TABLE:
        if here.local_routes:
            route = local_route(here, query.destination)
            return (
                Answer(route.kind, (route,) if route.kind not in ("local", "broadcast") else (), rule)
                if route
                else None
            )
        if is_local(here, query.destination):
            return Answer("local", (), rule)
        return Answer("broadcast", (), rule) if is_broadcast(here, query.destination) else None
    fitting = [route for route in here.routes if route.table == rule.table and _fits(here, route, query)]
    if not fitting:
        return None
    best = min(map(_preference, fitting))
    chosen = tuple(route for route in fitting if _preference(route) == best)
    made_by_addresses = all(route.protocol == "kernel" for route in chosen)  # each is a route, none of them multipath
    if made_by_addresses or (query.family == 6 and not all(route.gateway for route in chosen)):
        chosen = chosen[:1]
    return Answer(chosen[0].kind, chosen, rule)


def _fits(here: Namespace, route: Route, query: Query) -> bool:
    if route.family != query.family or route.dead or route.tos:
        return False
    if route.destination != "default" and not inside(query.destination, route.destination):
        return False
    out = here.interface(route.interface)
    if query.oif and out and out.name != query.oif:
        return False
    return not (route.linkdown and out and _ignores_linkdown(here, out, query.family))


def _ignores_linkdown(here: Namespace, out: Interface, family: int) -> bool:
    names = ("all", out.name)
    key = f"net.ipv{family}.conf.{{}}.ignore_routes_with_linkdown"
    return any(here.sysctl(key.format(name)) == "1" for name in names)


def _preference(route: Route) -> tuple[int, int]:
    """The longest prefix first, then the lowest metric."""
    length = 0 if route.destination == "default" else subnet_of(route.destination).prefixlen
    return -length, route.metric


def source_for(here: Namespace, route: Route, destination: str) -> str:
    """The address that a namespace sends from when the program doesn't say; empty if it has none."""
    if route.source:
        return route.source
    out = here.interface(route.interface)
    if family_of(destination) == 6:
        return _source6(here, out, destination)
    near = source_on(here, out, route.gateway or "", link=route.gateway is None)
    return near.ip if near else ""


def source_to_oneself(here: Namespace, ip: str) -> str:
    """The address that a namespace sends from to one of its own: the first of that subnet, if the address isn't it."""
    route = local_route(here, ip)
    return route.source if route and route.source else ip


def source_on(here: Namespace, out: Interface | None, target: str, *, link: bool = False) -> Address | None:
    """The IPv4 address to speak from on an interface: on the target's subnet, else its first, else any other's.

    ``inet_select_addr`` in the kernel; an address of scope ``link`` serves only on its link.
    """
    wanted = ("global", "site", "link") if link else ("global", "site")
    own = [a for a in usable(out, 4) if a.scope in wanted] if out else []
    if target:
        own.sort(key=lambda address: not inside(target, address.network))
    others = (a for i in here.interfaces for a in usable(i, 4) if a.scope in wanted and a.scope != "link")
    return own[0] if own else next(others, None)


def source_to_masquerade(here: Namespace, out: Interface, target: str) -> str:
    """The address that masquerade puts in the place of a source; empty if there is none."""
    if family_of(target) == 6:
        return _source6(here, out, target)
    found = source_on(here, out, target)
    return found.ip if found else ""


def _source6(here: Namespace, out: Interface | None, destination: str) -> str:
    """RFC 6724, 5: a fitting scope, a preferred one, the outgoing interface, the label, the longest common prefix."""
    if destination.startswith("fe80:"):
        own = [a for a in usable(out, 6) if a.scope == "link"] if out else []
        return own[0].ip if own else ""
    candidates = [(i, a) for i in here.interfaces for a in usable(i, 6) if i.up and not i.is_loopback]
    if not candidates:
        return ""

    label = _label(destination)

    def rank(candidate: tuple[Interface, Address]) -> tuple[bool, bool, bool, bool, int]:
        interface, address = candidate
        alike = _label(address.ip) == label
        return address.scope == "global", not address.deprecated, interface is out, alike, _common(address, destination)

    return max((c for c in candidates if c[1].scope == "global" or c[0] is out), key=rank, default=candidates[0])[1].ip


def _label(ip: str) -> str:
    """The subnet of the policy table that an address is in (RFC 6724, 2.1; ip-addrlabel(8))."""
    return next((subnet for subnet in _LABELLED if inside(ip, subnet)), "")


def _common(address: Address, destination: str) -> int:
    """How many bits two addresses share, up to the prefix length."""
    differing = int(parsed(address.ip)) ^ int(parsed(destination))
    return min(128 - differing.bit_length(), address.prefix)
