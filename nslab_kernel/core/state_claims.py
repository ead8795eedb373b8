"""Claims that the kernel's present state decides, without sending a packet."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from .actions import AddAddress, AddNamespace, AddRoute, DeleteAddress, SetDown, SetMaster, SetSysctl, SetUp
from .changes import condition
from .claim import Exists, Forwards, HasAddress, IsPort, IsUp, Masquerades, RoutesVia
from .claim_words import reason
from .firewall import Chain, Rule
from .names import did_you_mean
from .network import HOST, Interface, Namespace, Network, Route
from .own_table import FORWARDING

StateClaim = IsUp | HasAddress | RoutesVia | IsPort | Masquerades | Forwards | Exists

_NARROWING = ("oifname", "iifname")
"""What a masquerade rule may ask besides the source and still be the one that a subnet leaves by."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a claim holds, the reason, and what would help if it doesn't."""

    holds: bool
    reason: str
    hint: str = ""


def judge_state(claim: StateClaim, network: Network, language: str) -> Finding:
    """Whether the state of the lab is as claimed; the claim's namespace exists."""
    match claim:
        case IsUp():
            return _is_up(claim, network, language)
        case HasAddress():
            return _has_address(claim, network, language)
        case RoutesVia():
            return _routes_via(claim, network, language)
        case IsPort():
            return _is_port(claim, network, language)
        case Masquerades():
            return _masquerades(claim, network, language)
        case Forwards():
            return _forwards(claim, network, language)
        case Exists():
            return _exists(claim, network, language)


def _is_up(claim: IsUp, network: Network, language: str) -> Finding:
    places = _places(network, claim.interface, claim.namespace)
    if not places:
        if claim.namespace:
            words = reason(language, "no interface", claim.interface, claim.namespace)
        else:
            words = reason(language, "no interface anywhere", claim.interface)
        return Finding(False, words, _nearest(network, claim.interface))
    if len(places) > 1:
        names = ", ".join(namespace.name for namespace, _ in places)
        state = "up" if claim.expected else "down"
        hint = f"{claim.interface} in {places[0][0].name} is {state}"
        return Finding(False, reason(language, "several", claim.interface, names), hint)
    namespace, interface = places[0]
    cure = SetUp if claim.expected else SetDown
    words = reason(language, condition(interface))
    return Finding(interface.up == claim.expected, words, cure(interface.name, namespace.name).command())


def _places(network: Network, name: str, where: str) -> list[tuple[Namespace, Interface]]:
    """Where an interface of this name is: in the namespace asked for, else in the host, else anywhere."""
    if where:
        searched = [namespace for namespace in [network.get(where)] if namespace]
    elif network.host.interface(name):
        searched = [network.host]
    else:
        searched = list(network.namespaces)
    return [(namespace, found) for namespace in searched if (found := namespace.interface(name))]


def _nearest(network: Network, name: str) -> str:
    known = {interface.name for namespace in network.everywhere for interface in namespace.interfaces}
    return did_you_mean(name, sorted(known)).strip()


def _has_address(claim: HasAddress, network: Network, language: str) -> Finding:
    namespace = network.get(claim.namespace) or network.host
    wanted = ipaddress.ip_interface(claim.cidr)
    others = []
    for interface in namespace.interfaces:
        for address in interface.addresses:
            if ipaddress.ip_interface(address.cidr) == wanted:
                cure = DeleteAddress(interface.name, claim.cidr, namespace.name).command()
                return Finding(claim.expected, reason(language, "has", interface.name), cure)
            if address.scope == "global":
                others.append(address.cidr)
    words = reason(language, "has other", ", ".join(others)) if others else reason(language, "has none")
    return Finding(not claim.expected, words, _add_address(claim, namespace))


def _add_address(claim: HasAddress, namespace: Namespace) -> str:
    """The command, if there is one interface alone that can be meant; in the host that is the bridge."""
    kinds = ("bridge",) if namespace.name == HOST else ("veth", "")
    fitting = [interface for interface in namespace.interfaces if interface.kind in kinds]
    return AddAddress(fitting[0].name, claim.cidr, namespace.name).command() if len(fitting) == 1 else ""


def _routes_via(claim: RoutesVia, network: Network, language: str) -> Finding:
    namespace = network.get(claim.namespace) or network.host
    family = 6 if ":" in claim.gateway else 4
    found = [r for r in namespace.routes if r.destination == claim.destination and r.family == family]
    for route in found:
        if route.gateway == claim.gateway:
            out = namespace.interface(route.interface)
            return Finding(True, reason(language, "route", out.name if out else claim.gateway))
    if not found:
        words = reason(language, "route none")
    elif found[0].gateway:
        words = reason(language, "route other", found[0].gateway)
    else:
        words = reason(language, "route on-link")
    wanted = Route(claim.destination, family=family, gateway=claim.gateway)
    return Finding(False, words, AddRoute(wanted, namespace=namespace.name).command())


def _is_port(claim: IsPort, network: Network, language: str) -> Finding:
    for namespace in network.everywhere:
        interface = namespace.interface(claim.interface)
        bridge = namespace.interface(claim.bridge)
        if interface and bridge:
            return _port_of(claim, namespace, interface, bridge, language)
    known = any(namespace.interface(claim.interface) for namespace in network.everywhere)
    missing = claim.bridge if known else claim.interface
    return Finding(False, reason(language, "no interface anywhere", missing), _nearest(network, missing))


def _port_of(claim: IsPort, namespace: Namespace, interface: Interface, bridge: Interface, language: str) -> Finding:
    if bridge.kind != "bridge":
        return Finding(False, reason(language, "no bridge", claim.bridge))
    master = namespace.interface(interface.master)
    if master is None:
        words = reason(language, "port none")
    else:
        words = reason(language, "port") if master is bridge else reason(language, "port other", master.name)
    wanted = bridge.name if claim.expected else ""
    cure = SetMaster(interface.name, wanted, namespace.name).command()
    return Finding((master is bridge) == claim.expected, words, cure)


def _masquerades(claim: Masquerades, network: Network, language: str) -> Finding:
    namespace = network.get(claim.namespace) or network.host
    subnet = ipaddress.ip_network(claim.subnet)
    for chain in namespace.firewall.base_chains("postrouting", subnet.version):
        for reached in _reached(namespace, chain):
            if any(_translates(rule, subnet) for rule in reached.rules):
                words = reason(language, "masquerade", f"{reached.family} {reached.table}")
                return Finding(claim.expected, words, "%netns_nat BRIDGE --off")
    return Finding(not claim.expected, reason(language, "masquerade none"), "%netns_nat BRIDGE")


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


def _forwards(claim: Forwards, network: Network, language: str) -> Finding:
    namespace = network.get(claim.namespace) or network.host
    name = FORWARDING[claim.family]
    value = namespace.sysctl(name)
    cure = SetSysctl(name, "1" if claim.expected else "0", namespace.name).command()
    return Finding((value == "1") == claim.expected, reason(language, "on", name, value), cure)


def _exists(claim: Exists, network: Network, language: str) -> Finding:
    there = network.get(claim.name) is not None or network.host.interface(claim.name) is not None
    words = reason(language, "there" if there else "not there")
    hint = AddNamespace(claim.name).command() if claim.expected else ""
    return Finding(there == claim.expected, words, hint)
