"""Every kind of fault breaks real pings, is mended by its undoing, is named first by a diagnosis, and cured by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nslab_kernel.core.checks.pings import Ping, everybody
from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.faults import KINDS, Fault, of_kind
from nslab_kernel.core.model.diff import changes
from nslab_kernel.lab import Lab
from nslab_kernel.linux import breaking, neighbour_tables
from nslab_kernel.linux.netlink.apply import apply

from ..comparison import settled
from .breakable import LABS, WHERE, plain


@pytest.fixture
def read(lab: Lab) -> breaking.Read:
    return lambda: lab.snapshot(volatile=True)


def answered(read: breaking.Read) -> list[Ping]:
    """The pings that work in a lab that has just been built."""
    everything = everybody(read())
    failed = {(ping.source, ping.ip) for ping in breaking.unanswered(read, everything)}
    return [ping for ping in everything if (ping.source, ping.ip) not in failed]


def broken_by(read: breaking.Read, faults: Iterator[Fault], working: list[Ping]) -> tuple[Fault, tuple[Ping, ...]]:
    """The first of these faults that breaks something, which stays broken, and what fails by it."""
    for fault in faults:
        apply(fault.actions)
        failing = breaking.unanswered(read, working)
        if failing:
            return fault, failing
        apply(fault.repairs(read()))
    pytest.fail("no fault of this kind breaks anything")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_fault_breaks_is_named_first_and_cured_and_its_undoing_leaves_nothing(
    kind: str, lab: Lab, read: breaking.Read
) -> None:
    LABS[WHERE.get(kind, "plain")](lab)
    working, whole = answered(read), read()
    fault, failing = broken_by(read, of_kind(whole, KINDS[kind], 1), working)
    assert fault.is_there(read())

    apply(fault.repairs(read()))
    assert not breaking.unanswered(read, working)
    assert not changes(whole, read())
    assert not fault.is_there(read())

    apply(fault.steps(read()))
    neighbour_tables.forget(read())  # or what was learnt meanwhile would carry the ping
    ping = next((ping for ping in failing if ping.source != ping.destination), failing[0])
    for _ in range(3):  # IPv6 switched off has taken the address along, too
        found = lab.why(ping.source, ping.ip).findings
        assert found, f"{ping.source} > {ping.ip}"
        assert _ or fault.is_named_by(found[0]), found
        apply(found[0].actions)
        if not breaking.unanswered(read, [ping]):
            return
    pytest.fail(f"the cure doesn't work: {found}")


def test_the_same_seed_breaks_the_same_lab_in_the_same_way(lab: Lab) -> None:
    seen = []
    for _ in range(2):
        plain(lab)
        done = lab.break_(level=2, seed=41)
        seen.append([(fault.kind, fault.place, fault.facts) for fault in done.faults])
        lab.unbreak()
        lab.reset()
    assert seen[0] == seen[1]


def test_a_break_is_checked_until_it_is_mended(lab: Lab) -> None:
    plain(lab)
    exercise = lab.break_(level=1, seed=3)
    assert exercise.failing
    assert {ping.ip for ping in exercise.failing} <= {ping.ip for ping in exercise.working}
    first = lab.attempt()
    assert not first.fixed
    assert {(p.source, p.ip) for p in first.failing} == {(p.source, p.ip) for p in exercise.failing}
    for fault in exercise.faults:
        for action in fault.undo:
            assert lab.run("host", action.command()).returncode == 0, action.command()
    second = lab.attempt()
    assert second.fixed
    assert second.number == 2
    assert lab.exercise is None


def test_several_things_are_broken_at_once_on_level_3_and_put_back_together(lab: Lab) -> None:
    LABS["routed"](lab)
    before = settled(lab.snapshot)
    exercise = lab.break_(level=3, seed=11)
    assert len(exercise.faults) >= 2
    assert len({fault.place.namespace for fault in exercise.faults}) == len(exercise.faults)
    lab.unbreak()
    assert not changes(before, lab.snapshot())


def test_what_is_mended_by_hand_is_not_put_back_twice(lab: Lab) -> None:
    plain(lab)
    exercise = lab.break_(level=1, seed=3)
    apply(exercise.faults[0].undo)
    assert lab.unbreak().commands == ()


def test_an_empty_lab_is_refused_and_so_is_a_second_break_and_a_lab_that_fails_already(lab: Lab) -> None:
    with pytest.raises(NslabError, match="nothing to break"):
        lab.break_()
    with pytest.raises(NslabError, match="Nothing has been broken"):
        lab.attempt()
    plain(lab)
    with pytest.raises(NslabError, match="no level 4"):
        lab.break_(level=4)
    lab.break_(seed=1)
    with pytest.raises(NslabError, match="broken already"):
        lab.break_()
    lab.unbreak()
    lab.run("ns2", "ip address flush dev eth00-ns2; ip address add 172.16.1.2/30 dev eth00-ns2")
    lab.run("host", "ip link set veth-ns3 down")
    with pytest.raises(NslabError, match="ns3"):
        lab.break_()


def test_hints_lead_to_commands_that_mend_it(lab: Lab) -> None:
    plain(lab)
    lab.break_(level=2, seed=5)
    said = [lab.hint() for _ in range(4)]
    assert len(set(said)) == 4
    commands = [line for line in said[-1].splitlines() if line.startswith("sudo ")]
    for command in commands:
        assert lab.run("host", command).returncode == 0
    assert lab.attempt().fixed


def test_a_real_machine_is_never_broken(lab: Lab) -> None:
    plain(lab)
    before = settled(lab.snapshot)
    lab.sandboxed = False
    with pytest.raises(NslabError, match="real machine"):
        lab.break_()
    lab.sandboxed = True
    assert lab.snapshot() == before
