from __future__ import annotations

import json

import networkx as nx
import pytest
from matplotlib.figure import Figure

from nslab_kernel.core.model.network import HOST
from nslab_kernel.picture import draw, graph
from tests.picture.labs import gallery, rich
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
    draft.put(HOST, "macvlan0", "macvlan", lower_index=2, lower_namespace=HOST)
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


@pytest.mark.parametrize("name", gallery())
def test_networkx_can_draw_the_graph_where_the_picture_has_it(name: str) -> None:
    network, before = gallery()[name]
    found, places = graph(network, before), draw(network, before=before).positions()
    assert places.keys() == set(found)
    figure = Figure()
    nx.draw(found, places, ax=figure.subplots())
    scene = draw(network, before=before).scene
    assert all(0 <= x <= scene.width and -scene.height <= y <= 0 for x, y in places.values())


def test_a_change_has_both_snapshots_and_says_what_became_of_each_thing() -> None:
    found = graph(seed(2).network(), before=seed(3).network())
    assert found.nodes["ns3"]["status"] == found.nodes["ns3/eth00-ns3"]["status"] == "removed"
    assert found.edges["host/veth-ns3", "ns3/eth00-ns3", "cable"]["status"] == "removed"
    assert found.nodes["ns1/eth00-ns1"]["status"] == ""
    grown = graph(seed(2).network(), before=seed(1).network())
    assert grown.nodes["ns2"]["status"] == grown.nodes["ns2/eth00-ns2"]["status"] == "new"
    assert grown.edges["host/veth-ns2", "ns2/eth00-ns2", "cable"]["status"] == "new"


def test_broadcast_domains_are_connected_components() -> None:
    found = graph(rich().network())
    interfaces = found.subgraph(name for name, data in found.nodes(data=True) if data["what"] == "interface")
    domains = [{node for node in domain if "/lo" not in node} for domain in nx.connected_components(interfaces)]
    one = next(domain for domain in domains if "a1/eth00-a1" in domain)
    assert {"host/br0", "a2/eth00-a2"} <= one
    assert "b1/eth00-b1" not in one


def test_it_can_be_exported_as_json() -> None:
    found = graph(seed(2).network(), before=seed(1).network())
    again = nx.node_link_graph(json.loads(json.dumps(nx.node_link_data(found))))
    assert set(again) == set(found)
    assert again.number_of_edges() == found.number_of_edges()
