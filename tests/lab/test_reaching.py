"""Out into the world and in again, with real packets; all of it gone afterwards."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.model.network import Network
from nslab_kernel.core.operations.actions import Operation
from nslab_kernel.lab import Lab

from ..comparison import facts, settled

Shell = Callable[[str], str]


@pytest.fixture
def wired(lab: Lab) -> Lab:
    """Two namespaces on a bridge with an address, and a world outside."""
    lab.internet()
    lab.bridge("br0", "172.16.0.1/16", "2001:db8:172:1::ff/64")
    lab.attach("br0", "ns1", "172.16.1.1/16", "2001:db8:172:1::1/64")
    lab.attach("br0", "ns2", "172.16.1.2/16")
    return lab


def page(lab: Lab, place: str, url: str) -> str:
    """What a web page at ``url`` says to somebody in ``place``; empty where it can't be had, and pytest shows why."""
    done = lab.run(place, f"curl -sSg -m 10 '{url}'")
    print(f"{place}, {url}: {done.stderr or done.stdout}")
    return done.stdout


def assert_serves(lab: Lab, url: str) -> None:
    """Wait until the host gets an answer from a web server that was just started."""
    wait = f"for i in $(seq 100); do curl -s -m 1 {url} > /dev/null && exit; sleep 0.05; done; exit 1"
    assert lab.run("host", wait).returncode == 0, f"nobody answers at {url}"


def pings(lab: Lab, place: str, goal: str) -> bool:
    return lab.run(place, ["ping", "-c", "1", "-W", "1", goal]).returncode == 0


@pytest.fixture
def site(wired: Lab, tmp_path: Path) -> str:
    """A web server in ns1; its page."""
    (tmp_path / "index.html").write_text("it is ns1\n")
    wired.start("ns1", f"cd {tmp_path} && exec python3 -m http.server 8080")
    assert_serves(wired, "http://172.16.1.1:8080/")
    return "it is ns1\n"


def test_the_world_outside_answers_the_host_by_name_and_address(wired: Lab) -> None:
    assert pings(wired, "host", "203.0.113.10")
    # By IPv6 as soon as the host's address was checked, by IPv4 before.
    assert page(wired, "host", "http://www.example.com/").startswith("Hello from www.example.com\nyou are ")
    assert page(wired, "host", "http://203.0.113.10/").endswith("you are 192.0.2.2\n")
    assert page(wired, "host", "http://[2001:db8:113::10]/").endswith("you are 2001:db8:2::2\n")
    echo = "exec 3<>/dev/tcp/198.51.100.7/7; echo hello >&3; head -1 <&3"
    assert wired.run("host", echo).stdout == "hello\n"


def test_without_masquerade_the_answer_finds_no_way_back(wired: Lab) -> None:
    wired.route("ns1", "default", "172.16.0.1")
    wired.run("host", "sysctl -qw net.ipv4.ip_forward=1")
    seen = wired.run(
        "host",
        """
        log=$(mktemp)
        ip netns exec inet-web timeout 10 tcpdump -l -n -c 1 -i eth0 'icmp[icmptype] == icmp-echo' 2>$log &
        until grep -q listening $log; do sleep 0.05; done
        ip netns exec ns1 ping -c 1 -W 1 203.0.113.10
        wait
        rm $log
        """,
    ).stdout
    assert "172.16.1.1 > 203.0.113.10" in seen
    assert "100% packet loss" in seen


def test_nat_lets_namespaces_out_under_the_hosts_address(wired: Lab) -> None:
    assert not pings(wired, "ns1", "203.0.113.10")
    wired.nat("br0")
    assert pings(wired, "ns1", "203.0.113.10")
    assert page(wired, "ns2", "http://203.0.113.10/").endswith("you are 192.0.2.2\n")


def test_ipv6_is_routed_not_translated(wired: Lab) -> None:
    wired.nat("br0")
    # A router finds its neighbours only once its own link-local address has passed duplicate address detection.
    wired.run("ns1", "for i in $(seq 40); do ping -c 1 -W 0.1 2001:db8:113::10 > /dev/null && break; done")
    assert page(wired, "ns1", "http://[2001:db8:113::10]/").endswith("you are 2001:db8:172:1::1\n")


def test_a_namespace_resolves_names_once_it_is_told_whom_to_ask(wired: Lab) -> None:
    wired.nat("br0")
    wired.dns("ns1", "203.0.113.53")
    assert "Hello" in page(wired, "ns1", "http://www.example.com/")
    wired.detach("ns1")
    assert wired.run("host", "ls /etc/netns").stdout == ""


