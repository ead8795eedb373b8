"""A namespace's page beside the live picture, as plain data: tables, each with the command that shows the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..core.foreign import shown, shown_lines
from ..core.model.diff import condition, route_text, rule_text
from ..core.model.network import HOST, Interface, Namespace, Network
from ..core.operations.actions import ip, within
from ..core.translation import _, all_translated
from ..linux.counters import Counters

_MAIN_TABLE = 254
_BUILT_IN = (0, 32766, 32767)  # priorities of the rules that every namespace has (ip-rule(8))
_WORDS = {
    "interfaces": _("Interfaces"),
    "routes": _("Routes"),
    "rules": _("Routing policy"),
    "neighbours": _("Neighbours (ARP, NDP)"),
    "firewall": _("Firewall"),
    "sockets": _("Listening sockets"),
    "traffic": _("Traffic"),
    "interface": _("interface"),
    "state": _("state"),
    "addresses": _("addresses"),
    "other": _("other end"),
    "received": _("received"),
    "sent": _("sent"),
    "dropped": _("dropped"),
    "packets": _("{} packets, {}"),
    "down": _("down"),
    "up": _("up"),
    "no-carrier": _("up, no carrier"),
    "in": _("{0} in {1}"),
    "port": _("port of {}"),
}


def pages(network: Network, language: str) -> dict[str, Any]:
    """Every namespace's page, by its name as it is shown."""
    return {shown(namespace.name): _page(network, namespace, language) for namespace in network.everywhere}


def traffic(namespace: Namespace, counters: Mapping[str, Counters], language: str) -> list[dict[str, Any]]:
    """The parts of a page that no event reports, so that they have to be asked for: neighbours, sockets, counters."""
    words, name = all_translated(_WORDS, language), namespace.name
    sockets = [[s.protocol, f"[{s.ip}]:{s.port}" if ":" in s.ip else f"{s.ip}:{s.port}"] for s in namespace.listeners]
    rows = [
        [
            interface,
            words["packets"].format(seen.received_packets, _size(seen.received_bytes)),
            words["packets"].format(seen.sent_packets, _size(seen.sent_bytes)),
            str(seen.dropped),
        ]
        for interface, seen in counters.items()
    ]
    heads = [words[key] for key in ("interface", "received", "sent", "dropped")]
    return [
        _section(words["neighbours"], ip(name, "neighbour"), _neighbours(namespace)),
        _section(words["sockets"], within(name, "ss", "-ltunp"), sockets),
        _section(words["traffic"], ip(name, "-s", "link"), rows, heads),
    ]


def _page(network: Network, namespace: Namespace, language: str) -> dict[str, Any]:
    words, name = all_translated(_WORDS, language), namespace.name
    heads = [words["interface"], words["state"], words["addresses"], words["other"]]
    interfaces = [_interface(network, namespace, interface, words) for interface in namespace.interfaces]
    routes = [[route_text(namespace, route)] for route in namespace.routes if route.table == _MAIN_TABLE]
    rules = [[rule_text(rule)] for rule in namespace.rules if rule.priority not in _BUILT_IN]
    title = network.hostname if name == HOST else namespace.title
    optional = [
        _section(words["rules"], ip(name, "rule"), rules),
        _section(words["firewall"], within(name, "nft", "list", "ruleset"), _firewall(namespace)),
    ]
    return {
        "title": shown(title),
        "sections": [
            _section(words["interfaces"], ip(name, "address"), interfaces, heads),
            _section(words["routes"], ip(name, "route"), routes),
            *[section for section in optional if section["rows"]],
        ],
    }


def _section(title: str, command: str, rows: Iterable[list[str]], heads: Iterable[str] = ()) -> dict[str, Any]:
    lines = [[shown_lines(cell) for cell in row] for row in rows]
    return {"title": title, "command": shown_lines(command), "heads": list(heads), "rows": lines}


def _interface(network: Network, namespace: Namespace, interface: Interface, words: Mapping[str, str]) -> list[str]:
    addresses = "\n".join((interface.mac, *(address.cidr for address in interface.addresses)))
    return [interface.name, words[condition(interface)], addresses, _end(network, namespace, interface, words)]


def _end(network: Network, namespace: Namespace, interface: Interface, words: Mapping[str, str]) -> str:
    parts = []
    peer = network.peer(interface)
    if peer:
        there = network.hostname if peer[0].name == HOST else peer[0].title
        parts.append(words["in"].format(peer[1].name, there))
    master = namespace.interface(interface.master)
    if master:
        parts.append(words["port"].format(master.name))
    return "\n".join(parts)


def _neighbours(namespace: Namespace) -> list[list[str]]:
    rows = []
    for neighbour in namespace.neighbours:
        interface = namespace.interface(neighbour.interface)
        rows.append([neighbour.ip, neighbour.mac, interface.name if interface else "", neighbour.state])
    return rows


def _firewall(namespace: Namespace) -> list[list[str]]:
    return [
        [f"{chain.family} {chain.table} {chain.name}", rule.text]
        for chain in namespace.firewall.chains
        for rule in chain.rules
    ]


def _size(count: int) -> str:
    """Bytes as people say them, in units of 1000."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000  # type: ignore[assignment]
    return f"{count:.1f} GB"
