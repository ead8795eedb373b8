"""How a router on the way would have to translate a private source, for an answer to come back."""

from __future__ import annotations

from collections.abc import Iterator

from ..filter_actions import AddChain, AddFilterRule
from ..firewall import Chain, Match, Rule, Verdict
from ..network import Interface, Namespace
from .addresses import family_of, global_ones, is_private
from .walk import Repair, Walk


def masquerades(walk: Walk, source: str) -> tuple[Repair, ...]:
    """Rules for each router on the way there that goes from private to public addresses."""
    return tuple(_rules(walk, source))


def _rules(walk: Walk, source: str) -> Iterator[Repair]:
    family = family_of(source)
    subnet = _subnet_of(walk, source)
    for here, _, out in walk.forwarded:
        public = [address for address in global_ones(out, family) if not is_private(address.ip)]
        if public and subnet:
            yield _masquerade(here, out, subnet, family)


def _subnet_of(walk: Walk, ip: str) -> str:
    for namespace in walk.network.everywhere:
        for interface in namespace.interfaces:
            for address in interface.addresses:
                if address.ip == ip:
                    return address.network
    return ""


def _masquerade(here: Namespace, out: Interface, subnet: str, family: int) -> Repair:
    header = "ip" if family == 4 else "ip6"
    matches = (Match(f"{header} saddr", (subnet,)), Match("oifname", (out.name,)))
    rule = Rule(matches, Verdict("masquerade"), text=f'{header} saddr {subnet} oifname "{out.name}" masquerade')
    found = [c for c in here.firewall.base_chains("postrouting", family) if c.kind == "nat" and c.family == header]
    if found:
        return (AddFilterRule(found[0], rule, here.name),)
    chain = Chain(header, "nslab", "postrouting", (), "postrouting", "nat", 100)
    return AddChain(chain, here.name), AddFilterRule(chain, rule, here.name)
