"""A prediction is a question, choices that can be tested, and the commands that settle it."""

from __future__ import annotations

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.lessons.prediction_cell import PossibleAnswer, prediction
from nslab_kernel.jupyter.prediction_view import text, verdict

CELL = """\
- Yes | prints 1 received
- No | doesn't print 1 received
- It's down | br0 is down
sudo ip netns exec ns1 ping -c 1 10.0.0.2 | tail -1
- indented lines of a command are no choice? | br0 is up
echo done"""


def test_choices_and_commands_are_told_apart() -> None:
    asked = prediction(" Will it answer? ", CELL)
    assert asked.question == "Will it answer?"
    assert asked.choices[:3] == (
        PossibleAnswer("Yes", printed="1 received"),
        PossibleAnswer("No", printed="1 received", prints=False),
        PossibleAnswer("It's down", claim="br0 is down"),
    )
    assert asked.commands == "sudo ip netns exec ns1 ping -c 1 10.0.0.2 | tail -1\necho done"
    assert asked.claims == "br0 is down\nbr0 is up"


@pytest.mark.parametrize(
    ("printed", "verdicts", "right"),
    [
        ("1 received, 0%", [False, True], (True, False, False, True)),
        ("0 received", [True, False], (False, True, True, False)),
    ],
)
def test_what_happened_decides_which_choices_are_right(printed, verdicts, right) -> None:
    assert prediction("?", CELL).outcome(printed, verdicts) == right


@pytest.mark.parametrize(
    ("question", "cell", "said"),
    [
        ("", CELL, "There is no question"),
        ("Why?", "- Yes | prints a\nls", "needs two choices"),
        ("Why?", "- Yes | prints a\n- No | prints b", "no command"),
        ("Why?", "- Yes\n- No | prints b\nls", 'The choice "- Yes"'),
        ("Why?", "- Yes | it is so\n- No | prints b\nls", "is not a claim"),
    ],
)
def test_what_cannot_be_asked_or_tested_is_refused(question: str, cell: str, said: str) -> None:
    with pytest.raises(NslabError, match=said):
        prediction(question, cell)


@pytest.mark.parametrize(
    ("chosen", "right", "said"),
    [
        ([0], (True, False), "right"),
        ([1], (True, False), "other"),
        ([0, 1], (True, False), "partly"),
        ([0], (True, True), "partly"),
        ([0, 1], (True, True), "right"),
        ([], (True, False), "none"),
    ],
)
def test_an_answer_is_compared_without_blame(chosen: list[int], right: tuple[bool, ...], said: str) -> None:
    assert verdict(chosen, right) == said


def test_as_text_the_right_choices_have_a_tick() -> None:
    said = text(prediction("Will it?", CELL), (True, False, False, False), "en").splitlines()
    assert said[0] == "Will it?"
    assert [line[0] for line in said[1:5]] == ["✓", " ", " ", " "]