def test_a_published_port_answers_from_outside_from_the_host_and_from_a_neighbour(wired: Lab, site: str) -> None:
    for place in ("inet-peer", "host", "ns2"):
        assert page(wired, place, "http://192.0.2.2/") == ""
    wired.publish(80, "ns1", 8080)
    for place in ("inet-peer", "host", "ns2"):
        assert page(wired, place, "http://192.0.2.2/") == site
    wired.unpublish(80)
    for place in ("inet-peer", "host", "ns2"):
        assert page(wired, place, "http://192.0.2.2/") == ""


def test_the_hairpin_works_where_the_bridge_keeps_its_frames_to_itself(wired: Lab, site: str) -> None:
    wired.run("host", "sysctl -qw net.bridge.bridge-nf-call-iptables=0")
    wired.publish(80, "ns1", 8080)
    assert page(wired, "ns2", "http://192.0.2.2/") == site


def test_the_same_by_literal_iptables_commands(wired: Lab, site: str) -> None:
    wired.run(
        "host",
        """
        sysctl -qw net.ipv4.ip_forward=1
        ip netns exec ns1 ip route add default via 172.16.0.1
        iptables -t nat -A POSTROUTING -s 172.16.0.0/16 -o eth0 -j MASQUERADE
        iptables -t nat -A PREROUTING -p tcp -d 192.0.2.2 --dport 80 -j DNAT --to-destination 172.16.1.1:8080
        """,
    )
    assert page(wired, "ns1", "http://203.0.113.10/").endswith("you are 192.0.2.2\n")
    assert page(wired, "inet-peer", "http://192.0.2.2/") == site
    with pytest.raises(NslabError, match="masqueraded already"):
        wired.nat("br0")
    with pytest.raises(NslabError, match="leads to 172"):
        wired.publish(80, "ns2", 8080)


def test_all_of_it_is_gone_after_reset(lab: Lab, request: pytest.FixtureRequest) -> None:
    def state() -> tuple[object, ...]:
        settings = "sysctl -a 2>/dev/null | grep -E '^net.(ipv4|ipv6)' | grep -v -E 'nf_conntrack|random|stable_secret'"
        words = [lab.run("host", f"{c}").stdout for c in ("nft list ruleset", settings, "cat /etc/resolv.conf")]
        return lab.snapshot(), *words

    before = state()
    wired = request.getfixturevalue("wired")
    request.getfixturevalue("site")
    wired.nat("br0")
    wired.publish(80, "ns1", 8080)
    wired.dns("ns1", "203.0.113.53")
    wired.firewall("host", "forward", "drop", source="ns2")
    wired.reset()
    assert state() == before
    assert wired.run("host", "ps -eo args | grep -c -E '[d]nsmasq|[n]slab_kernel.linux.servers'").stdout == "0\n"


def test_taking_nat_back_leaves_the_network_as_it_was(wired: Lab) -> None:
    before = settled(wired.snapshot)
    wired.nat("br0")
    wired.nat_off("br0")
    assert wired.snapshot() == before


def test_forwarding_that_was_on_before_stays_on(wired: Lab) -> None:
    wired.run("host", "sysctl -qw net.ipv4.ip_forward=1")
    wired.nat("br0")
    wired.nat_off("br0")
    assert wired.snapshot().host.sysctl("net.ipv4.ip_forward") == "1"


def test_detaching_takes_the_published_ports_along(wired: Lab) -> None:
    wired.publish(80, "ns1", 8080)
    wired.publish(81, "ns2", 8080)
    wired.detach("ns1")
    assert "172.16.1.1" not in wired.run("host", "nft list ruleset").stdout
    wired.detach("ns2")
    assert wired.run("host", "nft list ruleset").stdout == ""


def test_undoing_one_by_one_in_any_order_leaves_the_network_as_it_was(wired: Lab) -> None:
    before = facts(settled(wired.snapshot))
    for undo in itertools.permutations(
        (lambda: wired.nat_off("br0"), lambda: wired.unpublish(80), lambda: wired.unpublish(81, "udp"))
    ):
        wired.nat("br0")
        wired.publish(80, "ns1", 8080)
        wired.publish(81, "ns2", 53, "udp")
        for step in undo:
            assert wired.snapshot().host.sysctl("net.ipv4.ip_forward") == "1"
            step()
        assert facts(wired.snapshot()) == before


def test_a_route_that_a_person_set_outlives_nat_and_published_ports(wired: Lab) -> None:
    wired.run("ns1", "ip route add default via 172.16.0.1")
    before = facts(settled(wired.snapshot))
    wired.nat("br0")
    wired.publish(80, "ns1", 8080)
    wired.nat_off("br0")
    wired.unpublish(80)
    assert facts(wired.snapshot()) == before


