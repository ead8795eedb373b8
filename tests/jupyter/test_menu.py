"""The menu of a thing in a picture, read off a network of literals."""

from __future__ import annotations

from typing import Any

import pytest

from nslab_kernel.core.model.network import HOST
from nslab_kernel.jupyter.menu import menu
from tests.picture.labs import outside_world, random_lab, rich
from tests.picture.literal import seed


def entries(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["label"]: entry for entry in made["entries"] if entry}


def test_a_namespace_can_be_entered_pinged_from_unplugged_and_deleted() -> None:
    found = entries(menu(seed(2).network(), "ns1", "en"))
    assert found["Terminal in ns1"]["command"] == "%netns_shell ns1"
    assert found["Unplug from mydocker0"]["source"] == "sudo ip link set veth-ns1 nomaster"
    assert found["Unplug from mydocker0"]["undo"] == "sudo ip link set veth-ns1 master mydocker0"
    assert found["Delete ns1"]["source"] == "!sudo ip netns del ns1"
    assert found["Delete ns1"]["danger"]
    assert found["Copy “%%netns ns1”"]["source"] == "%%netns ns1"
    targets = {entry["label"]: entry for entry in found["Ping from ns1"]["entries"]}
    assert targets["ns2"]["source"] == "%netns ns1 ping -c 1 172.16.1.2"
    assert targets["Another address …"]["source"] == "%netns ns1 ping -c 1 …"
    assert "ns1" not in targets


def test_what_would_do_nothing_is_not_offered() -> None:
    down, up = (entries(menu(seed(1, up=up).network(), "host/mydocker0", "en")) for up in (False, True))
    assert "Set up" in down
    assert "Set down" not in down
    assert "Set down" in up
    assert "Set up" not in up


def test_a_cable_is_unplugged_and_plugged_in_again() -> None:
    cable = "host/veth-ns1~ns1/eth00-ns1"
    whole = entries(menu(seed(1).network(), cable, "en"))
    assert whole["Unplug"]["source"] == "sudo ip link set veth-ns1 down"
    assert whole["Unplug"]["undo"] == "sudo ip link set veth-ns1 up"
    cut = entries(menu(seed(1).down("ns1", "eth00-ns1").network(), cable, "en"))
    assert cut["Plug in"]["source"] == "sudo ip -n ns1 link set eth00-ns1 up"


def test_a_bridge_proposes_the_next_namespace_with_the_next_address() -> None:
    found = entries(menu(seed(2).network(), "host/mydocker0", "en"))
    assert found["Attach a namespace …"]["proposed"] == "ns3 172.16.1.3/16"
    assert found["Attach a namespace …"]["source"] == "%netns_attach mydocker0 …"


def test_a_real_machine_is_only_looked_at() -> None:
    for thing in (HOST, "ns1", "host/mydocker0", "ns1/eth00-ns1", "host/veth-ns1~ns1/eth00-ns1"):
        kinds = {entry["kind"] for entry in entries(menu(seed(2).network(), thing, "en", acting=False)).values()}
        assert kinds <= {"cell", "terminal", "copy", "more"}, thing


def test_a_magic_that_isnt_there_is_not_offered() -> None:
    assert "Follow a packet" not in entries(menu(seed(2).network(), "ns1", "en"))
    assert "Follow a packet" in entries(menu(seed(2).network(), "ns1", "en", magics={"netns_trace"}))


def test_what_has_gone_has_an_empty_menu() -> None:
    assert menu(seed(1).network(), "ns7", "en")["entries"] == []
    assert menu(seed(1).network(), "host/veth-ns7~ns7/eth00-ns7", "en")["entries"] == []


def test_the_chinese_menu_has_the_same_commands() -> None:
    for thing in (HOST, "ns1", "host/mydocker0", "ns1/eth00-ns1"):
        english, chinese = (menu(outside_world().network(), thing, language)["entries"] for language in ("en", "zh"))
        assert [entry and entry["command"] for entry in english] == [entry and entry["command"] for entry in chinese]
        assert all(one["label"] != other["label"] for one, other in zip(english, chinese, strict=True) if one)


@pytest.mark.parametrize("number", range(20))
def test_everything_in_a_random_lab_has_a_menu(number: int) -> None:
    for network in random_lab(number):
        for namespace in network.everywhere:
            for thing in (namespace.name, *(f"{namespace.name}/{i.name}" for i in namespace.interfaces)):
                made = menu(network, thing, "en")
                assert made["entries"], thing
                assert made["entries"][0] is not None
                assert made["entries"][-1] is not None


def test_names_that_a_shell_would_take_apart_are_quoted() -> None:
    draft = rich().bridge("a;reboot")
    found = entries(menu(draft.network(), "host/a;reboot", "en"))
    for entry in found.values():
        assert "a;reboot" not in entry["source"].replace("'a;reboot'", "")
