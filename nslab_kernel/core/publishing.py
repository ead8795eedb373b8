"""The way in: a port of the host that leads to a namespace, as ``docker run -p`` makes it.

The destination is rewritten where packets arrive (``prerouting``) and where the host itself sends (``output``). A
neighbour on the same bridge is masqueraded, or the answer would go to it directly, past the translation (hairpin,
RFC 4787, 6).
"""

from __future__ import annotations

from collections.abc import Iterator

from .actions import Action, Nft
from .errors import NslabError
from .firewall import Chain, Rule
from .nat import TABLE, default_routes, deletion, forwarding, nat_table, own_rules, removal
from .network import HOST, Address, Interface, Namespace, Network
from .plans import find_namespace

PROTOCOLS = ("tcp", "udp")


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
    _refuse_busy(network.host, host_port, protocol)
    _refuse_published(network.host, host_port, protocol)
    bridge, gateway, inner = _near(network, find_namespace(network, namespace))
    outer = _host_addresses(network.host)
    return (
        *default_routes(network, bridge, gateway),
        *forwarding(network.host, 4),
        Nft(_rules(outer, host_port, protocol, f"{inner}:{port}", gateway.network, _note(namespace))),
    )


def withdraw(network: Network, host_port: int, protocol: str = "tcp") -> tuple[Action, ...]:
    """Take a published port back."""
    for chain, rule in _translations(network.host):
        if _published(rule, host_port, protocol) and chain.table == TABLE:
            return _without(network.host, rule.verdict.target, rule.verdict.port, str(host_port))
    raise NslabError(f"Port {host_port}/{protocol} isn't published.", "`%netns_graph` shows which ports are.")


def withdraw_all(network: Network, namespace: Namespace) -> tuple[Action, ...]:
    """Take back every port that leads to a namespace, since it is about to go."""
    inner = {address.ip for interface in namespace.interfaces for address in interface.addresses}
    ours = [pair for pair in own_rules(network.host) if pair[1].comment == _note(namespace.name)]
    return removal(network.host, [(chain, rule) for chain, rule in ours if _target(rule) in inner])


def _rules(outer: list[str], host_port: int, protocol: str, inner: str, subnet: str, comment: str) -> str:
    address, _, port = inner.rpartition(":")
    arriving = f'ip daddr {{ {", ".join(outer)} }} {protocol} dport {host_port} dnat to {inner} comment "{comment}"'
    hairpin = f'ip saddr {subnet} ip daddr {address} {protocol} dport {port} masquerade comment "{comment}"'
    return (
        f"{nat_table(prerouting=-100, output=-100, postrouting=100)}\n"
        f"add rule ip {TABLE} prerouting {arriving}\n"
        f"add rule ip {TABLE} output {arriving}\n"
        f"add rule ip {TABLE} postrouting {hairpin}"
    )


def _note(namespace: str) -> str:
    return f"nslab publish {namespace}"


def _refuse_range(port: int) -> None:
    if not 1 <= port <= 65535:
        raise NslabError(f"{port} is not a port: ports go from 1 to 65535.", "Write `%netns_publish 8080 ns1:80`.")


def _refuse_busy(host: Namespace, port: int, protocol: str) -> None:
    if any(listener.port == port and listener.protocol == protocol for listener in host.listeners):
        raise NslabError(
            f"Port {port}/{protocol} of the host is in use: a program listens on it.",
            f"Choose another port, or end the program that `ss -lnp sport = {port}` names.",
        )


def _refuse_published(host: Namespace, port: int, protocol: str) -> None:
    for chain, rule in _translations(host):
        if _published(rule, port, protocol):
            goal = f"{rule.verdict.target}:{rule.verdict.port or port}"
            raise NslabError(
                f"Port {port}/{protocol} of the host leads to {goal} already.",
                f"`%netns_publish {port} --off` takes it back."
                if chain.table == TABLE
                else f"`sudo nft {deletion(chain, rule)}` removes that rule.",
            )


def _translations(host: Namespace) -> Iterator[tuple[Chain, Rule]]:
    for chain in host.firewall.base_chains("prerouting", 4):
        yield from ((chain, rule) for rule in chain.rules if rule.verdict.kind == "dnat")


def _published(rule: Rule, port: int, protocol: str) -> bool:
    ports = [m.values for m in rule.matches if m.field == f"{protocol} dport" and not m.negated]
    return any(str(port) in values for values in ports)


def _near(network: Network, namespace: Namespace) -> tuple[Interface, Address, str]:
    """The bridge through which the host reaches a namespace, the host's address there, and the namespace's."""
    if namespace.name == HOST:
        raise NslabError("The host's own ports need no publishing.", "Name a namespace, such as `ns1:8080`.")
    for interface in namespace.interfaces:
        end = network.peer(interface)
        bridge = network.host.interface(end[1].master) if end and end[0].name == HOST else None
        for mine in bridge.addresses if bridge else ():
            for theirs in interface.addresses:
                if bridge and mine.family == 4 and mine.network == theirs.network:
                    return bridge, mine, theirs.ip
    raise NslabError(
        f"The host has no way to {namespace.title}: they share no IPv4 subnet on a bridge.",
        "`sudo ip address add 172.16.0.1/16 dev mydocker0` gives the bridge an address in the namespace's subnet.",
    )


def _host_addresses(host: Namespace) -> list[str]:
    return [
        address.ip
        for interface in host.interfaces
        for address in interface.addresses
        if address.family == 4 and address.scope == "global" and not interface.is_loopback
    ]


def _target(rule: Rule) -> str:
    if rule.verdict.kind == "dnat":
        return rule.verdict.target
    return next((match.values[0] for match in rule.matches if match.field == "ip daddr"), "")


def _without(host: Namespace, inner: str, port: str, host_port: str) -> tuple[Action, ...]:
    """Remove both translations and, with them, the hairpin's masquerade."""

    def belongs(rule: Rule) -> bool:
        ports = next((m.values for m in rule.matches if m.field.endswith(" dport")), ())
        if rule.verdict.kind == "dnat":
            return rule.verdict.target == inner and host_port in ports
        return _target(rule) == inner and (port or host_port) in ports

    return removal(host, [pair for pair in own_rules(host) if belongs(pair[1])])
