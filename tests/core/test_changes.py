from __future__ import annotations

import pytest

from nslab_kernel.core.model.diff import Change, changes, condition, summary
from nslab_kernel.core.model.firewall import Chain, Rule, RuleVerdict
from nslab_kernel.core.model.network import HOST, Address, Namespace, Neighbour, Network
from nslab_kernel.core.model.next_step import next_step
from nslab_kernel.core.translation import translated
from tests.picture.literal import Draft, address, drop_forward, masquerade, publish, seed


def _bare() -> Network:
    return Draft().network()


def test_equal_snapshots_have_no_changes() -> None:
    assert changes(seed().network(), seed().network()) == ()


def test_an_attached_namespace_is_told_in_one_line() -> None:
    draft = seed(1)
    before = draft.network()
    after = draft.attach("mydocker0", "ns2", "172.16.1.2/16").network()

    found = changes(before, after)

    assert Change("added", "namespace", "ns2", "ns2") in found
    assert Change("added", "address", "ns2", "eth00-ns2", "", "172.16.1.2/16") in found
    assert Change("added", "port", HOST, "veth-ns2", "", "mydocker0") in found
    assert summary(found) == "added: ns2, veth-ns2 ⇄ eth00-ns2, 172.16.1.2/16"
    assert translated(summary(found), "zh") == "新增：ns2、veth-ns2 ⇄ eth00-ns2、172.16.1.2/16"


def test_a_detached_namespace_takes_its_cable_along() -> None:
    draft = seed(2)
    before = draft.network()
    found = changes(before, draft.remove("ns2").network())
    assert summary(found) == "removed: ns2, veth-ns2 ⇄ eth00-ns2"


def test_many_of_one_kind_are_counted() -> None:
    assert summary(changes(seed(0).network(), seed(30).network())) == (
        "added: 30 namespaces, 30 cables and interfaces, 30 addresses"
    )


def test_a_namespace_made_again_under_its_old_name_is_another_one() -> None:
    before = Draft("ns1").network()
    after = Draft().add("ns0").add("ns1").network()
    verbs = [(c.verb, c.name) for c in changes(before, after) if c.what == "namespace"]
    assert ("removed", "ns1") in verbs
    assert ("added", "ns1") in verbs


def test_an_interface_that_moves_is_known_by_its_mac() -> None:
    draft = Draft("ns1").veth(HOST, "veth0", HOST, "veth1")
    before = draft.network()
    moved = before.host.interface("veth1")
    assert moved is not None
    host = Namespace(HOST, "host", before.host.inode, interfaces=before.host.interfaces[:-1])
    ns1 = Namespace("ns1", inode=before.namespaces[0].inode, interfaces=(*before.namespaces[0].interfaces, moved))
    assert changes(before, Network(host, (ns1,))) == (
        Change("moved", "interface", "ns1", "veth1", HOST, "ns1", (HOST, "veth0")),
    )


def test_a_renamed_interface_is_the_same_one() -> None:
    draft = seed(1)
    before = draft.network()
    found = changes(before, draft.set("ns1", "eth00-ns1", name="eth0").network())
    assert found == (Change("changed", "name", "ns1", "eth0", "eth00-ns1", "eth0"),)


@pytest.mark.parametrize(
    ("fields", "then", "now"),
    [
        ({"up": False, "carrier": False}, "up", "down"),
        ({"carrier": False}, "up", "no-carrier"),
    ],
)
def test_state_is_down_or_up_or_up_without_carrier(fields: dict[str, bool], then: str, now: str) -> None:
    draft = seed(1)
    before = draft.network()
    found = changes(before, draft.set(HOST, "mydocker0", **fields).network())
    assert found == (Change("changed", "state", HOST, "mydocker0", then, now),)


def test_what_comes_by_itself_is_left_out() -> None:
    draft = seed(1)
    before = draft.network()
    eth = before.namespaces[0].interface("eth00-ns1")
    assert eth is not None
    draft.set("ns1", "eth00-ns1", addresses=(*eth.addresses, address("fe80::1/64")))
    draft.set("ns1", "lo", addresses=(address("127.0.0.1/8"), address("::1/128")))
    after = draft.network()
    learnt = (Neighbour("172.16.1.2", eth.index, "02:00:00:00:00:09", "REACHABLE"),)
    ns1 = after.namespaces[0]
    after = Network(after.host, (Namespace("ns1", inode=ns1.inode, interfaces=ns1.interfaces, neighbours=learnt),))
    assert changes(before, after) == ()


