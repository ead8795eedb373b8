"""Hints for a claim that doesn't hold: first where to look, then what to compare, last the command."""

from __future__ import annotations

from ..model.network import HOST, Network
from ..operations.actions import AddNamespace
from ..translation import _, translated
from .parse import (
    AnswersFrom,
    Claim,
    Exists,
    Forwards,
    GoesVia,
    HasAddress,
    HasCarrier,
    IsPort,
    IsUp,
    Masquerades,
    Overhears,
    Reaches,
    Resolves,
    RoutesVia,
    Says,
    Sees,
    Sends,
)

_WORDS = {
    "namespace": (_("Look at the list of namespaces."), _("`ip netns list` shows no {0}.")),
    "exists": (_("Look at the list of namespaces, and of the host's interfaces."), _("`ip netns list`, `ip -br link`")),
    "up": (_("Look at the interface {0}."), _("Compare the word after `state`: `{1} link show {0}`")),
    "carrier": (
        _("Look at both ends of the cable at {0}."),
        _("Which of the two is down? `ip -br link` on both sides"),
    ),
    "address": (
        _("Look at the addresses of {0}."),
        _("Compare with {1}, the prefix length with it: `{2} -br address`"),
    ),
    "route": (_("Look at the routing table of {0}."), _("Compare the gateway with {1}: `{2} route`")),
    "port": (_("Look at what is connected to the bridge {0}."), _("`ip link show master {0}` lists its ports.")),
    "masquerade": (
        _("Look at where the source address of packets from {0} is rewritten."),
        _("Which rules are there at the hook postrouting? `nft list ruleset`"),
    ),
    "forward": (_("Is {0} a router?"), _("Compare with 1: `{1}`")),
    "reach": (
        _("Follow the packet from {0} to {1}: link, address, route, neighbour, bridge, router, firewall; then back."),
        _("Watch where it is seen last: `tcpdump -n -i any` in {0}, in the host, at the target."),
    ),
    "no reach": (
        _("Packets from {0} still reach {1}. Which way do they take?"),
        _("At which place on the way can they be stopped, and nothing else with them?"),
    ),
    "sees": (
        _("Look at where the source address of packets from {0} is rewritten, and where it isn't."),
        _("Compare the addresses at both ends: `tcpdump -n icmp` in {0} and in {1}."),
    ),
    "overhears": (
        _("Look at where packets of {0} are forwarded: does the bridge know behind which port its partner is?"),
        _("`bridge fdb show` lists what it has learned; `tcpdump -n icmp` in {1} shows what comes by."),
    ),
    "says": (
        _("Look at who answers at {0}, and whether anybody does."),
        _("Compare: which server listens where (`ss -ltn`), and where is the connection sent (`nft list ruleset`)?"),
    ),
    "resolves": (
        _("Look at which server the programs of {0} ask."),
        _("`ip netns exec {0} cat /etc/resolv.conf` shows it; the file is /etc/netns/{0}/resolv.conf."),
    ),
    "sends": (
        _("Look at what size each interface on the way accepts."),
        _("Compare the numbers after `mtu` in `ip link`, on both sides of every cable."),
    ),
    "via": (
        _("Look at the routes on the way from {0}."),
        _("`ip route get {1}` in each namespace names the next hop."),
    ),
    "answers": (
        _("Look at where the question is sent, and which process takes it."),
        _("Compare: who listens at that port (`ss -ltn` in each namespace), and which rule leads there?"),
    ),
}


def hints(claim: Claim, command: str, network: Network, language: str) -> tuple[str, ...]:
    """Hints for a claim that doesn't hold, each more exact than the one before.

    Parameters
    ----------
    claim
        What doesn't hold.
    command
        What makes it so, or explains why it isn't so; empty if no one command does.
    network
        The lab as it is now.
    language
        ``en`` or ``zh``.
    """
    absent = next((name for name in _namespaces(claim) if network.get(name) is None), "")
    if absent:
        where, compare = (translated(text, language) for text in _WORDS["namespace"])
        return where, compare.format(absent), f"`{AddNamespace(absent).command()}`"
    key, values = _key(claim)
    found = [translated(text, language).format(*values) for text in _WORDS[key]]
    if command:
        found.append(f"`{command}`")
    return tuple(found)


def _namespaces(claim: Claim) -> tuple[str, ...]:
    match claim:
        case IsUp() | HasAddress() | RoutesVia() | Masquerades() | Forwards() | Resolves():
            return (claim.namespace,) if claim.namespace else ()
        case Sees() | Overhears():
            return claim.viewer, claim.source
        case Reaches() | Says() | Sends():
            return (claim.source,)
        case GoesVia():
            return claim.source, *claim.via
        case AnswersFrom():
            return claim.names
    return ()


def _key(claim: Claim) -> tuple[str, tuple[str, ...]]:
    """Which hints fit a claim, and the values that they name."""
    match claim:
        case IsUp():
            return "up", (claim.interface, _ip(claim.namespace))
        case HasCarrier():
            return "carrier", (claim.interface,)
        case HasAddress():
            return "address", (claim.namespace, claim.cidr, _ip(claim.namespace))
        case RoutesVia():
            return "route", (claim.namespace, claim.gateway, _ip(claim.namespace))
        case IsPort():
            return "port", (claim.bridge,)
        case Masquerades():
            return "masquerade", (claim.subnet,)
        case Forwards():
            family = "net.ipv4.ip_forward" if claim.family == 4 else "net.ipv6.conf.all.forwarding"
            place = "" if claim.namespace == HOST else f"ip netns exec {claim.namespace} "
            return "forward", (claim.namespace, f"{place}sysctl {family}")
        case Exists():
            return "exists", ()
        case Reaches():
            return "reach" if claim.expected else "no reach", (claim.source, claim.target)
        case Sees():
            return "sees", (claim.source, claim.viewer)
        case Overhears():
            return "overhears", (claim.source, claim.viewer)
        case Says():
            return "says", (claim.url,)
        case Resolves():
            return "resolves", (claim.namespace,)
        case Sends():
            return "sends", ()
        case GoesVia():
            return "via", (claim.source, claim.target)
        case AnswersFrom():
            return "answers", ()


def _ip(namespace: str) -> str:
    return "ip" if namespace in ("", HOST) else f"ip -n {namespace}"
