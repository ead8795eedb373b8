"""Small labs that work, for faults to be put in."""

from __future__ import annotations

from collections.abc import Callable

from nslab_kernel.lab import Lab


def plain(lab: Lab) -> None:
    """Three namespaces on a bridge with an address."""
    lab.bridge("br0", "172.16.0.1/16")
    lab.attach_many("br0", {f"ns{n}": f"172.16.1.{n}/16" for n in (1, 2, 3)})
    lab.run("ns1", "ip link set lo up")


def translated(lab: Lab) -> None:
    """Two namespaces that go out by NAT, where only what is routed passes the firewall."""
    lab.run("host", "sysctl -qw net.bridge.bridge-nf-call-iptables=0")
    lab.internet()
    lab.bridge("br0", "172.16.0.1/16")
    lab.attach_many("br0", {f"ns{n}": f"172.16.1.{n}/16" for n in (1, 2)})
    lab.nat("br0")


def routed(lab: Lab) -> None:
    """Two bridges and a router between them; one namespace is on both."""
    lab.bridge("br0")
    lab.bridge("br1")
    lab.attach_many("br0", {"a1": "10.0.1.11/24", "c": "10.0.1.12/24"})
    lab.attach("br1", "b1", "10.0.2.11/24")
    lab.router("br0", "br1", "10.0.1.1/24", "10.0.2.1/24", "r1")
    lab.route("a1", "default", "10.0.1.1")
    lab.route("b1", "default", "10.0.2.1")
    lab.run("host", "ip link add vc type veth peer name eth1 netns c && ip link set vc up master br1")
    lab.run("c", "ip link set eth1 up && ip address add 10.0.2.12/24 dev eth1")


def six(lab: Lab) -> None:
    """Two bridges that the host routes between, by IPv6 alone."""
    lab.run("host", "sysctl -qw net.ipv6.conf.all.forwarding=1")
    for number, rooms in ((1, ("ns1", "ns2")), (2, ("ns3",))):
        lab.bridge(f"br{number}", f"fd00:{number}::1/64")
        lab.attach_many(f"br{number}", {name: f"fd00:{number}::1{name[-1]}/64" for name in rooms})
        for name in rooms:
            lab.route(name, "default", f"fd00:{number}::1")


LABS: dict[str, Callable[[Lab], None]] = {"plain": plain, "translated": translated, "routed": routed, "six": six}

WHERE = {
    "other-bridge": "routed",
    "no-route": "routed",
    "wrong-gateway": "routed",
    "prefix-too-wide": "routed",
    "rp-filter": "routed",
    "forward-rule": "routed",
    "ipv6-off": "six",
    "not-forwarding": "six",
    "no-masquerade": "translated",
    "forward-drop": "translated",
}
"""The lab in which a kind of fault is tried; ``plain`` where none is named."""
