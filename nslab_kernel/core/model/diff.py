"""What differs between two snapshots, in an order that can be told."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

from ..operations.nat import is_memo
from ..translation import Message, _, joined
from .firewall import Chain, Rule
from .network import Address, Bridge, BridgePort, Interface, Namespace, Network, PolicyRule, Route

_PHRASES = {
    "added namespace": _("namespace {name} added"),
    "removed namespace": _("namespace {name} removed"),
    "added interface": _("interface {name} added in {namespace}"),
    "removed interface": _("interface {name} removed from {namespace}"),
    "moved interface": _("interface {name} moved from {before} to {after}"),
    "changed name": _("interface {before} in {namespace} renamed to {after}"),
    "added address": _("address {after} added to {name} in {namespace}"),
    "removed address": _("address {before} removed from {name} in {namespace}"),
    "added port": _("{name} plugged into {after}"),
    "removed port": _("{name} unplugged from {before}"),
    "changed port": _("{name} moved from {before} to {after}"),
    "added route": _("route added in {namespace}: {after}"),
    "removed route": _("route removed from {namespace}: {before}"),
    "changed route": _("route in {namespace}: {before} → {after}"),
    "added rule": _("firewall rule added in {namespace}, {name}: {after}"),
    "removed rule": _("firewall rule removed from {namespace}, {name}: {before}"),
    "added chain": _("firewall chain added in {namespace}: {name}"),
    "removed chain": _("firewall chain removed from {namespace}: {name}"),
    "added policy rule": _("routing rule added in {namespace}: {after}"),
    "removed policy rule": _("routing rule removed from {namespace}: {before}"),
    "added neighbour": _("permanent neighbour added in {namespace}: {after}"),
    "removed neighbour": _("permanent neighbour removed from {namespace}: {before}"),
    "changed hostname": _("hostname: {before} → {after}"),
    "changed state": _("{name} in {namespace}: {before} → {after}"),
    "changed sysctl": _("{name} in {namespace}: {before} → {after}"),
    "changed": _("{name} in {namespace}: {what} {before} → {after}"),
}
_STATES = {"no-carrier": _("up without carrier")}
_VERBS = {"added": _("added"), "removed": _("removed"), "changed": _("changed"), "moved": _("moved")}
_COUNTED = {
    "namespace": _("{count} namespaces"),
    "interface": _("{count} cables and interfaces"),
    "address": _("{count} addresses"),
    "route": _("{count} routes"),
    "rule": _("{count} firewall rules"),
    "chain": _("{count} firewall chains"),
}
_OTHERS = _("{count} more")
_FEW = 4  # of one kind; more of them are counted rather than named
_FEWER = {"route": 2, "rule": 1, "chain": 2}  # of what takes long to say


def words(change: Change) -> Message:
    """One change as a phrase."""
    phrase = _PHRASES.get(f"{change.verb} {change.what}", _PHRASES["changed"])
    states: Mapping[str, str] = _STATES if change.what == "state" else {}
    return phrase.filled(
        name=change.name,
        namespace=change.namespace,
        what=change.what,
        before=states.get(change.before, change.before),
        after=states.get(change.after, change.after),
    )


def summary(changes: Iterable[Change]) -> Message:
    """All changes as one line, ``added: ns2, veth-ns2 ⇄ eth00-ns2, 172.16.1.2/16``; empty if there are none.

    More than a few of one kind are counted, and what goes without saying (the port that a new
    interface is, the addresses of a removed one) isn't said.
    """
    told = _without_the_obvious(tuple(changes))
    parts = []
    for verb in ("added", "moved", "changed", "removed"):
        items = _items([change for change in told if change.verb == verb])
        if items:
            parts.append(joined(_VERBS[verb], joined(*items, separator=_(", ")), separator=_(": ")))
    return joined(*parts, separator=_("; "))


def _without_the_obvious(changes: tuple[Change, ...]) -> list[Change]:
    """Leave out the port that a new interface is, and the chain that a rule is in."""
    fresh = {(c.namespace, c.name) for c in changes if c.what == "interface" and c.verb == "added"}
    ruled = {(c.verb, c.namespace, c.name) for c in changes if c.what == "rule"}
    return [
        c
        for c in changes
        if not (c.what == "port" and c.verb == "added" and (c.namespace, c.name) in fresh)
        and not (c.what == "chain" and (c.verb, c.namespace, c.name) in ruled)
    ]


def _items(changes: list[Change]) -> list[str]:
    kinds: dict[str, list[str]] = {"namespace": [], "interface": [], "address": []}
    told: set[frozenset[tuple[str, str]]] = set()
    for change in changes:
        cable = frozenset({(change.namespace, change.name), change.peer or ("", "")})
        if change.what != "interface" or cable not in told:
            kinds.setdefault(change.what, []).append(_item(change))
        told.add(cable)
    items: list[str] = []
    for kind, texts in kinds.items():
        few = _FEWER.get(kind, _FEW)
        if len(texts) <= few:
            items += texts
        elif kind in _COUNTED:
            items.append(_COUNTED[kind].filled(count=len(texts)))
        else:
            items += [*texts[: few - 1], _OTHERS.filled(count=len(texts) - few + 1)]
    return items


def _item(change: Change) -> str:
    value = change.after or change.before
    if change.what == "namespace":
        return change.name
    if change.what == "interface":
        return f"{change.name} ⇄ {change.peer[1]}" if change.peer and change.verb != "moved" else change.name
    if change.what in ("address", "chain", "rule", "policy rule", "neighbour") and change.verb != "changed":
        return value
    if change.what == "route" and change.verb != "changed":
        return f"{value} ({change.namespace})"
    if change.what == "port" and change.verb != "changed":
        return f"{change.name} → {value}"
    if change.what in ("state", "sysctl", "name"):
        subject = "" if change.what == "name" else change.name.removeprefix("net.ipv4.")
        before, after = (_STATES.get(value, value) for value in (change.before, change.after))
        return joined(subject, joined(before, after, separator=" → "))
    return words(change)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Parameters
    ----------
    verb
        ``added``, ``removed``, ``changed`` or ``moved``.
    what
        ``namespace``, ``interface``, ``name``, ``state``, ``address``, ``port``, ``route``, ``rule`` (firewall),
        ``chain``, ``policy`` (of a base chain), ``policy rule`` (ip-rule(8)), ``neighbour`` (a permanent one),
        ``sysctl``, ``hostname``, or the name of an interface's setting such as ``mtu``.
    namespace
        Where; the new place of something moved.
    name
        The namespace, interface, chain, sysctl or route destination that it is about.
    before, after
        The value then and now, empty where there was none.
    peer
        Namespace and name of the other end, where an interface is one end of a veth pair.
    """

    verb: str
    what: str
    namespace: str
    name: str
    before: str = ""
    after: str = ""
    peer: tuple[str, str] | None = None

    def words(self) -> Message:
        """The change as a phrase, in English (``en``) or Chinese (``zh``)."""
        return words(self)


