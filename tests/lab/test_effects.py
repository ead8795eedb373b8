"""What `nslab_kernel.core.effects` says of actions is what the kernel makes of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nslab_kernel.core.effects import after
from nslab_kernel.core.model.firewall import Chain, Match, Rule, RuleVerdict
from nslab_kernel.core.model.network import HOST, Network, PolicyRule, Route
from nslab_kernel.core.operations.actions import (
    Action,
    AddAddress,
    AddNeighbour,
    AddRoute,
    AddRule,
    DeleteAddress,
    DeleteInterface,
    DeleteRoute,
    SetDown,
    SetLink,
    SetMaster,
    SetPort,
    SetSysctl,
    SetUp,
)
from nslab_kernel.core.operations.firewall_actions import AddChain, AddFilterRule, SetPolicy
from nslab_kernel.lab import Lab
from nslab_kernel.linux.netlink.apply import apply

from ..comparison import settled

pytestmark = pytest.mark.once

FORWARD = Chain("ip", "guard", "forward", (), "forward", "filter", 0)
NO_PING = Rule((Match("icmp type", ("echo-request",)),), RuleVerdict("drop"), 2, text="icmp type echo-request drop")
DEFAULT = Route("default", gateway="172.16.0.1")

CASES: dict[str, tuple[Action, ...]] = {
    "an interface goes down": (SetDown("eth00-ns1", "ns1"),),
    "and up again": (SetDown("eth00-ns1", "ns1"), SetUp("eth00-ns1", "ns1")),
    "a bridge goes down": (SetDown("br1"),),
    "and comes back": (SetDown("br1"), SetUp("br1")),
    "a host end goes down": (SetDown("veth-ns1"),),
    "lo comes up": (SetUp("lo", "ns1"),),
    "an address is added": (AddAddress("eth00-ns1", "10.1.0.1/24", "ns1"),),
    "an IPv6 address is added": (AddAddress("eth00-ns1", "fd01::1/64", "ns1"),),
    "the last IPv4 address goes": (DeleteAddress("eth00-ns1", "172.16.1.1/16", "ns1"),),
    "an IPv6 address goes": (DeleteAddress("eth00-ns1", "fd00::1/64", "ns1"),),
    "a prefix changes": (
        AddAddress("eth00-ns1", "172.16.1.1/24", "ns1"),
        DeleteAddress("eth00-ns1", "172.16.1.1/16", "ns1"),
    ),
    "an address goes that was the first of its subnet": (
        AddAddress("eth00-ns1", "172.16.1.9/16", "ns1"),
        DeleteAddress("eth00-ns1", "172.16.1.1/16", "ns1"),
    ),
    "an address goes that came later": (
        AddAddress("eth00-ns1", "172.16.1.9/16", "ns1"),
        DeleteAddress("eth00-ns1", "172.16.1.9/16", "ns1"),
    ),
    "a cable is pulled out of a bridge": (SetMaster("veth-ns1", "", was="br1"),),
    "and put back": (SetMaster("veth-ns1", "", was="br1"), SetMaster("veth-ns1", "br1")),
    "a cable goes": (DeleteInterface("veth-ns1"),),
    "a bridge goes": (DeleteInterface("br1"),),
    "IPv6 is switched off": (SetSysctl("net.ipv6.conf.eth00-ns1.disable_ipv6", "1", "ns1"),),
    "a router": (SetSysctl("net.ipv4.ip_forward", "1"),),
    "a route goes": (DeleteRoute(DEFAULT, "eth00-ns1", "ns1"),),
    "a route is added": (AddRoute(Route("10.9.0.0/16", gateway="172.16.1.2"), "", "ns1"),),
    "a refusing route": (AddRoute(Route("10.9.0.0/16", kind="blackhole"), "", "ns1"),),
    "a policy rule": (AddRule(PolicyRule(99, destination="10.9.0.0/16", action="prohibit"), "ns1"),),
    "ARP is switched off": (SetLink("eth00-ns1", "arp", "off", "ns1"),),
    "an isolated port": (SetPort("veth-ns1", "isolated", "on", HOST, "off"),),
    "a port is disabled": (SetPort("veth-ns1", "state", "disabled", HOST, "forwarding"),),
    "a neighbour": (AddNeighbour("172.16.1.2", "02:00:00:00:00:99", "eth00-ns1", "ns1"),),
    "a firewall rule": (AddChain(FORWARD, "ns1"), AddFilterRule(FORWARD, NO_PING, "ns1")),
    "a firewall policy": (AddChain(FORWARD, "ns1"), SetPolicy(FORWARD, "drop", "ns1")),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_told_beforehand_is_what_the_kernel_does(
    lab: Lab, becomes: Callable[[Network], None], case: str
) -> None:
    lab.bridge("br1", "172.16.0.1/16", "fd00::f/64")
    lab.attach_many("br1", {"ns1": ("172.16.1.1/16", "fd00::1/64"), "ns2": ("172.16.1.2/16", "fd00::2/64")})
    lab.route("ns1", "default", "172.16.0.1")
    before = settled(lab.snapshot)
    apply(CASES[case])
    becomes(after(before, CASES[case]))
