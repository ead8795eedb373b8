"""The way out: a gateway, forwarding and masquerade for the namespaces on a bridge.

What is needed is what Docker makes for ``docker0``: a default route in each namespace, ``ip_forward`` on the host, and,
for IPv4 alone, masquerade on the uplink. IPv6 is routed, since its addresses are good everywhere (RFC 4864).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ..errors import NslabError
from ..foreign import shown
from ..model.firewall import Chain, Rule
from ..model.network import HOST, Address, Interface, Namespace, Network, Route
from ..translation import _
from .actions import Action, AddRoute, DeleteRoute, Nft, SetSysctl
from .plans import find_bridge

TABLE = "nslab"
"""The nft tables, of families ip (NAT) and inet (filters), that hold the lab's own rules."""

FORWARDING = {4: "net.ipv4.ip_forward", 6: "net.ipv6.conf.all.forwarding"}
_MEMOS = {4: "ipv4_forwarding_was_off", 6: "ipv6_forwarding_was_off"}

OWN_ROUTE = "static"
"""The protocol of the default routes that the lab makes (ip-route(8)): a person's, typed by hand, are ``boot``."""

Placed = tuple[Chain, Rule]


def nat_note(bridge: str) -> str:
    """The comment of a rule that masquerades a bridge's namespaces."""
    return f"nslab nat {bridge}"


def publish_note(namespace: str) -> str:
    """The comment of the rules that lead a port of the host to a namespace."""
    # In nft's text it stands between quotation marks, of which it can have none (nft(8)).
    return f"nslab publish {shown(namespace)}".replace('"', "'")


def own_rules(host: Namespace) -> Iterator[Placed]:
    """The rules in the lab's own table."""
    for chain in _own_chains(host):
        yield from ((chain, rule) for rule in chain.rules)


def default_route(namespace: Namespace, family: int) -> Route | None:
    """A namespace's default route in the main table."""
    found = (r for r in namespace.routes if r.destination == "default" and r.family == family and r.table == 254)
    return next(found, None)


def closed(host: Namespace, families: Iterable[int]) -> list[int]:
    """The families that the host doesn't pass on packets of."""
    return [family for family in families if host.sysctl(FORWARDING[family]) == "0"]


def switched_on(families: Iterable[int]) -> Iterator[SetSysctl]:
    """What makes the host a router for families that are closed; `commands` is to remember it."""
    return (SetSysctl(FORWARDING[family], "1", HOST, "0") for family in families)


def commands(hooks: Mapping[str, int], switched: Iterable[int]) -> list[str]:
    """The nft commands that make the lab's table; they change nothing where it is there already.

    Parameters
    ----------
    hooks
        The hooks wanted of NAT chains, each with its priority, such as ``postrouting`` with 100.
    switched
        The families that forwarding is switched on for.
    """
    chains = [
        f"add chain ip {TABLE} {hook} {{ type nat hook {hook} priority {priority} ; policy accept ; }}"
        for hook, priority in hooks.items()
    ]
    return [f"add table ip {TABLE}", *(f"add chain ip {TABLE} {_MEMOS[family]}" for family in switched), *chains]


def taken_back(network: Network, rules: Sequence[Placed], routes: Sequence[DeleteRoute]) -> tuple[Action, ...]:
    """What removes rules of the lab's table, and switches forwarding off where nothing else needs it.

    Parameters
    ----------
    network
        The lab as it is.
    rules
        Those to remove.
    routes
        Default routes that somebody else removes: they need forwarding no longer.
    """
    host = network.host
    left = [pair for pair in own_rules(host) if pair not in rules]
    needed = {4} if left else set()
    needed |= set(_routed(network, routes))
    memos = remembered(host)
    back = [family for family in memos if family not in needed]
    if not left and back == memos:
        text = f"delete table ip {TABLE}" if list(_own_chains(host)) else ""
    else:
        memo = [f"delete chain ip {TABLE} {_MEMOS[family]}" for family in back]
        text = "\n".join([*(deletion(chain, rule) for chain, rule in rules), *memo])
    return (*([Nft(text)] if text else []), *switched_off(host, back))


def remembered(host: Namespace) -> list[int]:
    """The families that the lab switched forwarding on for."""
    names = {chain.name for chain in _own_chains(host)}
    return [family for family, memo in _MEMOS.items() if memo in names]


def switched_off(host: Namespace, families: Iterable[int]) -> Iterator[SetSysctl]:
    """What puts forwarding back that the lab switched on."""
    for family in families:
        if host.sysctl(FORWARDING[family]) != "0":
            yield SetSysctl(FORWARDING[family], "0", HOST, "1")


def is_memo(chain: Chain) -> bool:
    """Whether a chain only remembers something, and is met by no packet."""
    return (chain.family, chain.table) == ("ip", TABLE) and chain.name in _MEMOS.values()


def deletion(chain: Chain, rule: Rule) -> str:
    """The nft command that removes a rule."""
    return f"delete rule {chain.family} {chain.table} {chain.name} handle {rule.handle}"


def _own_chains(host: Namespace) -> Iterator[Chain]:
    return (chain for chain in host.firewall.chains if (chain.family, chain.table) == ("ip", TABLE))


def _routed(network: Network, going: Sequence[DeleteRoute]) -> Iterator[int]:
    """The families that the lab has some namespace send by default to the host, apart from routes that go."""
    gateways = {address.ip for interface in network.host.interfaces for address in interface.addresses}
    gone = {(action.namespace, action.route.family) for action in going}
    for namespace in network.namespaces:
        for family in FORWARDING:
            route = default_route(namespace, family)
            ours = route is not None and route.protocol == OWN_ROUTE and route.gateway in gateways
            if ours and (namespace.name, family) not in gone:
                yield family


