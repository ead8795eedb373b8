"""Faults are chosen on a snapshot alone: which fit, the same ones for the same seed, and what is told of them."""

from __future__ import annotations

import itertools
import string

import pytest

from nslab_kernel.core.checks.pings import Ping
from nslab_kernel.core.diagnosis import KINDS as CAUSES
from nslab_kernel.core.diagnosis.findings import Finding, Place
from nslab_kernel.core.effects import after
from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.faults import KINDS, Fault, breakable, candidates, hints, how_many, of_kind, title
from nslab_kernel.core.faults.exercise import Exercise
from nslab_kernel.core.model.diff import changes
from nslab_kernel.core.model.network import HOST, Network
from nslab_kernel.core.operations.actions import Action, AddAddress, AddNeighbour, SetDown, SetSysctl
from nslab_kernel.core.translation import translated

from ..picture.literal import Draft, masquerade


def lab(*, reverse: bool = False) -> Network:
    """Two bridges that the host routes between, IPv4 and IPv6, NAT, a namespace on both, made in either order."""
    draft = Draft().bridge("br0", "10.0.1.1/24", "fd00:1::1/64").bridge("br1", "10.0.2.1/24")
    rooms = [("br0", "ns1", "10.0.1.11/24"), ("br0", "ns2", "10.0.1.12/24"), ("br1", "ns3", "10.0.2.11/24")]
    for bridge, name, cidr in reversed(rooms) if reverse else rooms:
        draft.attach(bridge, name, cidr, *(["fd00:1::11/64"] if name == "ns1" else []))
        draft.set(name, "lo", up=True, carrier=True, state="UNKNOWN").route(
            name, "default", "10.0.1.1" if bridge == "br0" else "10.0.2.1", f"eth00-{name}"
        )
    draft.veth(HOST, "vx", "ns3", "eth1", "10.0.1.13/24", master="br0")
    draft.sysctl(HOST, "net.bridge.bridge-nf-call-iptables", "1")
    network = draft.firewall(HOST, masquerade("10.0.1.0/24", "eth0")).network()
    return after(network, (SetSysctl("net.ipv4.ip_forward", "1"),))


def every_fault(network: Network) -> list[Fault]:
    return [fault for kind in KINDS.values() for fault in of_kind(network, kind, 1)]


def test_there_are_more_than_twenty_kinds_and_most_fit_a_rich_lab() -> None:
    assert len(KINDS) > 20
    fitting = {fault.kind for fault in every_fault(lab())}
    assert set(KINDS) - fitting <= {"forward-drop"}  # here it would be the bridge's firewall, too


def test_without_a_bridge_firewall_dropping_what_is_forwarded_is_a_fault_of_its_own() -> None:
    draft = Draft().bridge("br0", "10.0.1.1/24").attach("br0", "ns1", "10.0.1.11/24")
    network = draft.sysctl(HOST, "net.ipv4.ip_forward", "1").network()
    assert list(of_kind(network, KINDS["forward-drop"], 1))


def test_undoing_leaves_the_network_as_it_was() -> None:
    network = lab()
    for fault in every_fault(network):
        broken = after(network, fault.actions)
        assert fault.is_there(broken), fault
        mended = after(broken, fault.repairs(broken))
        assert not changes(network, mended), fault
        assert not fault.is_there(mended), fault


def test_no_fault_is_there_in_a_whole_network() -> None:
    network = lab()
    assert not [fault for fault in every_fault(network) if fault.is_there(network)]


def test_the_made_up_world_outside_is_never_broken() -> None:
    draft = Draft("isp").veth(HOST, "eth0", "isp", "customer1", "192.0.2.1/24", near=["192.0.2.2/24"])
    assert {fault.place.namespace for fault in every_fault(draft.network())} == {HOST}


@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_same_seed_and_lab_give_the_same_faults_whenever_it_was_built(level: int) -> None:
    def first(network: Network, seed: int) -> list[tuple[str, str, str]]:
        found = itertools.islice(candidates(network, level, seed), 20)
        return [(f.kind, f.place.namespace, f.place.interface) for f in found]

    assert first(lab(), 7) == first(lab(reverse=True), 7)
    assert first(lab(), 7) != first(lab(), 8)


def test_levels_tell_easy_faults_from_hard_ones() -> None:
    network = lab()
    kinds = {level: {fault.kind for fault in candidates(network, level, 1)} for level in (1, 2, 3)}
    assert "bridge-down" in kinds[1]
    assert "not-forwarding" in kinds[2]
    assert not kinds[1] & kinds[2]
    assert kinds[3] == kinds[1] | kinds[2]
    assert how_many(1, 5) == how_many(2, 5) == 1
    assert {how_many(3, seed) for seed in range(9)} == {2, 3}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hints_go_from_vague_to_exact(language: str) -> None:
    for fault in every_fault(lab()):
        layer, near, look, exact = (translated(hint, language) for hint in hints(fault))
        assert fault.place.namespace not in layer.split()
        assert translated(title(fault), language) in exact
        assert "sudo " not in layer + near
        assert "`sudo " in look
        for action in fault.undo:
            assert action.command() in exact
        for said in (layer, near, look, exact):
            assert "{" not in said.replace("{ ", "")
        if language == "zh":
            assert any(ord(letter) > 0x4E00 for letter in translated(title(fault), "zh"))
        else:
            assert set(layer) <= set(string.printable)


def test_every_kind_has_a_name_that_a_diagnosis_knows() -> None:
    for kind in KINDS.values():
        assert kind.found_as <= set(CAUSES), kind.name


def two_rooms() -> Network:
    return Draft().bridge("br0").attach("br0", "ns1", "10.0.0.1/24").attach("br0", "ns2", "10.0.0.2/24").network()


