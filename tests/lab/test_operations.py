"""Operations do what the commands they print do, and what the tutorial's own script does."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.lessons.drift import comparable
from nslab_kernel.core.model.network import HOST, Network
from nslab_kernel.core.operations.actions import Operation
from nslab_kernel.lab import Lab

from ..comparison import settled

Shell = Callable[[str], str]
Becomes = Callable[[Network], None]

SEED_SCRIPT = """
bridge=$1
namespace=$2
addr=$3
vethA=veth-$namespace
vethB=eth00-$namespace
sudo ip netns add $namespace
sudo ip link add $vethA type veth peer name $vethB
sudo ip link set $vethB netns $namespace
sudo ip netns exec $namespace ip addr add $addr dev $vethB
sudo ip netns exec $namespace ip link set $vethB up
sudo ip link set $vethA up
sudo brctl addif $bridge $vethA
"""


def attach_two(lab: Lab) -> list[Operation]:
    return [
        lab.bridge("mydocker0", "172.16.0.1/16", "fd00:0:0:1::1/64"),
        lab.attach("mydocker0", "ns1", "172.16.1.1/16"),
        lab.attach("mydocker0", "ns2", "172.16.1.2/16", "fd00:0:0:1::2/64"),
    ]


def attach_thirty(lab: Lab) -> list[Operation]:
    wanted = {f"n{number}": f"172.16.2.{number}/16" for number in range(1, 31)}
    return [lab.bridge("br0"), lab.attach_many("br0", wanted)]


def attach_and_detach(lab: Lab) -> list[Operation]:
    return [*attach_two(lab), lab.detach("ns1")]


def attach_to_a_bridge_that_is_down(lab: Lab) -> list[Operation]:
    subprocess.run(["ip", "link", "add", "br0", "type", "bridge"], check=True)
    return [Operation(), lab.attach("br0", "ns1", "10.0.0.1/24")]


@pytest.mark.parametrize("build", [attach_two, attach_thirty, attach_and_detach])
def test_an_operation_and_the_commands_it_prints_give_equal_labs(
    build: Callable[[Lab], list[Operation]], lab: Lab, shell: Shell, becomes: Becomes
) -> None:
    commands = [command for operation in build(lab) for command in operation.commands]
    built = settled(lab.snapshot)
    lab.reset()
    shell("\n".join(commands))
    becomes(built)


def test_the_commands_of_a_reset_give_a_bare_host_too(lab: Lab, shell: Shell, becomes: Becomes) -> None:
    bare = lab.snapshot()
    make_a_mess(shell)
    commands = lab.reset().commands
    assert comparable(lab.snapshot()) == comparable(bare)
    make_a_mess(shell)
    shell("\n".join(command for command in commands if "kill" not in command))
    becomes(bare)


def make_a_mess(shell: Shell) -> None:
    shell(
        """
        ip link add mydocker0 type bridge
        ip addr add 172.16.0.1/16 dev mydocker0
        ip link set mydocker0 up
        ip netns add ns1
        ip netns add ns2
        ip link add veth-ns1 type veth peer name eth0 netns ns1
        ip link set veth-ns1 master mydocker0 up
        ip link add name aa type veth peer name bb
        ip link add c1 netns ns1 type veth peer name c2 netns ns2
        ip link add vx0 type vxlan id 42 dstport 4789 dev mydocker0 remote 172.16.0.9
        ip link add mv0 link mydocker0 type macvlan mode bridge
        ip addr add 10.9.9.9/32 dev lo
        ip route add default via 172.16.1.1
        ip route add blackhole 10.0.0.0/8
        ip -6 route add unreachable fd99::/16
        ip route add 10.8.0.0/16 dev lo table 7
        ip rule add from 10.0.0.0/8 priority 100 table 7
        ip -6 rule add from fd99::/16 priority 100 table 7
        nft add table ip x
        nft 'add chain ip x y { type nat hook postrouting priority 100 ; }'
        nft add rule ip x y ip saddr 172.16.0.0/16 masquerade
        iptables -A FORWARD -s 172.16.0.0/16 -j DROP
        sysctl -qw net.ipv4.ip_forward=1
        sysctl -qw net.ipv6.conf.all.forwarding=1
        sysctl -qw net.ipv4.icmp_echo_ignore_all=1
        mkdir -p /etc/netns/ns1
        echo nameserver 203.0.113.53 > /etc/netns/ns1/resolv.conf
        ip link set lo down
        """
    )


def test_attach_does_what_the_tutorials_script_does_and_brings_lo_up(lab: Lab, shell: Shell, becomes: Becomes) -> None:
    lab.bridge("mydocker0")
    lab.attach("mydocker0", "ns1", "172.16.1.1/16")
    lab.attach("mydocker0", "ns2", "172.16.1.2/16")
    built = settled(lab.snapshot)
    lab.reset()
    shell("sudo brctl addbr mydocker0")
    for arguments in ("mydocker0 ns1 172.16.1.1/16", "mydocker0 ns2 172.16.1.2/16"):
        shell(f"set {arguments}\n{SEED_SCRIPT}\nsudo ip -n $namespace link set lo up")
    shell("sudo ip link set dev mydocker0 up")
    becomes(built)


def test_attached_namespaces_reach_each_other_at_once_by_ipv4_and_ipv6(lab: Lab, shell: Shell) -> None:
    attach_two(lab)
    shell("ip netns exec ns1 ping -c 3 -i 0.05 -W 1 172.16.1.2")
    shell("ip netns exec ns2 ping -c 3 -i 0.05 -W 1 fd00:0:0:1::1")


def test_attaching_to_a_bridge_that_is_down_leaves_it_down(lab: Lab) -> None:
    attach_to_a_bridge_that_is_down(lab)
    bridge = lab.snapshot().host.interface("br0")
    assert bridge is not None
    assert not bridge.up


def sleeping(*entering: str) -> subprocess.Popen[bytes]:
    """A process that has arrived in its namespace."""
    process = subprocess.Popen([*entering, "sleep", "1000"])
    while Path(f"/proc/{process.pid}/comm").read_text() != "sleep\n":
        time.sleep(0.01)
    return process


def test_reset_ends_what_runs_in_namespaces_and_says_so(lab: Lab) -> None:
    attach_two(lab)
    server, nameless = sleeping("ip", "netns", "exec", "ns1"), sleeping("unshare", "-n")
    commands = lab.reset().commands
    assert any(f"kill -9 {server.pid}" in command and "sleep in ns1" in command for command in commands)
    assert (server.wait(1), nameless.wait(1)) == (-9, -9)
    assert lab.snapshot().namespaces == ()


def test_detach_ends_what_runs_in_the_namespace_and_nothing_else(lab: Lab) -> None:
    attach_two(lab)
    inside, other = sleeping("ip", "netns", "exec", "ns1"), sleeping("ip", "netns", "exec", "ns2")
    lab.detach("ns1")
    assert inside.wait(1) == -9
    assert other.poll() is None
    assert [namespace.name for namespace in lab.snapshot().namespaces] == ["ns2"]


def test_a_namespace_that_a_person_deletes_is_gone_at_once_with_its_cable(lab: Lab, shell: Shell) -> None:
    attach_two(lab)
    lab.snapshot()
    shell("ip netns del ns1")
    shell("for try in 1 2 3 4 5; do ip link show veth-ns1 2>/dev/null || exit 0; sleep 0.1; done; exit 1")
    assert lab.snapshot().host.interface("veth-ns1") is None


def test_what_a_large_reset_leaves_is_bare(lab: Lab) -> None:
    bare = lab.snapshot()
    attach_thirty(lab)
    lab.reset()
    assert comparable(lab.snapshot()) == comparable(bare)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("mydocker1", "ns3", "172.16.1.3/16"), 'no bridge "mydocker1"'),
        (("mydocker0", "ns1", "172.16.1.3/16"), '"ns1" exists already'),
        (("mydocker0", "ns3", "172.16.1.1/16"), "eth00-ns1 in ns1 already"),
        (("mydocker0", "ns3", "172.16.1.3"), "no prefix length"),
        (("mydocker0", "toolongname", "172.16.1.3/16"), "too long"),
        (("veth-ns1", "ns3", "172.16.1.3/16"), "not a bridge"),
        (("mydocker0", "a;reboot", "172.16.1.3/16"), '";"'),
        (("mydocker0", "../x", "172.16.1.3/16"), '"/"'),
    ],
)
def test_bad_input_changes_nothing(arguments: tuple[str, str, str], said: str, lab: Lab) -> None:
    attach_two(lab)
    before = settled(lab.snapshot)
    with pytest.raises(NslabError, match=said):
        lab.attach(*arguments)
    assert lab.snapshot() == before


def test_one_bad_namespace_of_many_changes_nothing(lab: Lab) -> None:
    attach_two(lab)
    before = settled(lab.snapshot)
    with pytest.raises(NslabError, match="address of the network itself"):
        lab.attach_many("mydocker0", {"ns3": "172.16.1.3/16", "ns4": "172.16.0.0/16"})
    assert lab.snapshot() == before


def test_everyone_pings_everyone(lab: Lab, shell: Shell) -> None:
    attach_thirty(lab)
    shell("ip -n n7 link set eth00-n7 down")
    table = lab.ping_all()
    assert len(table.pings) == 30 * 29
    failed = {(ping.source, ping.destination) for ping in table.pings if not ping.answered}
    assert failed == {pair for pair in ((p.source, p.destination) for p in table.pings) if "n7" in pair}
    assert "812 of 870" in table.text()


def test_more_pairs_than_the_neighbour_table_holds_are_pinged_in_rounds(lab: Lab) -> None:
    lab.bridge("br0")
    lab.attach_many("br0", {f"n{number}": f"172.16.2.{number}/16" for number in range(1, 41)})
    table = lab.ping_all()
    assert table.answered == len(table.pings) == 40 * 39
    assert table.rounds == 2
    assert "in 2 rounds" in table.summary()


def test_pairs_are_pinged_though_another_lab_fills_the_neighbour_table(lab: Lab, shell: Shell) -> None:
    """The table is the machine's: as another lab would, a namespace takes two thirds of it."""
    attach_thirty(lab)
    shell("ip netns add crowd; ip -n crowd link add c0 type veth peer name c1; ip -n crowd link set c0 up")
    entries = [f"neigh add 10.0.{n // 250}.{n % 250} lladdr 02:00:00:00:00:01 dev c0 nud stale" for n in range(700)]
    shell("ip -n crowd -batch - <<'END'\n" + "\n".join(entries) + "\nEND")
    table = lab.ping_all(*(f"n{number}" for number in range(1, 31)))
    assert table.answered == len(table.pings) == 30 * 29


def test_the_host_can_be_pinged_and_a_namespace_that_is_not_there_is_told(lab: Lab) -> None:
    attach_two(lab)
    table = lab.ping_all(HOST, "ns1")
    assert table.reaches(HOST, "ns1")
    assert table.reaches("ns1", HOST)
    with pytest.raises(NslabError, match='no namespace "ns9"'):
        lab.ping_all("ns1", "ns9")
