"""The lab's own NAT rules: an nft table apart from all others, which also remembers what forwarding was before.

Forwarding that the lab switched on goes off again with the last rule or route that needs it. What there is to remember
lies in the kernel, as a chain without rules in the table: so it survives the notebook.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from .actions import Action, DeleteRoute, Nft, SetSysctl
from .firewall import Chain, Rule
from .network import HOST, Namespace, Network, Route

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
    return f"nslab publish {namespace}"


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
