"""Every action prints as the command that it stands for, and knows what takes it back."""

from __future__ import annotations

import pytest

from nslab_kernel.core.model.firewall import Chain, Rule, RuleVerdict
from nslab_kernel.core.model.network import PolicyRule, Route
from nslab_kernel.core.operations import actions as do
from nslab_kernel.core.operations.firewall_actions import DeleteFilterRule

REVERSIBLE = [
    (do.AddNamespace("ns1"), "sudo ip netns add ns1", "sudo ip netns del ns1"),
    (do.AddBridge("br0"), "sudo ip link add br0 type bridge", "sudo ip link del br0"),
    (do.AddBridge("br0", "ns1"), "sudo ip -n ns1 link add br0 type bridge", "sudo ip -n ns1 link del br0"),
    (do.AddVeth("a", "b"), "sudo ip link add dev a type veth peer name b", "sudo ip link del dev a"),
    (
        do.AddVeth("a", "b", "ns2", "ns1"),
        "sudo ip -n ns1 link add dev a type veth peer name b netns ns2",
        "sudo ip -n ns1 link del dev a",
    ),
    (do.SetUp("a", "ns1"), "sudo ip -n ns1 link set dev a up", "sudo ip -n ns1 link set dev a down"),
    (do.SetDown("a"), "sudo ip link set dev a down", "sudo ip link set dev a up"),
    (do.SetMaster("a", "br0"), "sudo ip link set dev a master br0", "sudo ip link set dev a nomaster"),
    (do.SetMaster("a", "", was="br0"), "sudo ip link set dev a nomaster", "sudo ip link set dev a master br0"),
    (do.SetAlias("a", "nslab"), "sudo ip link set dev a alias nslab", "sudo ip link set dev a alias ''"),
    (
        do.AddAddress("a", "172.16.1.1/16", "ns1"),
        "sudo ip -n ns1 addr add 172.16.1.1/16 dev a",
        "sudo ip -n ns1 addr del 172.16.1.1/16 dev a",
    ),
    (
        do.AddAddress("a", "fd00::1/64"),
        "sudo ip addr add fd00::1/64 dev a nodad",
        "sudo ip addr del fd00::1/64 dev a",
    ),
    (
        do.AddRoute(Route("default", gateway="172.16.0.1"), namespace="ns1"),
        "sudo ip -n ns1 route add default via 172.16.0.1",
        "sudo ip -n ns1 route del default via 172.16.0.1",
    ),
    (
        do.AddRoute(Route("default", family=6, gateway="fe80::1", metric=5), "eth0"),
        "sudo ip -6 route add default via fe80::1 dev eth0 metric 5",
        "sudo ip -6 route del default via fe80::1 dev eth0 metric 5",
    ),
    (
        do.AddRoute(Route("10.0.0.0/8", kind="blackhole", table=7)),
        "sudo ip route add blackhole 10.0.0.0/8 table 7",
        "sudo ip route del blackhole 10.0.0.0/8 table 7",
    ),
    (
        do.AddRule(PolicyRule(100, source="10.0.0.0/8", mark=16, table=7), "ns1"),
        "sudo ip -n ns1 rule add from 10.0.0.0/8 fwmark 0x10 priority 100 table 7",
        "sudo ip -n ns1 rule del from 10.0.0.0/8 fwmark 0x10 priority 100 table 7",
    ),
    (
        do.AddRule(PolicyRule(9, 6, destination="fd00::/8", action="unreachable", inverted=True)),
        "sudo ip -6 rule add not from all to fd00::/8 priority 9 unreachable",
        "sudo ip -6 rule del not from all to fd00::/8 priority 9 unreachable",
    ),
    (
        do.SetSysctl("net.ipv4.ip_forward", "1"),
        "sudo sysctl -qw net.ipv4.ip_forward=1",
        "sudo sysctl -qw net.ipv4.ip_forward=0",
    ),
    (
        do.SetSysctl("net.ipv4.ip_forward", "1", "ns1"),
        "sudo ip netns exec ns1 sysctl -qw net.ipv4.ip_forward=1",
        "sudo ip netns exec ns1 sysctl -qw net.ipv4.ip_forward=0",
    ),
    (
        do.Nft("add table ip nat\nadd chain ip nat out { type nat hook postrouting priority 100 ; }", "ns1", "x"),
        """sudo ip netns exec ns1 nft add table ip nat
sudo ip netns exec ns1 nft 'add chain ip nat out { type nat hook postrouting priority 100 ; }'""",
        "sudo ip netns exec ns1 nft x",
    ),
]


@pytest.mark.parametrize(("action", "command", "undone"), REVERSIBLE)
def test_an_action_prints_as_its_command_and_its_undo_as_the_opposite(
    action: do.Action, command: str, undone: str
) -> None:
    assert action.command() == command
    opposite = action.undo()
    assert opposite is not None
    assert opposite.command() == undone


@pytest.mark.parametrize(
    "action",
    [
        do.DeleteNamespace("ns1"),
        do.DeleteInterface("a"),
        do.DeleteFiles("ns1"),
        do.EndProcesses(((1, "nc"),), "ns1"),
        do.Nft("flush ruleset"),
    ],
)
def test_what_is_gone_cannot_be_brought_back(action: do.Action) -> None:
    assert action.undo() is None


def test_a_name_that_a_shell_would_misread_is_quoted() -> None:
    assert do.DeleteInterface("a;reboot").command() == "sudo ip link del dev 'a;reboot'"


def test_an_operation_lists_the_commands_of_its_actions() -> None:
    assert do.Operation((do.AddNamespace("a"), do.DeleteNamespace("a"))).commands == (
        "sudo ip netns add a",
        "sudo ip netns del a",
    )


def test_a_rule_of_iptables_is_deleted_by_its_number_and_one_that_is_gone_by_its_handle() -> None:
    rules = (Rule((), RuleVerdict("accept"), 4), Rule((), RuleVerdict("drop"), 9))
    chain = Chain("ip", "filter", "FORWARD", rules, hook="forward", kind="filter")
    assert DeleteFilterRule(chain, rules[1]).command() == "sudo iptables -D FORWARD 2"
    gone = Rule((), RuleVerdict("drop"), 12)
    assert DeleteFilterRule(chain, gone).command() == "sudo nft delete rule ip filter FORWARD handle 12"
    own = Chain("inet", "mine", "forward", rules, hook="forward", kind="filter")
    assert DeleteFilterRule(own, rules[1]).command() == "sudo nft delete rule inet mine forward handle 9"
