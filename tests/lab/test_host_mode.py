"""Host mode: the lab is a machine on which others have networks too. It is played by a private host of the test's."""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.lab import Lab

Shell = Callable[[str], str]

# What others made: an uplink, a container's bridge and its rules, a VPN's route, namespaces with a name and without.
FOREIGN = """
ip netns add theirs
for space in '' 'ip netns exec theirs'; do $space sysctl -qw net.ipv6.conf.default.addr_gen_mode=1; done
ip link add eth0 type veth peer name world netns theirs
ip -n theirs addr add 192.0.2.1/24 dev world
ip -n theirs link set world up
ip addr add 192.0.2.2/24 dev eth0
ip link set eth0 up
ip route add default via 192.0.2.1
ip route add 10.8.0.0/16 via 192.0.2.1
ip link add docker0 type bridge
ip addr add 172.17.0.1/16 dev docker0
ip link set docker0 up
ip link add c1 type veth peer name eth0 netns theirs
ip link set c1 master docker0 up
ip -n theirs link set eth0 up
iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
iptables -A FORWARD -i docker0 -j ACCEPT
nft add table inet filter
nft 'add chain inet filter input { type filter hook input priority 0 ; policy accept ; }'
nft add rule inet filter input tcp dport 4444 drop
mkdir -p /etc/netns/elsewhere
echo nameserver 192.0.2.53 > /etc/netns/elsewhere/resolv.conf
"""
LOOK = """
for space in '' '-n theirs'; do
  ip $space -d addr | grep -v -E 'valid_lft|timer'; ip $space route show table all; ip $space rule
done
nft -s list ruleset
sysctl -a 2> /dev/null | grep -E '^net\\.' | grep -v -E 'nf_conntrack_(count|max)|random|stable_secret|netdev_rss_key'
ls /run/netns; find /etc/netns -type f; cat /etc/netns/*/* /etc/resolv.conf
"""


