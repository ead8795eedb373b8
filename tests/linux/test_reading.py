"""A reading is what the kernel says: iproute2 and pyroute2 are the judges."""

from __future__ import annotations

import json
import os
import random
import struct
import time
from collections.abc import Callable

import pytest
from pyroute2 import IPRoute

from nslab_kernel.core.model.network import HOST, Network
from nslab_kernel.linux import namespaces
from nslab_kernel.linux.netlink import decode
from nslab_kernel.linux.netlink.decode import CachedParser
from nslab_kernel.linux.netlink.dump import AskingSocket, attribute, attributes
from nslab_kernel.linux.reading import Reader

RICH = """
ip link add br0 type bridge; ip link set br0 up; ip addr add 172.16.0.1/16 dev br0
ip link add br1 type bridge stp_state 1; ip addr add fd00::1/64 dev br1 nodad
for n in 1 2 3; do
  ip netns add ns$n
  ip link add veth-ns$n type veth peer name eth0 netns ns$n
  ip link set veth-ns$n up; ip link set veth-ns$n master br0
  ip -n ns$n addr add 172.16.1.$n/16 dev eth0; ip -n ns$n link set eth0 up
done
ip -n ns1 link add x type veth peer name y; ip -n ns1 link set x up
ip -n ns1 link add p type veth peer name q netns ns2
ip link add vx type vxlan id 5 local 172.16.0.1 dstport 4789
ip -n ns1 link add link eth0 name mv type macvlan mode bridge
ip -n ns1 route add default via 172.16.0.1
ip -n ns1 route add 10.1.0.0/16 via 172.16.0.1 metric 50
ip -n ns1 route add blackhole 10.2.0.0/16
ip -n ns2 rule add from 172.16.1.2 lookup 100 priority 1000
ip -n ns2 route add default via 172.16.0.1 table 100
ip -n ns2 -6 rule add iif eth0 prohibit priority 900
ip link set veth-ns3 type bridge_slave isolated on
ip -n ns3 link set eth0 arp off
sysctl -qw net.ipv4.ip_forward=1
"""


@pytest.fixture
def rich(reader: Reader, shell: Callable[[str], str]) -> Network:
    shell(RICH)
    time.sleep(0.1)
    return reader.read()


def test_links_and_addresses_are_what_ip_says(rich: Network, shell) -> None:
    for namespace in rich.everywhere:
        where = "" if namespace.name == "host" else f"-n {namespace.name}"
        said = {link["ifname"]: link for link in json.loads(shell(f"ip {where} -j -d addr"))}
        assert {interface.name for interface in namespace.interfaces} == set(said)
        for interface in namespace.interfaces:
            link = said[interface.name]
            assert interface.index == link["ifindex"]
            assert interface.mtu == link["mtu"]
            assert interface.mac == link.get("address", "")
            assert interface.up == ("UP" in link["flags"])
            assert interface.carrier == ("LOWER_UP" in link["flags"])
            assert interface.noarp == ("NOARP" in link["flags"])
            assert interface.state == link["operstate"]
            assert {a.cidr for a in interface.addresses} == {
                f"{a['local']}/{a['prefixlen']}" for a in link["addr_info"]
            }
            master = namespace.interface(interface.master)
            assert (master.name if master else None) == link.get("master")
            if not interface.is_loopback:
                assert interface.kind == link.get("linkinfo", {}).get("info_kind", "")


def test_routes_are_what_ip_says(rich: Network, shell) -> None:
    said = json.loads(shell("ip -n ns1 -j route"))
    routes = [r for r in rich.get("ns1").routes if r.family == 4 and r.table == 254]
    found = {(r.destination, r.gateway, r.metric, r.kind) for r in routes}
    assert found == {(r["dst"], r.get("gateway"), r.get("metric", 0), r.get("type", "unicast")) for r in said}
    (other,) = [r for r in rich.get("ns2").routes if r.table == 100]
    assert (other.destination, other.gateway) == ("default", "172.16.0.1")


def test_policy_rules_are_read_for_both_families(rich: Network) -> None:
    rules = {rule.priority: rule for rule in rich.get("ns2").rules if rule.priority in (900, 1000)}
    assert (rules[1000].source, rules[1000].table, rules[1000].family) == ("172.16.1.2/32", 100, 4)
    assert (rules[900].iif, rules[900].action, rules[900].family) == ("eth0", "prohibit", 6)


