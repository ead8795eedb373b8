from __future__ import annotations

import networkx as nx

from nslab_kernel.core.model.network import HOST
from nslab_kernel.picture import graph
from tests.picture.labs import rich
from tests.picture.literal import Draft, seed


def test_namespaces_and_interfaces_are_nodes_with_their_attributes() -> None:
    found = graph(seed(1).network())
    assert isinstance(found, nx.MultiGraph)
    assert found.nodes["ns1"]["what"] == "namespace"
    assert found.nodes["ns1"]["kind"] == "named"
    interface = found.nodes["ns1/eth00-ns1"]
    assert interface["addresses"] == ("172.16.1.1/16",)
    assert (interface["kind"], interface["state"], interface["namespace"]) == ("veth", "up", "ns1")
    assert found.graph["hostname"] == "docker-host1"


def test_edges_are_of_four_kinds() -> None:
    draft = seed(1)
    draft.put(HOST, "macvlan0", "macvlan", peer_index=2, peer_namespace=HOST)
    found = graph(draft.network())
    assert found.has_edge("ns1", "ns1/eth00-ns1", key="in")
    assert found.has_edge("host/veth-ns1", "ns1/eth00-ns1", key="cable")
    assert found.has_edge("host/veth-ns1", "host/mydocker0", key="port")
    assert found.has_edge("host/macvlan0", "host/mydocker0", key="over")
    assert found.edges["host/veth-ns1", "host/mydocker0", "port"]["state"] == "forwarding"


def test_a_cable_is_one_edge_and_knows_whether_it_is_alive() -> None:
    found = graph(seed(1).down("ns1", "eth00-ns1").network())
    assert found.number_of_edges("host/veth-ns1", "ns1/eth00-ns1") == 1
    assert found.edges["host/veth-ns1", "ns1/eth00-ns1", "cable"]["alive"] is False


def test_networkx_finds_the_way_of_a_packet() -> None:
    found = graph(rich().network())
    interfaces = found.subgraph(node for node, data in found.nodes(data=True) if data["what"] == "interface")
    assert nx.shortest_path(interfaces, "a1/eth00-a1", "a2/eth00-a2") == [
        "a1/eth00-a1",
        "host/veth-a1",
        "host/br0",
        "host/veth-a2",
        "a2/eth00-a2",
    ]
    assert not nx.has_path(interfaces, "a1/eth00-a1", "b1/eth00-b1")


def test_a_peer_out_of_sight_is_no_edge() -> None:
    draft = Draft()
    draft.put(HOST, "veth0", "veth", peer_index=7, peer_namespace=None)
    assert not [key for *_, key in graph(draft.network()).edges(keys=True) if key == "cable"]