def value_change(namespace: str, name: str, what: str, before: str, after: str) -> Iterator[Change]:
    """The change of a single value, if it differs; empty means none."""
    if before != after:
        verb = "added" if not before else "removed" if not after else "changed"
        yield Change(verb, what, namespace, name, before, after)


def set_changes(namespace: str, name: str, what: str, before: Iterable[str], after: Iterable[str]) -> Iterator[Change]:
    """What came and what went in a collection whose order doesn't matter."""
    earlier, later = Counter(before), Counter(after)
    for value in (later - earlier).elements():
        yield Change("added", what, namespace, name, "", value)
    for value in (earlier - later).elements():
        yield Change("removed", what, namespace, name, value, "")


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


Place = tuple[Namespace, Interface]
"""An interface and the namespace it is in."""


@dataclass(frozen=True, slots=True)
class InterfacePair:
    """One interface in two snapshots, None where it isn't there."""

    old: Place | None
    new: Place | None


@dataclass(frozen=True, slots=True)
class Matching:
    """The namespaces that differ between two snapshots, and their interfaces, paired."""

    namespaces: tuple[tuple[Namespace | None, Namespace | None], ...]
    interfaces: tuple[InterfacePair, ...]


def match(before: Network, after: Network) -> Matching:
    """Pair the things of two snapshots by what they are, not by how they are set.

    A namespace is the same if its name and inode are. An interface is the same if
    its index and kind are, and its name or MAC address; one that moved into another
    namespace is known by its MAC address, or where it has none by the end that stayed
    behind. Pairs of equal namespaces are left out.
    """
    namespaces = tuple(_namespace_pairs(before, after))
    pairs: list[InterfacePair] = []
    for old, new in namespaces:
        pairs.extend(_interface_pairs(old, new))
    return Matching(namespaces, tuple(_join_moved(pairs)))


def _namespace_pairs(before: Network, after: Network) -> Iterator[tuple[Namespace | None, Namespace | None]]:
    """Differing namespaces in the order of ``after``, then the removed ones."""
    olds = {namespace.name: namespace for namespace in before.everywhere}
    for new in after.everywhere:
        old = olds.pop(new.name, None)
        if old is new or old == new:
            continue
        if old is None or _same_namespace(old, new):
            yield old, new
        else:
            yield old, None
            yield None, new
    for old in olds.values():
        yield old, None


def _same_namespace(old: Namespace, new: Namespace) -> bool:
    # 0 is an inode that wasn't read.
    return old.inode == new.inode or 0 in (old.inode, new.inode)


def _interface_pairs(old: Namespace | None, new: Namespace | None) -> Iterator[InterfacePair]:
    remaining = {interface.index: (old, interface) for interface in old.interfaces} if old else {}
    for interface in new.interfaces if new else ():
        earlier = remaining.get(interface.index)
        if earlier and _same_interface(earlier[1], interface):
            del remaining[interface.index]
        else:
            earlier = None
        yield InterfacePair(earlier, (new, interface) if new else None)
    for place in remaining.values():
        yield InterfacePair(place, None)


