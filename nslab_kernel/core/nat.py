"""The way out: a gateway, forwarding and masquerade for the namespaces on a bridge.

What is needed is what Docker makes for ``docker0``: a default route in each namespace, ``ip_forward`` on the host, and,
for IPv4 alone, masquerade on the uplink. IPv6 is routed, since its addresses are good everywhere (RFC 4864).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence

from .actions import Action, AddRoute, DeleteRoute, Nft, SetSysctl
from .errors import NslabError
from .firewall import Chain, Rule
from .network import HOST, Address, Interface, Namespace, Network, Route
from .plans import find_bridge

TABLE = "nslab"
"""The nft tables, of families ip (NAT) and inet (filters), that hold the lab's own rules, apart from all others."""

FORWARDING = {4: "net.ipv4.ip_forward", 6: "net.ipv6.conf.all.forwarding"}
_WAS_OFF = "forwarding was off"


def nat(network: Network, bridge: str) -> tuple[Action, ...]:
    """Let the namespaces on a bridge reach what the host reaches.

    Parameters
    ----------
    network
        The lab as it is.
    bridge
        A bridge of the host with an address, the namespaces' gateway to be.

    Raises
    ------
    NslabError
        Where the bridge has no address, the host has no way out, or it is done already.
    """
    switch = find_bridge(network, bridge)
    gateways = gateways_of(network, switch)
    planned: list[Action] = []
    closed = [gateway.family for gateway in gateways if network.host.sysctl(FORWARDING[gateway.family]) == "0"]
    for gateway in gateways:
        uplink = _uplink(network.host, gateway)
        planned += default_routes(network, switch, gateway)
        planned += forwarding(network.host, gateway.family)
        if gateway.family == 4:
            _refuse_masqueraded(network.host, gateway.network)
            planned.append(_masquerade(bridge, gateway.network, uplink.name, closed))
    if not planned:
        raise NslabError(f"{bridge} has its way out already.", f"`%netns_nat {bridge} --off` takes it away.")
    return tuple(planned)


def nat_off(network: Network, bridge: str) -> tuple[Action, ...]:
    """Take back what `nat` did for a bridge; forwarding goes off again if it was `nat` that switched it on."""
    switch = find_bridge(network, bridge)
    rules = [(chain, rule) for chain, rule in own_rules(network.host) if rule.comment.startswith(_note(bridge))]
    routes = list(_routes_by(network, switch))
    if not rules and not routes:
        raise NslabError(f"{bridge} has no NAT to take away.", f"`%netns_nat {bridge}` makes it.")
    planned: list[Action] = [*routes, *removal(network.host, rules)]
    if len(list(own_rules(network.host))) == len(rules):
        planned += [SetSysctl(FORWARDING[family], "0", HOST, "1") for family in _opened(rules)]
    return tuple(planned)


def gateways_of(network: Network, bridge: Interface) -> list[Address]:
    """The bridge's own addresses, one for each family: what its namespaces use as their gateway."""
    found = {address.family: address for address in reversed(bridge.addresses) if address.scope == "global"}
    if not found:
        raise NslabError(
            f"{bridge.name} has no address, so the namespaces on it have no gateway.",
            f"`sudo ip address add {_free_gateway(network, bridge)} dev {bridge.name}` gives it one.",
        )
    return [found[family] for family in sorted(found)]


def members(network: Network, bridge: Interface) -> Iterator[tuple[Namespace, Interface]]:
    """The namespaces plugged into a bridge, each with its interface there."""
    for port in network.host.ports(bridge):
        end = network.peer(port)
        if end and end[0].name != HOST:
            yield end


def default_routes(network: Network, bridge: Interface, gateway: Address) -> Iterator[AddRoute]:
    """A default route for each namespace on the bridge that has an address there and no such route yet."""
    for namespace, interface in members(network, bridge):
        near = any(address.network == gateway.network for address in interface.addresses)
        if near and not _default(namespace, gateway.family):
            yield AddRoute(Route("default", gateway.family, gateway.ip), "", namespace.name)


def forwarding(host: Namespace, family: int) -> Iterator[SetSysctl]:
    """What makes the host a router, if it isn't one."""
    if host.sysctl(FORWARDING[family]) == "0":
        yield SetSysctl(FORWARDING[family], "1", HOST, "0")