_POSTROUTING = {"postrouting": 100}


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
    gateways = _with_way_out(network.host, gateways_of(network, switch))
    switched = closed(network.host, [gateway.family for gateway, _ in gateways])
    planned: list[Action] = []
    masquerade = []
    for gateway, uplink in gateways:
        planned += default_routes(network, switch, gateway)
        if gateway.family == 4:
            _refuse_masqueraded(network.host, gateway.network)
            rule = f'ip saddr {gateway.network} oifname "{uplink.name}" masquerade comment "{nat_note(bridge)}"'
            masquerade.append(f"add rule ip {TABLE} postrouting {rule}")
    planned += switched_on(switched)
    if switched or masquerade:
        planned.append(Nft("\n".join((*commands(_POSTROUTING if masquerade else {}, switched), *masquerade))))
    if not planned:
        raise NslabError(
            _("{bridge} has its way out already.", bridge=bridge),
            _("`%netns_nat {bridge} --off` takes it away.", bridge=bridge),
        )
    return tuple(planned)


def nat_off(network: Network, bridge: str) -> tuple[Action, ...]:
    """Take back what `nat` did for a bridge; forwarding goes off again if the lab switched it on."""
    switch = find_bridge(network, bridge)
    rules = [(chain, rule) for chain, rule in own_rules(network.host) if rule.comment == nat_note(bridge)]
    routes = idle_routes(network, switch, rules, (4, 6))
    if not rules and not routes:
        raise NslabError(
            _("{bridge} has no NAT to take away.", bridge=bridge), _("`%netns_nat {bridge}` makes it.", bridge=bridge)
        )
    return (*routes, *taken_back(network, rules, routes))


def gateways_of(network: Network, bridge: Interface) -> list[Address]:
    """The bridge's own addresses, one for each family: what its namespaces use as their gateway."""
    found = {address.family: address for address in reversed(bridge.addresses) if address.scope == "global"}
    if not found:
        raise NslabError(
            _("{name} has no address, so the namespaces on it have no gateway.", name=bridge.name),
            _(
                "`sudo ip address add {free_gateway} dev {name}` gives it one.",
                free_gateway=_free_gateway(network, bridge),
                name=bridge.name,
            ),
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
        if near and not default_route(namespace, gateway.family):
            yield AddRoute(Route("default", gateway.family, gateway.ip, protocol=OWN_ROUTE), "", namespace.name)


def idle_routes(
    network: Network, bridge: Interface, going: Collection[Placed], families: Collection[int]
) -> list[DeleteRoute]:
    """The default routes made for namespaces on a bridge that neither NAT nor a published port needs any longer.

    Parameters
    ----------
    network
        The lab as it is.
    bridge
        The bridge.
    going
        The lab's rules that are about to go.
    families
        Whose routes to look at. Published ports need IPv4's alone.
    """
    plugged = [namespace for namespace, _ in members(network, bridge)]
    left = {pair[1].comment for pair in own_rules(network.host) if pair not in going}
    published = any(publish_note(namespace.name) in left for namespace in plugged)
    if nat_note(bridge.name) in left:
        return []
    gateways = {a.ip for a in bridge.addresses if a.family in families and not (published and a.family == 4)}
    return [
        DeleteRoute(Route("default", route.family, route.gateway, protocol=OWN_ROUTE), "", namespace.name)
        for namespace in plugged
        for route in namespace.routes
        if route.destination == "default" and route.gateway in gateways and route.protocol == OWN_ROUTE
    ]


def _with_way_out(host: Namespace, gateways: list[Address]) -> list[tuple[Address, Interface]]:
    """The gateways of families that the host has a way out for, each with the interface that leads out."""
    found = []
    for gateway in gateways:
        route = default_route(host, gateway.family)
        interface = host.interface(route.interface) if route else None
        if interface:
            found.append((gateway, interface))
    if not found:
        raise NslabError(
            _("The host itself has no way out: it has no IPv{family} default route.", family=gateways[0].family),
            _("`%netns_internet` gives it an uplink."),
        )
    return found


def _refuse_masqueraded(host: Namespace, subnet: str) -> None:
    for chain in host.firewall.base_chains("postrouting", 4):
        for rule in chain.rules:
            plain = {match.field: match.values for match in rule.matches if not match.negated}
            everywhere = not any(name.endswith(("daddr", "dport")) for name in plain)  # a hairpin's is for one place
            if rule.verdict.kind in ("masquerade", "snat") and plain.get("ip saddr") == (subnet,) and everywhere:
                raise NslabError(
                    _(
                        "{subnet} is masqueraded already, by a rule in table {family} {table}.",
                        subnet=subnet,
                        family=chain.family,
                        table=chain.table,
                    ),
                    _(
                        "It does what this would do. If it is yours, `sudo nft {deletion}` removes it.",
                        deletion=deletion(chain, rule),
                    ),
                )


def _free_gateway(network: Network, bridge: Interface) -> str:
    """The first free address of the subnet that the bridge's namespaces are in."""
    for _place, interface in members(network, bridge):
        for address in interface.addresses:
            if address.scope == "global":
                taken = {a.ip for _place, near in members(network, bridge) for a in near.addresses}
                hosts = ipaddress.ip_network(address.network).hosts()
                return next(f"{ip}/{address.prefix}" for ip in hosts if str(ip) not in taken)
    return "172.16.0.1/16"
