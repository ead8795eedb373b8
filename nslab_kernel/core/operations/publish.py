"""The way in: a port of the host that leads to a namespace, as ``docker run -p`` makes it.

The destination is rewritten where packets arrive (``prerouting``) and where the host itself sends (``output``). A
neighbour on the same bridge is masqueraded, or the answer would go to it directly, past the translation (hairpin,
RFC 4787, 6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..errors import NslabError
from ..model.firewall import Chain, Rule
from ..model.network import HOST, Address, Interface, Namespace, Network
from ..translation import _
from .actions import Action, Nft
from .nat import (
    TABLE,
    Placed,
    closed,
    commands,
    default_routes,
    deletion,
    idle_routes,
    own_rules,
    publish_note,
    switched_on,
    taken_back,
)
from .plans import find_namespace

PROTOCOLS = ("tcp", "udp")
_HOOKS = {"prerouting": -100, "output": -100, "postrouting": 100}


def publish(network: Network, host_port: int, namespace: str, port: int, protocol: str = "tcp") -> tuple[Action, ...]:
    """Make a port of a namespace reachable at the host's addresses.

    Parameters
    ----------
    network
        The lab as it is.
    host_port, port
        The port of the host and that of the namespace, 1 to 65535.
    namespace
        A namespace on a bridge of the host.
    protocol
        ``"tcp"`` or ``"udp"``.

    Raises
    ------
    NslabError
        For a port out of range, in use or published twice, and for a namespace that the host can't reach.
    """
    for number in (host_port, port):
        _refuse_range(number)
    if protocol not in PROTOCOLS:
        raise NslabError(
            _('"{protocol}" has no ports to publish.', protocol=protocol),
            _("Choose one of {protocols}.", protocols=", ".join(PROTOCOLS)),
        )
    _refuse_busy(network.host, host_port, protocol)
    _refuse_published(network.host, host_port, protocol)
    place = find_namespace(network, namespace)
    way = _way(network, place)
    switched = closed(network.host, (4,))
    rules = _rules(_host_addresses(network.host), host_port, protocol, way, port, publish_note(namespace))
    return (
        *default_routes(network, way.bridge, way.gateway),
        *switched_on(switched),
        Nft("\n".join((*commands(_HOOKS, switched), *rules))),
    )


def withdraw(network: Network, host_port: int, protocol: str = "tcp") -> tuple[Action, ...]:
    """Take a published port back."""
    for chain, rule in _translations(network.host):
        if _published(rule, host_port, protocol) and chain.table == TABLE:
            rules = _belonging(network.host, rule, host_port, protocol)
            return _undone(network, rules)
    raise NslabError(
        _("Port {host_port}/{protocol} isn't published.", host_port=host_port, protocol=protocol),
        _("`%netns_graph` shows which ports are."),
    )


def withdraw_all(network: Network, namespace: Namespace) -> tuple[Action, ...]:
    """Take back every port that leads to a namespace, since it is about to go with its routes."""
    rules = [pair for pair in own_rules(network.host) if pair[1].comment == publish_note(namespace.name)]
    others = replace(network, namespaces=tuple(place for place in network.namespaces if place is not namespace))
    return _undone(others, rules) if rules else ()


def _undone(network: Network, rules: list[Placed]) -> tuple[Action, ...]:
    """Remove rules, and the default routes that were made for them alone."""
    bridges = [interface for interface in network.host.interfaces if interface.kind == "bridge"]
    routes = [route for bridge in bridges for route in idle_routes(network, bridge, rules, (4,))]
    return (*routes, *taken_back(network, rules, routes))


def _rules(outer: list[str], host_port: int, protocol: str, way: _Way, port: int, comment: str) -> tuple[str, ...]:
    arriving = f"ip daddr {{ {', '.join(outer)} }} {protocol} dport {host_port} dnat to {way.address}:{port}"
    hairpin = f"ip saddr {way.gateway.network} ip daddr {way.address} {protocol} dport {port} masquerade"
    return tuple(
        f'add rule ip {TABLE} {hook} {rule} comment "{comment}"'
        for hook, rule in (("prerouting", arriving), ("output", arriving), ("postrouting", hairpin))
    )


def _belonging(host: Namespace, translation: Rule, host_port: int, protocol: str) -> list[Placed]:
    """Both translations of a published port and one hairpin: another port that leads to the same place has its own."""
    goal = (translation.verdict.target, translation.verdict.port)
    rules = list(own_rules(host))
    dnat = [
        pair
        for pair in rules
        if (pair[1].verdict.target, pair[1].verdict.port) == goal and _published(pair[1], host_port, protocol)
    ]
    inner = int(translation.verdict.port or host_port)
    hairpins = [
        pair
        for pair in rules
        if pair[1].verdict.kind == "masquerade"
        and _published(pair[1], inner, protocol)
        and any(match.field == "ip daddr" and goal[0] in match.values for match in pair[1].matches)
    ]
    return dnat + hairpins[:1]


def _refuse_range(port: int) -> None:
    if not 1 <= port <= 65535:
        raise NslabError(
            _("{port} is not a port: ports go from 1 to 65535.", port=port), _("Write `%netns_publish 8080 ns1:80`.")
        )


def _refuse_busy(host: Namespace, port: int, protocol: str) -> None:
    if any(listener.port == port and listener.protocol == protocol for listener in host.listeners):
        raise NslabError(
            _("Port {port}/{protocol} of the host is in use: a program listens on it.", port=port, protocol=protocol),
            _("Choose another port, or end the program that `ss -lnp sport = {port}` names.", port=port),
        )


def _refuse_published(host: Namespace, port: int, protocol: str) -> None:
    for chain, rule in _translations(host):
        if _published(rule, port, protocol):
            goal = f"{rule.verdict.target}:{rule.verdict.port or port}"
            raise NslabError(
                _(
                    "Port {port}/{protocol} of the host leads to {goal} already.",
                    port=port,
                    protocol=protocol,
                    goal=goal,
                ),
                _("`%netns_publish {port} --off` takes it back.", port=port)
                if chain.table == TABLE
                else _("`sudo nft {deletion}` removes that rule.", deletion=deletion(chain, rule)),
            )


def _translations(host: Namespace) -> Iterator[tuple[Chain, Rule]]:
    """What rewrites the destination of packets that arrive; Docker does it in a chain that it jumps to."""
    chains = (chain for chain in host.firewall.chains if chain.family in ("ip", "inet") and chain.hook != "output")
    for chain in chains:
        yield from ((chain, rule) for rule in chain.rules if rule.verdict.kind == "dnat")


def _published(rule: Rule, port: int, protocol: str) -> bool:
    ports = [m.values for m in rule.matches if m.field == f"{protocol} dport" and not m.negated]
    return any(str(port) in values for values in ports)


@dataclass(frozen=True, slots=True)
class _Way:
    """How the host reaches a namespace."""

    bridge: Interface
    gateway: Address  # the host's on the bridge
    address: str


def _way(network: Network, namespace: Namespace) -> _Way:
    if namespace.name == HOST:
        raise NslabError(_("The host's own ports need no publishing."), _("Name a namespace, such as `ns1:8080`."))
    for interface in namespace.interfaces:
        end = network.peer(interface)
        bridge = network.host.interface(end[1].master) if end and end[0].name == HOST else None
        for mine in bridge.addresses if bridge else ():
            for theirs in interface.addresses:
                if bridge and mine.family == 4 and mine.network == theirs.network:
                    return _Way(bridge, mine, theirs.ip)
    raise NslabError(
        _("The host has no way to {title}: they share no IPv4 subnet on a bridge.", title=namespace.title),
        _("`sudo ip address add 172.16.0.1/16 dev mydocker0` gives the bridge an address in the namespace's subnet."),
    )


def _host_addresses(host: Namespace) -> list[str]:
    return [
        address.ip
        for interface in host.interfaces
        for address in interface.addresses
        if address.family == 4 and address.scope == "global" and not interface.is_loopback
    ]
