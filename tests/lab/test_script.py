"""The script of a lab builds an equal lab in a fresh private host."""

from __future__ import annotations

import pickle
import random
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nslab_kernel.core.model.network import Network
from nslab_kernel.lab import Lab

from ..comparison import facts, settled

Shell = Callable[[str], str]
Rebuild = Callable[[], tuple[Network, Network]]
TOP = Path(__file__).parent.parent.parent

RICH = """
ip link add br0 type bridge stp_state 1 forward_delay 400
ip link add br1 type bridge
ip netns add ns1
ip netns add ns2
ip netns add ns-3.x
ip -n ns2 link add inner type bridge
for n in ns1 ns2 ns-3.x; do
  ip link add v-$n type veth peer name eth0 netns $n
  ip link set v-$n master br1 up
  ip -n $n link set eth0 up
done
ip addr add 172.16.0.1/16 dev br1
ip addr add fd00::1/64 dev br1 nodad
ip link set br1 up
bridge link set dev v-ns1 isolated on
bridge link set dev v-ns2 hairpin on learning off flood off
ip link set v-ns1 mtu 1400 alias "to ns1; it's isolated" group 7
ip -n ns1 link set eth0 address 02:00:00:00:00:01 arp off
ip -n ns1 addr add 172.16.1.1/16 dev eth0
ip -n ns1 addr add 10.1.1.1/32 dev lo
ip -n ns1 link set lo up
ip -n ns1 route add default via 172.16.0.1
ip -n ns2 addr add 172.16.1.2/16 dev eth0
ip -n ns2 addr add fd00::2/64 dev eth0 nodad
ip -n ns2 addr add fe80::2/64 dev eth0 nodad
ip -n ns2 -6 route add default via fd00::1 metric 50
ip -n ns2 route add default nexthop via 172.16.0.1 dev eth0 nexthop via 172.16.0.2 dev eth0
ip -n ns2 route add 10.0.0.0/8 via 10.255.0.1 dev eth0 onlink
ip -n ns2 route del 172.16.0.0/16
ip -n ns2 neigh add 172.16.1.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent
ip link add c1 netns ns1 type veth peer name c2 netns ns2
ip -n ns2 link set c2 master inner
ip -n ns1 link add d1 type veth peer name d2
ip link add vx0 type vxlan id 42 dstport 4789 remote 172.16.0.9 dev br1
ip link set vx0 master br0 up
ip link add mv0 link br1 type macvlan mode bridge
ip link set mv0 netns ns2
ip -n ns2 link set mv0 up
ip route add blackhole 10.0.0.0/8
ip -6 route add unreachable fd99::/16
ip route add 10.9.0.0/16 via 172.16.1.1 table 100
ip rule add from 10.0.0.0/8 priority 100 table 100
ip rule add not fwmark 0x10 priority 101 prohibit
ip -n ns1 -6 rule add to fd99::/16 priority 7 table 100
sysctl -qw net.ipv4.ip_forward=1
sysctl -qw net.ipv6.conf.all.forwarding=1
sysctl -qw net.ipv4.conf.br1.rp_filter=2
ip netns exec ns1 sysctl -qw net.ipv4.icmp_echo_ignore_all=1
ip netns exec ns2 sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0
nft -f - <<'END'
table inet filter {
  set friends { type ipv4_addr; elements = { 172.16.1.1, 172.16.1.2 } }
  chain forward { type filter hook forward priority filter; policy drop;
    ct state established,related accept
    ip saddr @friends oifname "br1" counter accept comment "friends; of $HOME"
  }
}
END
iptables -t nat -A POSTROUTING -s 172.16.0.0/16 ! -o br1 -j MASQUERADE
ip netns exec ns1 iptables -A INPUT -p tcp --dport 80 -m conntrack --ctstate NEW -m comment --comment web -j REJECT
ip netns exec ns2 nft add table ip6 six
ip netns exec ns2 nft 'add chain ip6 six out { type filter hook output priority 0 ; }'
mkdir -p /etc/netns/ns1
echo 'nameserver 203.0.113.53' > /etc/netns/ns1/resolv.conf
"""


@pytest.fixture
def rebuild(lab: Lab) -> Rebuild:
    """The lab as it is, and as its script builds it in a fresh private host."""

    def again() -> tuple[Network, Network]:
        expected, script = settled(lab.snapshot), lab.script()
        nslab = Path(sys.executable).parent / "nslab"
        command = [nslab, "run", "--", sys.executable, "-m", "tests.lab.rebuilt"]
        done = subprocess.run(command, cwd=TOP, input=script.encode(), capture_output=True, check=False)
        assert done.returncode == 0, f"{script}\n{done.stderr.decode()}"
        return expected, pickle.loads(done.stdout)

    return again


def assert_equal(expected: Network, found: Network) -> None:
    wanted, now = facts(expected), facts(found)
    assert now == wanted, "\n".join(["rebuilt:", *sorted(now - wanted), "was:", *sorted(wanted - now)])


def test_a_bare_host_is_rebuilt_as_a_bare_host(rebuild: Rebuild) -> None:
    assert_equal(*rebuild())


def test_the_tutorials_network_is_rebuilt(lab: Lab, rebuild: Rebuild) -> None:
    lab.bridge("mydocker0", "172.16.0.1/16")
    lab.attach_many("mydocker0", {"ns1": ("172.16.1.1/16", "fd00::1/64"), "ns2": "172.16.1.2/16"})
    assert_equal(*rebuild())


