"""A network prints as a shell script, in an order that works and with nothing that the kernel does by itself."""

from __future__ import annotations

import subprocess
from dataclasses import replace

from nslab_kernel.core.lessons.drift import comparable, is_automatic
from nslab_kernel.core.model.network import (
    HOST,
    Address,
    Bridge,
    BridgePort,
    Interface,
    Namespace,
    Neighbour,
    Network,
    Nexthop,
    PolicyRule,
    Route,
)
from nslab_kernel.core.script.details import Details, Rules, Setting
from nslab_kernel.core.script.script import script

LO = Interface(1, "lo", "loopback", mtu=65536, up=True, addresses=(Address("127.0.0.1", 8, "host"),))
BRIDGE = Interface(2, "mydocker0", "bridge", up=True, bridge=Bridge(), addresses=(Address("172.16.0.1", 16),))
AUTOMATIC = Address("fe80::2c7d:9fff:feef:1240", 64, "link")
VETH = Interface(3, "veth-ns1", "veth", up=True, master=2, port=BridgePort(), peer_index=2, peer_namespace="ns1")
VETH = replace(VETH, addresses=(AUTOMATIC,))
END = Interface(2, "eth00-ns1", "veth", up=True, peer_index=3, peer_namespace=HOST)
END = replace(END, addresses=(Address("172.16.1.1", 16),))
CONNECTED = Route("172.16.0.0/16", interface=2, protocol="kernel", scope="link")
HOSTED = Namespace(HOST, "host", interfaces=(LO, BRIDGE, VETH), routes=(CONNECTED,))
NS1 = Namespace("ns1", interfaces=(replace(LO, up=False, addresses=()), END), routes=(CONNECTED,))
NETWORK = Network(HOSTED, (NS1,))


def lines(network: Network, details: Details | None = None) -> list[str]:
    return [line for line in script(network, details).splitlines() if line and not line.startswith("#")][1:]


def test_the_tutorials_network_is_built_in_order() -> None:
    assert lines(NETWORK) == [
        "ip netns add ns1",
        "ip link add dev mydocker0 type bridge",
        "ip link add dev veth-ns1 type veth peer name eth00-ns1 netns ns1",
        "ip link set veth-ns1 master mydocker0",
        "ip addr add 172.16.0.1/16 dev mydocker0",
        "ip -n ns1 addr add 172.16.1.1/16 dev eth00-ns1",
        "ip link set dev lo up",
        "ip link set mydocker0 up",
        "ip link set veth-ns1 up",
        "ip -n ns1 link set eth00-ns1 up",
    ]


