"""Operations are decided on a snapshot alone: what would be done, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.model.network import HOST, Address, Interface, Namespace, Network, PolicyRule, Route
from nslab_kernel.core.operations import plans
from nslab_kernel.core.operations.actions import Action
from nslab_kernel.core.operations.plans import Remains
from nslab_kernel.core.script.details import Setting

LO = Interface(1, "lo", "loopback", up=True, addresses=(Address("127.0.0.1", 8, "host"),))
BRIDGE = Interface(2, "mydocker0", "bridge", up=True, addresses=(Address("172.16.0.1", 16),))
BARE = Network(Namespace(HOST, "host", interfaces=(LO,)))
WITH_BRIDGE = Network(Namespace(HOST, "host", interfaces=(LO, BRIDGE)))


def attached(*addresses: str) -> Network:
    """A lab with mydocker0 and ns1, ns2, ... plugged into it."""
    outer, inner = [], []
    for number, cidr in enumerate(addresses, start=1):
        ip, prefix = cidr.split("/")
        name = f"ns{number}"
        veth = Interface(
            number + 2, f"veth-{name}", "veth", up=True, master=2, peer_index=2, peer_namespace=name, carrier=True
        )
        end = Interface(2, f"eth00-{name}", "veth", up=True, peer_index=number + 2, peer_namespace=HOST)
        end = replace(end, addresses=(Address(ip, int(prefix)), Address("fe80::1", 64, "link")))
        outer.append(veth)
        inner.append(Namespace(name, interfaces=(replace(LO, up=False, addresses=()), end)))
    return Network(Namespace(HOST, "host", interfaces=(LO, BRIDGE, *outer)), tuple(inner))


def commands(actions: tuple[Action, ...]) -> list[str]:
    return [action.command().removeprefix("sudo ") for action in actions]


def refusal(*arguments: object, of: str = "attach") -> NslabError:
    with pytest.raises(NslabError) as error:
        getattr(plans, of)(*arguments)
    return error.value


def test_a_bridge_is_made_addressed_and_brought_up() -> None:
    assert commands(plans.bridge(BARE, "mydocker0", ("172.16.0.1/16",))) == [
        "ip link add mydocker0 type bridge",
        "ip addr add 172.16.0.1/16 dev mydocker0",
        "ip link set mydocker0 up",
    ]


def test_attach_does_what_the_tutorials_script_does_and_brings_lo_up() -> None:
    assert commands(plans.attach(WITH_BRIDGE, "mydocker0", {"ns1": ("172.16.1.1/16",)})) == [
        "ip netns add ns1",
        "ip link add veth-ns1 type veth peer name eth00-ns1 netns ns1",
        "ip -n ns1 addr add 172.16.1.1/16 dev eth00-ns1",
        "ip -n ns1 link set eth00-ns1 up",
        "ip -n ns1 link set dev lo up",
        "ip link set veth-ns1 up",
        "ip link set veth-ns1 master mydocker0",
    ]


def test_attach_gives_ipv4_and_ipv6_at_once_and_ipv6_without_waiting() -> None:
    planned = commands(plans.attach(WITH_BRIDGE, "mydocker0", {"ns1": ("172.16.1.1/16", "fd00::1/64")}))
    assert "ip -n ns1 addr add 172.16.1.1/16 dev eth00-ns1" in planned
    assert "ip -n ns1 addr add fd00::1/64 dev eth00-ns1 nodad" in planned


@pytest.mark.parametrize(
    ("bridge", "said", "cure"),
    [
        ("mydoker0", 'no bridge "mydoker0"', "Did you mean mydocker0? `%netns_bridge mydoker0` makes it."),
        ("veth-ns1", "is a veth interface, not a bridge", "Bridges are mydocker0."),
        ("lo", "is a loopback interface, not a bridge", "Bridges are mydocker0."),
        ("", "can't be empty", "mydocker0"),
        ("my docker0", "a space", "mydocker0"),
    ],
)
def test_a_bridge_that_is_none_is_told_with_the_nearest_one(bridge: str, said: str, cure: str) -> None:
    error = refusal(attached("172.16.1.1/16"), bridge, {"ns2": ("172.16.1.2/16",)})
    assert said in error.message
    assert cure in error.cure


@pytest.mark.parametrize(
    ("name", "addresses", "said", "cure"),
    [
        ("ns1", ("172.16.1.2/16",), '"ns1" exists already', "`%netns_detach ns1`"),
        ("host", ("172.16.1.2/16",), "lab's own host", "ns1"),
        ("namespace1", ("172.16.1.2/16",), "16 characters", "at most 9"),
        ("a/b", ("172.16.1.2/16",), '"/"', "ns1"),
        ("ns2", (), "no address", "`%netns_attach mydocker0 ns2 172.16.1.1/16`"),
        ("ns2", ("172.16.1.2",), "no prefix length", "172.16.1.2/16"),
        ("ns2", ("172.16.1.1/16",), "address of eth00-ns1 in ns1 already", "172.16.1.2/16 is free"),
        ("ns2", ("172.16.0.1/16",), "address of mydocker0 in the host already", "172.16.0.2/16 is free"),
        ("ns2", ("172.16.1.2/16", "172.16.1.2/16"), "address of eth00-ns2 in ns2 already", "172.16.1.3/16"),
        ("ns2", ("172.16.1.2/24",), "overlaps 172.16.0.0/16", "Write 172.16.1.2/16."),
        ("ns2", ("172.17.1.2/8",), "overlaps 172.16.0.0/16", "Choose another subnet."),
    ],
)
def test_what_cannot_be_attached_is_told_with_the_cure(
    name: str, addresses: tuple[str, ...], said: str, cure: str
) -> None:
    error = refusal(attached("172.16.1.1/16"), "mydocker0", {name: addresses})
    assert said in error.message
    assert cure in error.cure


def test_one_bad_namespace_among_many_refuses_all_of_them() -> None:
    wanted = {"ns1": ("172.16.1.1/16",), "ns2": ("172.16.1.1/16",)}
    assert "address of eth00-ns1 in ns1 already" in refusal(WITH_BRIDGE, "mydocker0", wanted).message


def test_a_leftover_interface_in_the_host_is_told() -> None:
    leftover = Network(replace(WITH_BRIDGE.host, interfaces=(LO, BRIDGE, Interface(3, "veth-ns1", "veth"))))
    error = refusal(leftover, "mydocker0", {"ns1": ("172.16.1.1/16",)})
    assert '"veth-ns1" already' in error.message
    assert error.cure == "`sudo ip link del veth-ns1` removes it."


def test_a_bridge_that_exists_is_not_made_again() -> None:
    assert 'a bridge "mydocker0" already' in refusal(WITH_BRIDGE, "mydocker0", of="bridge").message


def test_two_bridges_of_the_host_cannot_have_the_same_subnet() -> None:
    error = refusal(WITH_BRIDGE, "br1", ("172.16.9.1/16",), of="bridge")
    assert "172.16.0.0/16, which is also the subnet of mydocker0 in the host" in error.message


def test_the_same_subnet_behind_another_bridge_is_allowed_for_namespaces() -> None:
    second = replace(BRIDGE, index=9, name="br1", addresses=())
    network = Network(Namespace(HOST, "host", interfaces=(LO, BRIDGE, second)))
    assert plans.attach(network, "br1", {"ns1": ("172.16.1.1/16",)})


def test_detach_removes_the_outer_end_by_its_kernel_ids_whatever_its_name() -> None:
    network = attached("172.16.1.1/16", "172.16.1.2/16")
    odd = replace(network.host.interfaces[2], name="odd")
    network = Network(replace(network.host, interfaces=(LO, BRIDGE, odd)), network.namespaces)
    assert commands(plans.detach(network, "ns1", Remains())) == ["ip link del dev odd", "ip netns del ns1"]


def test_detach_ends_the_processes_and_removes_the_files_of_the_namespace() -> None:
    remains = Remains(processes=((57, "python3"), (58, "nc")), files=True)
    assert commands(plans.detach(attached("172.16.1.1/16"), "ns1", remains)) == [
        "kill -9 57 58  # python3, nc in ns1",
        "ip link del veth-ns1",
        "ip netns del ns1",
        "rm -r /etc/netns/ns1",
    ]


@pytest.mark.parametrize(
    ("name", "said", "cure"),
    [
        ("ns11", 'no namespace "ns11"', "Did you mean ns1?"),
        ("host", "can't be removed", "`%netns_reset`"),
        ("", "can't be empty", "ns1"),
    ],
)
def test_what_cannot_be_detached_is_told(name: str, said: str, cure: str) -> None:
    error = refusal(attached("172.16.1.1/16"), name, Remains(), of="detach")
    assert said in error.message
    assert cure in error.cure


def test_an_unnamed_namespace_is_left_to_its_process() -> None:
    unnamed = Namespace("pid-7", kind="process", label="sleep")
    assert "sleep has no name" in refusal(Network(BARE.host, (unnamed,)), "pid-7", Remains(), of="detach").message


def test_reset_of_a_bare_host_does_nothing() -> None:
    assert plans.reset(BARE, {}, firewall=False) == ()


def test_reset_removes_even_an_empty_table() -> None:
    assert commands(plans.reset(BARE, {}, firewall=True)) == ["nft flush ruleset"]


def test_reset_removes_interfaces_namespaces_processes_files_routes_rules_and_settings() -> None:
    network = attached("172.16.1.1/16")
    lo = replace(LO, up=False, addresses=(*LO.addresses, Address("10.9.9.9", 32)))
    pair = (
        Interface(7, "a", "veth", peer_index=8, peer_namespace=HOST),
        Interface(8, "b", "veth", peer_index=7, peer_namespace=HOST),
        Interface(9, "tun", "vxlan", lower_index=2),
        Interface(10, "sit0", "sit"),
        Interface(11, "eth0", ""),
    )
    host = replace(
        network.host,
        interfaces=(lo, *network.host.interfaces[1:], *pair),
        routes=(
            Route("10.0.0.0/8", kind="blackhole"),
            Route("10.9.0.0/16", interface=1),
            Route("default", gateway="172.16.1.1", interface=2),
            Route("172.16.0.0/16", interface=2, protocol="kernel"),
        ),
        rules=(PolicyRule(0, table=255), PolicyRule(100, source="10.0.0.0/8", table=7), PolicyRule(32766)),
    )
    settings = (
        Setting("net.ipv4.conf.all.accept_redirects", "0", "1"),
        Setting("net.ipv4.conf.mydocker0.forwarding", "1", "0", "mydocker0"),
        Setting("net.ipv4.icmp_echo_ignore_all", "1", "0"),
        Setting("net.ipv4.ip_forward", "1", "0"),
    )
    remains = {"ns1": Remains(((5, "nc"),), files=True)}
    assert commands(plans.reset(Network(host, network.namespaces), remains, settings)) == [
        "kill -9 5  # nc in ns1",
        "ip link del dev tun",
        "ip link del mydocker0",
        "ip link del veth-ns1",
        "ip link del dev a",
        "ip netns del ns1",
        "rm -r /etc/netns/ns1",
        "ip link set dev lo up",
        "ip addr del 10.9.9.9/32 dev lo",
        "ip route del blackhole 10.0.0.0/8",
        "ip route del 10.9.0.0/16 dev lo",
        "ip rule del from 10.0.0.0/8 priority 100 table 7",
        "nft flush ruleset",
        "sysctl -qw net.ipv4.ip_forward=0",
        "sysctl -qw net.ipv4.icmp_echo_ignore_all=0",
    ]
