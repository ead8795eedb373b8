"""How a router on the way would have to translate a private source, for an answer to come back."""

from __future__ import annotations

from collections.abc import Iterator

from ..filter_actions import AddChain, AddFilterRule
from ..firewall import Chain, Match, Rule, Verdict
from ..network import Namespace
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
            yield _masquerade(here, (_source(subnet, family), Match("oifname", (out.name,))), family)


def masquerades_of_translated(walk: Walk, source: str, destination: str) -> tuple[Repair, ...]:
    """Rules for each router that translated the destination, so that the answer comes back to it."""
    family = family_of(source)
    subnet = _subnet_of(walk, source)
    places = {step.place.namespace: None for step in walk.steps if step.kind == "translated-destination"}
    matches = (_source(subnet, family), Match(_header(family) + " daddr", (destination,)))
    routers = [here for here in map(walk.network.get, places) if here and subnet]
    return tuple(_masquerade(here, matches, family) for here in routers)


def _source(subnet: str, family: int) -> Match:
    return Match(_header(family) + " saddr", (subnet,))


def _header(family: int) -> str:
    return "ip6" if family == 6 else "ip"


def _subnet_of(walk: Walk, ip: str) -> str:
    for namespace in walk.network.everywhere:
        for interface in namespace.interfaces:
            for address in interface.addresses:
                if address.ip == ip:
                    return address.network
    return ""


def _masquerade(here: Namespace, matches: tuple[Match, ...], family: int) -> Repair:
    """A rule at the end of the chain that there is, or in a new one."""
    rule = Rule(matches, Verdict("masquerade"), text=" ".join((*map(_said, matches), "masquerade")))
    header = _header(family)
    found = [c for c in here.firewall.base_chains("postrouting", family) if c.kind == "nat" and c.family == header]
    if found:
        return (AddFilterRule(found[0], rule, here.name),)
    chain = Chain(header, "nslab", "postrouting", (), "postrouting", "nat", 100)
    return AddChain(chain, here.name), AddFilterRule(chain, rule, here.name)


def _said(match: Match) -> str:
    value = match.values[0]
    return f'{match.field} "{value}"' if match.field == "oifname" else f"{match.field} {value}"