def test_a_lab_in_which_nobody_reaches_anybody_is_refused() -> None:
    network = two_rooms()
    with pytest.raises(NslabError, match="nothing to break"):
        breakable.refuse_broken(network, [Ping("ns1", "ns1", "10.0.0.1")], breakable.pings(network))


def test_a_lab_in_which_neighbours_fail_to_reach_each_other_is_refused_with_their_names() -> None:
    network = two_rooms()
    working = [Ping("ns1", "ns2", "10.0.0.2")]
    with pytest.raises(NslabError, match=r"ns2 doesn't reach ns1 at 10\.0\.0\.1"):
        breakable.refuse_broken(network, working, breakable.pings(network))
    everything = [ping for ping in breakable.pings(network) if ping.source != ping.destination]
    breakable.refuse_broken(network, everything, breakable.pings(network))


def exercise(network: Network, *kinds: str) -> tuple[Exercise, Network]:
    faults = tuple(next(of_kind(network, KINDS[kind], 3)) for kind in kinds)
    broken = network
    for fault in faults:
        broken = after(broken, fault.actions)
    ping = Ping("ns1", "ns2", "10.0.0.2")
    return Exercise(faults, 3, 3, (ping,), (ping,), begun=100.0), broken


def test_hints_are_about_the_first_fault_that_is_still_there() -> None:
    going_on, broken = exercise(two_rooms(), "bridge-down", "no-address")
    first, second = (hints(fault) for fault in going_on.faults)
    assert [going_on.hint(broken) for _ in range(5)] == [*first, first[-1]]
    half = after(broken, going_on.faults[0].undo)
    assert going_on.hint(half) == second[0]
    assert going_on.hint(after(half, going_on.repairs(half))) is None


def test_checks_are_counted_with_the_time_and_the_hints() -> None:
    going_on, broken = exercise(two_rooms(), "bridge-down")
    going_on.hint(broken)
    failed = going_on.attempt(going_on.working, now=130.0)
    assert (failed.number, failed.seconds, failed.hints, failed.fixed) == (1, 30.0, 1, False)
    passed = going_on.attempt((), now=165.0)
    assert (passed.number, passed.seconds, passed.fixed) == (2, 65.0, True)


def test_what_somebody_has_mended_needs_no_repair() -> None:
    going_on, broken = exercise(two_rooms(), "bridge-down", "no-address")
    half = after(broken, going_on.faults[0].undo)
    assert going_on.repairs(half) == going_on.faults[1].undo


def test_a_fault_whose_interface_is_gone_counts_as_still_there() -> None:
    network = two_rooms()
    fault = Fault("interface-down", next(of_kind(network, KINDS["interface-down"], 1)).place, (), (SetDown("gone0"),))
    assert fault.is_there(network)
    assert fault.repairs(network) == ()


def _finding(kind: str, where: str, *actions: Action) -> Finding:
    return Finding(kind, Place(where), "there", "", "", "", "", actions)


def test_a_diagnosis_names_a_fault_by_its_kind_and_by_where_it_is_or_is_fixed() -> None:
    fault = next(fault for fault in every_fault(lab()) if fault.kind == "interface-down")
    where = fault.place.namespace
    other = "ns1" if where != "ns1" else "ns2"
    assert fault.is_named_by(_finding("interface-down", where))
    assert fault.is_named_by(_finding("interface-down", other, SetDown("eth0", where)))
    assert not fault.is_named_by(_finding("interface-down", other))
    assert not fault.is_named_by(_finding("no-route", where))


def test_a_wrong_neighbour_is_somebody_in_the_same_subnet() -> None:
    network = lab()
    addresses = {
        address.ip: (space.name, address.network)
        for space in network.everywhere
        for interface in space.interfaces
        for address in interface.addresses
    }
    found = list(of_kind(network, KINDS["wrong-neighbour"], 1))
    assert found
    for fault in found:
        (line,) = fault.actions
        assert isinstance(line, AddNeighbour)
        owner, subnet = addresses[line.ip]
        own = network.get(line.namespace)
        assert own is not None
        assert owner != line.namespace
        interface = own.interface(line.interface)
        assert interface is not None
        assert subnet in {address.network for address in interface.addresses}
        assert ("ip", line.ip) in fault.facts


def test_a_wrong_neighbour_may_be_one_of_either_family() -> None:
    network = after(lab(), (AddAddress("eth00-ns2", "fd00:1::12/64", "ns2"),))
    wrong = [fault.actions[0] for fault in of_kind(network, KINDS["wrong-neighbour"], 1)]
    reached = {line.ip for line in wrong if isinstance(line, AddNeighbour) and line.namespace == "ns1"}
    assert {"10.0.1.12", "fd00:1::12"} <= reached


def test_of_two_neighbours_that_ignore_arp_both_are_named_once() -> None:
    found = list(of_kind(lab(), KINDS["arp-ignored"], 1))
    pairs = [
        frozenset(action.namespace for action in fault.actions if isinstance(action, SetSysctl)) for fault in found
    ]
    assert all(len(pair) == 2 for pair in pairs)
    assert len(pairs) == len(set(pairs))
    for fault, pair in zip(found, pairs, strict=True):
        assert pair == {fault.place.namespace, dict(fault.facts)["other"]}
    assert frozenset({"ns1", "ns2"}) in pairs
    assert frozenset({HOST, "ns1"}) in pairs


def test_who_ignores_arp_already_is_no_one_to_break() -> None:
    network = after(lab(), (SetSysctl("net.ipv4.conf.all.arp_ignore", "8", "ns1"),))
    found = list(of_kind(network, KINDS["arp-ignored"], 1))
    assert found
    assert all(
        action.namespace != "ns1" for fault in found for action in fault.actions if isinstance(action, SetSysctl)
    )
