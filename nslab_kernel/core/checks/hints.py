"""Hints for a claim that doesn't hold: first where to look, then what to compare, last the command."""

from __future__ import annotations

from ..model.network import HOST, Network
from ..operations.actions import AddNamespace
from ..translation import _
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
    "namespace": (_("Look at the list of namespaces."), _("`ip netns list` shows no {name}.")),
    "exists": (_("Look at the list of namespaces, and of the host's interfaces."), _("`ip netns list`, `ip -br link`")),
    "up": (_("Look at the interface {interface}."), _("Compare the word after `state`: `{ip} link show {interface}`")),
    "carrier": (
        _("Look at both ends of the cable at {interface}."),
        _("Which of the two is down? `ip -br link` on both sides"),
    ),
    "address": (
        _("Look at the addresses of {namespace}."),
        _("Compare with {address}, the prefix length with it: `{ip} -br address`"),
    ),
    "route": (_("Look at the routing table of {namespace}."), _("Compare the gateway with {gateway}: `{ip} route`")),
    "port": (
        _("Look at what is connected to the bridge {bridge}."),
        _("`ip link show master {bridge}` lists its ports."),
    ),
    "masquerade": (
        _("Look at where the source address of packets from {subnet} is rewritten."),
        _("Which rules are there at the hook postrouting? `nft list ruleset`"),
    ),
    "forward": (_("Is {namespace} a router?"), _("Compare with 1: `{command}`")),
    "reach": (
        _(
            "Follow the packet from {source} to {target}: link, address, route, neighbour, bridge, router, firewall; "
            "then back."
        ),
        _("Watch where it is seen last: `tcpdump -n -i any` in {source}, in the host, at the target."),
    ),
    "no reach": (
        _("Packets from {source} still reach {target}. Which way do they take?"),
        _("At which place on the way can they be stopped, and nothing else with them?"),
    ),
    "sees": (
        _("Look at where the source address of packets from {source} is rewritten, and where it isn't."),
        _("Compare the addresses at both ends: `tcpdump -n icmp` in {source} and in {viewer}."),
    ),
    "overhears": (
        _("Look at where packets of {source} are forwarded: does the bridge know behind which port its partner is?"),
        _("`bridge fdb show` lists what it has learned; `tcpdump -n icmp` in {viewer} shows what comes by."),
    ),
    "says": (
        _("Look at who answers at {url}, and whether anybody does."),
        _("Compare: which server listens where (`ss -ltn`), and where is the connection sent (`nft list ruleset`)?"),
    ),
    "resolves": (
        _("Look at which server the programs of {namespace} ask."),
        _("`ip netns exec {namespace} cat /etc/resolv.conf` shows it; the file is /etc/netns/{namespace}/resolv.conf."),
    ),
    "sends": (
        _("Look at what size each interface on the way accepts."),
        _("Compare the numbers after `mtu` in `ip link`, on both sides of every cable."),
    ),
    "via": (
        _("Look at the routes on the way from {source}."),
        _("`ip route get {target}` in each namespace names the next hop."),
    ),
    "answers": (
        _("Look at where the question is sent, and which process takes it."),
        _("Compare: who listens at that port (`ss -ltn` in each namespace), and which rule leads there?"),
    ),
}


def hints(claim: Claim, command: str, network: Network) -> tuple[str, ...]:
    """Hints for a claim that doesn't hold, each more exact than the one before.

    Parameters
    ----------
    claim
        What doesn't hold.
    command
        What makes it so, or explains why it isn't so; empty if no one command does.
    network
        The lab as it is now.
    """
    absent = next((name for name in _namespaces(claim) if network.get(name) is None), "")
    if absent:
        where, compare = _WORDS["namespace"]
        return where, compare.filled(name=absent), f"`{AddNamespace(absent).command()}`"
    key, values = _key(claim)
    found: list[str] = [words.filled(**values) for words in _WORDS[key]]
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


def _key(claim: Claim) -> tuple[str, dict[str, str]]:
    """Which hints fit a claim, and the values that they name."""
    match claim:
        case IsUp():
            return "up", {"interface": claim.interface, "ip": _ip(claim.namespace)}
        case HasCarrier():
            return "carrier", {"interface": claim.interface}
        case HasAddress():
            return "address", {"namespace": claim.namespace, "address": claim.cidr, "ip": _ip(claim.namespace)}
        case RoutesVia():
            return "route", {"namespace": claim.namespace, "gateway": claim.gateway, "ip": _ip(claim.namespace)}
        case IsPort():
            return "port", {"bridge": claim.bridge}
        case Masquerades():
            return "masquerade", {"subnet": claim.subnet}
        case Forwards():
            family = "net.ipv4.ip_forward" if claim.family == 4 else "net.ipv6.conf.all.forwarding"
            place = "" if claim.namespace == HOST else f"ip netns exec {claim.namespace} "
            return "forward", {"namespace": claim.namespace, "command": f"{place}sysctl {family}"}
        case Exists():
            return "exists", {}
        case Reaches():
            return "reach" if claim.expected else "no reach", {"source": claim.source, "target": claim.target}
        case Sees():
            return "sees", {"source": claim.source, "viewer": claim.viewer}
        case Overhears():
            return "overhears", {"source": claim.source, "viewer": claim.viewer}
        case Says():
            return "says", {"url": claim.url}
        case Resolves():
            return "resolves", {"namespace": claim.namespace}
        case Sends():
            return "sends", {}
        case GoesVia():
            return "via", {"source": claim.source, "target": claim.target}
        case AnswersFrom():
            return "answers", {}


def _ip(namespace: str) -> str:
    return "ip" if namespace in ("", HOST) else f"ip -n {namespace}"
