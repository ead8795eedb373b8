"""Any notebook is a lesson, and a lesson knows how far somebody is and how to come back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.lessons.lesson import Lesson, Step, lesson
from nslab_kernel.core.lessons.progress import Progress, State
from nslab_kernel.core.model.network import HOST, Listener, Network

from ..picture.literal import Draft, seed


def markdown(*lines: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": [line + "\n" for line in lines]}


def code(source: str, *tags: str, cell_id: str = "") -> dict[str, Any]:
    return {"cell_type": "code", "id": cell_id, "metadata": {"tags": list(tags)}, "source": source, "outputs": []}


def notebook(*cells: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)}


def read(*cells: dict[str, Any]) -> Lesson:
    return lesson(notebook(*cells), "test.ipynb")


@pytest.mark.parametrize(
    ("explanation", "name"),
    [
        (
            "Both hear the question, and both answer; one answer wins. Which?",
            "Both hear the question, and both answer; one answer wins",
        ),
        ("It [needs](x.md) a `gateway`: a **router**.", "It needs a gateway"),
        ("主机在转发。包出去了！", "主机在转发"),
        ("| a | b |\n|---|---|\n\n- one\n\nThen this.", "Then this"),
        ("word " * 40, ("word " * 14).strip() + " …"),
    ],
)
def test_a_step_without_a_heading_is_named_by_its_explanation(explanation: str, name: str) -> None:
    (step,) = read(markdown(explanation), code("!ip link")).steps
    assert (step.title, step.headed) == (name, True)
    assert step.explanation == explanation.strip(), "it is still to be read"


def test_steps_that_nothing_is_said_about_go_on_with_the_one_before() -> None:
    cells = [
        code("!ip a"),
        markdown("## Look"),
        code("!ip b"),
        code("!ip c"),
        code("%%netns_check\nx", "check"),
        code("!ip d"),
    ]
    assert [step.title for step in read(*cells).steps] == ["!ip a", "Look", "Look (2)", "", "Look (3)"]


def test_each_code_cell_is_a_step_with_the_markdown_before_it() -> None:
    found = read(markdown("# 01 · Bridges", "", "Hello."), markdown("## Make one", "", "A switch."), code("!ip link"))
    assert found.title == "01 · Bridges"
    (step,) = found.steps
    assert (step.title, step.source, step.kind) == ("Make one", "!ip link", "command")
    assert step.explanation == "Hello.\n\n\n## Make one\n\nA switch."


def test_what_stands_before_the_next_heading_is_said_after_the_step() -> None:
    found = read(code("first"), markdown("One, not two.", "", "## Next", "", "More."), code("second"))
    assert found.steps[0].afterword == "One, not two."
    assert found.steps[1].explanation == "## Next\n\nMore."


def test_markdown_without_a_heading_explains_the_step_below_it() -> None:
    found = read(code("first"), markdown("Each remembers its neighbour."), code("second"))
    assert found.steps[0].afterword == ""
    assert found.steps[1].explanation == "Each remembers its neighbour."


def test_the_markdown_at_the_end_is_said_after_the_last_step() -> None:
    assert read(code("only"), markdown("## What you know now")).steps[0].afterword == "## What you know now"


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("!sudo ip link add br0 type bridge", "!sudo ip link add br0 type bridge"),
        ("# a comment\nprint(1)\nprint(2)", "print(1)"),
        ("%%netns ns1\n\nip address", "ip address"),
        ("%%netns_reset", "%%netns_reset"),
        ("# nothing but a comment", "# nothing but a comment"),
    ],
)
def test_a_step_without_a_heading_is_called_by_its_first_line(source: str, title: str) -> None:
    (step,) = read(code(source)).steps
    assert (step.title, step.headed) == (title, False)


def test_tags_tell_checkpoints_exercises_and_announced_failures() -> None:
    kinds = [
        (step.kind, step.may_fail)
        for step in read(
            code("a", "check"), code("b", "exercise"), code("c", "check", "exercise-check", "raises-exception")
        ).steps
    ]
    assert kinds == [("check", False), ("exercise", False), ("check", True)]


def test_a_hash_in_a_block_of_code_is_no_heading() -> None:
    (step,) = read(markdown("## Real", "", "```bash", "# not one", "```"), code("x")).steps
    assert step.title == "Real"


def test_empty_cells_and_the_cell_that_plays_the_lesson_are_no_steps() -> None:
    found = read(code("  \n"), code("%netns_play"), code("!true"))
    assert [step.source for step in found.steps] == ["!true"]


def test_a_lesson_without_a_title_is_called_by_its_file() -> None:
    assert read(markdown("## Only a section"), code("x")).title == "test.ipynb"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (["a", "list"], "not a notebook"),
        ({"cells": []}, "not a notebook"),
        ({"nbformat": 3, "worksheets": []}, "format 3"),
        ({"nbformat": 4, "cells": "none"}, "damaged"),
        (notebook(markdown("# Only words")), "no code cell"),
        (notebook(code("x"), kernelspec={"name": "ir", "language": "R"}), 'another kernel, "ir", which speaks R'),
        (notebook(code("x"), language_info={"name": "julia"}), "speaks julia"),
    ],
)
def test_what_is_no_lesson_for_this_kernel_is_told_in_a_sentence(content: object, said: str) -> None:
    with pytest.raises(NslabError, match=said):
        lesson(content, "test.ipynb")


BARE = Draft().network()
BRIDGE = Draft().bridge("mydocker0").network()
ONE, TWO = seed(1).network(), seed(2).network()


def played(*networks: Network, steps: int = 5) -> Progress:
    """A progress in which one step after the other left one of these networks."""
    progress, before = Progress.start(steps, BARE), BARE
    for index, network in enumerate(networks):
        progress = progress.begun(index, before).ended(index, network, well=True)
        before = network
    return progress


def test_a_lesson_begins_with_every_step_waiting() -> None:
    progress = Progress.start(3, BARE)
    assert progress.at == 0
    assert {record.state for record in progress.records} == {State.WAITING}
    assert not progress.finished


def test_a_step_that_went_well_makes_way_for_the_next() -> None:
    assert played(BRIDGE).at == 1
    assert played(BRIDGE, ONE, steps=2).finished


def test_a_failed_step_keeps_its_turn_unless_it_is_forgiven() -> None:
    begun = played(BRIDGE).begun(1, BRIDGE)
    assert begun.records[1].state is State.RUNNING
    assert begun.ended(1, BRIDGE, well=False).at == 1
    forgiven = begun.ended(1, BRIDGE, well=False, forgiven=True)
    assert (forgiven.at, forgiven.records[1].state) == (2, State.FAILED)


def test_each_step_expects_what_the_one_before_left() -> None:
    progress = played(BRIDGE, ONE)
    assert progress.expected(0) is BARE
    assert progress.expected(1) is BRIDGE
    assert progress.expected(2) is ONE


def test_a_replay_runs_only_the_steps_that_left_a_trace() -> None:
    assert played(BRIDGE, BRIDGE, ONE, ONE, TWO).replay(4) == (0, 2)


def test_a_replay_begins_behind_the_last_step_that_left_the_network_bare() -> None:
    assert played(BRIDGE, ONE, BARE, BRIDGE, ONE).replay(5) == (3, 4)


def test_a_server_that_a_step_started_is_a_trace() -> None:
    listening = replace(ONE, namespaces=(replace(ONE.namespaces[0], listeners=(Listener("tcp", "0.0.0.0", 80),)),))
    assert played(ONE, listening).replay(2) == (0, 1)


def test_going_back_makes_the_later_steps_wait_again() -> None:
    back = played(BRIDGE, ONE, TWO).back_to(1)
    assert back.at == 1
    assert [record.state for record in back.records] == [State.DONE] + [State.WAITING] * 4


def rebuilt(network: Network) -> Network:
    """The same network built at another time: the kernel gave other numbers."""
    host, *others = (
        replace(
            namespace,
            inode=namespace.inode + 50,
            interfaces=tuple(
                replace(
                    interface,
                    index=interface.index + 20,
                    mac="02" + interface.mac[2:-2] + "ff",
                    master=interface.master and interface.master + 20,
                    peer_index=interface.peer_index and interface.peer_index + 20,
                )
                for interface in namespace.interfaces
            ),
        )
        for namespace in network.everywhere
    )
    return Network(host, tuple(others), network.hostname)


def test_the_same_network_built_anew_is_not_taken_for_the_students_doing() -> None:
    assert played(BRIDGE, TWO).strayed(rebuilt(TWO)) == ()


def test_what_was_done_by_hand_is_told_by_name() -> None:
    draft = seed(2)
    draft.attach("mydocker0", "a", "172.16.1.9/16").down("ns1", "eth00-ns1").set(HOST, "mydocker0", mtu=1400)
    found = [change.words() for change in played(BRIDGE, TWO).strayed(rebuilt(draft.network()))]
    assert "namespace a added" in found
    assert "eth00-ns1 in ns1: up → down" in found
    assert not [words for words in found if "removed" in words or "ns2" in words]


def test_what_a_failed_step_left_behind_is_not_the_students_doing() -> None:
    progress = played(BRIDGE).begun(1, BRIDGE).ended(1, ONE, well=False)
    assert progress.strayed(ONE) == ()
    assert progress.strayed(TWO) != ()


@pytest.mark.parametrize(
    ("source", "breaks"),
    [
        ("%netns_break", True),
        ("%netns_break --level 2 --seed 75", True),
        ("%netns_auto off\n%netns_break", True),
        ("%netns_break --off", False),
        ("%netns_hint", False),
        ("print('%netns_break')", False),
    ],
)
def test_a_step_that_breaks_something_on_purpose_is_known(source: str, breaks: bool) -> None:
    assert Step("", source).breaks is breaks
