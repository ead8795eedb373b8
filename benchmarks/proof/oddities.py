"""What labs have beside what makes them work: firewall rules, routing policy, fixed neighbours. Not always harmless."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from nslab_kernel.core.model.network import HOST, Namespace, Network, PolicyRule, Route
from nslab_kernel.core.operations.actions import (
    Action,
    AddNeighbour,
    AddRoute,
    AddRule,
    Nft,
    SetBridge,
    SetLink,
    SetPort,
    SetSysctl,
)

from .labs import OUTSIDE

_HOOKS = ("input", "output", "forward")
_MOST_RULES = 4


def oddities(network: Network, dice: Random) -> Iterator[Action]:
    """Some actions that most labs do without."""
    spaces = [space for space in network.everywhere if space.name != OUTSIDE]
    if dice.random() < 0.35:
        yield _firewall(network, dice.choice(spaces), dice)
    if dice.random() < 0.1:
        yield from _policy(network, dice.choice(spaces), dice)
    if dice.random() < 0.08:
        yield from _fixed_neighbour(network, dice)
    if dice.random() < 0.15:
        yield from _link_setting(network, dice)
    if dice.random() < 0.05:
        place = dice.choice(spaces).name
        yield SetSysctl("net.ipv4.icmp_echo_ignore_all", "1", place)


def _addresses(network: Network) -> list[str]:
    found = (a for space in network.everywhere for i in space.interfaces for a in i.addresses)
    return sorted({address.ip for address in found if address.scope == "global"})


def _firewall(network: Network, place: Namespace, dice: Random) -> Nft:
    """A chain with a few rules and a policy."""
    hook = dice.choice(_HOOKS)
    policy = dice.choices(["accept", "drop"], [3, 1])[0]
    rules = [_rule(network, dice) for _ in range(dice.randint(1, _MOST_RULES))]
    if policy == "drop":
        rules.insert(0, dice.choice(("ct state established,related accept", "icmpv6 type { 135, 136 } accept")))
    chain = f"add chain inet filter {hook} {{ type filter hook {hook} priority 0 ; policy {policy} ; }}"
    lines = ("add table inet filter", chain, *(f"add rule inet filter {hook} {rule}" for rule in rules))
    return Nft("\n".join(lines), place.name, "delete table inet filter")


def _rule(network: Network, dice: Random) -> str:
    ips = _addresses(network)
    ip = dice.choice(ips)
    family = "ip6" if ":" in ip else "ip"
    names = sorted({i.name for space in network.everywhere for i in space.interfaces})
    condition = dice.choice(
        (
            f"{family} saddr {ip}",
            f"{family} daddr {ip}",
            f"{family} daddr != {ip}",
            "tcp dport 80",
            "tcp dport { 80, 443 }",
            "tcp dport 1000-9000",
            "icmp type echo-request",
            "icmpv6 type echo-request",
            "meta l4proto tcp",
            f'iifname "{dice.choice(names)}"',
            f'oifname "{dice.choice(names)}"',
            "ct state new",
            "ct state established",
        )
    )
    return f"{condition} {dice.choice(('accept', 'accept', 'drop', 'reject', 'counter'))}"


def _policy(network: Network, place: Namespace, dice: Random) -> Iterator[Action]:
    """A rule to a table of its own, with or without a route in it."""
    ip = dice.choice(_addresses(network))
    family = 6 if ":" in ip else 4
    whole = f"{ip}/{128 if family == 6 else 32}"
    if dice.random() < 0.5:
        kind = dice.choice(("unreachable", "throw"))
        yield AddRoute(Route("default", family, kind=kind, table=77, metric=1024 if family == 6 else 0), "", place.name)
    source, destination = dice.choice(((whole, None), (None, whole)))
    yield AddRule(PolicyRule(500, family, source, destination, table=77), place.name)


def _fixed_neighbour(network: Network, dice: Random) -> Iterator[Action]:
    """A permanent line for a neighbour, right or wrong."""
    ends = [
        (space, interface)
        for space in network.namespaces
        if space.name != OUTSIDE
        for interface in space.interfaces
        if interface.kind == "veth" and interface.addresses
    ]
    here, out = dice.choice(ends)
    there, far = dice.choice(ends)
    ips = [address.ip for address in far.addresses if address.scope == "global"]
    if there is not here and ips:
        mac = far.mac if dice.random() < 0.7 else "02:00:5e:00:00:01"
        yield AddNeighbour(dice.choice(ips), mac, out.name, here.name)


def _link_setting(network: Network, dice: Random) -> Iterator[Action]:
    bridges = [interface for interface in network.host.interfaces if interface.kind == "bridge"]
    bridge = dice.choice(bridges)
    ports = network.host.ports(bridge)
    if not ports:
        return
    port = dice.choice(ports)
    match dice.choice(("isolated", "hairpin", "mtu", "stp")):
        case "isolated":
            yield SetPort(port.name, "isolated", "on", HOST, "off")
        case "hairpin":
            yield SetPort(port.name, "hairpin", "on", HOST, "off")
        case "mtu":
            yield SetLink(port.name, "mtu", "1400", HOST, "1500")
        case "stp":
            yield SetBridge(bridge.name, "forward_delay", "200", HOST, "1500")  # hundredths of a second, the least
            yield SetBridge(bridge.name, "stp_state", "1", HOST, "0")
