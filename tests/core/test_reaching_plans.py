"""Ways out, ways in, cables, routers, filters and worlds outside are decided on a snapshot alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.model.firewall import Chain, Match, Rule, RuleVerdict
from nslab_kernel.core.model.network import HOST, Listener, Network
from nslab_kernel.core.operations import connect, filter_rules, internet, nat, plans, publish, uplink
from nslab_kernel.core.operations.actions import Action

from ..picture.literal import Draft, masquerade
from ..picture.literal import publish as published

Plan = Callable[[Network], object]


def wired(*, forwarding: str = "0") -> Draft:
    """Two namespaces on a bridge with an address, and a host with an uplink."""
    draft = Draft("isp").veth(HOST, "eth0", "isp", "customer1", near=["192.0.2.2/24"])
    draft.route(HOST, "default", "192.0.2.1", "eth0").sysctl(HOST, "net.ipv4.ip_forward", forwarding)
    draft.sysctl(HOST, "net.ipv6.conf.all.forwarding", "0")
    draft.bridge("br0", "172.16.0.1/16").bridge("bare0")
    return draft.attach("br0", "ns1", "172.16.1.1/16").attach("br0", "ns2", "172.16.1.2/16")


def commands(actions: tuple[Action, ...]) -> list[str]:
    return [line.removeprefix("sudo ") for action in actions for line in action.command().splitlines()]


def rule(text: str, note: str) -> str:
    return f"nft 'add rule ip nslab {text} comment \"nslab {note}\"'"


def own(*rules: Rule, chain: str = "postrouting", family: str = "ip") -> Chain:
    return Chain(family, "nslab", chain, rules, chain, "nat" if family == "ip" else "filter")


def own_masquerade(handle: int = 5) -> Rule:
    matches = (Match("ip saddr", ("172.16.0.0/16",)), Match("oifname", ("eth0",)))
    return Rule(matches, RuleVerdict("masquerade"), handle, "nslab nat br0")


def own_dnat(port: str = "80", to: str = "172.16.1.1", handle: int = 7, protocol: str = "tcp") -> Rule:
    place = "ns1" if to == "172.16.1.1" else "ns2"
    return Rule(
        (Match(f"{protocol} dport", (port,)),), RuleVerdict("dnat", to, "8080"), handle, f"nslab publish {place}"
    )


def own_hairpin(to: str = "172.16.1.1", handle: int = 9, protocol: str = "tcp") -> Rule:
    place = "ns1" if to == "172.16.1.1" else "ns2"
    matches = (Match("ip saddr", ("172.16.0.0/16",)), Match("ip daddr", (to,)), Match(f"{protocol} dport", ("8080",)))
    return Rule(matches, RuleVerdict("masquerade"), handle, f"nslab publish {place}")


MEMO = Chain("ip", "nslab", "ipv4_forwarding_was_off")


def test_nat_is_what_docker_does_a_default_route_forwarding_masquerade() -> None:
    assert commands(nat.nat(wired().network(), "br0")) == [
        "ip -n ns1 route add default via 172.16.0.1 proto static",
        "ip -n ns2 route add default via 172.16.0.1 proto static",
        "sysctl -qw net.ipv4.ip_forward=1",
        "nft add table ip nslab",
        "nft add chain ip nslab ipv4_forwarding_was_off",
        "nft 'add chain ip nslab postrouting { type nat hook postrouting priority 100 ; policy accept ; }'",
        rule('postrouting ip saddr 172.16.0.0/16 oifname "eth0" masquerade', "nat br0"),
    ]


def test_the_hairpin_of_a_published_port_is_no_nat() -> None:
    draft = wired(forwarding="1").firewall(HOST, own(own_hairpin()))
    assert any("oifname" in command for command in commands(nat.nat(draft.network(), "br0")))


def test_nat_leaves_a_person_s_route_and_forwarding_alone_and_so_does_its_end() -> None:
    draft = wired(forwarding="1").route("ns1", "default", "172.16.0.1", "eth00-ns1")
    made = commands(nat.nat(draft.network(), "br0"))
    assert "ip -n ns1" not in " ".join(made)
    assert "sysctl" not in " ".join(made)
    draft.firewall(HOST, own(own_masquerade()))
    assert commands(nat.nat_off(draft.network(), "br0")) == ["nft delete table ip nslab"]


def test_ipv6_is_routed_and_never_translated() -> None:
    draft = wired().set(HOST, "br0", addresses=()).bridge("br6", "2001:db8:172::1/64")
    draft.attach("br6", "ns6", "2001:db8:172::6/64").route(HOST, "default", "2001:db8:2::1", "eth0")
    assert commands(nat.nat(draft.network(), "br6")) == [
        "ip -n ns6 -6 route add default via 2001:db8:172::1 proto static",
        "sysctl -qw net.ipv6.conf.all.forwarding=1",
        "nft add table ip nslab",
        "nft add chain ip nslab ipv6_forwarding_was_off",
    ]


def test_a_bridge_with_both_families_goes_out_by_the_one_that_the_host_has_a_way_for() -> None:
    draft = wired().bridge("br46", "172.20.0.1/16", "fd00::1/64").attach("br46", "both", "172.20.0.2/16", "fd00::2/64")
    made = " ".join(commands(nat.nat(draft.network(), "br46")))
    assert "ip_forward" in made
    assert "-6" not in made


def test_the_end_of_nat_puts_everything_back_that_it_changed() -> None:
    draft = wired(forwarding="1").firewall(HOST, MEMO, own(own_masquerade()))
    draft.route("ns1", "default", "172.16.0.1", "eth00-ns1", protocol="static")
    assert commands(nat.nat_off(draft.network(), "br0")) == [
        "ip -n ns1 route del default via 172.16.0.1 proto static",
        "nft delete table ip nslab",
        "sysctl -qw net.ipv4.ip_forward=0",
    ]


def test_the_end_of_nat_leaves_what_a_published_port_needs() -> None:
    draft = wired(forwarding="1").firewall(
        HOST, MEMO, own(own_masquerade(), own_hairpin()), own(own_dnat(), chain="prerouting")
    )
    draft.route("ns1", "default", "172.16.0.1", "eth00-ns1", protocol="static")
    assert commands(nat.nat_off(draft.network(), "br0")) == ["nft delete rule ip nslab postrouting handle 5"]


def test_the_bridge_of_a_rule_is_known_by_its_whole_name() -> None:
    draft = wired().bridge("br01", "172.20.0.1/16").firewall(HOST, own(own_masquerade()))
    assert "no NAT" in refusal(lambda network: nat.nat_off(network, "br01"), draft).message


def test_publishing_translates_what_arrives_and_what_the_host_sends_and_the_hairpin() -> None:
    made = commands(publish.publish(wired(forwarding="1").network(), 80, "ns1", 8080))
    arriving = "ip daddr { 192.0.2.2, 172.16.0.1 } tcp dport 80 dnat to 172.16.1.1:8080"
    hairpin = "postrouting ip saddr 172.16.0.0/16 ip daddr 172.16.1.1 tcp dport 8080 masquerade"
    expected = (f"prerouting {arriving}", f"output {arriving}", hairpin)
    assert made[-3:] == [rule(text, "publish ns1") for text in expected]


def test_withdrawing_one_of_two_ports_leaves_the_other_and_its_hairpin() -> None:
    draft = wired().firewall(
        HOST,
        own(own_dnat(handle=1), own_dnat("81", handle=2), own_dnat(handle=3, protocol="udp"), chain="prerouting"),
        own(own_hairpin(handle=4), own_hairpin(handle=5), own_hairpin(handle=6, protocol="udp")),
    )
    assert commands(publish.withdraw(draft.network(), 80)) == [
        "nft delete rule ip nslab prerouting handle 1",
        "nft delete rule ip nslab postrouting handle 4",
    ]


def test_withdrawing_the_last_port_puts_forwarding_and_routes_back() -> None:
    draft = wired(forwarding="1").firewall(HOST, MEMO, own(own_dnat(), chain="prerouting"), own(own_hairpin()))
    draft.route("ns2", "default", "172.16.0.1", "eth00-ns2", protocol="static")
    assert commands(publish.withdraw(draft.network(), 80)) == [
        "ip -n ns2 route del default via 172.16.0.1 proto static",
        "nft delete table ip nslab",
        "sysctl -qw net.ipv4.ip_forward=0",
    ]


def test_with_a_namespace_go_its_ports_and_the_filters_that_name_it() -> None:
    drop = Rule((Match("ip saddr", ("172.16.1.1",)),), RuleVerdict("drop"), 3, "nslab")
    both = Rule((Match("ip saddr", ("172.16.1.1", "172.16.1.2")),), RuleVerdict("drop"), 4, "nslab")
    draft = wired().firewall(
        HOST, own(own_dnat(), own_dnat(to="172.16.1.2", handle=8), chain="prerouting"),
        own(drop, both, chain="forward", family="inet"),
    )  # fmt: skip
    network = draft.network()
    ns1 = plans.find_namespace(network, "ns1")
    assert commands(publish.withdraw_all(network, ns1)) == ["nft delete rule ip nslab prerouting handle 7"]
    assert commands(filter_rules.withdraw_rules(network, ns1)) == ["nft delete rule inet nslab forward handle 3"]
    assert filter_rules.withdraw_rules(network, plans.find_namespace(network, "isp")) == ()


def test_a_cable_has_an_end_with_an_address_in_each_namespace() -> None:
    assert commands(connect.cable(wired().network(), "ns1", "ns2", ("10.9.0.1/30", "10.9.0.2/30"))) == [
        "ip -n ns1 link add to-ns2 type veth peer name to-ns1 netns ns2",
        "ip -n ns1 addr add 10.9.0.1/30 dev to-ns2",
        "ip -n ns2 addr add 10.9.0.2/30 dev to-ns1",
        "ip -n ns1 link set to-ns2 up",
        "ip -n ns2 link set to-ns1 up",
    ]


def test_a_router_is_a_namespace_on_two_bridges_that_forwards() -> None:
    made = commands(connect.router(wired().network(), "br0", "bare0", ("172.16.0.254/16", "10.1.0.1/24"), "r1"))
    assert [made[0], made[-1]] == ["ip netns add r1", "ip netns exec r1 sysctl -qw net.ipv4.ip_forward=1"]
    assert "ip link set r1-0 master br0" in made
    assert "ip link set r1-1 master bare0" in made


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (filter_rules.Condition(), ["drop"]),
        (filter_rules.Condition(source="ns1"), ["ip saddr 172.16.1.1 drop"]),
        (
            filter_rules.Condition(destination="both", tcp=80),
            ["ip daddr 172.20.0.2 tcp dport 80 drop", "ip6 daddr fd00::2 tcp dport 80 drop"],
        ),
        (
            filter_rules.Condition("10.0.0.0/8", "ns1", udp=53),
            ["ip saddr 10.0.0.0/8 ip daddr 172.16.1.1 udp dport 53 drop"],
        ),
    ],
)
def test_a_filter_names_addresses_of_each_family_that_both_sides_have(
    condition: filter_rules.Condition, expected: list[str]
) -> None:
    draft = wired().bridge("br46").attach("br46", "both", "172.20.0.2/16", "fd00::2/64")
    (action,) = filter_rules.add_rule(draft.network(), HOST, "forward", "drop", condition)
    lines = action.command().replace("'", "").splitlines()
    assert lines[2:] == [f'sudo nft add rule inet nslab forward {rule} comment "nslab"' for rule in expected]


def test_the_world_outside_has_no_way_back_to_private_addresses() -> None:
    made = commands(internet.internet(Network(Draft().network().host)))
    routes = [line for line in made if "route add" in line and "-n isp" in line]
    to_servers = {line for line in routes if line.endswith((" via 203.0.113.53", " via 2001:db8:113::53"))}
    assert len(to_servers) == len(internet.RESOLVERS)
    assert [line for line in routes if line not in to_servers] == [
        "ip -n isp -6 route add 2001:db8:172::/48 via 2001:db8:2::2"
    ]
    assert made[-1] == "rm -f /etc/resolv.conf && echo nameserver 203.0.113.53 | sudo tee /etc/resolv.conf"


def test_a_real_uplink_forwards_no_port_and_is_removed_by_its_interface() -> None:
    made = commands(uplink.uplink(Draft().network()))
    assert made[0].startswith("pasta --config-net -4 -I eth0 ")
    assert made[0].count(" none") == 4
    draft = Draft()
    draft.put(HOST, "eth0", "tun", ["10.0.2.15/24"])
    assert commands(uplink.uplink_off(draft.network())) == ["ip link del eth0", "rm /etc/resolv.conf"]


def refusal(plan: Plan, draft: Draft) -> NslabError:
    with pytest.raises(NslabError) as caught:
        plan(draft.network())
    return caught.value


CABLE = ("10.9.0.1/30", "10.9.0.2/30")


@pytest.mark.parametrize(
    ("plan", "said", "cure"),
    [
        (lambda n: nat.nat(n, "bare0"), "bare0 has no address", "172.16.0.1/16 dev bare0"),
        (lambda n: nat.nat(n, "br9"), 'no bridge "br9"', "%netns_bridge br9"),
        (lambda n: nat.nat(n, "eth0"), '"eth0" is a veth interface', "Bridges are"),
        (lambda n: nat.nat_off(n, "br0"), "no NAT", "%netns_nat br0"),
        (lambda n: publish.publish(n, 65536, "ns1", 80), "65536 is not a port", "8080"),
        (lambda n: publish.publish(n, 80, "ns1", -1), "-1 is not a port", "8080"),
        (lambda n: publish.publish(n, 80, "ns1", 80, "sctp"), '"sctp" has no ports', "tcp, udp"),
        (lambda n: publish.publish(n, 80, "isp", 80), "no way to isp", "ip address add"),
        (lambda n: publish.withdraw(n, 80), "80/tcp isn't published", "%netns_graph"),
        (lambda n: connect.cable(n, "ns1", "ns1", CABLE), "join nothing", "two namespaces"),
        (lambda n: connect.cable(n, "ns1", "ns2", ("10.9.0.1/30", "10.9.1.2/30")), "different subnets", "10.9.0.2/30"),
        (lambda n: connect.cable(n, "ns1", "ns2", ("172.16.1.1/16", "172.16.1.9/16")), "address of", "free"),
        (lambda n: connect.router(n, "br0", "bare0", CABLE, "ns1"), '"ns1" exists already', "%netns_detach ns1"),
        (lambda n: connect.address(n, "ns1", "eth9", "10.0.0.1/8"), 'no interface "eth9"', "%netns"),
        (lambda n: connect.address(n, "ns1", "eth00-ns1", "172.16.1.2/16"), "of eth00-ns2 in ns2", "is free"),
        (lambda n: connect.route(n, "ns1", "default", "10.0.0.1"), "no neighbour of ns1", "one of them"),
        (lambda n: connect.route(n, "host", "default", "192.0.2.1"), "a route to default already", "ip route del"),
        (lambda n: connect.route(n, "ns1", "10.0.0.1/8", "172.16.0.1"), "not a subnet", "10.1.0.0/16"),
        (lambda n: connect.resolver(n, "ns1", "dns"), "not an IP address", "172.16.0.1"),
        (
            lambda n: filter_rules.add_rule(n, "host", "in", "drop", filter_rules.Condition()),
            "no place to filter",
            "input",
        ),
        (lambda n: filter_rules.add_rule(n, "host", "input", "no", filter_rules.Condition()), "no verdict", "reject"),
        (
            lambda n: filter_rules.add_rule(n, "host", "input", "drop", filter_rules.Condition(tcp=0)),
            "0 is not a port",
            "--tcp 80",
        ),
        (
            lambda n: filter_rules.add_rule(n, "host", "input", "drop", filter_rules.Condition("fd00::1", "ns1")),
            "same family",
            "%netns",
        ),
        (lambda n: filter_rules.remove_rules(n, "ns1"), "no filter rules", "%netns_firewall"),
        (lambda n: internet.internet(n), "there already", "--off"),
        (lambda n: uplink.uplink(n), "there already", "--off"),
        (lambda n: uplink.uplink_off(n), "no uplink", "--real"),
    ],
)
def test_bad_input_is_told_with_its_cure(plan: Plan, said: str, cure: str) -> None:
    error = refusal(plan, wired())
    assert said in error.message
    assert cure in error.cure


def test_a_port_that_a_program_of_the_host_listens_on_is_not_published() -> None:
    network = wired().network()
    busy = replace(network, host=replace(network.host, listeners=(Listener("tcp", "0.0.0.0", 80),)))
    with pytest.raises(NslabError, match="80/tcp of the host is in use") as caught:
        publish.publish(busy, 80, "ns1", 8080)
    assert "ss -lnp sport = 80" in caught.value.cure
    assert publish.publish(busy, 80, "ns1", 8080, "udp")


@pytest.mark.parametrize(
    ("chain", "plan", "said", "cure"),
    [
        (masquerade("172.16.0.0/16", "eth0"), lambda n: nat.nat(n, "br0"), "masqueraded already", "rule ip nat"),
        (own(own_masquerade()), lambda n: nat.nat(n, "br0"), "masqueraded already", "handle 5"),
        (published("80", "172.16.1.9", "80"), lambda n: publish.publish(n, 80, "ns1", 80), "1.9:80", "nft delete"),
        (replace(published("80", "172.17.0.2", "80"), name="DOCKER", hook="", kind=""),
         lambda n: publish.publish(n, 80, "ns1", 80), "172.17.0.2:80", "rule ip nat DOCKER"),
        (own(own_dnat(), chain="prerouting"), lambda n: publish.publish(n, 80, "ns2", 80), "1.1:8080", "--off"),
    ],
)  # fmt: skip
def test_what_is_there_already_is_told_whoever_made_it(chain: Chain, plan: Plan, said: str, cure: str) -> None:
    error = refusal(plan, wired().firewall(HOST, chain))
    assert said in error.message
    assert cure in error.cure
