"""What a namespace does with packets beside switching them, in a few words each: forwarding, NAT, ports, drops."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from ..core.model.firewall import Chain, Match, Rule
from ..core.model.network import Namespace, Network
from .words import word

_MOST_DROPS = 3  # of them shown one by one; the rest are counted
_DROPS = ("drop", "reject")


@dataclass(frozen=True, slots=True)
class Note:
    """One of them."""

    kind: str  # forward, unforward, nat, publish, drop
    text: str
    details: str = ""  # the rule as nft(8) writes it


def notes(network: Network, namespace: Namespace, language: str, *, routes_out: bool = False) -> tuple[Note, ...]:
    """The notes of one namespace, in the order in which a packet meets them.

    Parameters
    ----------
    network
        The lab that the namespace is part of: addresses are shown as the names of their owners.
    namespace
        Whose rules and switches to read.
    language
        ``en`` or ``zh``.
    routes_out
        Whether others expect it to forward, so that forwarding switched off is worth a note.
    """
    found = dict.fromkeys(
        (*_published(network, namespace, language), *_forwarding(namespace, language, routes_out),
         *_drops(network, namespace, language), *_translated(namespace, language))
    )  # fmt: skip
    return tuple(found)


def _forwarding(namespace: Namespace, language: str, routes_out: bool) -> Iterator[Note]:
    on = [f for f, name in ((4, "net.ipv4.ip_forward"), (6, "net.ipv6.conf.all.forwarding"))
          if namespace.sysctl(name) == "1"]  # fmt: skip
    if on:
        suffix = " (IPv6)" if on == [6] else ""
        yield Note("forward", word("ip_forward on", language) + suffix, "net.ipv4.ip_forward = 1")
    elif routes_out:
        yield Note("unforward", word("ip_forward off", language), "net.ipv4.ip_forward = 0")


def _translated(namespace: Namespace, language: str) -> Iterator[Note]:
    for _, rule, matches in _reached(namespace, "postrouting", "nat"):
        if rule.verdict.kind not in ("masquerade", "snat") or _hairpin(matches):
            continue
        source = _value(matches, "ip saddr", "ip6 saddr") or word("anyone", language)
        out = next((match for match in matches if match.field == "oifname"), None)
        leaving = _leaving_address(namespace, out, source)
        target = rule.verdict.target or leaving or word("its address", language)
        text = word(rule.verdict.kind, language, source=source, target=target)
        if out and (target != leaving or out.negated or len(out.values) > 1):  # else the address says where it leaves
            key = "not leaving" if out.negated else "leaving"
            text += " " + word(key, language, interface=", ".join(out.values))
        yield Note("nat", text, rule.text)


def _hairpin(matches: tuple[Match, ...]) -> bool:
    """Whether a rule only brings answers back to a published port's caller in the same subnet.

    It comes with the published port and is no news beside it.
    """
    fields = {match.field for match in matches}
    return bool(fields & {"ip daddr", "ip6 daddr"}) and bool(fields & {"tcp dport", "udp dport"})


def _leaving_address(namespace: Namespace, out: Match | None, source: str) -> str:
    """The address that masquerade takes: that of the interface which the packet leaves by."""
    family = 6 if ":" in source else 4
    if out is not None and not out.negated:
        interface = namespace.interface(out.values[0])
    else:
        routes = (r for r in namespace.routes if r.destination == "default" and r.family == family)
        interface = namespace.interface(next((r.interface for r in routes), None))
    for address in interface.addresses if interface else ():
        if address.family == family and address.scope == "global":
            return address.ip
    return ""


def _published(network: Network, namespace: Namespace, language: str) -> Iterator[Note]:
    for hook in ("prerouting", "output"):
        for _, rule, matches in _reached(namespace, hook, "nat"):
            if rule.verdict.kind not in ("dnat", "redirect"):
                continue
            port = _ports(matches) or word("anyone", language)
            target = ":".join(filter(None, (_owner(network, rule.verdict.target), rule.verdict.port)))
            yield Note("publish", word("publish", language, port=port, target=target), rule.text)


def _drops(network: Network, namespace: Namespace, language: str) -> Iterator[Note]:
    found = [
        Note("drop", word("drop policy", language, chain=chain.hook), f"policy drop, {chain.name}")
        for chain in namespace.firewall.chains
        if chain.hook and chain.kind != "nat" and chain.policy == "drop"
    ]
    for hook in ("ingress", "prerouting", "input", "forward", "output", "postrouting"):
        for chain, rule, matches in _reached(namespace, hook, ""):
            if rule.verdict.kind in _DROPS:
                what = _what(network, matches, language) + ("…" if rule.unread else "")
                found.append(Note("drop", word(rule.verdict.kind, language, chain=chain.hook, what=what), rule.text))
    found = list(dict.fromkeys(found))
    yield from found[:_MOST_DROPS]
    if len(found) > _MOST_DROPS:
        details = "\n".join(note.text for note in found[_MOST_DROPS:])
        yield Note("drop", word("rules more", language, len(found) - _MOST_DROPS), details)


def _what(network: Network, matches: tuple[Match, ...], language: str) -> str:
    """Which packets a rule is about, in words."""
    parts = [_ports(matches)]
    for match in matches:
        values = ", ".join(match.values)
        if match.negated:
            values = word("not", language, values)
        if match.field in ("ip saddr", "ip6 saddr"):
            parts.append(word("from", language, _owner(network, values)))
        elif match.field in ("ip daddr", "ip6 daddr"):
            parts.append(word("to", language, _owner(network, values)))
        elif match.field in ("iifname", "iif"):
            parts.append(word("coming in", language, values))
        elif match.field in ("oifname", "oif"):
            parts.append(word("going out", language, values))
        elif match.field in ("icmp type", "icmpv6 type", "ct state", "meta mark"):
            parts.append(f"{match.field.split()[0]} {values}")
    return " ".join(filter(None, parts)) or word("everything", language)


def _ports(matches: tuple[Match, ...]) -> str:
    for match in matches:
        if match.field in ("tcp dport", "udp dport"):
            return f"{match.field.split()[0]} {', '.join(match.values)}"
    return _value(matches, "ip protocol", "meta l4proto", "ip6 nexthdr")


def _value(matches: tuple[Match, ...], *fields: str) -> str:
    found = next((match for match in matches if match.field in fields), None)
    return ("!" if found.negated else "") + ", ".join(found.values) if found else ""


def _owner(network: Network, text: str) -> str:
    """The name of the namespace that has this address, or the text itself."""
    try:
        ip = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return text
    for namespace in network.namespaces:
        for interface in namespace.interfaces:
            if any(ipaddress.ip_address(address.ip) == ip for address in interface.addresses):
                return namespace.title
    return text


def _reached(namespace: Namespace, hook: str, kind: str) -> Iterator[tuple[Chain, Rule, tuple[Match, ...]]]:
    """Every rule that packets at a hook can come to, with the conditions on the way to it."""
    for chain in namespace.firewall.chains:
        if chain.hook == hook and (chain.kind == "nat") == (kind == "nat"):
            for rule, matches in _followed(namespace, chain, (), (chain.name,)):
                yield chain, rule, matches


def _followed(
    namespace: Namespace, chain: Chain, matches: tuple[Match, ...], way: tuple[str, ...]
) -> Iterator[tuple[Rule, tuple[Match, ...]]]:
    for rule in chain.rules:
        met = matches + rule.matches
        if rule.verdict.kind in ("jump", "goto") and rule.verdict.target not in way:
            target = namespace.firewall.chain(chain, rule.verdict.target)
            if target is not None:
                yield from _followed(namespace, target, met, (*way, target.name))
        elif _possible(met):
            yield rule, met


def _possible(matches: tuple[Match, ...]) -> bool:
    """Whether a packet can meet them all: Docker's rules isolate each bridge from every other, the only one too."""
    refused = {(match.field, match.values) for match in matches if match.negated}
    return not any((match.field, match.values) in refused for match in matches if not match.negated)