def _same_interface(old: Interface, new: Interface) -> bool:
    return old.kind == new.kind and (old.name == new.name or (bool(old.mac) and old.mac == new.mac))


def _join_moved(pairs: list[InterfacePair]) -> Iterator[InterfacePair]:
    """Make one pair of an interface that left one namespace and came to another."""
    gone: dict[tuple[object, ...], list[Place]] = defaultdict(list)
    for pair in pairs:
        if pair.old and not pair.new:
            gone[_trace(pair.old[1])].append(pair.old)
    moved: set[int] = set()
    for pair in pairs:
        if pair.new and not pair.old and not pair.new[1].is_loopback:
            for origin in gone[_trace(pair.new[1])]:
                if id(origin) not in moved and origin[0].name != pair.new[0].name:
                    moved.add(id(origin))
                    pair = InterfacePair(origin, pair.new)
                    break
        if pair.new:
            yield pair
    for pair in pairs:
        if not pair.new and id(pair.old) not in moved:
            yield pair


def _trace(interface: Interface) -> tuple[object, ...]:
    """What an interface keeps on its way into another namespace."""
    if interface.mac:
        return interface.kind, interface.mac
    return interface.kind, interface.name, interface.peer_namespace, interface.peer_index


_SETTINGS = ("mtu", "mac", "noarp")
_PORT_SETTINGS = tuple(field.name for field in fields(BridgePort) if field.name != "state")
_BRIDGE_SETTINGS = tuple(field.name for field in fields(Bridge))


def condition(interface: Interface) -> str:
    """``up``, ``down``, or ``no-carrier`` for one that is up while its cable has no life."""
    if not interface.up:
        return "down"
    return "up" if interface.carrier else "no-carrier"


def changes(before: Network, after: Network) -> tuple[Change, ...]:
    """What was done between two snapshots.

    Left out is what comes and goes by itself: learnt neighbours, listeners, bridge
    port states, flags of routes; and what only follows from something else: link-local
    and loopback addresses, connected routes, a bridge's MAC address and MTU (taken from
    its ports), per-interface copies of a forwarding switch.

    Parameters
    ----------
    before, after
        The earlier and the later snapshot.
    """
    if before is after:
        return ()
    found = list(value_change("host", "hostname", "hostname", before.hostname, after.hostname))
    matching = match(before, after)
    for old, new in matching.namespaces:
        if old is None and new is not None:
            found.append(Change("added", "namespace", new.name, new.name))
        elif new is None and old is not None:
            found.append(Change("removed", "namespace", old.name, old.name))
    for pair in matching.interfaces:
        found.extend(_interface_changes(before, after, pair))
    for old, new in matching.namespaces:
        if new is not None:
            found.extend(inside(old, new))
    return tuple(found)


def _interface_changes(before: Network, after: Network, pair: InterfacePair) -> Iterator[Change]:
    old, new = pair.old, pair.new
    if new is None:
        if old is not None and not old[1].is_loopback:
            yield Change("removed", "interface", old[0].name, old[1].name, old[1].kind, "", _peer(before, old[1]))
        return
    namespace, interface = new
    where, name = namespace.name, interface.name
    if old is None:
        if not interface.is_loopback:
            yield Change("added", "interface", where, name, "", interface.kind, _peer(after, interface))
    else:
        if old[0].name != where:
            yield Change("moved", "interface", where, name, old[0].name, where, _peer(after, interface))
        yield from _setting_changes(where, old[1], interface)
    yield from set_changes(where, name, "address", _addresses(old), _addresses(new))
    yield from value_change(where, name, "port", _master(old), _master(new))


def _setting_changes(where: str, old: Interface, new: Interface) -> Iterator[Change]:
    yield from value_change(where, new.name, "name", old.name, new.name)
    yield from value_change(where, new.name, "state", condition(old), condition(new))
    for then, now, settings in (
        (old, new, _SETTINGS if new.kind != "bridge" else ()),  # a bridge's follow from its ports
        (old.port, new.port, _PORT_SETTINGS),
        (old.bridge, new.bridge, _BRIDGE_SETTINGS),
    ):
        for setting in settings if then and now else ():
            yield from value_change(where, new.name, setting, _text(then, setting), _text(now, setting))


def _addresses(place: Place | None) -> list[str]:
    return [address.cidr for address in place[1].addresses if not _by_itself(address)] if place else []


def _by_itself(address: Address) -> bool:
    """Whether the kernel gives it unasked, once its interface is up."""
    return address.scope == "host" or address.ip.lower().startswith("fe80:")


def _master(place: Place | None) -> str:
    master = place[0].interface(place[1].master) if place else None
    return master.name if master else ""


def _peer(network: Network, interface: Interface) -> tuple[str, str] | None:
    found = network.peer(interface)
    return (found[0].name, found[1].name) if found else None


def _text(thing: object, setting: str) -> str:
    value = getattr(thing, setting)
    return ("off", "on")[value] if isinstance(value, bool) else str(value)
