"""Which actions go to the kernel together, and what takes them back."""

from __future__ import annotations

from nslab_kernel.core.operations import actions as do
from nslab_kernel.core.operations.batches import batches, taking_back


def attach(name: str) -> list[do.Action]:
    return [
        do.AddNamespace(name),
        do.AddVeth(f"veth-{name}", f"eth00-{name}", name),
        do.AddAddress(f"eth00-{name}", "172.16.1.1/16", name),
        do.SetUp(f"eth00-{name}", name),
        do.SetUp(f"veth-{name}"),
        do.SetMaster(f"veth-{name}", "br0"),
    ]


def commands(actions: list[do.Action] | tuple[do.Action, ...]) -> list[str]:
    return [action.command().removeprefix("sudo ip ") for action in actions]


def test_attaching_many_is_one_run_until_too_many_files_would_be_open() -> None:
    actions = [action for number in range(300) for action in attach(f"ns{number}")]
    runs = list(batches(actions))
    assert [action for run in runs for action in run] == actions
    assert [sum(isinstance(action, do.AddNamespace) for action in run) for run in runs] == [128, 128, 44]


def test_interfaces_of_one_namespace_are_removed_in_one_run_and_namespaces_with_them() -> None:
    a, b, c = do.DeleteInterface("a"), do.DeleteInterface("b"), do.DeleteInterface("c", "ns1")
    one, two = do.DeleteNamespace("ns1"), do.DeleteNamespace("ns2")
    assert list(batches([a, b, c])) == [[a, b], [c]]
    assert list(batches([a, b, one, two])) == [[a, b, one, two]]
    assert list(batches([one, a])) == [[one], [a]], "names are taken once the interfaces are found"


def test_what_depends_on_order_goes_alone() -> None:
    bridge, up, route = do.AddBridge("br0"), do.SetUp("br0"), do.SetSysctl("net.ipv4.ip_forward", "1")
    inside = do.AddVeth("a", "b", "ns2", "ns1")
    assert list(batches([bridge, up, route, inside, bridge])) == [[bridge], [up], [route], [inside], [bridge]]


def test_nothing_makes_no_run() -> None:
    assert list(batches([])) == []
    assert taking_back([]) == ()


def test_taking_back_an_attach_removes_the_pair_and_the_namespace_and_no_more() -> None:
    assert commands(taking_back(attach("ns1"))) == ["link del veth-ns1", "netns del ns1"]


def test_taking_back_removes_interfaces_before_any_namespace_so_that_they_go_in_one_run() -> None:
    assert commands(taking_back([*attach("ns1"), *attach("ns2")])) == [
        "link del veth-ns2",
        "link del veth-ns1",
        "netns del ns2",
        "netns del ns1",
    ]


def test_a_setting_of_something_older_is_taken_back_last_first() -> None:
    done: list[do.Action] = [
        do.SetUp("br0"),
        do.AddAddress("br0", "172.16.0.1/16"),
        do.SetMaster("old", "br0", was="br1"),
        do.SetSysctl("net.ipv4.ip_forward", "1"),
    ]
    assert [action.command().removeprefix("sudo ") for action in taking_back(done)] == [
        "sysctl -qw net.ipv4.ip_forward=0",
        "ip link set dev old master br1",
        "ip addr del 172.16.0.1/16 dev br0",
        "ip link set br0 down",
    ]


def test_a_pair_between_older_namespaces_is_removed_by_its_near_end() -> None:
    done = [do.AddVeth("a", "b", "ns2", "ns1"), do.SetUp("a", "ns1"), do.SetUp("b", "ns2")]
    assert commands(taking_back(done)) == ["-n ns1 link del dev a"]


def test_what_is_set_inside_a_new_namespace_goes_with_it() -> None:
    done = [
        do.AddNamespace("ns1"),
        do.SetUp("lo", "ns1"),
        do.AddBridge("br0", "ns1"),
        do.SetSysctl("net.ipv4.ip_forward", "1", "ns1"),
    ]
    assert commands(taking_back(done)) == ["netns del ns1"]