def test_detaching_takes_the_filters_along_that_name_the_namespace(wired: Lab) -> None:
    wired.firewall("host", "forward", "drop", source="ns1")
    wired.firewall("ns2", "input", "drop", source="ns1")
    wired.firewall("ns2", "input", "drop", tcp=23)
    wired.detach("ns1")
    assert wired.run("host", "nft list ruleset").stdout == ""
    kept = wired.run("ns2", "nft list ruleset").stdout
    assert "172.16.1.1" not in kept
    assert "tcp dport 23 drop" in kept


def test_a_ruleset_that_was_there_before_is_there_afterwards(wired: Lab) -> None:
    wired.run("host", "iptables -t nat -A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE; nft add table ip mine")
    before = wired.run("host", "nft list ruleset").stdout
    wired.nat("br0")
    wired.publish(80, "ns1", 8080)
    wired.firewall("host", "forward", "drop", source="ns2")
    wired.firewall_off("host")
    wired.nat_off("br0")
    wired.detach("ns1")
    assert wired.run("host", "nft list ruleset").stdout == before


def everything(lab: Lab) -> list[Operation]:
    """One of each operation, and the ways back of some."""
    return [
        lab.internet(),
        lab.bridge("br0", "172.16.0.1/16", "2001:db8:172:1::ff/64"),
        lab.attach("br0", "ns1", "172.16.1.1/16", "2001:db8:172:1::1/64"),
        lab.attach("br0", "ns2", "172.16.1.2/16"),
        lab.bridge("br1"),
        lab.attach("br1", "ns3", "10.1.0.1/24"),
        lab.address("host", "br1", "10.1.0.254/24"),
        lab.nat("br0"),
        lab.publish(80, "ns1", 8080),
        lab.publish(81, "ns1", 8080),
        lab.publish(53, "ns3", 53, "udp"),
        lab.connect("ns2", "ns3", "10.9.0.1/30", "10.9.0.2/30"),
        lab.router("br0", "br1", "172.16.0.254/16", "10.1.0.253/24"),
        lab.route("ns2", "10.1.0.0/24", "172.16.0.254"),
        lab.dns("ns1", "203.0.113.53"),
        lab.firewall("host", "forward", "drop", source="ns2", tcp=23),
        lab.firewall("ns1", "input", "reject", udp=7),
        lab.unpublish(80),
        lab.nat_off("br0"),
        lab.nat("br1"),
    ]


def test_the_commands_that_operations_print_do_the_same(
    lab: Lab, shell: Shell, becomes: Callable[[Network], None]
) -> None:
    commands = [command for operation in everything(lab) for command in operation.commands]
    built, rules = settled(lab.snapshot), shell("nft list ruleset")
    lab.reset()
    # But for the host's own resolver, which a person would change for good.
    shell("\n".join(command for command in commands if not command.endswith(" /etc/resolv.conf")))
    becomes(built)
    assert shell("nft list ruleset") == rules


def test_a_cable_joins_two_namespaces(lab: Lab) -> None:
    lab.bridge("br0")
    lab.attach_many("br0", {"ns1": "172.16.1.1/16", "ns2": "172.16.1.2/16"})
    lab.connect("ns1", "ns2", "10.9.0.1/30", "10.9.0.2/30")
    assert pings(lab, "ns1", "10.9.0.2")


def test_a_router_joins_two_bridges(lab: Lab) -> None:
    for number in (1, 2):
        lab.bridge(f"br{number}")
        lab.attach(f"br{number}", f"ns{number}", f"10.{number}.0.1/24")
    lab.router("br1", "br2", "10.1.0.254/24", "10.2.0.254/24")
    assert not pings(lab, "ns1", "10.2.0.1")
    for number in (1, 2):
        lab.route(f"ns{number}", "default", f"10.{number}.0.254")
    assert pings(lab, "ns1", "10.2.0.1")


def test_a_filter_stops_whom_it_names(lab: Lab) -> None:
    lab.bridge("br0")
    lab.attach_many("br0", {"ns1": "172.16.1.1/16", "ns2": "172.16.1.2/16", "ns3": "172.16.1.3/16"})
    lab.firewall("ns2", "input", "drop", source="ns1")
    assert not pings(lab, "ns1", "172.16.1.2")
    assert pings(lab, "ns3", "172.16.1.2")
    lab.firewall_off("ns2")
    assert pings(lab, "ns1", "172.16.1.2")


