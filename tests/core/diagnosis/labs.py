"""Literal networks: bare namespaces, and the actions that build and break them."""

from __future__ import annotations

from nslab_kernel.core.diagnosis import Diagnosis, why
from nslab_kernel.core.effects import after
from nslab_kernel.core.model.network import HOST, Address, Interface, Namespace, Network, Route
from nslab_kernel.core.operations import plans
from nslab_kernel.core.operations.actions import (
    Action,
    AddAddress,
    AddNamespace,
    AddRoute,
    AddVeth,
    DeleteAddress,
    SetSysctl,
    SetUp,
)

_OWN = (Address("127.0.0.1", 8, "host"), Address("::1", 128, "host"))
BARE = Network(
    Namespace(HOST, "host", interfaces=(Interface(1, "lo", "loopback", up=True, carrier=True, addresses=_OWN),))
)
V4, V6 = ("172.16.0.1/16", "172.16.1.{}/16"), ("fd00::f/64", "fd00::{}/64")


def bridged(count: int = 2, bridge: str = "br1", addresses: tuple[str, str] = V4, on: Network = BARE) -> Network:
    """ns1, ns2, ... on one bridge of the host, whose own address comes first."""
    start = len(on.namespaces) + 1
    own, theirs = addresses
    network = after(on, plans.bridge(on, bridge, (own,)))
    for number in range(start, start + count):
        network = after(network, plans.attach(network, bridge, {f"ns{number}": (theirs.format(number),)}))
    return network


def routed(*, defaults: bool = True) -> Network:
    """ns1 on br1, and ns2 on br2; the host is the router between them."""
    network = bridged(1, "br2", ("172.17.0.1/16", "172.17.1.{}/16"), bridged(1))
    actions: list[Action] = [SetSysctl("net.ipv4.ip_forward", "1")]
    if defaults:
        actions += [default("ns1", "172.16.0.1"), default("ns2", "172.17.0.1")]
    return after(network, actions)


def with_router() -> Network:
    """ns1 and the router r1 on br1; behind r1, by a cable, far (10.0.0.2)."""
    network = bridged(1)
    network = after(network, plans.attach(network, "br1", {"r1": ("172.16.1.9/16",)}))
    return after(
        network,
        (
            AddNamespace("far"),
            AddVeth("out", "eth0", "far", "r1"),
            AddAddress("out", "10.0.0.1/24", "r1"),
            AddAddress("eth0", "10.0.0.2/24", "far"),
            SetUp("out", "r1"),
            SetUp("eth0", "far"),
            SetSysctl("net.ipv4.ip_forward", "1", "r1"),
            default("ns1", "172.16.1.9"),
            default("far", "10.0.0.1"),
        ),
    )


def default(namespace: str, gateway: str) -> AddRoute:
    return AddRoute(Route("default", 6 if ":" in gateway else 4, gateway), "", namespace)


def broken(network: Network, *actions: Action) -> Network:
    return after(network, actions)


def kinds(diagnosis: Diagnosis) -> list[str]:
    return [finding.kind for finding in diagnosis.findings]


def mended(network: Network, source: str, destination: str, **packet: int) -> bool | None:
    """Whether the packet arrives after everything that the diagnosis tells to do."""
    found = why(network, source, destination, **packet)
    actions = [action for finding in found.findings for action in finding.actions]
    return why(after(network, actions), source, destination, **packet).arrives


def addressless() -> Network:
    """A router for IPv6 whose interface towards ns2 has lost its link-local address."""
    network = bridged(1, "br2", ("fd01::f/64", "fd01::{}/64"), bridged(1, "br1", V6))
    router = network.host.interface("br2")
    assert router
    link = next(a.cidr for a in router.addresses if a.scope == "link")
    forwarding = SetSysctl("net.ipv6.conf.all.forwarding", "1")
    return broken(network, forwarding, default("ns1", "fd00::f"), default("ns2", "fd01::f"), DeleteAddress("br2", link))
