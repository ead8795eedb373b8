"""Claims are tried out on the real kernel, with real packets."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from nslab_kernel.lab import Lab
from nslab_kernel.linux import checking, namespaces

BUILD = """
ip link add mydocker0 type bridge
ip link set mydocker0 up
ip address add 172.16.0.1/16 dev mydocker0
for n in 1 2; do
  ip netns add ns$n
  ip link add veth-ns$n type veth peer name eth0 netns ns$n
  ip link set veth-ns$n master mydocker0 up
  ip -n ns$n address add 172.16.1.$n/16 dev eth0
  ip -n ns$n address add fd00::$n/64 dev eth0 nodad
  ip -n ns$n link set eth0 up
done
"""


def shell(commands: str) -> None:
    subprocess.run(["sh", "-ec", commands], check=True)


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Two namespaces on a bridge, built a moment ago by plain commands."""
    shell(BUILD)
    lab = Lab("en")
    yield lab
    lab.close()
    # A namespace may take a while to go, and its cable with it: pull that first.
    shell("for n in 1 2; do ip link del veth-ns$n || true; ip netns del ns$n; done; ip link del mydocker0")
    shell("rm -rf /etc/netns/ns1")


def reason(lab: Lab, line: str, *, holds: bool) -> str:
    (verdict,) = lab.check(line)
    assert verdict.holds is holds, verdict
    return verdict.reason


@pytest.fixture
def server(lab: Lab) -> Iterator[None]:
    """Listens on TCP port 8080 and echoes on UDP port 7 in ns2."""
    place = namespaces.find("ns2")
    listening = namespaces.entered(place, lambda: socket.create_server(("172.16.1.2", 8080)))
    script = "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(('', 7))\n"
    script += "while True: s.sendto(*s.recvfrom(2048))"
    echoing = subprocess.Popen(["ip", "netns", "exec", "ns2", "python3", "-c", script])
    yield
    listening.close()
    echoing.kill()
    echoing.wait()


@pytest.mark.parametrize("target", ["172.16.1.2", "ns2", "fd00::2", "172.16.0.1", "host"])
def test_an_echo_is_answered_right_after_building(lab: Lab, target: str) -> None:
    assert "answered in" in reason(lab, f"ns1 can ping {target}", holds=True)


@pytest.mark.parametrize(
    ("target", "said"),
    [("172.16.9.9", "172.16.9.9"), ("203.0.113.10", "no route"), ("2001:db8::1", "no route")],
)
def test_an_echo_without_answer_says_why(lab: Lab, target: str, said: str) -> None:
    assert said in reason(lab, f"ns1 can ping {target}", holds=False)
    assert reason(lab, f"ns1 cannot reach {target}", holds=True)


def test_the_switch_without_power_passes_nothing(lab: Lab) -> None:
    shell("ip link set mydocker0 down")
    verdicts = lab.check("mydocker0 is down\nns1 cannot reach ns2\nns1 can ping 172.16.1.2")
    assert [verdict.holds for verdict in verdicts] == [True, True, False]
    assert verdicts[2].hints[-1] == "`%netns_why ns1 172.16.1.2`"


def test_claims_are_judged_by_packets_not_by_the_tables(lab: Lab) -> None:
    """Addresses, routes and links are all as they should be; only a packet finds the rule."""
    chain = "add chain ip t c { type filter hook input priority 0; policy drop; }"
    shell(f"ip netns exec ns2 nft 'add table ip t; {chain}'")
    assert reason(lab, "ns1 can ping 172.16.1.2", holds=False) == "no answer from 172.16.1.2"


def test_a_rule_that_rejects_is_told_from_one_that_drops(lab: Lab) -> None:
    shell("ip -n ns1 route add prohibit 198.51.100.0/24")
    assert "rejects" in reason(lab, "ns1 can ping 198.51.100.1", holds=False)


@pytest.mark.usefixtures("server")
def test_a_server_answers_and_a_port_without_one_refuses(lab: Lab) -> None:
    assert reason(lab, "tcp ns2:8080 answers ns1", holds=True).startswith("172.16.1.2 answered")
    assert reason(lab, "udp 172.16.1.2:7 answers ns1", holds=True).startswith("answered")
    assert "nothing listens on tcp port 81" in reason(lab, "tcp 172.16.1.2:81 answers host", holds=False)
    assert "nothing listens on udp port 9" in reason(lab, "udp 172.16.1.2:9 answers ns1", holds=False)
    assert reason(lab, "tcp 172.16.1.2:81 does not answer ns1", holds=True)


def test_a_server_that_is_just_starting_is_waited_for(lab: Lab) -> None:
    late = "import socket, time; time.sleep(0.4); s = socket.create_server(('', 8000)); time.sleep(9)"
    starting = subprocess.Popen(["ip", "netns", "exec", "ns2", "python3", "-c", late])
    try:
        assert reason(lab, "tcp 172.16.1.2:8000 answers ns1", holds=True)
    finally:
        starting.kill()
        starting.wait()


def test_a_name_is_looked_up_where_the_packet_starts(lab: Lab) -> None:
    assert "finds no address for the name nowhere.invalid" in reason(lab, "ns1 can ping nowhere.invalid", holds=False)
    shell("ip -n ns1 link set lo up")
    assert reason(lab, "ns1 can ping localhost", holds=True)
    shell("mkdir -p /etc/netns/ns1; echo '172.16.1.2 neighbour' > /etc/netns/ns1/hosts")
    assert "answered" in reason(lab, "ns1 can ping neighbour", holds=True)
    shell("ip -n ns1 addr add 172.16.1.2/32 dev lo")
    assert "172.16.1.2" in reason(lab, "ns1 can ping neighbour", holds=False)


def test_many_claims_take_no_longer_than_one(lab: Lab) -> None:
    lines = "\n".join(f"ns{1 + n % 2} cannot reach 172.16.9.{n}" for n in range(1, 25))
    begun = time.monotonic()
    assert all(verdict.holds for verdict in lab.check(lines))
    assert time.monotonic() - begun < 8 * checking.PROMPT  # one after the other: 24 times


def test_the_kernel_stays_in_its_own_namespace_and_keeps_none_alive(lab: Lab) -> None:
    before = namespaces.host().inode
    lab.check("ns1 can ping 172.16.1.2\nns2 can ping 172.16.1.1")
    assert namespaces.host().inode == before
    shell("ip netns del ns2; ip netns add ns2; ip netns del ns2; ip netns add ns2")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and lab.snapshot().host.interface("veth-ns2"):
        time.sleep(0.02)
    assert lab.snapshot().host.interface("veth-ns2") is None
