"""What is asked, what is said of a way that works, and what isn't evaluated."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nslab_kernel.core.diagnosis import why
from nslab_kernel.core.effects import after
from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.model.firewall import Chain, Match, Rule, RuleVerdict
from nslab_kernel.core.model.network import HOST, Listener, Network
from nslab_kernel.core.operations import plans
from nslab_kernel.core.operations.actions import (
    Action,
    AddAddress,
    AddBridge,
    AddNamespace,
    AddNeighbour,
    AddVeth,
    DeleteAddress,
    SetDown,
    SetLink,
    SetMaster,
    SetSysctl,
    SetUp,
)
from nslab_kernel.core.translation import translated

from .cases import FORWARD, POSTROUTING, listening, ruled
from .labs import BARE, V6, bridged, broken, default, kinds, routed, with_router

UNREAD = Rule((), RuleVerdict("drop"), 7, text="meta cpu 1 drop", unread=("meta cpu 1",))


def test_a_ping_that_works_is_told_hop_by_hop() -> None:
    found = why(bridged(), "ns1", "ns2")
    assert found.arrives
    assert not found.findings
    assert [hop.text for hop in found.path] == [
        "ns1 sends the echo-request from 172.16.1.1 to 172.16.1.2 by eth00-ns1",
        "br1 forwards the echo-request from its port veth-ns1 to its port veth-ns2",
        "ns2 receives the echo-request for 172.16.1.2 by eth00-ns2",
        "ns2 sends the echo-reply from 172.16.1.2 to 172.16.1.1 by eth00-ns2",
        "br1 forwards the echo-reply from its port veth-ns2 to its port veth-ns1",
        "ns1 receives the echo-reply for 172.16.1.1 by eth00-ns1",
    ]
    assert [hop.leg for hop in found.path] == ["there"] * 3 + ["back"] * 3


def test_translation_is_told_on_the_way_there_and_back() -> None:
    masquerade = Rule((), RuleVerdict("masquerade"), 5, text="masquerade")
    network = broken(ruled(routed(), HOST, POSTROUTING, masquerade))
    texts = [hop.text for hop in why(network, "ns1", "ns2").path]
    assert "the host translates the source 172.16.1.1 to 172.17.0.1" in texts
    assert "the host translates the destination 172.17.0.1 to 172.16.1.1" in texts


def test_a_way_through_a_router_in_a_namespace_is_followed() -> None:
    assert why(with_router(), "ns1", "10.0.0.2").arrives
    found = why(broken(with_router(), SetSysctl("net.ipv4.ip_forward", "0", "r1")), "ns1", "10.0.0.2")
    assert kinds(found) == ["not-forwarding"]
    assert found.findings[0].cure == "sudo ip netns exec r1 sysctl -qw net.ipv4.ip_forward=1"


def test_further_causes_follow_the_first_in_the_order_in_which_the_packet_meets_them() -> None:
    network = broken(routed(), SetDown("veth-ns2"), SetSysctl("net.ipv4.ip_forward", "0"))
    assert kinds(why(network, "ns1", "ns2")) == ["not-forwarding", "interface-down"]


def test_the_way_out_is_missed_where_its_interface_is_down_and_took_the_default_route_along() -> None:
    network = broken(with_router(), default("r1", "10.0.0.2"), SetSysctl("net.ipv4.ip_forward", "1", "far"))
    assert kinds(why(network, "ns1", "10.9.9.9"))[0] == "routing-loop"
    found = why(broken(network, SetDown("out", "r1")), "ns1", "10.9.9.9")
    assert kinds(found)[:2] == ["interface-down", "no-route"]
    assert found.findings[0].cure == "sudo ip -n r1 link set dev out up"


def test_a_cause_on_the_way_back_says_so() -> None:
    back = Chain("inet", "own", "output", (), "output", "filter", 0, "drop")
    found = why(ruled(bridged(), "ns2", back), "ns1", "ns2")
    assert (kinds(found), found.findings[0].leg) == (["filtered-by-policy"], "back")


def test_a_namespace_stands_for_its_address_on_the_askers_link() -> None:
    network = after(bridged(1), plans.bridge(bridged(1), "br2", ("172.17.0.1/16",)))
    assert why(network, "ns1", "host").destination == "172.16.0.1"
    two = after(BARE, (AddBridge("br0"), AddAddress("br0", "10.0.0.1/24"), SetUp("br0")))
    assert why(bridged(1, on=two), "ns1", "host").destination == "172.16.0.1"


def test_a_namespace_with_ipv6_alone_is_reached_by_it() -> None:
    assert why(bridged(2, "br1", V6), "ns1", "ns2").destination == "fd00::2"


def test_a_tcp_connection_wants_somebody_who_listens() -> None:
    assert why(listening(bridged(), "ns2", "0.0.0.0", 80), "ns1", "ns2", tcp=80).arrives
    assert why(listening(bridged(), "ns2", "::", 80), "ns1", "ns2", tcp=80).arrives
    assert kinds(why(listening(bridged(), "ns2", "0.0.0.0", 81), "ns1", "ns2", tcp=80)) == ["no-listener"]
    assert kinds(why(listening(bridged(), "ns2", "0.0.0.0", 80), "ns1", "ns2", udp=80)) == ["no-listener"]


def test_a_rule_that_is_not_understood_is_named_where_it_decides() -> None:
    network = ruled(routed(), HOST, Chain("ip", "filter", "FORWARD", (), "forward", "filter", 0), UNREAD)
    found = why(network, "ns1", "ns2")
    assert found.arrives is None
    assert not found.findings
    assert found.unevaluated == ("the firewall rule `meta cpu 1 drop` in the host",)
    assert translated(why(network, "ns1", "ns2").unevaluated[0], "zh") == "主机的防火墙规则 `meta cpu 1 drop`"


def test_a_rule_that_is_not_understood_does_not_matter_where_the_packet_stops_anyway() -> None:
    found = why(ruled(routed(), HOST, FORWARD, UNREAD), "ns1", "ns2")
    assert found.arrives is False
    assert kinds(found) == ["filtered-by-policy"]


def test_a_name_whose_server_is_out_of_reach_is_told_by_the_way_to_it() -> None:
    found = why(routed(defaults=False), "ns1", "www.lab", resolve=lambda name: (), servers=("172.17.1.2",))
    assert kinds(found)[0] == "no-route"
    assert found.path[0].text == "ns1 asks the name server 172.17.1.2 for www.lab"
    assert str(found).startswith("✗ A ping from ns1 to www.lab doesn't arrive.")


def test_a_name_that_its_server_does_not_know_is_unknown() -> None:
    there = why(routed(), "ns1", "ns2")
    assert there.arrives
    network = broken(routed(), SetDown("veth-ns2"))
    assert kinds(why(network, "ns1", "nosuch", resolve=lambda name: (), servers=("172.17.1.2",))) == ["unknown-name"]


@pytest.mark.parametrize("ip", ["172.16.255.255", "255.255.255.255", "224.0.0.1"])
def test_who_answers_to_an_address_for_many_is_left_open(ip: str) -> None:
    found = why(broken(bridged(), default("ns1", "172.16.0.1")), "ns1", ip)
    assert (found.arrives, found.unevaluated) == (None, (f"who answers to {ip}, which is for many",))


def test_a_name_is_looked_up_by_whoever_can() -> None:
    assert why(bridged(), "ns1", "www", resolve={"www": ("172.16.1.2",)}.__getitem__).destination == "172.16.1.2"
    assert kinds(why(bridged(), "ns1", "www", resolve=lambda name: ())) == ["unknown-name"]
    unknown = why(bridged(), "ns1", "www")
    assert (unknown.arrives, unknown.unevaluated) == (None, ("the name www: only a running lab can look it up",))


def test_a_link_local_address_is_meant_on_the_named_interface() -> None:
    network = bridged(2, "br1", V6)
    there = network.get("ns2")
    assert there
    link = next(a.ip for i in there.interfaces for a in i.addresses if a.scope == "link")
    assert why(network, "ns1", f"{link}%eth00-ns1").arrives


@pytest.mark.parametrize(
    ("arguments", "packet", "said"),
    [
        (("ns7", "ns1"), {}, 'There is no namespace "ns7".'),
        (("ns1", "ns2"), {"tcp": 0}, "0 is not a port: ports go from 1 to 65535."),
        (("ns1", "ns2"), {"udp": 65536}, "65536 is not a port: ports go from 1 to 65535."),
        (("ns1", "ns2"), {"tcp": 80, "udp": 80}, "A packet is either TCP or UDP."),
        (("ns1", "fe80::1%eth9"), {}, "ns1 has no interface eth9."),
        (("ns1", "0.0.0.0"), {}, "0.0.0.0 is nobody's address."),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_a_sentence(
    arguments: tuple[str, str], packet: dict[str, int], said: str
) -> None:
    with pytest.raises(NslabError) as error:
        why(bridged(), *arguments, **packet)
    assert error.value.message == said
    assert error.value.cure


def with_way_out() -> Network:
    """ns1 on a bridge of the host, whose default route leads to a namespace that is no router."""
    return after(
        bridged(1),
        (
            AddNamespace("out"),
            AddVeth("eth0", "eth0", "out"),
            AddAddress("eth0", "192.0.2.2/24"),
            AddAddress("eth0", "192.0.2.1/24", "out"),
            SetUp("eth0"),
            SetUp("eth0", "out"),
            default(HOST, "192.0.2.1"),
        ),
    )


@pytest.mark.parametrize(
    ("kind", "breaking"),
    [
        ("interface-down", (SetDown("br1"),)),
        ("no-address", (DeleteAddress("br1", "172.16.0.1/16"),)),
        ("prefix-too-narrow", (AddAddress("br1", "172.16.0.1/30"), DeleteAddress("br1", "172.16.0.1/16"))),
    ],
)
def test_what_a_default_route_leads_astray_is_blamed_on_the_link_that_is_missing(
    kind: str, breaking: tuple[Action, ...]
) -> None:
    found = why(after(with_way_out(), breaking), HOST, "172.16.1.1")
    assert kinds(found)[0] == kind
    assert (found.findings[0].place.namespace, found.findings[0].place.interface) == (HOST, "br1")


def test_of_two_ends_of_a_subnet_on_two_bridges_the_one_with_a_plug_is_in_the_wrong_one() -> None:
    network = after(bridged(1), (AddBridge("br2"), SetUp("br2"), SetMaster("veth-ns1", "br2", HOST, "br1")))
    found = why(network, HOST, "172.16.1.1")
    assert kinds(found) == ["other-bridge"]
    assert found.findings[0].cure == "sudo ip link set veth-ns1 master br1"


def test_a_router_whose_own_address_is_in_another_subnet_is_blamed_rather_than_the_route_to_it() -> None:
    moved = (AddAddress("eth00-r1", "172.99.1.9/16", "r1"), DeleteAddress("eth00-r1", "172.16.1.9/16", "r1"))
    found = why(after(with_router(), moved), "ns1", "10.0.0.2")
    assert kinds(found)[0] == "other-subnet"
    assert found.findings[0].place.namespace == "r1"


def test_a_bridge_without_an_address_is_not_blamed_where_somebody_else_is_odd() -> None:
    moved = (AddAddress("eth00-ns2", "172.99.1.2/16", "ns2"), DeleteAddress("eth00-ns2", "172.16.1.2/16", "ns2"))
    bare = (DeleteAddress("br1", "172.16.0.1/16"), AddBridge("br9"), AddAddress("br9", "10.9.0.1/24"))
    found = why(after(bridged(), (*moved, *bare)), "ns1", "172.16.1.2")
    assert kinds(found) == ["other-subnet"]
    assert found.findings[0].place.namespace == "ns2"


def test_an_address_that_is_somebody_else_s_is_told_before_lo() -> None:
    doubled = AddAddress("eth00-ns1", "172.16.1.2/16", "ns1")
    found = why(after(bridged(), (SetDown("lo", "ns1"), doubled)), "ns1", "172.16.1.2")
    assert kinds(found)[0] == "duplicate-address"
    assert found.findings[0].cure == "sudo ip -n ns1 addr del 172.16.1.2/16 dev eth00-ns1"


def test_the_answer_to_oneself_belongs_to_a_connection_that_is_there() -> None:
    established = Rule((Match("ct state", ("established",)),), RuleVerdict("drop"), 3, text="ct state established drop")
    chain = Chain("inet", "t", "output", (), "output", "filter", 0)
    network = after(bridged(), (SetUp("lo", "ns1"),))
    found = why(ruled(network, "ns1", chain, established), "ns1", "172.16.1.1")
    assert kinds(found) == ["filtered-by-rule"]
    assert found.findings[0].leg == "back"


def test_a_link_local_source_may_ask_a_router_for_somebody_on_the_same_link() -> None:
    forwarding = SetSysctl("net.ipv6.conf.all.forwarding", "1")
    lost = DeleteAddress("eth00-ns1", "fd00::1/64", "ns1")
    network = after(bridged(2, "br1", V6), (forwarding, default("ns1", "fd00::f"), lost))
    assert why(network, "ns1", "fd00::2").arrives


def test_a_router_s_own_address_that_went_with_ipv6_is_missed_behind_it() -> None:
    network = bridged(1, "br2", ("fd01::f/64", "fd01::{}/64"), bridged(1, "br1", V6))
    forwarding = SetSysctl("net.ipv6.conf.all.forwarding", "1")
    routes = default("ns1", "fd00::f"), default("ns2", "fd01::f")
    off = SetSysctl("net.ipv6.conf.br2.disable_ipv6", "1")
    found = why(after(network, (forwarding, *routes, off)), "ns1", "fd01::f")
    assert kinds(found)[0] == "ipv6-off"
    assert found.findings[0].place.interface == "br2"


def test_an_address_that_a_router_has_lost_is_missed_though_a_default_route_leads_astray() -> None:
    lost = DeleteAddress("br1", "172.16.0.1/16")
    found = why(after(with_way_out(), (lost,)), HOST, "172.16.0.1")
    assert kinds(found)[0] == "no-address"
    assert found.findings[0].place.interface == "br1"


@pytest.mark.parametrize(("port", "named"), [("veth-ns1", []), ("veth-ns2", ["wrong-neighbour"])])
def test_a_bridge_is_reached_by_the_mac_address_of_the_port_in_use_but_of_no_other(port: str, named: list[str]) -> None:
    network = broken(bridged(), SetLink("br1", "address", "02:00:00:00:00:01"))
    network = broken(network, SetLink(port, "address", "02:00:00:00:00:02"))
    network = broken(network, AddNeighbour("172.16.0.1", "02:00:00:00:00:02", "eth00-ns1", "ns1"))
    assert kinds(why(network, "ns1", HOST)) == named


def test_a_permanent_neighbour_is_kept_when_the_neighbour_makes_itself_known() -> None:
    """ns2 learns from the question who asks; a line that a person wrote, with another address, stays."""
    network = broken(bridged(), AddNeighbour("172.16.1.1", "02:00:00:00:99:99", "eth00-ns2", "ns2"))
    found = why(network, "ns1", "ns2")
    assert [(finding.kind, finding.leg) for finding in found.findings] == [("wrong-neighbour", "back")]


def test_a_program_on_another_address_takes_nothing_though_it_is_for_ipv6_alone() -> None:
    network = bridged(2, "br1", V6)
    listener = Listener("tcp", "fd00::99", 80, v6only=True)
    spaces = (replace(s, listeners=(listener,)) if s.name == "ns2" else s for s in network.namespaces)
    found = why(replace(network, namespaces=tuple(spaces)), "ns1", "fd00::2", tcp=80)
    assert kinds(found) == ["listens-elsewhere"]


def test_the_way_says_where_a_link_is_too_small() -> None:
    links = (("br2", HOST), ("veth-ns2", HOST), ("eth00-ns2", "ns2"))
    small = broken(routed(), *(SetLink(name, "mtu", "1280", where) for name, where in links))
    told = why(small, "ns1", "ns2", size=1400)
    assert told.arrives
    assert "br2 takes 1280 bytes, not 1428" in str(told)
    assert "1280" not in str(why(small, "ns1", "ns2"))