def test_a_shell_can_read_it() -> None:
    details = Details(rules={"ns1": (Rules("nft", "table ip t {\n}\n"),)}, files={"ns1": (("resolv.conf", "x\n"),)})
    done = subprocess.run(["sh", "-n"], input=script(NETWORK, details), text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_it_says_what_it_builds_and_what_it_needs() -> None:
    details = Details(rules={HOST: (Rules("nft", ""), Rules("iptables-restore", ""))})
    head = script(NETWORK, details).split("set -e")[0]
    assert "ns1" in head
    assert "iproute2, nftables, iptables" in head


def test_settings_of_bridges_ports_and_links_are_kept() -> None:
    bridge = replace(BRIDGE, bridge=Bridge(stp=True, forward_delay=4.0), mtu=1400)
    port = BridgePort(isolated=True, hairpin=True, learning=False, flood=False)
    veth = replace(VETH, port=port, mtu=1400, alias="my cable", group=7, noarp=True)
    built = lines(Network(replace(HOSTED, interfaces=(LO, bridge, veth)), (NS1,)))
    for line in (
        "ip link add dev mydocker0 type bridge stp_state 1 forward_delay 400",
        "ip link set dev veth-ns1 mtu 1400",
        "ip link set dev veth-ns1 group 7",
        "ip link set dev veth-ns1 arp off",
        "ip link set veth-ns1 alias 'my cable'",
        "bridge link set dev veth-ns1 isolated on",
        "bridge link set dev veth-ns1 hairpin on",
        "bridge link set dev veth-ns1 learning off",
        "bridge link set dev veth-ns1 flood off",
    ):
        assert line in built
    assert "ip link set dev mydocker0 mtu 1400" not in built, "a bridge takes the least MTU of its ports by itself"


def test_routes_come_after_what_they_need_and_without_the_kernels_own() -> None:
    routes = (
        CONNECTED,
        Route("default", gateway="10.0.0.1", interface=2, metric=5),
        Route("10.0.0.0/8", interface=2, scope="link"),
        Route("fd00::/8", 6, kind="unreachable", interface=1, metric=1024),
        Route("192.168.0.0/16", gateway="172.16.0.1", interface=2, protocol="static", table=7),
    )
    rules = (
        PolicyRule(0, table=255),
        PolicyRule(100, source="10.0.0.0/8", table=7),
        PolicyRule(32766),
        PolicyRule(32767, table=253),
        PolicyRule(0, 6, table=255),
        PolicyRule(32766, 6),
    )
    built = lines(Network(HOSTED, (replace(NS1, routes=routes, rules=rules),)))
    assert built[-5:] == [
        "ip -n ns1 route add 10.0.0.0/8 dev eth00-ns1",
        "ip -n ns1 -6 route add unreachable fd00::/8 metric 1024",
        "ip -n ns1 route add default via 10.0.0.1 dev eth00-ns1 metric 5",
        "ip -n ns1 route add 192.168.0.0/16 via 172.16.0.1 dev eth00-ns1 table 7 proto static",
        "ip -n ns1 rule add from 10.0.0.0/8 priority 100 table 7",
    ]


def test_a_route_with_two_ways_is_one_route() -> None:
    ways = tuple(Route("default", gateway=f"172.16.0.{n}", interface=2, metric=9) for n in (1, 2))
    assert lines(Network(HOSTED, (replace(NS1, routes=(CONNECTED, *ways)),)))[-1] == (
        "ip -n ns1 route add default metric 9 nexthop via 172.16.0.1 dev eth00-ns1 nexthop via 172.16.0.2 dev eth00-ns1"
    )


def test_a_connected_route_that_somebody_removed_is_removed() -> None:
    assert lines(Network(HOSTED, (replace(NS1, routes=()),)))[-1] == "ip -n ns1 route del 172.16.0.0/16 dev eth00-ns1"


def test_a_fixed_neighbour_brings_along_the_mac_address_it_relies_on() -> None:
    end = replace(END, mac="02:00:00:00:00:01")
    host = replace(
        HOSTED,
        neighbours=(
            Neighbour("172.16.1.1", 2, "02:00:00:00:00:01", "PERMANENT"),
            Neighbour("172.16.1.9", 2, "02:00:00:00:00:09", "REACHABLE"),
        ),
    )
    built = lines(Network(host, (replace(NS1, interfaces=(NS1.interfaces[0], end)),)))
    assert "ip -n ns1 link set dev eth00-ns1 address 02:00:00:00:00:01" in built
    assert built[-1] == "ip neigh add 172.16.1.1 lladdr 02:00:00:00:00:01 dev mydocker0 nud permanent"


def test_a_mac_address_is_set_only_where_a_person_set_it() -> None:
    network = Network(replace(HOSTED, interfaces=(LO, BRIDGE, replace(VETH, mac="aa:bb:cc:dd:ee:ff"))), (NS1,))
    assert not [line for line in lines(network) if " address " in line]
    by_hand = Details(macs=frozenset({(HOST, "veth-ns1")}))
    assert "ip link set dev veth-ns1 address aa:bb:cc:dd:ee:ff" in lines(network, by_hand)


def test_kernel_parameters_that_follow_from_forwarding_are_left_to_it() -> None:
    settings = (
        Setting("net.ipv4.conf.all.accept_redirects", "0", "1"),
        Setting("net.ipv4.conf.all.forwarding", "1", "0"),
        Setting("net.ipv4.conf.default.forwarding", "1", "0"),
        Setting("net.ipv4.conf.mydocker0.proxy_arp", "1", "0", "mydocker0"),
        Setting("net.ipv4.icmp_echo_ignore_all", "1", "0"),
        Setting("net.ipv4.ip_forward", "1", "0"),
    )
    built = [
        line for line in lines(NETWORK, Details(settings={HOST: settings, "ns1": settings[4:5]})) if "sysctl" in line
    ]
    assert built == [
        "sysctl -qw net.ipv4.ip_forward=1",
        "sysctl -qw net.ipv4.icmp_echo_ignore_all=1",
        "ip netns exec ns1 sysctl -qw net.ipv4.icmp_echo_ignore_all=1",
        "sysctl -qw net.ipv4.conf.mydocker0.proxy_arp=1",
    ]


def test_a_vrf_keeps_its_own_local_routes_and_the_kernels_rule() -> None:
    vrf = Interface(7, "red", "vrf", up=True, table=10)
    routes = (
        Route("172.16.0.0/16", interface=2, protocol="kernel", scope="link", table=10),
        Route("172.16.1.1/32", interface=2, protocol="kernel", scope="host", table=10, kind="local"),
    )
    built_in = ((0, 4, 255), (32766, 4, 254), (32767, 4, 253), (0, 6, 255), (32766, 6, 254))
    space = replace(
        NS1,
        interfaces=(replace(LO, addresses=()), replace(END, master=7), vrf),
        routes=routes,
        local_routes=(Route("127.0.0.1/32", interface=1, protocol="kernel", table=255, kind="local"),),
        rules=(PolicyRule(1000, vrf=True), *(PolicyRule(n, family, table=table) for n, family, table in built_in)),
    )
    built = lines(Network(HOSTED, (space,)), Details(links={("ns1", "red"): ("vrf", "table", "10")}))
    assert "ip -n ns1 link add name red type vrf table 10" in built
    assert not [line for line in built if " del " in line or " rule " in line]


def test_firewall_and_files_are_written_word_for_word() -> None:
    details = Details(
        rules={"ns1": (Rules("nft", "table ip t {\n\tchain c {\n\t}\n}\n"),)},
        files={"ns1": (("resolv.conf", "nameserver $HOME\n"),)},
    )
    text = script(NETWORK, details)
    assert "ip netns exec ns1 nft -f - <<'END_OF_TEXT'\ntable ip t {\n\tchain c {\n\t}\n}\nEND_OF_TEXT\n" in text
    assert "mkdir -p /etc/netns/ns1\ncat > /etc/netns/ns1/resolv.conf <<'END_OF_TEXT'\nnameserver $HOME\n" in text


def test_other_kinds_are_made_where_their_lower_interface_is() -> None:
    macvlan = Interface(3, "mv0", "macvlan", up=True, lower_index=2, lower_namespace=HOST)
    inside = replace(NS1, interfaces=(*NS1.interfaces, macvlan))
    details = Details(links={("ns1", "mv0"): ("macvlan", "mode", "bridge")})
    assert "ip link add link mydocker0 name mv0 netns ns1 type macvlan mode bridge" in lines(
        Network(HOSTED, (inside,)), details
    )


def test_what_cannot_be_built_is_said() -> None:
    host = replace(HOSTED, interfaces=(LO, Interface(9, "eth0"), Interface(8, "x", "veth")))
    text = script(Network(host, (Namespace("pid-7", "process"),)))
    assert "# left out: eth0 in host, which is hardware" in text
    assert "# left out: x in host" in text
    assert [line for line in text.splitlines() if "pid-7" in line] == [
        "# left out: namespace pid-7, which ends with its process"
    ]


def test_no_command_is_about_what_is_left_out() -> None:
    uplink = Interface(9, "eth0", "tun", mtu=65520, up=True, addresses=(Address("10.0.2.15", 24),))
    host = replace(HOSTED, interfaces=(LO, uplink), routes=(Route("default", 4, "10.0.2.2", 9),))
    setting = Setting("net.ipv4.conf.eth0.rp_filter", "2", "0", "eth0")
    text = script(Network(host), Details({HOST: (setting,)}))
    assert [line for line in text.splitlines() if "eth0" in line or "default" in line] == [
        "# left out: eth0 in host, which a program holds"
    ]


def test_names_that_a_shell_would_misread_are_quoted() -> None:
    odd = replace(BRIDGE, name="a;b")
    assert "ip link add dev 'a;b' type bridge" in lines(Network(replace(HOSTED, interfaces=(LO, odd))))


def test_two_builds_of_one_network_are_comparable_whatever_their_numbers() -> None:
    end = replace(END, index=9, peer_index=8, mac="02:00:00:00:00:01")
    other = Network(
        replace(
            HOSTED,
            inode=5,
            interfaces=(replace(VETH, index=8, master=7, peer_index=9, addresses=()), LO, replace(BRIDGE, index=7)),
            routes=(replace(CONNECTED, interface=7),),
        ),
        (replace(NS1, inode=6, interfaces=(end, NS1.interfaces[0]), routes=(replace(CONNECTED, interface=9),)),),
        "another",
    )
    assert comparable(other) == comparable(NETWORK)


def test_networks_that_differ_are_told_apart() -> None:
    down = replace(NS1, interfaces=(NS1.interfaces[0], replace(END, up=False)))
    assert comparable(Network(HOSTED, (down,))) != comparable(NETWORK)
    elsewhere = replace(NS1, routes=(*NS1.routes, Route("default", gateway="172.16.0.1", interface=2)))
    assert comparable(Network(HOSTED, (elsewhere,))) != comparable(NETWORK)


def test_only_an_address_made_from_a_mac_address_is_automatic() -> None:
    assert is_automatic(Address("fe80::2c7d:9fff:feef:1240", 64, "link"))
    assert is_automatic(Address("fe80::7d:9fff:fe0f:1", 64, "link"))
    assert not is_automatic(Address("fe80::1", 64, "link"))
    assert not is_automatic(Address("2001:db8::2c7d:9fff:feef:1240", 64))


def test_nexthop_objects_are_added_alone_first_each_with_its_family() -> None:
    hops = (
        Nexthop(3, group=((1, 1), (2, 5))),
        Nexthop(1, gateway="172.16.1.1", interface=2),
        Nexthop(2, 6, interface=2),
        Nexthop(4, 6, gateway="fd00::1", interface=2),
        Nexthop(5, 6, blackhole=True),
    )
    network = replace(NETWORK, namespaces=(replace(NS1, nexthops=hops),))
    assert [line for line in lines(network) if "nexthop" in line] == [
        "ip -n ns1 nexthop add id 1 via 172.16.1.1 dev eth00-ns1",
        "ip -n ns1 -6 nexthop add id 2 dev eth00-ns1",
        "ip -n ns1 nexthop add id 4 via fd00::1 dev eth00-ns1",
        "ip -n ns1 -6 nexthop add id 5 blackhole",
        "ip -n ns1 nexthop add id 3 group 1/2,5",
    ]