def own_rules(host: Namespace) -> Iterator[tuple[Chain, Rule]]:
    """The rules in the lab's own table."""
    for chain in host.firewall.chains:
        if (chain.family, chain.table) == ("ip", TABLE):
            yield from ((chain, rule) for rule in chain.rules)


def nat_table(**priorities: int) -> str:
    """The nft commands that make the lab's table with NAT chains; they change nothing where it is there already.

    Parameters
    ----------
    priorities
        The hooks wanted, each with its priority, such as ``postrouting=100``.
    """
    chains = [
        f"add chain ip {TABLE} {hook} {{ type nat hook {hook} priority {priority} ; policy accept ; }}"
        for hook, priority in priorities.items()
    ]
    return "\n".join((f"add table ip {TABLE}", *chains))


def removal(host: Namespace, rules: Sequence[tuple[Chain, Rule]]) -> tuple[Nft, ...]:
    """What removes rules of the lab's table, and the table with its last rule."""
    if not rules:
        return ()
    if len(list(own_rules(host))) == len(rules):
        return (Nft(f"delete table ip {TABLE}"),)
    return (Nft("\n".join(deletion(chain, rule) for chain, rule in rules)),)


def deletion(chain: Chain, rule: Rule) -> str:
    """The nft command that removes a rule."""
    return f"delete rule {chain.family} {chain.table} {chain.name} handle {rule.handle}"


def _masquerade(bridge: str, subnet: str, uplink: str, closed: list[int]) -> Nft:
    """The rule; its comment remembers for which families forwarding was off before, for `nat_off`."""
    comment = ", ".join((_note(bridge), *(f"{_WAS_OFF} for IPv{family}" for family in closed)))
    rule = f'ip saddr {subnet} oifname "{uplink}" masquerade comment "{comment}"'
    return Nft(f"{nat_table(postrouting=100)}\nadd rule ip {TABLE} postrouting {rule}")


def _opened(rules: Sequence[tuple[Chain, Rule]]) -> list[int]:
    """The families that `nat` switched forwarding on for."""
    return [family for family in FORWARDING if any(f"{_WAS_OFF} for IPv{family}" in rule.comment for _, rule in rules)]


def _note(bridge: str) -> str:
    return f"nslab nat {bridge}"


def _default(namespace: Namespace, family: int) -> Route | None:
    found = (r for r in namespace.routes if r.destination == "default" and r.family == family and r.table == 254)
    return next(found, None)


def _uplink(host: Namespace, gateway: Address) -> Interface:
    route = _default(host, gateway.family)
    interface = host.interface(route.interface) if route else None
    if interface is None:
        raise NslabError(
            f"The host itself has no way out: it has no IPv{gateway.family} default route.",
            "`%netns_internet` gives it an uplink.",
        )
    return interface


def _refuse_masqueraded(host: Namespace, subnet: str) -> None:
    for chain in host.firewall.base_chains("postrouting", 4):
        for rule in chain.rules:
            sources = [match.values for match in rule.matches if match.field == "ip saddr" and not match.negated]
            if rule.verdict.kind in ("masquerade", "snat") and (subnet,) in sources:
                raise NslabError(
                    f"{subnet} is masqueraded already, by a rule in table {chain.family} {chain.table}.",
                    f"`sudo nft {deletion(chain, rule)}` removes it.",
                )


def _routes_by(network: Network, bridge: Interface) -> Iterator[DeleteRoute]:
    gateways = {address.ip for address in bridge.addresses}
    for namespace, _ in members(network, bridge):
        for route in namespace.routes:
            if route.destination == "default" and route.gateway in gateways:
                yield DeleteRoute(Route("default", route.family, route.gateway), "", namespace.name)


def _free_gateway(network: Network, bridge: Interface) -> str:
    """The first free address of the subnet that the bridge's namespaces are in."""
    for _, interface in members(network, bridge):
        for address in interface.addresses:
            if address.scope == "global":
                taken = {a.ip for _, near in members(network, bridge) for a in near.addresses}
                hosts = ipaddress.ip_network(address.network).hosts()
                return next(f"{ip}/{address.prefix}" for ip in hosts if str(ip) not in taken)
    return "172.16.0.1/16"