def test_a_permanent_neighbour_was_typed_by_somebody() -> None:
    fixed = (Neighbour("172.16.1.2", 2, "02:00:00:00:00:09", "PERMANENT"),)
    before = Network(Namespace(HOST), (Namespace("ns1"),))
    after = Network(Namespace(HOST), (Namespace("ns1", neighbours=fixed),))
    assert [c.after for c in changes(before, after)] == ["172.16.1.2 lladdr 02:00:00:00:00:09"]


def test_one_switch_of_forwarding_is_one_change() -> None:
    draft = Draft().sysctl(HOST, "net.ipv4.ip_forward", "0").sysctl(HOST, "net.ipv4.conf.eth0.forwarding", "0")
    before = draft.network()
    draft.sysctl(HOST, "net.ipv4.ip_forward", "1").sysctl(HOST, "net.ipv4.conf.eth0.forwarding", "1")
    found = changes(before, draft.network())
    assert summary(found) == "changed: ip_forward 0 → 1"


def test_a_default_route_added_replaced_and_removed() -> None:
    bare, one = seed(1), seed(1).route("ns1", "default", "172.16.0.1", "eth00-ns1")
    other = seed(1).route("ns1", "default", "172.16.0.254", "eth00-ns1")
    assert summary(changes(bare.network(), one.network())) == ("added: default via 172.16.0.1 dev eth00-ns1 (ns1)")
    assert [c.verb for c in changes(one.network(), other.network())] == ["changed"]
    assert [c.verb for c in changes(one.network(), bare.network())] == ["removed"]


def test_firewall_rules_are_compared_without_their_counters() -> None:
    def counted(packets: int) -> Network:
        text = f"counter packets {packets} bytes 84 drop"
        chain = Chain("ip", "filter", "FORWARD", (Rule((), RuleVerdict("drop"), text=text),), "forward", "filter")
        return Draft().firewall(HOST, chain).network()

    assert changes(counted(0), counted(7)) == ()
    assert [c.what for c in changes(_bare(), counted(0))] == ["chain", "rule"]


def test_a_policy_turned_to_drop_is_told() -> None:
    accepts = Chain("ip", "filter", "FORWARD", (), "forward", "filter")
    before = Draft().firewall(HOST, accepts).network()
    after = Draft().firewall(HOST, drop_forward()).network()
    assert changes(before, after) == (Change("changed", "policy", HOST, "ip filter FORWARD", "accept", "drop"),)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_change_has_words(language: str) -> None:
    before = seed(2, up=False).route("ns1", "default", "172.16.0.1", "eth00-ns1").network()
    draft = seed(3).firewall(HOST, masquerade("172.16.0.0/16", "eth0")).set("ns1", "eth00-ns1", mtu=1400)
    found = changes(before, draft.remove("ns2").network())
    assert {c.what for c in found} >= {"namespace", "interface", "state", "route", "rule", "mtu", "address", "port"}
    for change in found:
        assert change.name in translated(change.words(), language) or change.after in translated(
            change.words(), language
        )
        assert "{" not in translated(change.words(), language)


def test_the_sentence_about_what_is_missing_names_the_bridge() -> None:
    network = seed(2, up=False).network()
    assert next_step(network) == "mydocker0 is down, so ns1 and ns2 can't reach each other yet"
    assert translated(next_step(network) or "", "zh") == "mydocker0 是 down 的，所以 ns1 和 ns2 还不能互相到达"
    assert next_step(seed(30, up=False).network()) == (
        "mydocker0 is down, so its 30 namespaces can't reach each other yet"
    )