def test_the_ends_of_a_cable_find_each_other_wherever_they_are(rich: Network) -> None:
    ends = {("host", "veth-ns1"): ("ns1", "eth0"), ("ns1", "x"): ("ns1", "y"), ("ns1", "p"): ("ns2", "q")}
    for (here, name), there in ends.items():
        space, peer = rich.peer(rich.get(here).interface(name))
        assert (space.name, peer.name) == there
        back, end = rich.peer(peer)
        assert (back.name, end.name) == (here, name)


def test_bridges_ports_and_parameters_are_read(rich: Network) -> None:
    assert rich.host.interface("br1").bridge.stp
    assert rich.host.interface("veth-ns3").port.isolated
    assert not rich.host.interface("veth-ns1").port.isolated
    assert rich.host.sysctl("net.ipv4.ip_forward") == "1"
    assert rich.get("ns1").sysctl("net.ipv4.ip_forward") == "0"


def test_an_interfaces_parameters_are_what_sysctl_says(reader: Reader, shell: Callable[[str], str]) -> None:
    values = {
        "net.ipv4.conf.eth0.forwarding": "1",
        "net.ipv4.conf.eth0.proxy_arp": "1",
        "net.ipv4.conf.eth0.rp_filter": "2",
        "net.ipv4.conf.eth0.arp_filter": "1",
        "net.ipv4.conf.eth0.arp_ignore": "3",
        "net.ipv4.conf.eth0.accept_local": "1",
        "net.ipv4.conf.eth0.src_valid_mark": "1",
        "net.ipv4.conf.eth0.proxy_arp_pvlan": "1",
        "net.ipv4.conf.eth0.route_localnet": "1",
        "net.ipv6.conf.eth0.forwarding": "1",
        "net.ipv6.conf.eth0.hop_limit": "7",
        "net.ipv6.conf.eth0.proxy_ndp": "1",
        "net.ipv6.conf.eth0.disable_ipv6": "1",
    }
    shell("ip netns add ns1; ip -n ns1 link add eth0 type veth peer name eth1")
    for name, value in values.items():
        shell(f"ip netns exec ns1 sysctl -qw {name}={value}")
        known = dict(reader.read(volatile=True).get("ns1").sysctls)  # no event tells of arp_ignore
        here = {name: value for name, value in known.items() if ".eth0." in name or ".eth1." in name}
        assert here.keys() == values.keys() | {name.replace("eth0", "eth1") for name in values}
        assert list(here.values()) == shell(f"ip netns exec ns1 sysctl -n {' '.join(here)}").split()
    assert {name: known[name] for name in values} == values


def test_pyroute2_decodes_the_same_links(rich: Network) -> None:
    with IPRoute() as judge:
        for link in judge.get_links():
            ours = rich.host.interface(link["index"])
            assert ours.name == link.get_attr("IFLA_IFNAME")
            assert ours.mac == link.get_attr("IFLA_ADDRESS")
            assert ours.mtu == link.get_attr("IFLA_MTU")
            assert ours.master == link.get_attr("IFLA_MASTER")
            assert (ours.peer_index or ours.lower_index) == link.get_attr("IFLA_LINK")
            assert ours.state == link.get_attr("IFLA_OPERSTATE")


def test_links_are_taken_apart_by_their_layout_as_they_are_one_by_one(rich: Network) -> None:
    def dumped() -> list[bytes]:
        with AskingSocket() as asking:
            return [body for _, body in asking.dump(decode.RTM_GETLINK, decode.LINKS)]

    links = [body for name in (HOST, "ns1", "ns2", "ns3") for body in namespaces.entered(namespaces.find(name), dumped)]
    assert len(links) > 12
    alike = CachedParser(16, {37: "i", 1: "s", 26: {2: {1: "i24xi"}}, 18: {1: "s", 5: {1: "B"}}, 4: "I"})
    for body in [*links, *reversed(links), *links]:
        one_by_one = attributes(body, 16)
        info, families = (attributes(one_by_one.get(kind, b"")) for kind in (18, 26))
        port = attributes(info.get(5, b""))
        assert alike.values(body) == (
            int.from_bytes(one_by_one[37], "little", signed=True) if 37 in one_by_one else None,
            one_by_one.get(1),
            *struct.unpack_from("=i24xi", attributes(families[2])[1]),
            info.get(1),
            port[1][0] if 1 in port else None,
            *struct.unpack("=I", one_by_one[4]),
        )


