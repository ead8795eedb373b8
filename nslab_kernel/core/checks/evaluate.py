"""Whether claims hold: decided from one reading of the network and from what became of packets."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..model.diff import condition
from ..model.firewall import Chain, Rule
from ..model.network import HOST, Interface, Namespace, Network, Route
from ..operations.actions import AddAddress, AddNamespace, AddRoute, DeleteAddress, SetDown, SetMaster, SetSysctl, SetUp
from ..operations.nat import FORWARDING
from ..translation import Message, _
from .experiments import Experiment, Result
from .hints import hints
from .packet_claims import judge_packets
from .parse import (
    Claim,
    Exists,
    Forwards,
    HasAddress,
    HasCarrier,
    IsPort,
    IsUp,
    Masquerades,
    PacketClaim,
    Reaches,
    RoutesVia,
)

_REASONS = {
    "answered": _("answered in {time:.2f} ms"),
    "answered at": _("{ip} answered in {time:.2f} ms"),
    "silence": _("no answer from {ip}"),
    "no route": _("{source} has no route to {ip}"),
    "unreachable": _("destination unreachable: {ip}"),
    "answers itself": _("{source} has {ip} itself, on {interface}, so it answers itself instead of {other}"),
    "carrier": _("the other end of its cable is up"),
    "no carrier": _("the other end of its cable isn't up"),
    "refused": _("{ip} is reached, but nothing listens on {protocol} port {port}"),
    "prohibited": _("a firewall on the way rejects it"),
    "unknown name": _("{source} finds no address for the name {name}"),
    "failed": _("the packet couldn't be sent from {source}"),
    "no address to try": _("{target} has no address, so there is nothing to reach"),
    "no namespace": _("there is no namespace {name}"),
    "no interface": _("there is no interface {name} in {namespace}"),
    "no interface anywhere": _("there is no interface {name}"),
    "several": _("{name} is in several namespaces: {namespaces}"),
    "up": _("it is up"),
    "no-carrier": _("it is up, without carrier"),
    "down": _("it is down"),
    "has": _("on {interface}"),
    "has other": _("it has {addresses}"),
    "has none": _("it has no address"),
    "route": _("by {interface}"),
    "route other": _("its route there goes via {gateway}"),
    "route on-link": _("its route there has no gateway"),
    "route none": _("it has no such route"),
    "port": _("it is plugged in"),
    "port other": _("it is plugged into {bridge}"),
    "port none": _("it is plugged into no bridge"),
    "no bridge": _("{name} is not a bridge"),
    "masquerade": _("by a rule in table {table}"),
    "masquerade none": _("it has no such rule"),
    "on": _("{name} is {value}"),
    "there": _("it is there"),
    "not there": _("it is not there"),
}


StateClaim = IsUp | HasAddress | HasCarrier | RoutesVia | IsPort | Masquerades | Forwards | Exists

_NARROWING = ("oifname", "iifname")
"""What a masquerade rule may ask besides the source and still be the one that a subnet leaves by."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Whether a claim holds, the reason, and what would help if it doesn't."""

    holds: bool
    reason: Message
    hint: str = ""


def judge_state(claim: StateClaim, network: Network) -> Fact:
    """Whether the state of the lab is as claimed; the claim's namespace exists."""
    match claim:
        case IsUp():
            return _is_up(claim, network)
        case HasCarrier():
            return _has_carrier(claim, network)
        case HasAddress():
            return _has_address(claim, network)
        case RoutesVia():
            return _routes_via(claim, network)
        case IsPort():
            return _is_port(claim, network)
        case Masquerades():
            return _masquerades(claim, network)
        case Forwards():
            return _forwards(claim, network)
        case Exists():
            return _exists(claim, network)


def _is_up(claim: IsUp, network: Network) -> Fact:
    places = _places(network, claim.interface, claim.namespace)
    if not places:
        if claim.namespace:
            words = _REASONS["no interface"].filled(name=claim.interface, namespace=claim.namespace)
        else:
            words = _REASONS["no interface anywhere"].filled(name=claim.interface)
        return Fact(False, words)
    if len(places) > 1:
        names = ", ".join(namespace.name for namespace, _ in places)
        state = "up" if claim.expected else "down"
        hint = f"{claim.interface} in {places[0][0].name} is {state}"
        return Fact(False, _REASONS["several"].filled(name=claim.interface, namespaces=names), hint)
    namespace, interface = places[0]
    cure = SetUp if claim.expected else SetDown
    words = _REASONS[condition(interface)]
    return Fact(interface.up == claim.expected, words, cure(interface.name, namespace.name).command())


