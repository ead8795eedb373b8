from __future__ import annotations

import pytest

from nslab_kernel.core.model.firewall import Chain, Match, Rule, RuleVerdict
from nslab_kernel.core.model.network import HOST
from nslab_kernel.picture import draw
from nslab_kernel.picture.notes import notes
from nslab_kernel.picture.scene import Text
from tests.picture.labs import many_rules, outside_world, with_nat
from tests.picture.literal import Draft, masquerade


def _notes(draft: Draft, language: str = "en") -> list[tuple[str, str]]:
    network = draft.network()
    return [(note.kind, note.text) for note in notes(network, network.host, language)]


def test_what_docker_sets_up_in_four_notes() -> None:
    assert _notes(with_nat(outside_world())) == [
        ("publish", "tcp 8080 → ns1:80"),
        ("forward", "ip_forward on"),
        ("drop", "forward: drop unless allowed"),
        ("nat", "NAT 172.16.0.0/16 → 192.0.2.2"),
    ]


def test_the_same_in_chinese() -> None:
    assert ("nat", "NAT 172.16.0.0/16 → 192.0.2.2") in _notes(with_nat(outside_world()), "zh")


def test_masquerade_for_all_but_the_bridge_takes_the_default_routes_address() -> None:
    rule = Rule(
        (Match("ip saddr", ("172.17.0.0/16",)), Match("oifname", ("docker0",), negated=True)), RuleVerdict("masquerade")
    )
    chain = Chain("ip", "nat", "POSTROUTING", (rule,), "postrouting", "nat", 100)
    assert _notes(outside_world().firewall(HOST, chain)) == [
        ("nat", "NAT 172.17.0.0/16 → 192.0.2.2 not leaving docker0")
    ]


def test_rules_are_followed_through_jumps_and_loops_end() -> None:
    jump = Rule((Match("iifname", ("eth0",)),), RuleVerdict("jump", "DOCKER"))
    back = Rule((), RuleVerdict("jump", "FORWARD"))
    drop = Rule((Match("ip daddr", ("172.16.1.1",)), Match("tcp dport", ("22",))), RuleVerdict("drop"))
    draft = outside_world().firewall(
        HOST,
        Chain("ip", "filter", "FORWARD", (jump,), "forward", "filter"),
        Chain("ip", "filter", "DOCKER", (back, drop)),
    )
    assert _notes(draft) == [("drop", "forward: drop tcp 22 in eth0 to ns1")]


def test_a_rule_that_no_packet_can_come_to_is_no_note() -> None:
    away = Rule((Match("oifname", ("docker0",), negated=True),), RuleVerdict("jump", "STAGE-2"))
    drop = Rule((Match("oifname", ("docker0",)),), RuleVerdict("drop"))
    other = Rule((Match("oifname", ("docker1",)),), RuleVerdict("drop"))
    draft = outside_world().firewall(
        HOST,
        Chain("ip", "filter", "FORWARD", (away,), "forward", "filter"),
        Chain("ip", "filter", "STAGE-2", (drop, other)),
    )
    assert _notes(draft) == [("drop", "forward: drop out not docker0 out docker1")]


def test_a_published_port_for_every_way_in_is_one_note() -> None:
    rule = Rule((Match("tcp dport", ("8080",)),), RuleVerdict("dnat", "172.16.1.1", "80"))
    chains = [Chain("ip", "nat", hook.upper(), (rule,), hook, "nat", -100) for hook in ("prerouting", "output")]
    assert _notes(outside_world().firewall(HOST, *chains)) == [("publish", "tcp 8080 → ns1:80")]


def test_the_answer_to_a_caller_in_the_same_subnet_is_no_note_of_its_own() -> None:
    rule = Rule((Match("ip daddr", ("172.16.1.1",)), Match("tcp dport", ("80",))), RuleVerdict("masquerade"))
    assert _notes(outside_world().firewall(HOST, Chain("ip", "nat", "x", (rule,), "postrouting", "nat"))) == []


def test_many_rules_are_counted_not_listed() -> None:
    found = _notes(many_rules())
    assert [text for kind, text in found if kind == "drop"][-1] == "+37 rules that drop"
    assert len(found) == 5


def test_what_isnt_understood_is_marked() -> None:
    rule = Rule((Match("ip saddr", ("10.0.0.0/8",)),), RuleVerdict("drop"), unread=("limit",))
    draft = Draft().firewall(HOST, Chain("ip", "filter", "INPUT", (rule,), "input", "filter"))
    assert _notes(draft) == [("drop", "input: drop from 10.0.0.0/8…")]


@pytest.mark.parametrize(("values", "text"), [({"4": "1"}, "ip_forward on"), ({"6": "1"}, "ip_forward on (IPv6)")])
def test_forwarding_is_told_by_family(values: dict[str, str], text: str) -> None:
    names = {"4": "net.ipv4.ip_forward", "6": "net.ipv6.conf.all.forwarding"}
    draft = Draft()
    for family, value in values.items():
        draft.sysctl(HOST, names[family], value)
    assert _notes(draft) == [("forward", text)]


def _texts(draft: Draft, before: Draft | None = None) -> set[str]:
    scene = draw(draft.network(), before=before.network() if before else None).scene
    return {item.text for group in scene.groups for item in group.items if isinstance(item, Text)}


def test_forwarding_switched_off_matters_once_there_is_an_outside() -> None:
    assert "ip_forward off" in _texts(outside_world())
    assert "ip_forward off" not in _texts(Draft().bridge("mydocker0"))


def test_a_rule_taken_away_is_a_ghost() -> None:
    before = outside_world().firewall(HOST, masquerade("172.16.0.0/16", "eth0"))
    scene = draw(outside_world().network(), before=before.network()).scene
    ghost = next(group for group in scene.groups if group.kind == "note" and group.fate == "removed")
    assert any(isinstance(item, Text) and item.struck and item.text.startswith("NAT") for item in ghost.items)