def test_a_layout_is_not_taken_for_another_one_of_the_same_length() -> None:
    start = bytes(16) + attribute(3, b"eth0\0")
    messages = [
        start + attribute(4, b"four") + attribute(5, b"five"),
        start + attribute(5, b"four") + attribute(4, b"five"),
        start + attribute(4, b"four and five"[:12]),
        start + attribute(4, b"fo") + attribute(5, b"five"),
        start + attribute(4, b"four") + attribute(5, b"five")[:-2] + b"xx",
    ]
    assert len({len(message) for message in messages}) == 1
    alike = CachedParser(16, {3: "s", 4: "s", 5: "s"})
    for message in [*messages, *reversed(messages), *messages]:
        found = attributes(message, 16)
        assert alike.values(message) == tuple(map(found.get, (3, 4, 5)))


def test_attributes_in_attributes_belong_to_the_layout_and_one_too_short_is_none() -> None:
    def message(*inner: tuple[int, bytes]) -> bytes:
        nested = b"".join(attribute(kind, value) for kind, value in inner)
        return attribute(3, b"eth0\0") + attribute(18 | 0x8000, nested) + attribute(27, bytes([7, 0, 0, 0]))

    alike = CachedParser(0, {27: "I", 18: {1: "H2xH", 2: "B"}, 40: "HH"})
    told = {
        message((1, bytes([1, 0, 9, 9, 2, 0])), (2, b"\5")): (7, 1, 2, 5, None, None),
        message((2, b"\5"), (1, bytes([1, 0, 9, 9, 2, 0]))): (7, 1, 2, 5, None, None),
        message((1, bytes(5)), (2, b"\5")): (7, None, None, 5, None, None),
        message((7, bytes([1, 0, 9, 9, 2, 0])), (2, b"\5")): (7, None, None, 5, None, None),
    }
    assert len({len(body) for body in told}) == 1
    for body, values in [*told.items(), *reversed(told.items())]:
        assert alike.values(body) == values


def test_rules_typed_by_nft_and_by_iptables_are_seen_at_once(reader: Reader, shell) -> None:
    assert reader.read().host.firewall.chains == ()
    shell("nft add table inet f; nft 'add chain inet f c { type filter hook forward priority 0; policy drop; }'")
    assert reader.read().host.firewall.base_chains("forward", 6)[0].policy == "drop"
    shell("iptables -t nat -A POSTROUTING -s 172.16.0.0/16 -o eth0 -j MASQUERADE")
    (nat,) = reader.read().host.firewall.base_chains("postrouting", 4)
    assert nat.rules[0].verdict.kind == "masquerade"
    shell("nft flush ruleset")
    assert reader.read().host.firewall.chains == ()


def test_listening_sockets_are_read_on_request(reader: Reader, shell) -> None:
    import socket

    shell("ip netns add ns1; ip -n ns1 link set lo up")
    place = namespaces.find("ns1")
    with namespaces.entered(place, lambda: socket.create_server(("127.0.0.1", 8080))):
        (found,) = reader.read(volatile=True).get("ns1").listeners
        assert (found.protocol, found.ip, found.port) == ("tcp", "127.0.0.1", 8080)
    assert reader.read().get("ns1").listeners == ()


def test_parameters_that_change_without_an_event_are_read_on_request(rich: Network, reader: Reader, shell) -> None:
    shell("ip netns exec ns2 sysctl -qw net.ipv4.icmp_echo_ignore_all=1 net.ipv4.conf.all.arp_ignore=2")
    names = "net.ipv4.icmp_echo_ignore_all net.ipv4.conf.all.arp_ignore net.ipv6.conf.all.disable_ipv6"
    network = reader.read(volatile=True)
    for place in ("ns1", "ns2", "ns3"):
        said = shell(f"ip netns exec {place} sysctl -n {names}").split()
        assert [network.get(place).sysctl(name) for name in names.split()] == said
    assert said != shell(f"ip netns exec ns2 sysctl -n {names}").split()


