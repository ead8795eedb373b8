"""Labs of other programs, read from text."""

from __future__ import annotations

import pytest

from nslab_kernel.core.model.network import Namespace, Network
from nslab_kernel.core.operations.actions import AddBridge, AddVeth, DeleteInterface, SetSysctl
from nslab_kernel.core.topology import containerlab, kathara, plan
from nslab_kernel.core.topology.model import End, Link, Node, Topology
from nslab_kernel.core.topology.requirements import programs, services

BARE = Network(Namespace("host", 1))


def test_katharas_lines_become_nodes_and_links():
    text = """
    # a comment
    LAB_DESCRIPTION="Two and a switch"
    pc1[0]="A"
    pc1[1]=B/02:00:00:00:00:01
    pc2[0]='A'
    pc2[sysctl]="net.ipv4.tcp_ecn=1"
    pc2[exec]="true"
    pc2[env]="NAME=value"
    """
    found = kathara.parse(text, {"pc2.startup": "ip a\r\n", "shared.startup": "date"}, {"pc2", "shared", "lab.conf"})
    assert (found.title, found.refused, found.notes) == ("Two and a switch", (), ())
    assert found.links == (
        Link("A", (End("pc1", "eth0"), End("pc2", "eth0"))),
        Link("B", (End("pc1", "eth1", "02:00:00:00:00:01"),)),
    )
    assert found.nodes[1].files == (("pc2", "/"), ("shared", "/shared"))
    assert found.nodes[1].script == "export NAME=value\ndate\nip a\ntrue"
    assert ("net.ipv4.tcp_ecn", "1") in found.nodes[1].settings
    assert found.nodes[0].script == "date"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("pc1[0", "line 1 of lab.conf can't be read"),
        ("pc1[0]=A/zz", "has no MAC address"),
        ("pc1[colour]=red", "unknown option: colour"),
        ("pc1[image]=kathara/sdn:latest", "the image kathara/sdn:latest (pc1)"),
    ],
)
def test_what_kathara_has_and_we_dont_is_refused(line, said):
    (why,) = kathara.parse(line, {}, ()).refused
    assert said in why


@pytest.mark.parametrize("image", ["kathara/frr", "quay.io/frrouting/frr:9.1", "frrouting/frr@sha256:1"])
def test_an_image_is_known_by_its_last_name(image):
    assert kathara.parse(f"r[image]={image}", {}, ()).nodes[0].suite == "frr"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "no list of nodes"),
        ({"topology": []}, "no list of nodes"),
        ({"topology": {"nodes": {"a": {"kind": "ceos"}}}}, "a is of kind ceos"),
        ({"topology": {"nodes": {"a": None}}}, "a is of kind ?"),
        ({"topology": {"nodes": {"a": {"kind": "linux", "startup-delay": 3}}}}, "startup-delay"),
        ({"topology": {"nodes": {"a": {"kind": "linux", "binds": ["/etc:/etc"]}}}}, "doesn't lie in the lab's folder"),
        ({"topology": {"nodes": {}, "links": [{"endpoints": ["a:eth1"]}]}}, "doesn't join two nodes"),
        ({"topology": {"nodes": {}, "links": ["a"]}}, "doesn't join two nodes"),
    ],
)
def test_what_containerlab_has_and_we_dont_is_refused(given, said):
    assert any(said in why for why in containerlab.parse(given).refused)


def test_defaults_kinds_and_groups_of_containerlab_hold_for_their_nodes():
    found = containerlab.parse(
        {
            "topology": {
                "defaults": {"kind": "linux"},
                "kinds": {"linux": {"image": "alpine", "exec": ["a"]}},
                "groups": {"g": {"exec": ["b"]}},
                "nodes": {"one": {}, "two": {"group": "g"}, "three": {"exec": ["c"], "image": "frrouting/frr"}},
            }
        }
    )
    assert [node.script for node in found.nodes] == ["a", "b", "systemctl start frr\nc"]


def test_two_ends_are_a_veth_pair_and_more_a_bridge():
    nodes = tuple(Node(name) for name in ("a", "b", "a-long-name-of-a-node"))
    two = Link("X", (End("a", "eth0"), End("b", "eth0")))
    three = Link("Y", tuple(End(node.name, "eth1") for node in nodes))
    built = plan.build(BARE, Topology(nodes=nodes, links=(two, three)))
    assert AddVeth("eth0", "eth0", "b", "a") in built
    assert AddBridge("lan-Y") in built
    assert all(len(action.name) <= 15 for action in built if isinstance(action, AddVeth))
    assert len({action.name for action in built if isinstance(action, AddVeth)}) == 4


def test_settings_that_only_some_kernels_have_are_left_to_the_node():
    node = Node("a", settings=(("net.ipv4.ip_forward", "1"), ("net.ipv6.conf.all.disable_ipv6", "1")))
    topology = Topology(nodes=(node,), links=(Link("X", (End("a", "eth0", "02:00:00:00:00:01"),)),))
    assert SetSysctl("net.ipv4.ip_forward", "1", "a", "0") in plan.build(BARE, topology)
    lines = plan.settings_lines(topology, "a")
    assert "disable_ipv6=1" in lines
    assert "ip_forward" not in lines
    assert "ip link set eth0 address 02:00:00:00:00:01" in lines


def test_nothing_of_somebody_elses_is_taken_away():
    topology = Topology(nodes=(Node("a"),), links=(Link("X", (End("a", "eth0"),)),))
    assert not [action for action in plan.clear(BARE, topology, {}) if isinstance(action, DeleteInterface)]


def test_services_and_programs_are_found_in_shell_lines():
    lines = "# service systemctl start x\nsystemctl restart named.service && service ssh start; /etc/init.d/frr start"
    assert services(lines) == ("named", "ssh", "frr")
    assert programs('for i in 1 2; do brctl addbr "br$i" || sudo ifconfig; done; X=1 arp') == (
        "brctl",
        "ifconfig",
        "arp",
    )