@pytest.mark.parametrize(
    ("draft", "sentence"),
    [
        (seed(2), ""),
        (Draft().bridge("br0", up=False), ""),
        (seed(1).down("ns1", "eth00-ns1"), "eth00-ns1 is down, so ns1 is cut off"),
        (seed(1).down(HOST, "veth-ns1"), "veth-ns1 is down, so ns1 is cut off"),
        (seed(0).attach("mydocker0", "ns1"), "eth00-ns1 has no address, so ns1 can't be reached yet"),
        (
            Draft("ns1").veth(HOST, "veth-ns1", "ns1", "eth0", "10.0.0.1/24"),
            "veth-ns1 is plugged into no bridge and has no address, so ns1 reaches nothing through it yet",
        ),
        (
            Draft("ns1").veth(HOST, "veth-ns1", "ns1", "eth0", "10.0.0.1/24", near=["fe80::1/64"]),
            "veth-ns1 is plugged into no bridge and has no address, so ns1 reaches nothing through it yet",
        ),
        (Draft("ns1").veth(HOST, "veth-ns1", "ns1", "eth0", "10.0.0.1/24", near=["10.0.0.2/24"]), ""),
        (seed(1).attach("mydocker0", "ns2", "172.16.1.1/16"), "ns1 and ns2 both have 172.16.1.1"),
    ],
)
def test_what_is_missing(draft: Draft, sentence: str) -> None:
    assert (next_step(draft.network()) or "") == sentence


def test_nobody_is_said_to_be_cut_off_who_has_another_way() -> None:
    two = Draft("ns1").veth(HOST, "a0", "ns1", "b0", "10.0.0.1/24", near=["10.0.0.2/24"])
    two.veth(HOST, "a1", "ns1", "b1", "10.1.0.1/24", near=["10.1.0.2/24"])
    assert next_step(two.network()) is None
    assert next_step(two.down("ns1", "b1").network()) == "b1 in ns1 is down"
    assert translated(next_step(two.network()) or "", "zh") == "ns1 的 b1 是 down 的"


def test_a_bridge_that_is_down_cuts_nobody_off_who_has_another_way() -> None:
    draft = seed(2, up=False).veth(HOST, "a0", "ns1", "b0", "10.0.0.1/24", near=["10.0.0.2/24"])
    assert next_step(draft.network()) == "mydocker0 in docker-host1 is down"


def test_calicos_cables_and_the_device_under_a_macvlan_need_no_address() -> None:
    calico = Draft("w1").veth(HOST, "cali1", "w1", "eth0", "10.65.0.1/32")
    assert next_step(calico.route(HOST, "10.65.0.1/32", "", "cali1").network()) is None
    under = Draft("gw").veth(HOST, "up0", "gw", "eth0", "10.0.0.1/24")
    index = under.network().host.interface("up0").index
    under.put(HOST, "mv0", "macvlan", ["10.0.0.2/24"], lower_index=index, lower_namespace=HOST)
    assert next_step(under.network()) is None


def test_a_router_without_an_address_on_its_cable_may_have_one_on_lo() -> None:
    draft = Draft("r1").veth(HOST, "a0", "r1", "b0", near=["10.0.0.2/24"])
    assert next_step(draft.network()) == "b0 has no address, so r1 can't be reached yet"
    draft.set("r1", "lo", addresses=(Address("10.255.0.1", 32),))
    assert next_step(draft.network()) is None


def test_a_bridge_has_its_condition_in_one_word() -> None:
    bridge = seed(1).network().host.interface("mydocker0")
    assert bridge is not None
    assert condition(bridge) == "up"


def test_what_a_macvlan_is_stacked_on_is_no_other_end() -> None:
    draft = Draft().bridge("br0")
    before = draft.network()
    draft.put(HOST, "macvlan0", "macvlan", lower_index=2, lower_namespace=HOST)
    assert summary(changes(before, draft.network())) == "added: macvlan0"


def test_a_chain_goes_without_saying_beside_its_rules_and_many_rules_are_counted() -> None:
    one = Draft().firewall(HOST, masquerade("172.16.0.0/16", "eth0")).network()
    assert summary(changes(_bare(), one)) == 'added: ip saddr 172.16.0.0/16 oifname "eth0" masquerade'
    two = Draft().firewall(HOST, masquerade("172.16.0.0/16", "eth0"), publish("8080", "172.16.1.1", "80")).network()
    assert summary(changes(_bare(), two)) == "added: 2 firewall rules"
    assert translated(summary(changes(_bare(), two)), "zh") == "新增：2 条防火墙规则"


def test_what_the_lab_only_remembers_is_no_news() -> None:
    memo = Chain("ip", "nslab", "ipv4_forwarding_was_off")
    assert changes(_bare(), Draft().firewall(HOST, memo).network()) == ()
    assert changes(_bare(), Draft().firewall(HOST, Chain("ip", "mine", "ipv4_forwarding_was_off")).network()) != ()