def _has_carrier(claim: HasCarrier, network: Network) -> Fact:
    places = _places(network, claim.interface, "")
    if not places:
        return Fact(False, _REASONS["no interface anywhere"].filled(name=claim.interface))
    interface = places[0][1]
    if not interface.up:
        return Fact(not claim.expected, _REASONS["down"])
    return Fact(interface.carrier == claim.expected, _REASONS["carrier" if interface.carrier else "no carrier"])


def _places(network: Network, name: str, where: str) -> list[tuple[Namespace, Interface]]:
    """Where an interface of this name is: in the namespace asked for, else in the host, else anywhere."""
    if where:
        searched = [namespace for namespace in [network.get(where)] if namespace]
    elif network.host.interface(name):
        searched = [network.host]
    else:
        searched = list(network.namespaces)
    return [(namespace, found) for namespace in searched if (found := namespace.interface(name))]


def _has_address(claim: HasAddress, network: Network) -> Fact:
    namespace = network.get(claim.namespace) or network.host
    wanted = ipaddress.ip_interface(claim.cidr)
    others = []
    for interface in namespace.interfaces:
        for address in interface.addresses:
            if ipaddress.ip_interface(address.cidr) == wanted:
                cure = DeleteAddress(interface.name, claim.cidr, namespace.name).command()
                return Fact(claim.expected, _REASONS["has"].filled(interface=interface.name), cure)
            if address.scope == "global":
                others.append(address.cidr)
    words = _REASONS["has other"].filled(addresses=", ".join(others)) if others else _REASONS["has none"]
    return Fact(not claim.expected, words, _add_address(claim, namespace))


def _add_address(claim: HasAddress, namespace: Namespace) -> str:
    """The command, if there is one interface alone that can be meant; in the host that is the bridge."""
    kinds = ("bridge",) if namespace.name == HOST else ("veth", "")
    fitting = [interface for interface in namespace.interfaces if interface.kind in kinds]
    return AddAddress(fitting[0].name, claim.cidr, namespace.name).command() if len(fitting) == 1 else ""


def _routes_via(claim: RoutesVia, network: Network) -> Fact:
    namespace = network.get(claim.namespace) or network.host
    family = 6 if ":" in claim.gateway else 4
    found = [r for r in namespace.routes if r.destination == claim.destination and r.family == family]
    for route in found:
        if route.gateway == claim.gateway:
            out = namespace.interface(route.interface)
            return Fact(True, _REASONS["route"].filled(interface=out.name if out else claim.gateway))
    if not found:
        words = _REASONS["route none"]
    elif found[0].gateway:
        words = _REASONS["route other"].filled(gateway=found[0].gateway)
    else:
        words = _REASONS["route on-link"]
    wanted = Route(claim.destination, family=family, gateway=claim.gateway)
    return Fact(False, words, AddRoute(wanted, namespace=namespace.name).command())


def _is_port(claim: IsPort, network: Network) -> Fact:
    for namespace in network.everywhere:
        interface = namespace.interface(claim.interface)
        bridge = namespace.interface(claim.bridge)
        if interface and bridge:
            return _port_of(claim, namespace, interface, bridge)
    known = any(namespace.interface(claim.interface) for namespace in network.everywhere)
    missing = claim.bridge if known else claim.interface
    return Fact(False, _REASONS["no interface anywhere"].filled(name=missing))


def _port_of(claim: IsPort, namespace: Namespace, interface: Interface, bridge: Interface) -> Fact:
    if bridge.kind != "bridge":
        return Fact(False, _REASONS["no bridge"].filled(name=claim.bridge))
    master = namespace.interface(interface.master)
    if master is None:
        words = _REASONS["port none"]
    else:
        words = _REASONS["port"] if master is bridge else _REASONS["port other"].filled(bridge=master.name)
    wanted = bridge.name if claim.expected else ""
    cure = SetMaster(interface.name, wanted, namespace.name).command()
    return Fact((master is bridge) == claim.expected, words, cure)


