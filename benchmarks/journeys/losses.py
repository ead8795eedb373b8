"""Losses that are planted, and what a trace must name: the rule or the reason, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .shapes import Shape, ip, within

FORWARDING = {4: "net.ipv4.ip_forward", 6: "net.ipv6.conf.all.forwarding"}
ALL = ("icmp", "udp", "tcp")


@dataclass(frozen=True, slots=True)
class Loss:
    """One planted loss.

    Parameters
    ----------
    kind
        What is planted.
    commands
        Shell lines that plant it.
    codes
        The outcomes (`nslab_kernel.core.journeys.words`) that name it.
    where
        The namespace that must be named; empty where several are right.
    protocols
        With which it is a loss.
    rule
        What the text of the named rule must contain, if it is one.
    ttl, size
        With which the packet is sent.
    """

    kind: str
    commands: str
    codes: tuple[str, ...]
    where: str
    protocols: tuple[str, ...] = ALL
    rule: str = ""
    ttl: int = 0
    size: int = 8


def losses(shape: Shape, version: int) -> Iterator[Loss]:
    """The losses that fit a shape, for one IP version."""
    address = shape.addresses[version]
    yield from _rules(shape, version, address)
    yield from _at_target(shape, version, address)
    if shape.router:
        yield from _routing(shape, version, address)
    if shape.switch[0]:
        yield from _switching(shape)


def _nft(
    place: str, family: str, hook: str, priority: int, rule: str, *, policy: str = "accept", kind: str = "filter"
) -> str:
    chain = f"add chain {family} planted {hook} {{ type {kind} hook {hook} priority {priority}; policy {policy}; }}"
    lines = [f"add table {family} planted", chain]
    if rule:  # a harmless one before it: the number counts
        lines += [
            f"add rule {family} planted {hook} meta mark 0xdead counter",
            f"add rule {family} planted {hook} {rule}",
        ]
    return "\n".join(within(place, f"nft '{line}'") for line in lines)


def _rules(shape: Shape, version: int, address: str) -> Iterator[Loss]:
    daddr = "ip daddr" if version == 4 else "ip6 daddr"
    drop = f"{daddr} {address} drop"
    tool = "iptables" if version == 4 else "ip6tables"

    def at(kind: str, place: str, hook: str, priority: int, family: str = "inet") -> Loss:
        return Loss(kind, _nft(place, family, hook, priority, drop), ("dropped",), place, rule=drop)

    own = "ip" if version == 4 else "ip6"
    yield at("output of the sender", shape.sender, "output", 0)
    yield at("postrouting of the sender", shape.sender, "postrouting", 50, own)
    yield at("input of the target", shape.target, "input", 0)
    yield at("prerouting of the target", shape.target, "prerouting", -150, own)
    yield Loss(
        "reject at the target",
        _nft(shape.target, "inet", "input", 0, f"{daddr} {address} reject"),
        ("rejected",),
        shape.target,
    )
    yield Loss(
        "policy of input",
        _nft(shape.target, "inet", "input", 0, "icmpv6 type { 133-137 } accept", policy="drop"),
        ("dropped",),
        shape.target,
        rule="policy drop",
    )
    if not shape.router:
        return
    router = shape.router
    yield at("forward", router, "forward", 0)
    yield at("prerouting, raw", router, "prerouting", -300, own)
    yield at("prerouting, mangle", router, "prerouting", -150)
    yield at("postrouting", router, "postrouting", -150)
    yield Loss(
        f"{tool} FORWARD", within(router, f"{tool} -I FORWARD -d {address} -j DROP"), ("dropped",), router, rule="drop"
    )
    yield Loss(
        f"{tool} chain",
        "\n".join(
            within(router, f"{tool} {w}") for w in ("-N mine", f"-A mine -d {address} -j DROP", "-I FORWARD -j mine")
        ),
        ("dropped",),
        router,
        rule="drop",
    )
    yield Loss(f"{tool} raw", within(router, f"{tool} -t raw -I PREROUTING -d {address} -j DROP"), ("dropped",), router)
    yield Loss(
        f"{tool} policy",
        within(router, f"{tool} -P FORWARD DROP; {within(router, tool)} -F FORWARD"),
        ("dropped",),
        router,
    )
    yield Loss(
        "reject in forward", _nft(router, "inet", "forward", 0, f"{daddr} {address} reject"), ("rejected",), router
    )
    yield Loss(
        "reset in forward",
        _nft(router, "inet", "forward", 0, f"{daddr} {address} tcp dport 81 reject with tcp reset"),
        ("rejected",),
        router,
        ("tcp",),
    )
    yield Loss(
        "jump and a set",
        "\n".join(
            within(router, f"nft '{line}'")
            for line in (
                "add table inet planted",
                "add chain inet planted inner",
                f"add rule inet planted inner {daddr} {{ {address} }} drop",
                "add chain inet planted forward { type filter hook forward priority 0; }",
                "add rule inet planted forward jump inner",
            )
        ),
        ("dropped",),
        router,
        rule="drop",
    )


def _at_target(shape: Shape, version: int, address: str) -> Iterator[Loss]:
    target = shape.target
    ignore = {4: "net.ipv4.icmp_echo_ignore_all", 6: "net.ipv6.icmp.echo_ignore_all"}[version]
    yield Loss("pings ignored", within(target, f"sysctl -qw {ignore}=1"), ("echo-ignored",), target, ("icmp",))
    yield Loss("no listener", "true", ("no-listener",), target, ("udp",))
    flush = within(target, f"ip -{version} route flush table main")
    if shape.router:
        yield Loss(
            "no way back",
            f"{within(target, f'ip -{version} route del default')}",
            ("no-way-back",),
            target,
            ("icmp", "udp"),
        )
    elif version == 4:
        yield Loss("no way back", flush, ("no-way-back",), target, ("icmp", "udp"))


def _routing(shape: Shape, version: int, address: str) -> Iterator[Loss]:
    router, six = shape.router, "-6 " if version == 6 else ""
    whole = f"{address}/{128 if version == 6 else 32}"
    for kind in ("blackhole", "prohibit", "unreachable"):
        yield Loss(kind, ip(router, f"{six}route add {kind} {whole}"), (kind,), router)
    yield Loss("rule to nowhere", ip(router, f"{six}rule add to {whole} blackhole"), ("blackhole",), router)
    yield Loss("rule that prohibits", ip(router, f"{six}rule add to {whole} prohibit"), ("prohibit",), router)
    yield Loss(
        "throw and no route",
        "\n".join(
            [
                ip(router, f"{six}route add throw {whole} table 77"),
                ip(router, f"{six}rule add pref 10 to {whole} table 77"),
                ip(router, f"{six}rule add pref 11 to {whole} unreachable"),
            ]
        ),
        ("unreachable", "no-route"),
        router,
    )
    yield Loss("not forwarding", within(router, f"sysctl -qw {FORWARDING[version]}=0"), ("not-forwarding",), router)
    yield Loss("TTL", "true", ("ttl",), "", ttl=1)
    yield Loss("MTU", ip(router, f"link set {shape.router_out} mtu 1300"), ("mtu",), "", ("icmp", "udp"), size=1400)
    yield Loss(
        "nobody at the gateway",
        ip(router, f"{six}route add {whole} via {_absent(shape, version)} dev {shape.router_out} onlink"),
        ("no-neighbour",),
        router,
    )
    yield Loss(
        "wrong neighbour",
        ip(router, f"{six}route add {whole} via {_absent(shape, version)} dev {shape.router_out} onlink")
        + "\n"
        + ip(
            router,
            f"neighbour add {_absent(shape, version)} lladdr 02:00:00:00:00:77 dev {shape.router_out} nud permanent",
        ),
        ("wrong-mac",),
        "",
    )
    yield Loss(
        "way out is down",
        ip(router, f"link set {shape.router_out} down"),
        ("no-route", "unreachable", "interface-down"),
        router,
    )
    if version == 4:
        yield Loss(
            "rp_filter",
            within(router, f"sysctl -qw net.ipv4.conf.{shape.router_in}.rp_filter=1")
            + "\n"
            + ip(router, "route add 192.168.77.7/32 dev lo")
            + "\n"
            + ip(shape.sender, "address add 192.168.77.7/32 dev lo")
            + "\n"
            + ip(shape.sender, f"route add {whole} via {_gateway(shape)} src 192.168.77.7"),
            ("rp-filter",),
            router,
        )


def _gateway(shape: Shape) -> str:
    return {"a router": "10.1.0.2", "two routers": "10.1.0.2", "NAT and a world outside": "172.16.0.1"}.get(
        shape.name, "10.1.0.1"
    )


def _absent(shape: Shape, version: int) -> str:
    if shape.name == "NAT and a world outside":
        return {4: "192.0.2.77", 6: "2001:db8:2::77"}[version]
    subnet = 3 if shape.name == "two routers" else 2
    return {4: f"10.{subnet}.0.77", 6: f"fd{subnet:02}::77"}[version]


def _switching(shape: Shape) -> Iterator[Loss]:
    place, bridge, port, far = shape.switch
    yield Loss("port disabled", within(place, f"bridge link set dev {port} state 0"), ("port-blocked",), place)
    yield Loss("bridge down", ip(place, f"link set {bridge} down"), ("bridge-down", "no-neighbour"), "")
    yield Loss(
        "bridge family, prerouting",
        "\n".join(
            within(place, f"nft '{line}'")
            for line in (
                "add table bridge planted",
                "add chain bridge planted first { type filter hook prerouting priority 0; }",
                f'add rule bridge planted first iifname "{port}" meta l4proto {{ 1, 6, 17 }} drop',
                f'add rule bridge planted first iifname "{port}" icmpv6 type echo-request drop',
            )
        ),
        ("dropped",),
        place,
        rule="drop",
    )
    if not far:
        return
    yield Loss(
        "bridge family, forward",
        "\n".join(
            within(place, f"nft '{line}'")
            for line in (
                "add table bridge planted",
                "add chain bridge planted across { type filter hook forward priority 0; }",
                f'add rule bridge planted across oifname "{far}" meta l4proto {{ 1, 6, 17 }} drop',
                f'add rule bridge planted across oifname "{far}" icmpv6 type echo-request drop',
            )
        ),
        ("dropped",),
        place,
        rule="drop",
    )
    isolate = "\n".join(within(place, f"bridge link set dev {name} isolated on") for name in (port, far))
    yield Loss("ports isolated", isolate, ("isolated",), place)
    yield Loss("other port disabled", within(place, f"bridge link set dev {far} state 0"), ("port-blocked",), place)
    yield Loss("other port down", ip(place, f"link set {far} down"), ("port-down",), place)
    yield Loss(
        "port without flooding",
        within(place, f"bridge link set dev {far} flood off learning off")
        + "\n"
        + within(place, f"bridge fdb flush dev {bridge}"),
        ("no-flooding",),
        place,
    )
    yield Loss("MTU of a port", ip(place, f"link set {far} mtu 1300"), ("mtu",), place, ("icmp", "udp"), size=1400)
    yield Loss(
        "target moved its MAC",
        ip(shape.target, f"link set {shape.arrival} address 02:00:00:00:00:55"),
        ("wrong-mac",),
        "",
    )