def test_a_rich_network_is_rebuilt(lab: Lab, shell: Shell, rebuild: Rebuild) -> None:
    shell(RICH)
    expected, found = rebuild()
    assert_equal(expected, found)
    ns1 = found.get("ns1")
    assert ns1 is not None
    assert (end := ns1.interface("eth0")) is not None
    assert end.mac == "02:00:00:00:00:01", "a MAC address that a person set is set again"


def test_a_lab_that_reaches_out_and_is_reached_is_rebuilt(lab: Lab, shell: Shell, rebuild: Rebuild) -> None:
    lab.internet()
    lab.bridge("br0", "172.16.0.1/16", "2001:db8:172:1::ff/64")
    lab.attach("br0", "ns1", "172.16.1.1/16", "2001:db8:172:1::1/64")
    lab.attach("br0", "ns2", "172.16.1.2/16")
    lab.nat("br0")
    lab.publish(80, "ns1", 8080)
    lab.firewall("host", "forward", "drop", source="ns2", tcp=23)
    shell("""
        iptables -t nat -A PREROUTING -p tcp -d 192.0.2.2 --dport 81 -j DNAT --to-destination 172.16.1.2:8080
        iptables -t nat -A POSTROUTING -s 10.0.0.0/8 -o eth0 -j MASQUERADE
        iptables -A FORWARD -i br0 ! -o br0 -m conntrack --ctstate INVALID -j DROP
        ip6tables -A FORWARD -i eth0 -p tcp --dport 22 -j REJECT
    """)
    assert_equal(*rebuild())


def test_a_script_brings_the_files_of_a_namespace_along(lab: Lab, shell: Shell) -> None:
    shell(RICH)
    assert "cat > /etc/netns/ns1/resolv.conf" in lab.script()


@pytest.mark.parametrize("seed", range(8))
def test_a_random_network_is_rebuilt(seed: int, shell: Shell, rebuild: Rebuild) -> None:
    commands = "\n".join(random_lab(random.Random(seed)))
    shell(commands)
    assert_equal(*rebuild())


def random_lab(dice: random.Random) -> Iterator[str]:
    """Commands that build some lab: bridges, namespaces with one or two cables each, addresses, routes, settings."""
    bridges = [f"br{number}" for number in range(dice.randint(1, 3))]
    for number, bridge in enumerate(bridges):
        yield f"ip link add {bridge} type bridge stp_state {dice.choice((0, 0, 1))}"
        if dice.random() < 0.7:
            yield f"ip addr add 10.{number}.0.1/16 dev {bridge}"
        if dice.random() < 0.4:
            yield f"ip addr add fd0{number}::1/64 dev {bridge} nodad"
        if dice.random() < 0.8:
            yield f"ip link set {bridge} up"
    for number in range(dice.randint(1, 6)):
        yield from random_namespace(dice, number, bridges)
    if dice.random() < 0.5:
        yield "sysctl -qw net.ipv4.ip_forward=1"
    if dice.random() < 0.5:
        yield f"sysctl -qw net.ipv4.conf.all.rp_filter={dice.choice((1, 2))}"
    if dice.random() < 0.5:
        yield "iptables -t nat -A POSTROUTING -s 10.0.0.0/16 -j MASQUERADE"
    if dice.random() < 0.5:
        yield "nft add table ip t"
        yield "nft 'add chain ip t c { type filter hook forward priority 0 ; policy drop ; }'"


def random_namespace(dice: random.Random, number: int, bridges: list[str]) -> Iterator[str]:
    name = f"ns{number}"
    yield f"ip netns add {name}"
    if dice.random() < 0.5:
        yield f"ip -n {name} link set lo up"
    for plug in range(dice.randint(1, 2)):
        network = dice.randrange(len(bridges))
        outer, inner = f"v{number}-{plug}", f"eth{plug}"
        yield f"ip link add {outer} type veth peer name {inner} netns {name}"
        yield f"ip link set {outer} master {bridges[network]}"
        if dice.random() < 0.9:
            yield f"ip link set {outer} {dice.choice(('up', 'up', 'up mtu 1400', 'up alias x'))}"
        if dice.random() < 0.2:
            yield f"bridge link set dev {outer} isolated on"
        yield f"ip -n {name} addr add 10.{network}.{plug + 1}.{number + 1}/{dice.choice((16, 24))} dev {inner}"
        if dice.random() < 0.3:
            yield f"ip -n {name} addr add fd0{network}::{plug + 1}:{number + 1}/64 dev {inner} nodad"
        up = dice.random() < 0.9
        if up:
            yield f"ip -n {name} link set {inner} up"
        if up and plug == 0 and dice.random() < 0.6:
            yield f"ip -n {name} route add default via 10.{network}.0.1 dev {inner} onlink"
    if dice.random() < 0.2:
        yield f"ip -n {name} route add {dice.choice(('blackhole', 'prohibit'))} 192.168.0.0/16"
    if dice.random() < 0.2:
        yield f"ip -n {name} rule add from 10.0.0.0/8 priority {100 + number} table 100"


def test_a_key_that_the_kernel_draws_for_a_server_is_not_in_the_script(lab: Lab) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
        assert Path("/proc/sys/net/ipv4/tcp_fastopen_key").read_text().strip().strip("0-")
        assert "fastopen" not in lab.script()