def _masquerades(claim: Masquerades, network: Network) -> Fact:
    namespace = network.get(claim.namespace) or network.host
    subnet = ipaddress.ip_network(claim.subnet)
    for chain in namespace.firewall.base_chains("postrouting", subnet.version):
        for reached in _reached(namespace, chain):
            if any(_translates(rule, subnet) for rule in reached.rules):
                words = _REASONS["masquerade"].filled(table=f"{reached.family} {reached.table}")
                return Fact(claim.expected, words, "%netns_nat BRIDGE --off")
    return Fact(not claim.expected, _REASONS["masquerade none"], "%netns_nat BRIDGE")


def _reached(namespace: Namespace, chain: Chain) -> list[Chain]:
    """A chain and those that its unconditional jumps lead to, in order, each once."""
    reached = [chain]
    for at in reached:
        for rule in at.rules:
            if rule.verdict.kind in ("jump", "goto") and not rule.matches:
                target = namespace.firewall.chain(at, rule.verdict.target)
                if target and target not in reached:
                    reached.append(target)
    return reached


def _translates(rule: Rule, subnet: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    if rule.verdict.kind not in ("masquerade", "snat") or rule.unread:
        return False
    source = "ip saddr" if subnet.version == 4 else "ip6 saddr"
    for match in rule.matches:
        if match.field == source and not match.negated:
            if not any(_covers(value, subnet) for value in match.values):
                return False
        elif match.field not in _NARROWING:
            return False
    return True


def _covers(value: str, subnet: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    try:
        there = ipaddress.ip_network(value)
    except ValueError:  # a range, or a named set
        return False
    return there.version == subnet.version and subnet.subnet_of(there)  # type: ignore[arg-type]


def _forwards(claim: Forwards, network: Network) -> Fact:
    namespace = network.get(claim.namespace) or network.host
    name = FORWARDING[claim.family]
    value = namespace.sysctl(name)
    cure = SetSysctl(name, "1" if claim.expected else "0", namespace.name).command()
    return Fact((value == "1") == claim.expected, _REASONS["on"].filled(name=name, value=value), cure)


def _exists(claim: Exists, network: Network) -> Fact:
    there = network.get(claim.name) is not None or network.host.interface(claim.name) is not None
    words = _REASONS["there" if there else "not there"]
    hint = AddNamespace(claim.name).command() if claim.expected else ""
    return Fact(there == claim.expected, words, hint)


@dataclass(frozen=True, slots=True)
class Probe:
    """A packet to be sent: from a namespace, to an address or a name to be looked up; ``port`` is 0 for icmp."""

    source: str
    address: str
    protocol: str = "icmp"
    port: int = 0


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """What became of a probe.

    Parameters
    ----------
    how
        ``answered``, or why not: ``silence``, ``no route``, ``unreachable`` (says a router, or the neighbour doesn't
        answer), ``refused``, ``prohibited``, ``unknown name``, ``failed``.
    seconds
        How long the answer took.
    address
        The address that was tried: the probe's own, or what its name was looked up as; empty for an unknown name.
    """

    how: str
    seconds: float = 0.0
    address: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a claim holds, why, and, where it doesn't, hints, each more exact than the one before."""

    claim: str
    holds: bool
    reason: str = ""
    hints: tuple[str, ...] = ()


def probes(claim: Claim, network: Network) -> tuple[Probe, ...]:
    """The packets that must be sent to judge a claim; none where reading the kernel's state is enough."""
    if not isinstance(claim, Reaches) or network.get(claim.source) is None:
        return ()
    return tuple(
        Probe(claim.source, address, claim.protocol, claim.port) for address in _addresses(network, claim.target)
    )


def command_of(claim: Claim, network: Network) -> tuple[str, str]:
    """Where which shell command sends the packet that a claim is about; both empty for claims about none."""
    for probe in probes(claim, network):
        if probe.protocol == "icmp":
            return probe.source, f"ping -c 1 -W 1 {probe.address}"
        return probe.source, f"timeout 1 bash -c 'echo > /dev/{probe.protocol}/{probe.address}/{probe.port}'"
    return "", ""


def judge(
    claim: Claim,
    network: Network,
    answers: Mapping[Probe, ProbeAnswer],
    observed: Mapping[Experiment, Result] = MappingProxyType({}),
) -> Verdict:
    """Whether a claim holds.

    Parameters
    ----------
    claim
        What is claimed.
    network
        The lab as it is now.
    answers
        What became of the claim's `probes`.
    observed
        What became of the claim's `nslab_kernel.core.checks.packet_claims.experiments`.
    """
    fact = _fact(claim, network, answers, observed)
    helping = () if fact.holds else hints(claim, fact.hint, network)
    return Verdict(claim.text, fact.holds, fact.reason, helping)


def _fact(
    claim: Claim,
    network: Network,
    answers: Mapping[Probe, ProbeAnswer],
    observed: Mapping[Experiment, Result],
) -> Fact:
    if isinstance(claim, PacketClaim):
        return Fact(*judge_packets(claim, network, observed))
    unknown = _unknown_namespace(claim, network)
    if unknown:
        return Fact(False, _REASONS["no namespace"].filled(name=unknown))
    if isinstance(claim, Reaches):
        return _reach(claim, network, answers)
    return judge_state(claim, network)


def _unknown_namespace(claim: Reaches | StateClaim, network: Network) -> str:
    if isinstance(claim, (IsPort, Exists, HasCarrier)):
        return ""
    names = (claim.source,) if isinstance(claim, Reaches) else (claim.namespace,)
    return next((name for name in names if name and network.get(name) is None), "")


def _addresses(network: Network, target: str) -> tuple[str, ...]:
    """Where a target is to be tried: its addresses for a namespace, itself for an address or a name."""
    namespace = None if _is_address(target) else network.get(target)
    if namespace is None:
        return (target,)
    found = [address for interface in namespace.interfaces for address in interface.addresses]
    return tuple(address.ip for address in sorted(found, key=lambda a: a.family) if address.scope == "global")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _reach(claim: Reaches, network: Network, answers: Mapping[Probe, ProbeAnswer]) -> Fact:
    tried = [(probe, answers[probe]) for probe in probes(claim, network)]
    if not tried:
        return Fact(not claim.expected, _REASONS["no address to try"].filled(target=claim.target), _why(claim))
    answered = [(probe, answer) for probe, answer in tried if answer.how == "answered"]
    for _probe, answer in answered:
        itself = _answers_itself(network, claim.source, answer.address)
        if itself:
            interface, other = itself
            words = _REASONS["answers itself"].filled(
                source=claim.source, ip=answer.address, interface=interface, other=other
            )
            return Fact(False, words)
    if answered:
        probe, answer = answered[0]
        milliseconds = 1000 * answer.seconds
        if probe.address == claim.target:
            words = _REASONS["answered"].filled(time=milliseconds)
        else:
            words = _REASONS["answered at"].filled(ip=probe.address, time=milliseconds)
        return Fact(claim.expected, words, _why(claim))
    probe, answer = tried[0]
    return Fact(not claim.expected, _why_not(claim, probe, answer.how), _why(claim))


def _answers_itself(network: Network, source: str, address: str) -> tuple[str, str] | None:
    """Where a source has an address that is also another's, and whose: then its packets never leave it.

    Loopback and link-local addresses are everybody's own, so they mean the source itself.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.is_loopback or ip.is_link_local:
        return None
    here = {one.name for one in network.everywhere if one.name != source and _holder(one, address)}
    namespace = network.get(source)
    own = _holder(namespace, address) if namespace else ""
    return (own, min(here)) if own and here else None


def _holder(namespace: Namespace, address: str) -> str:
    """The interface of a namespace that has an address; empty if none has."""
    found = (one.name for one in namespace.interfaces for given in one.addresses if given.ip == address)
    return next(found, "")


def _why(claim: Reaches) -> str:
    """What explains where a packet stops, or which way it takes."""
    port = f" --{claim.protocol} {claim.port}" if claim.port else ""
    return f"%netns_why {claim.source} {claim.target}{port}"


def _why_not(claim: Reaches, probe: Probe, how: str) -> Message:
    ip = probe.address
    return _REASONS[how].filled(source=probe.source, ip=ip, name=ip, protocol=claim.protocol, port=claim.port)
