"""Networks of several shapes in which a packet has a sender, a router and a target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nslab_kernel.core.model.network import HOST
from nslab_kernel.lab import Lab
from tests.corpus.building import run


@dataclass(frozen=True, slots=True)
class Shape:
    """A built network, by the parts that its places play.

    Parameters
    ----------
    router
        The namespace that routes, with the interfaces by which packets come in and go out; empty where nothing routes.
    switch
        The namespace with a bridge that the packet crosses, the bridge, the port it comes by and the one it leaves by
        (empty where it leaves to the bridge's own namespace); all empty without a bridge.
    addresses
        The target's, by IP version.
    """

    name: str
    sender: str
    out: str  # the sender's interface
    target: str
    arrival: str  # the target's interface
    addresses: dict[int, str]
    router: str = ""
    router_in: str = ""
    router_out: str = ""
    switch: tuple[str, str, str, str] = ("", "", "", "")


def ip(namespace: str, words: str) -> str:
    """An ip(8) command in a namespace."""
    return f"ip {words}" if namespace == HOST else f"ip -n {namespace} {words}"


def within(namespace: str, words: str) -> str:
    """A command in a namespace."""
    return words if namespace == HOST else f"ip netns exec {namespace} {words}"


def _cable(one: str, first: str, other: str, second: str, subnet: int, ends: tuple[int, int] = (1, 2)) -> list[str]:
    """A veth pair between two places, with addresses of a subnet at both ends; 0 leaves an end without."""
    lines = [f"ip link add {first} type veth peer name {second}"]
    for place, name, number in ((one, first, ends[0]), (other, second, ends[1])):
        if place != HOST:
            lines.append(f"ip link set {name} netns {place}")
        if number:
            lines.append(ip(place, f"address add 10.{subnet}.0.{number}/24 dev {name}"))
            lines.append(ip(place, f"address add fd{subnet:02}::{number}/64 dev {name} nodad"))
        lines.append(ip(place, f"link set {name} up"))
    return lines


def _new(*names: str) -> list[str]:
    return [line for name in names for line in (f"ip netns add {name}", f"ip -n {name} link set lo up")]


def _forwarding(*places: str) -> list[str]:
    return [
        within(place, f"sysctl -qw {name}=1")
        for place in places
        for name in ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding")
    ]


def _default(place: str, subnet: int, number: int) -> list[str]:
    return [
        ip(place, f"route add default via 10.{subnet}.0.{number}"),
        ip(place, f"-6 route add default via fd{subnet:02}::{number}"),
    ]


def _bridge(place: str, name: str, subnet: int, number: int = 1) -> list[str]:
    lines = [ip(place, f"link add {name} type bridge"), ip(place, f"link set {name} up")]
    if number:
        lines.append(ip(place, f"address add 10.{subnet}.0.{number}/24 dev {name}"))
        lines.append(ip(place, f"address add fd{subnet:02}::{number}/64 dev {name} nodad"))
    return lines


def _routed(_lab: Lab) -> Shape:
    run(
        "\n".join(
            [
                *_new("a", "r", "b"),
                *_cable("a", "a0", "r", "r0", 1),
                *_cable("r", "r1", "b", "b0", 2, (1, 2)),
                *_forwarding("r"),
                *_default("a", 1, 2),
                *_default("b", 2, 1),
            ]
        )
    )
    return Shape("a router", "a", "a0", "b", "b0", {4: "10.2.0.2", 6: "fd02::2"}, "r", "r0", "r1")


def _two_bridges(_lab: Lab) -> Shape:
    run(
        "\n".join(
            [
                *_new("a", "b"),
                *_bridge(HOST, "br1", 1),
                *_bridge(HOST, "br2", 2),
                *_cable("a", "a0", HOST, "va", 1, (2, 0)),
                *_cable("b", "b0", HOST, "vb", 2, (2, 0)),
                "ip link set va master br1",
                "ip link set vb master br2",
                *_forwarding(HOST),
                *_default("a", 1, 1),
                *_default("b", 2, 1),
            ]
        )
    )
    places = {4: "10.2.0.2", 6: "fd02::2"}
    return Shape("two bridges", "a", "a0", "b", "b0", places, HOST, "br1", "br2", (HOST, "br1", "va", ""))


def _one_bridge(_lab: Lab) -> Shape:
    run(
        "\n".join(
            [
                *_new("a", "b", "c"),
                *_bridge(HOST, "br0", 1, 0),
                *(
                    line
                    for number, name in enumerate("abc", 2)
                    for line in _cable(name, f"{name}0", HOST, f"v{name}", 1, (number, 0))
                ),
                *(f"ip link set v{name} master br0" for name in "abc"),
            ]
        )
    )
    return Shape("one bridge", "a", "a0", "b", "b0", {4: "10.1.0.3", 6: "fd01::3"}, switch=(HOST, "br0", "va", "vb"))


def _chain(_lab: Lab) -> Shape:
    run(
        "\n".join(
            [
                *_new("a", "r", "s", "b"),
                *_cable("a", "a0", "r", "r0", 1),
                *_cable("r", "r1", "s", "s0", 2, (1, 2)),
                *_cable("s", "s1", "b", "b0", 3),
                *_forwarding("r", "s"),
                *_default("a", 1, 2),
                *_default("r", 2, 2),
                *_default("s", 2, 1),
                *_default("b", 3, 1),
            ]
        )
    )
    return Shape("two routers", "a", "a0", "b", "b0", {4: "10.3.0.2", 6: "fd03::2"}, "s", "s0", "s1")


def _inside(_lab: Lab) -> Shape:
    run(
        "\n".join(
            [
                *_new("m", "a", "b"),
                *_bridge("m", "br0", 1),
                *_cable("a", "a0", "m", "va", 1, (2, 0)),
                ip("m", "link set va master br0"),
                *_cable("m", "m1", "b", "b0", 2),
                *_forwarding("m"),
                *_default("a", 1, 1),
                *_default("b", 2, 1),
            ]
        )
    )
    places = {4: "10.2.0.2", 6: "fd02::2"}
    return Shape("a host inside", "a", "a0", "b", "b0", places, "m", "br0", "m1", ("m", "br0", "va", ""))


def _masquerade(lab: Lab) -> Shape:
    lab.bridge("br0", "172.16.0.1/16", "fd00::fe/64")
    lab.attach_many("br0", {f"ns{n}": (f"172.16.1.{n}/16", f"fd00::{n}/64") for n in (1, 2, 3)})
    lab.internet()
    lab.nat("br0")
    run("for n in 1 2 3; do ip -n ns$n link set lo up; done")
    return Shape(
        "NAT and a world outside",
        "ns1",
        "eth00-ns1",
        "inet-web",
        "eth0",
        {4: "203.0.113.10", 6: "2001:db8:113::10"},
        HOST,
        "br0",
        "eth0",
        (HOST, "br0", "veth-ns1", ""),
    )


SHAPES: tuple[Callable[[Lab], Shape], ...] = (_routed, _two_bridges, _one_bridge, _chain, _inside, _masquerade)
"""Each builds its network in a bare lab."""
