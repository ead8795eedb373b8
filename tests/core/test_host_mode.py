"""In host mode everything made bears a mark, and whatever bears none is left alone."""

from __future__ import annotations

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.model.network import HOST, Network, Route
from nslab_kernel.core.operations import connect, filter_rules, host_mode, plans
from nslab_kernel.core.operations.actions import Action, AddRoute, DeleteNamespace, Nft, SetSysctl, SetUp
from nslab_kernel.core.operations.host_mode import MachineFacts, carries_user

from ..picture.literal import Draft

HERE = MachineFacts()


def machine() -> Draft:
    """A machine with an uplink, a bridge of somebody else's, and a lab's bridge and namespace."""
    draft = Draft("theirs").add("isp").veth(HOST, "eth0", "isp", "world", near=["192.0.2.2/24"])
    draft.route(HOST, "default", "192.0.2.1", "eth0").bridge("docker0", "172.17.0.1/16")
    draft.bridge("br0", "172.16.0.1/16", alias="nslab").attach("br0", "ns1", "172.16.1.1/16")
    return draft.set(HOST, "veth-ns1", alias="nslab").set("ns1", "lo", alias="nslab")


def commands(actions: tuple[Action, ...]) -> list[str]:
    return [action.command().removeprefix("sudo ") for action in actions]


def guarded(network: Network, *actions: Action) -> list[str]:
    return commands(host_mode.guarded(network, actions, HERE))


def refusal(network: Network, *actions: Action, around: MachineFacts = HERE) -> NslabError:
    with pytest.raises(NslabError) as caught:
        host_mode.guarded(network, actions, around)
    assert caught.value.cure
    return caught.value


def test_everything_that_is_made_is_marked() -> None:
    network = machine().network()
    marked = guarded(network, *plans.attach(network, "br0", {"ns2": ("172.16.1.2/16",)}))
    assert marked[:4] == [
        "ip netns add ns2",
        "ip -n ns2 link set dev lo alias nslab",
        "ip link add veth-ns2 type veth peer name eth00-ns2 netns ns2",
        "ip link set veth-ns2 alias nslab",
    ]
    assert "ip link set br9 alias nslab" in guarded(network, *plans.bridge(network, "br9"))


@pytest.mark.parametrize("ends", [("host", "ns1"), ("ns1", "host")])
def test_a_cable_to_the_host_is_marked_at_the_host_whichever_end_is_named_first(ends: tuple[str, str]) -> None:
    network = machine().network()
    planned = connect.cable(network, *ends, ("10.9.0.1/30", "10.9.0.2/30"))
    assert "ip link set to-ns1 alias nslab" in guarded(network, *planned)


def test_a_namespace_may_be_plugged_into_a_foreign_bridge_which_stays_as_it_is() -> None:
    network = machine().network()
    assert guarded(network, *plans.attach(network, "docker0", {"ns2": ("172.17.0.9/16",)}))
    assert "docker0 wasn't made by nslab" in refusal(network, SetUp("docker0")).message


def test_what_one_action_makes_the_next_may_touch() -> None:
    network = machine().network()
    assert guarded(network, *plans.bridge(network, "br9", ("10.1.0.1/16",)))
    assert "br9" in refusal(network, SetUp("br9")).message


def test_a_foreign_namespace_is_told_by_its_name_not_by_its_cable() -> None:
    network = machine().network()
    assert refusal(network, *plans.detach(network, "isp", plans.Remains())).message.startswith("isp wasn't made")


def test_a_reset_removes_what_is_marked_and_nothing_else() -> None:
    network = machine().network()
    assert commands(host_mode.reset(network, {"theirs": plans.Remains(((7, "sleep"),), True)})) == [
        "ip link del br0",
        "ip link del veth-ns1",
        "ip netns del ns1",
    ]


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (SetUp("eth0"), "eth0 carries this machine's own connection"),
        (AddRoute(Route("10.0.0.0/8", 4, "192.0.2.1")), "eth0 carries this machine's own connection"),
        (DeleteNamespace("theirs"), "theirs wasn't made by nslab"),
        (SetSysctl("net.ipv4.conf.all.rp_filter", "1"), "a setting of this machine"),
        (Nft("flush ruleset"), "stay as they are"),
        (Nft("add rule ip nat POSTROUTING masquerade"), "stay as they are"),
        (Nft("add rule inet nslab input drop"), "cut your own connection"),
        (connect.SetResolver("192.0.2.53"), "a file of this machine's own"),
    ],
)
def test_what_is_foreign_is_refused(action: Action, said: str) -> None:
    assert said in refusal(machine().network(), action).message


def test_a_filter_about_a_namespace_of_the_lab_s_own_is_allowed() -> None:
    network = machine().network()
    planned = filter_rules.add_rule(network, HOST, "forward", "drop", filter_rules.Condition(source="ns1"))
    assert guarded(network, *planned) == commands(planned)


def test_files_that_lie_about_in_the_name_of_a_namespace_are_not_taken_over() -> None:
    network = machine().network()
    planned = plans.attach(network, "br0", {"ns2": ("172.16.1.2/16",)})
    assert "/etc/netns/ns2" in refusal(network, *planned, around=MachineFacts(frozenset({"ns2"}))).message


@pytest.mark.parametrize(("client", "expected"), [("", {"eth0"}), ("172.17.0.8", {"eth0", "docker0"})])
def test_the_interface_towards_the_user_carries_the_connection_too(client: str, expected: set[str]) -> None:
    draft = machine()
    draft.route(HOST, "172.17.0.0/16", "", "docker0")
    assert carries_user(draft.network().host, client) == expected