@pytest.fixture
def machine(lab: Lab, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A lab in host mode on a machine with foreign things, and a container that has no name."""
    shell(FOREIGN)
    container = subprocess.Popen(["unshare", "-n", "sleep", "1000"])
    state(shell)
    monkeypatch.delenv("NSLAB")
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")
    here = Lab("en")
    yield here
    here.close()
    container.kill()
    container.wait()
    shell("rm -r /etc/netns/elsewhere")


def state(shell: Shell) -> str:
    """Everything about the machine's network, once nothing changes by itself any more."""
    before = shell(LOOK)
    while True:
        time.sleep(0.4)
        after = shell(LOOK)
        if after == before:
            return after
        before = after


def assert_same(found: str, expected: str) -> None:
    """Fail with the lines that differ."""
    lines = difflib.unified_diff(expected.splitlines(), found.splitlines(), n=0, lineterm="")
    assert found == expected, "\n".join(lines)


def test_a_lab_made_and_reset_leaves_the_machine_exactly_as_it_was(machine: Lab, shell: Shell) -> None:
    before, network = state(shell), machine.snapshot()
    machine.bridge("mydocker0", "172.16.0.1/16", "fd00::1/64")
    machine.attach_many("mydocker0", {"ns1": ("172.16.1.1/16", "fd00::11/64"), "ns2": "172.16.1.2/16"})
    machine.attach("docker0", "mine", "172.17.0.9/16")
    machine.nat("mydocker0")
    machine.publish(80, "ns1", 8080)
    machine.connect("ns1", "ns2", "10.9.0.1/30", "10.9.0.2/30")
    machine.connect("ns1", "host", "10.9.1.1/30", "10.9.1.2/30")
    machine.bridge("mydocker1", "172.18.0.1/16")
    machine.router("mydocker0", "mydocker1", "172.16.0.254/16", "172.18.0.254/16")
    machine.dns("ns1", "192.0.2.53")
    machine.firewall("host", "forward", "drop", source="ns2")
    machine.firewall("ns1", "input", "drop", tcp=23)
    machine.start("ns1", "exec sleep 1000")
    assert machine.run("ns1", "ping -c 1 -W 1 192.0.2.1").returncode == 0
    machine.reset()
    assert_same(state(shell), before)
    assert machine.snapshot() == network


def test_undoing_one_by_one_leaves_the_machine_exactly_as_it_was(machine: Lab, shell: Shell) -> None:
    machine.bridge("mydocker0", "172.16.0.1/16")
    machine.attach("mydocker0", "ns1", "172.16.1.1/16")
    before = state(shell)
    machine.nat("mydocker0")
    machine.publish(80, "ns1", 8080)
    machine.firewall("host", "forward", "drop", source="ns1")
    assert "ip_forward = 1" in state(shell)
    machine.firewall_off("host")
    machine.nat_off("mydocker0")
    assert "ip_forward = 1" in state(shell), "the published port still needs it"
    machine.unpublish(80)
    assert_same(state(shell), before)


def test_forwarding_that_the_machine_had_stays(machine: Lab, shell: Shell) -> None:
    shell("sysctl -qw net.ipv4.ip_forward=1")
    machine.bridge("mydocker0", "172.16.0.1/16")
    machine.nat("mydocker0")
    machine.reset()
    assert shell("cat /proc/sys/net/ipv4/ip_forward") == "1\n"


def test_what_the_lab_made_is_known_by_its_mark_in_a_later_notebook(machine: Lab, shell: Shell) -> None:
    before = state(shell)
    machine.bridge("mydocker0", "172.16.0.1/16")
    machine.attach("mydocker0", "ns1", "172.16.1.1/16")
    machine.nat("mydocker0")
    later = Lab("en")
    later.reset()
    later.close()
    assert_same(state(shell), before)


def test_a_container_without_a_name_is_seen_and_drawn_by_its_process(machine: Lab) -> None:
    nameless = [space for space in machine.snapshot().namespaces if space.kind == "process"]
    assert [space.title for space in nameless] == [f"{space.name} (sleep)" for space in nameless[:1]]
    assert nameless[0].title in machine.picture().text()
    with pytest.raises(NslabError, match="no name"):
        machine.detach(nameless[0].name)


@pytest.mark.parametrize(
    ("touch", "said"),
    [
        (lambda lab: lab.address("host", "eth0", "198.18.0.1/24"), "eth0 carries this machine's own connection"),
        (lambda lab: lab.address("host", "docker0", "198.18.0.1/24"), "docker0 wasn't made by nslab"),
        (lambda lab: lab.route("host", "198.18.0.0/24", "192.0.2.1"), "eth0 carries this machine's own connection"),
        (lambda lab: lab.route("theirs", "198.18.0.0/24", "192.0.2.2"), "theirs wasn't made by nslab"),
        (lambda lab: lab.dns("theirs", "192.0.2.53"), "theirs wasn't made by nslab"),
        (lambda lab: lab.dns("host", "192.0.2.53"), "a file of this machine's own"),
        (lambda lab: lab.detach("theirs"), "theirs wasn't made by nslab"),
        (lambda lab: lab.connect("host", "theirs", "10.9.0.1/30", "10.9.0.2/30"), "theirs wasn't made by nslab"),
        (lambda lab: lab.firewall("theirs", "input", "drop"), "theirs wasn't made by nslab"),
        (lambda lab: lab.firewall("host", "input", "drop"), "could cut your own connection"),
        (lambda lab: lab.firewall("host", "forward", "drop", source="192.0.2.1"), "could cut your own connection"),
        (lambda lab: lab.bridge("br9", "10.8.1.1/24"), "overlaps 10.8.0.0/16, a route of this machine by eth0"),
        (lambda lab: lab.bridge("br9", "10.0.0.1/8"), "overlaps 10.8.0.0/16"),
        (lambda lab: lab.bridge("br9", "172.17.5.1/24"), "overlaps 172.17.0.0/16"),
        (lambda lab: lab.attach("docker0", "elsewhere", "172.17.0.9/16"), "files for a namespace elsewhere"),
        (lambda lab: lab.nat("docker0"), "masqueraded already"),
        (lambda lab: lab.internet(), "a real machine"),
        (lambda lab: lab.uplink(), "a real machine"),
    ],
)
def test_what_is_foreign_is_refused_and_stays(
    machine: Lab, shell: Shell, touch: Callable[[Lab], object], said: str
) -> None:
    before = state(shell)
    with pytest.raises(NslabError) as caught:
        touch(machine)
    assert said in caught.value.message
    assert caught.value.cure
    assert_same(state(shell), before)


def test_ipv6_forwarding_is_refused_where_it_would_cost_the_machine_its_route(machine: Lab, shell: Shell) -> None:
    shell("ip addr add 2001:db8:2::2/64 dev eth0 nodad; ip -6 route add default via 2001:db8:2::1 dev eth0 proto ra")
    machine.bridge("mydocker0", "172.16.0.1/16", "fd00::1/64")
    with pytest.raises(NslabError, match="router advertisements"):
        machine.nat("mydocker0")


def test_a_notebook_in_host_mode_draws_only_when_asked(machine: Lab) -> None:
    code = """if True:
        from IPython.testing.globalipapp import start_ipython
        shell = start_ipython()
        shell.run_line_magic("load_ext", "nslab_kernel")
        shell.run_line_magic("netns_auto", "")
    """
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=dict(os.environ),
        text=True,
        capture_output=True,
        check=True,
    )
    assert "does not follow" in told.stdout