def test_a_deleted_namespace_is_gone_at_once_though_it_was_read(reader: Reader, shell) -> None:
    for _ in range(3):
        shell("ip netns add ns1; ip link add veth-ns1 type veth peer name eth0 netns ns1")
        assert reader.read().get("ns1")
        shell("ip netns del ns1")
        assert reader.read().get("ns1") is None
        deadline = time.monotonic() + 10  # the kernel takes the namespace apart in the background
        while os.path.exists("/sys/class/net/veth-ns1"):
            assert time.monotonic() < deadline, "something keeps the namespace alive"
            time.sleep(0.005)


def test_what_happens_while_nobody_listens_is_read_meanwhile_and_afterwards(reader: Reader, shell) -> None:
    shell("ip link add br0 type bridge; ip netns add ns1")
    reader.read()
    mtu = lambda: reader.read().host.interface("br0").mtu  # noqa: E731
    with reader.unheard(1):
        shell("ip link set br0 mtu 1400")
        assert mtu() == 1400
        with reader.unheard(1):
            shell("ip link set br0 mtu 1300")
        shell("ip link set br0 mtu 1200")
    assert mtu() == 1200
    shell("ip link set br0 mtu 1100")
    assert mtu() == 1100


def test_a_cables_other_end_is_read_though_the_kernel_tells_of_it_later(reader: Reader, shell) -> None:
    shell("ip netns add ns1; ip link add veth-ns1 type veth peer name eth0 netns ns1; ip -n ns1 link set eth0 up")
    for state in ("up", "down", "up", "down", "up"):
        reader.read()
        shell(f"ip link set veth-ns1 {state}")
        assert reader.read().get("ns1").interface("eth0").carrier is (state == "up")


def test_a_namespace_made_anew_under_an_old_name_is_another_one(reader: Reader, shell) -> None:
    shell("ip netns add ns1; ip -n ns1 link set lo up")
    first = reader.read().get("ns1")
    shell("ip netns del ns1; ip netns add ns1")
    second = reader.read().get("ns1")
    assert second.inode != first.inode
    assert not second.interface("lo").up


def test_a_namespace_without_a_name_is_found_by_its_process(reader: Reader) -> None:
    import subprocess

    with subprocess.Popen(["unshare", "-n", "sleep", "60"]) as process:
        try:
            deadline = time.monotonic() + 10
            while not (found := [n for n in reader.read().namespaces if n.kind == "process"]):
                assert time.monotonic() < deadline
            assert "(" in found[0].label
        finally:
            process.kill()


CHANGES = (
    "ip link set veth-ns{n} down", "ip link set veth-ns{n} up", "ip -n ns{n} addr add 10.{n}.0.{k}/24 dev eth0",
    "ip -n ns{n} addr flush dev eth0", "ip -n ns{n} link set lo up", "ip -n ns{n} link set lo down",
    "ip -n ns{n} route add 10.{k}.0.0/16 dev eth0", "ip link set veth-ns{n} nomaster",
    "ip link set veth-ns{n} master br0",
    "ip netns exec ns{n} sysctl -qw net.ipv4.ip_forward={b}", "ip netns exec ns{n} nft add table ip t{k}",
    "ip -n ns{n} rule add from 10.0.{k}.0/24 lookup 99", "ip netns del ns{n}", "ip netns add extra{k}",
    "ip netns exec ns{n} sysctl -qw net.ipv4.conf.all.rp_filter={b}", "ip -n ns{n} link set eth0 mtu 14{k:02}",
    "ip netns exec ns{n} ping -c 1 -W 0.2 172.16.0.1 > /dev/null", "ip link set br0 down", "ip link set br0 up",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_reading_on_is_always_equal_to_reading_from_nothing(reader: Reader, shell, seed: int) -> None:
    shell(RICH)
    dice = random.Random(seed)
    for _ in range(25):
        change = dice.choice(CHANGES).format(n=dice.randint(1, 3), k=dice.randint(1, 9), b=dice.randint(0, 1))
        os.system(f"({change}) 2>/dev/null")  # some don't apply any more: that is a change of nothing
        time.sleep(dice.choice((0, 0, 0.03)))
        assert _settled(reader, change)


def _settled(reader: Reader, change: str) -> bool:
    """Whether both readings agree; the kernel may go on changing between the two, so a few tries."""
    for _ in range(20):
        fresh = Reader()
        try:
            if reader.read() == fresh.read():
                return True
        finally:
            fresh.close()
        time.sleep(0.02)
    pytest.fail(f"after {change} the two readings differ")
