"""Filter rules: which packets a namespace accepts, sends or passes on (nft(8), chains of type filter)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from ..errors import NslabError
from ..model.firewall import Chain, Rule
from ..model.network import HOST, Namespace, Network
from ..translation import _
from .actions import Action, Nft
from .nat import TABLE, deletion
from .plans import find_namespace

HOOKS = ("input", "forward", "output")
VERDICTS = ("accept", "drop", "reject")


@dataclass(frozen=True, slots=True)
class Condition:
    """Which packets a filter rule is about; what is empty doesn't matter."""

    source: str = ""  # a namespace, an address or a subnet
    destination: str = ""
    tcp: int | None = None  # destination port
    udp: int | None = None


def add_rule(network: Network, place: str, hook: str, verdict: str, condition: Condition) -> tuple[Action, ...]:
    """Add a filter rule to a namespace.

    Parameters
    ----------
    network
        The lab as it is.
    place
        The namespace whose packets are judged.
    hook
        ``"input"`` for those meant for it, ``"output"`` for its own, ``"forward"`` for those it passes on.
    verdict
        ``"accept"``, ``"drop"`` or ``"reject"``.
    condition
        Which packets.
    """
    namespace = find_namespace(network, place)
    if hook not in HOOKS:
        raise NslabError(
            _('"{hook}" is no place to filter.', hook=hook), _("Choose one of {hooks}.", hooks=", ".join(HOOKS))
        )
    if verdict not in VERDICTS:
        raise NslabError(
            _('"{verdict}" is no verdict.', verdict=verdict),
            _("Choose one of {verdicts}.", verdicts=", ".join(VERDICTS)),
        )
    chain = f"inet {TABLE} {hook}"
    rules = [
        f'add rule {chain} {" ".join((*words, verdict))} comment "nslab"' for words in _alternatives(network, condition)
    ]
    head = (
        f"add table inet {TABLE}",
        f"add chain {chain} {{ type filter hook {hook} priority 0 ; policy accept ; }}",
    )
    return (Nft("\n".join((*head, *rules)), namespace.name),)


def remove_rules(network: Network, place: str) -> tuple[Action, ...]:
    """Remove the filter rules that `wall` added to a namespace."""
    namespace = find_namespace(network, place)
    if not _own_chains(namespace):
        raise NslabError(
            _("{title} has no filter rules of nslab's.", title=namespace.title),
            _("`%netns_firewall host forward drop` adds one."),
        )
    return (Nft(f"delete table inet {TABLE}", namespace.name),)


def withdraw_rules(network: Network, namespace: Namespace) -> tuple[Action, ...]:
    """Remove the filter rules elsewhere that name a namespace's addresses, since it is about to go."""
    gone = {address.ip for interface in namespace.interfaces for address in interface.addresses}
    planned = []
    for place in network.everywhere:
        rules = [(chain, rule) for chain in _own_chains(place) for rule in chain.rules]
        going = [(chain, rule) for chain, rule in rules if _is_about(rule, gone)]
        if going and place is not namespace:
            lines = [deletion(chain, rule) for chain, rule in going]
            whole = f"delete table inet {TABLE}"
            planned.append(Nft(whole if len(going) == len(rules) else "\n".join(lines), place.name))
    return tuple(planned)


def _own_chains(place: Namespace) -> list[Chain]:
    return [chain for chain in place.firewall.chains if (chain.family, chain.table) == ("inet", TABLE)]


def _is_about(rule: Rule, addresses: set[str]) -> bool:
    matches = [match for match in rule.matches if match.field.endswith(("saddr", "daddr"))]
    return any(addresses.issuperset(match.values) for match in matches)


def _alternatives(network: Network, condition: Condition) -> list[list[str]]:
    """The condition in nft's words: once for each family that has addresses on both sides."""
    ports = [
        f"{protocol} dport {_port(protocol, port)}"
        for protocol, port in (("tcp", condition.tcp), ("udp", condition.udp))
        if port is not None
    ]
    sides = [
        (which, _addresses(network, text))
        for which, text in (("saddr", condition.source), ("daddr", condition.destination))
        if text
    ]
    if not sides:
        return [ports]
    found = []
    for family, word in ((4, "ip"), (6, "ip6")):
        own = [(which, addresses[family]) for which, addresses in sides]
        if all(addresses for _, addresses in own):
            found.append([f"{word} {which} {_set(addresses)}" for which, addresses in own] + ports)
    if not found:
        raise NslabError(
            _(
                "{source} and {destination} have no addresses of the same family.",
                source=condition.source,
                destination=condition.destination,
            ),
            _("`%netns` lists the addresses."),
        )
    return found


def _set(addresses: list[str]) -> str:
    return addresses[0] if len(addresses) == 1 else "{ " + ", ".join(addresses) + " }"


def _port(protocol: str, port: int) -> int:
    if not 1 <= port <= 65535:
        raise NslabError(
            _("{port} is not a port: ports go from 1 to 65535.", port=port),
            _("Write `--{protocol} 80`.", protocol=protocol),
        )
    return port


def _addresses(network: Network, text: str) -> dict[int, list[str]]:
    """By family, all addresses of a namespace, or the one address or subnet that was typed."""
    namespace = network.get(text)
    if namespace:
        return _own_addresses(namespace)
    try:
        typed = str(ipaddress.ip_network(text) if "/" in text else ipaddress.ip_address(text))
    except ValueError:
        raise NslabError(
            _('"{text}" is neither a namespace nor an address.', text=text),
            _("Write it like ns1, 172.16.1.1 or 172.16.0.0/16."),
        ) from None
    return {4: [], 6: [typed]} if ":" in typed else {4: [typed], 6: []}


def _own_addresses(namespace: Namespace) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {4: [], 6: []}
    for interface in namespace.interfaces:
        for address in interface.addresses:
            if address.scope == "global" and not interface.is_loopback:
                found[address.family].append(address.ip)
    if not any(found.values()):
        where = "The host" if namespace.name == HOST else namespace.title
        raise NslabError(_("{where} has no address to filter by.", where=where), _("`%netns` lists the addresses."))
    return found
