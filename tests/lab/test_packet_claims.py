"""Who sees a packet, who answers it, which way it takes: watched on the real kernel."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from nslab_kernel.lab import Lab

BUILD = """
ip link add br0 type bridge
ip link set br0 up
for n in 1 2 3; do
  ip netns add ns$n
  ip link add veth-ns$n type veth peer name eth0 netns ns$n
  ip link set veth-ns$n master br0 up
  ip -n ns$n address add 172.16.1.$n/16 dev eth0
  ip -n ns$n address add fd00::$n/64 dev eth0 nodad
  ip -n ns$n link set eth0 up
  ip -n ns$n link set lo up
done
"""
SERVER = "mkdir -p {page}; echo Hello from {name} > {page}/index.html; exec python3 -m http.server -d {page} 8080"


def shell(commands: str) -> None:
    subprocess.run(["sh", "-ec", commands], check=True)


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Three namespaces on a bridge."""
    shell(BUILD)
    lab = Lab("en")
    yield lab
    lab.reset()
    lab.close()


@pytest.fixture
def servers(lab: Lab, tmp_path) -> Iterator[None]:
    """A web server in ns2 and one in ns3, at port 8080."""
    running = [
        subprocess.Popen(
            ["ip", "netns", "exec", name, "sh", "-c", SERVER.format(page=tmp_path / name, name=name)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name in ("ns2", "ns3")
    ]
    yield
    for one in running:
        one.kill()
        one.wait()


def judged(lab: Lab, claims: str) -> list[bool]:
    return [verdict.holds for verdict in lab.check(claims)]


def test_a_packet_shows_the_address_that_it_comes_with(lab: Lab) -> None:
    assert judged(lab, "ns2 sees ns1 as 172.16.1.1\nns2 sees ns1 as 172.16.1.9") == [True, False]
    assert judged(lab, "ns2 sees ns1 as fd00::1\nns2 sees ns1 as fd00::3") == [True, False]
    chain = "add chain ip t c { type nat hook postrouting priority srcnat; }"
    shell(f"ip netns exec ns1 nft 'add table ip t; {chain}; add rule ip t c snat to 172.16.1.77'")
    assert judged(lab, "ns2 sees ns1 as 172.16.1.1\nns2 sees ns1 as 172.16.1.77") == [False, True]


def test_one_way_is_enough_to_be_seen_and_none_is_not(lab: Lab) -> None:
    shell(
        "ip netns exec ns2 nft 'add table ip t; add chain ip t c { type filter hook output priority 0; policy drop; }'"
    )
    assert judged(lab, "ns2 sees ns1 as 172.16.1.1\nns1 cannot reach 172.16.1.2") == [True, True]
    shell("ip -n ns1 link set eth0 down")
    assert judged(lab, "ns2 sees ns1 as 172.16.1.1") == [False]


def test_a_switch_keeps_packets_from_a_third_and_a_hub_does_not(lab: Lab) -> None:
    assert judged(lab, "ns3 sees no ICMP of ns1\nns3 sees ICMP of ns1") == [True, False]
    shell("ip link set br0 type bridge ageing_time 0")
    assert judged(lab, "ns3 sees no ICMP of ns1\nns3 sees ICMP of ns1") == [False, True]


def test_nothing_seen_is_no_success_where_nothing_is_sent(lab: Lab) -> None:
    shell("ip -n ns1 link set eth0 down")
    assert judged(lab, "ns3 sees no ICMP of ns1") == [False]


def test_a_router_is_on_the_path_and_its_absence_is_seen(lab: Lab) -> None:
    claims = "path ns1 to ns2 goes via ns3\npath ns1 to ns2 does not go via ns3"
    assert judged(lab, claims) == [False, True]
    shell(
        "ip netns exec ns3 sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 "
        "net.ipv4.conf.eth0.send_redirects=0\n"
        "ip -n ns1 route add 172.16.1.2 via 172.16.1.3"
    )
    assert judged(lab, claims) == [True, False]


@pytest.mark.usefixtures("servers")
def test_answers_come_from_whoever_really_gives_them(lab: Lab) -> None:
    assert judged(lab, "http://172.16.1.2:8080/ says Hello from ns2 to ns1\nanswers come from ns2") == [True, True]
    # The right page at the right address, out of the wrong namespace.
    chain = "add chain ip t c { type nat hook output priority -100; }"
    shell(f"ip netns exec ns1 nft 'add table ip t; {chain}; add rule ip t c ip daddr 172.16.1.2 dnat to 172.16.1.3'")
    claims = "tcp 172.16.1.2:8080 answers ns1\nanswers come from ns2"
    assert judged(lab, claims) == [True, False]
    assert lab.check(claims)[1].reason == "answers came from ns3"
    assert judged(lab, "ns1 can ping 172.16.1.2\nanswers come from ns3") == [True, True]


@pytest.mark.usefixtures("servers")
def test_several_that_take_turns_each_answer(lab: Lab) -> None:
    shell(
        "ip address add 172.16.0.1/16 dev br0\n"
        "nft 'add table ip t; add chain ip t c { type nat hook output priority -100; }; add rule ip t c "
        "ip daddr 192.0.2.80 tcp dport 80 dnat to numgen inc mod 2 map { 0 : 172.16.1.2, 1 : 172.16.1.3 } : 8080'\n"
        "ip route add 192.0.2.80 dev br0"
    )
    claims = "tcp 192.0.2.80:80 answers host\nanswers come from ns2 and ns3\nanswers come from ns2"
    assert judged(lab, claims) == [True, True, False] or lab.check(claims)[1].holds


def test_ones_own_address_on_lo_does_not_pass_for_the_others(lab: Lab) -> None:
    shell("ip -n ns1 address add 172.16.1.2/32 dev lo")
    assert judged(lab, "ns1 can ping 172.16.1.2\nns1 can ping ns2\nns1 can ping 172.16.1.1") == [False, False, True]


def test_a_packet_of_a_size_gets_through_or_does_not(lab: Lab) -> None:
    assert judged(lab, "ns1 can send 1500 bytes to ns2\nns1 can send 1501 bytes to ns2") == [True, False]
    shell("ip -n ns1 link set eth0 mtu 1400\nip link set veth-ns1 mtu 1400")
    claims = "ns1 can send 1400 bytes to ns2\nns1 can send 1401 bytes to ns2\nns1 cannot send 1401 bytes to ns2"
    assert judged(lab, claims) == [True, False, True]


def test_a_carrier_is_the_other_ends_doing(lab: Lab) -> None:
    assert judged(lab, "veth-ns1 has a carrier\nveth-ns1 has no carrier") == [True, False]
    shell("ip -n ns1 link set eth0 down")
    assert judged(lab, "veth-ns1 has a carrier\nveth-ns1 has no carrier\nveth-ns1 is up") == [False, True, True]


def test_names_pages_and_datagrams_of_the_internet(lab: Lab) -> None:
    lab.internet()
    lab.bridge("br1", "10.9.0.1/24")
    lab.attach("br1", "ns9", "10.9.0.2/24")
    lab.nat("br1")
    claims = (
        "inet-web sees ns9 as 192.0.2.2\n"
        "http://203.0.113.10/ says 192.0.2.2 to ns9\n"
        "udp 203.0.113.53:53 answers ns9\nanswers come from inet-dns\n"
        "path ns9 to 203.0.113.10 goes via host and isp\npath ns9 to 203.0.113.10 goes via isp and host\n"
        "ns9 resolves www.example.com to 203.0.113.99"
    )
    assert judged(lab, claims) == [True, True, True, True, True, False, False]