@pytest.mark.parametrize(
    ("wrong", "said", "cure"),
    [
        (lambda lab: lab.nat("bare0"), "bare0 has no address", "ip address add"),
        (lambda lab: lab.nat("ns1"), 'no bridge "ns1"', "%netns_bridge"),
        (lambda lab: (lab.nat("br0"), lab.nat("br0")), "masqueraded already", "nft delete rule"),
        (lambda lab: lab.nat_off("br0"), "no NAT", "%netns_nat br0"),
        (lambda lab: lab.internet(), "there already", "--off"),
        (lambda lab: lab.publish(0, "ns1", 80), "0 is not a port", "8080"),
        (lambda lab: lab.publish(80, "ns1", 70000), "70000 is not a port", "8080"),
        (lambda lab: lab.publish(80, "ns9", 80), 'no namespace "ns9"', "%netns"),
        (lambda lab: (lab.publish(80, "ns1", 80), lab.publish(80, "ns2", 80)), "leads to 172.16.1.1:80", "--off"),
        (lambda lab: lab.unpublish(80), "isn't published", "%netns_graph"),
        (lambda lab: lab.publish(80, "host", 80), "need no publishing", "ns1:8080"),
        (lambda lab: lab.publish(80, "far", 80), "no way to far", "ip address add"),
        (lambda lab: lab.route("ns1", "default", "10.0.0.1"), "no neighbour", "one of them"),
        (lambda lab: lab.route("ns1", "default", "172.16.1.1"), "own address", "neighbour"),
        (lambda lab: lab.route("ns1", "10.0.0.1/8", "172.16.0.1"), "not a subnet", "10.1.0.0/16"),
        (lambda lab: lab.address("host", "eth9", "10.0.0.1/8"), 'no interface "eth9"', "%netns"),
        (lambda lab: lab.address("host", "br0", "172.16.7.1/24"), "overlaps", "172.16.7.1/16"),
        (lambda lab: lab.bridge("br9", "172.16.9.1/16"), "172.16.0.0/16", "another subnet"),
        (lambda lab: lab.connect("ns1", "ns2", "10.9.0.1/30", "10.8.0.2/30"), "different subnets", "10.9.0.2/30"),
        (lambda lab: lab.connect("ns1", "ns1", "10.9.0.1/30", "10.9.0.2/30"), "nothing", "two namespaces"),
        (lambda lab: lab.dns("ns1", "dns.example.com"), "not an IP address", "172.16.0.1"),
        (lambda lab: lab.firewall("host", "sideways", "drop"), "sideways", "forward"),
        (lambda lab: lab.firewall("host", "forward", "eat"), "eat", "reject"),
        (lambda lab: lab.firewall("host", "forward", "drop", source="ns77"), "ns77", "ns1"),
        (lambda lab: lab.firewall_off("host"), "no filter rules", "%netns_firewall"),
    ],
)
def test_bad_input_is_told_with_its_cure_and_changes_nothing(
    wired: Lab, wrong: Callable[[Lab], object], said: str, cure: str
) -> None:
    wired.bridge("bare0")
    wired.bridge("br1")
    wired.attach("br1", "far", "10.5.0.1/24")
    with pytest.raises(NslabError) as caught:
        wrong(wired)
    assert said in caught.value.message
    assert cure in caught.value.cure


def test_a_port_in_use_is_refused(wired: Lab) -> None:
    wired.start("host", "exec python3 -m http.server 8099")
    assert_serves(wired, "http://127.0.0.1:8099/")
    with pytest.raises(NslabError, match="in use"):
        wired.publish(8099, "ns1", 80)


@pytest.fixture
def online(wired: Lab) -> Lab:
    """ns2, which has IPv4 alone, with a way out and a resolver that tutorials name."""
    wired.nat("br0")
    wired.dns("ns2", "8.8.8.8")
    return wired


@pytest.mark.parametrize("goal", ["8.8.8.8", "8.8.4.4", "1.1.1.1", "google.com", "one.one.one.one", "dns.google"])
def test_what_tutorials_ping_answers(online: Lab, goal: str) -> None:
    assert pings(online, "ns2", goal)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_famous_name_serves_a_page_that_says_that_it_is_made_up(online: Lab, scheme: str) -> None:
    shown = page(online, "ns2", f"{scheme}://www.google.com/")
    assert shown == "Hello from www.google.com, made up by nslab\nyou are 192.0.2.2\n"
    assert page(online, "ns2", f"{scheme}://ifconfig.me/") == "192.0.2.2\n"


def test_who_is_not_in_the_world_outside_is_unreachable_and_nothing_is_to_be_fixed(online: Lab) -> None:
    told = online.run("ns2", "ping -c 1 -W 1 9.9.9.9").stdout
    assert "From 192.0.2.1" in told
    assert "Destination Net Unreachable" in told
    assert online.run("ns2", "getent hosts nosuch.example.org").stdout == ""
    found = str(online.why("ns2", "9.9.9.9"))
    assert "The internet of this lab is simulated and has no 9.9.9.9" in found
    assert "addr del" not in found


def test_a_made_up_address_is_followed_as_any_other(online: Lab) -> None:
    assert online.why("ns2", "8.8.8.8").arrives
