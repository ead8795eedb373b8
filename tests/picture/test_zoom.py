from __future__ import annotations

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.picture import draw
from nslab_kernel.picture.scene import Text
from nslab_kernel.picture.zoom import zoom
from tests.picture.labs import rich
from tests.picture.literal import seed


def _names(of: str) -> tuple[set[str], set[str], dict[str, int]]:
    network, hidden = zoom(rich().network(), of)
    return {n.name for n in network.namespaces}, {i.name for i in network.host.interfaces}, hidden


def test_around_a_namespace_are_its_bridges_without_their_other_ports() -> None:
    assert _names("router") == ({"router"}, {"lo", "br0", "br1", "r-a", "r-b"}, {"br0": 3, "br1": 2})


def test_around_a_namespace_are_those_it_is_wired_to() -> None:
    assert _names("p1")[0] == {"p1", "p2"}


def test_around_a_bridge_are_the_namespaces_plugged_into_it() -> None:
    namespaces, interfaces, hidden = _names("br1")
    assert namespaces == {"b1", "b2", "router"}
    assert {"br1", "veth-b1", "veth-b2", "r-b"} <= interfaces
    assert "br0" not in interfaces
    assert hidden == {}


def test_the_host_alone() -> None:
    namespaces, interfaces, _ = _names("host")
    assert namespaces == set()
    assert {"br0", "br1", "docker0"} <= interfaces


def test_the_picture_says_how_many_ports_it_leaves_out() -> None:
    scene = draw(seed(30).network(), of="ns7").scene
    texts = [item.text for group in scene.groups for item in group.items if isinstance(item, Text)]
    assert "ns7" in texts
    assert any("+29 ports not shown" in text for text in texts)
    assert len(texts) < 20


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(NslabError, match="ns9") as refused:
        draw(seed(2).network(), of="ns9")
    assert refused.value.cure == "Choose one of: host, ns1, ns2, mydocker0"


def test_changes_around_it_still_stand_out() -> None:
    before, after = seed(2).network(), seed(2).down("ns1", "eth00-ns1").network()
    fates = {group.fate for group in draw(after, before=before, of="ns1").scene.groups}
    assert "changed" in fates


def test_one_that_wasnt_there_before_is_drawn_without_comparing() -> None:
    before, after = seed(1).network(), seed(2).network()
    assert {group.fate for group in draw(after, before=before, of="ns2").scene.groups} == {""}
