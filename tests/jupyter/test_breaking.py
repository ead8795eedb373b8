"""Break and fix, as a student meets it in a notebook."""

from __future__ import annotations

import re

import pytest

from .conftest import Notebook

BUILD = """\
%netns_bridge br0
%netns_attach br0 ns1 172.16.1.1/16
%netns_attach br0 ns2 172.16.1.2/16
"""


@pytest.fixture
def built(notebook: Notebook) -> Notebook:
    """Two namespaces that reach each other, and a picture that follows."""
    notebook.run("%netns_break --off")  # what a test before has left
    notebook.run("%netns_reset")
    built = notebook.run(f"%netns_auto on\n{BUILD}")
    assert not built.failed, built.error
    return notebook


def test_a_break_is_told_with_its_seed_and_a_symptom_but_no_picture_gives_it_away(built: Notebook) -> None:
    cell = built.run("%netns_break --level 1 --seed 7")
    assert not cell.failed, cell.error
    assert "Something is broken now (level 1, seed 7)." in cell.printed
    assert "gets no answer" in cell.printed
    assert "%netns_hint" in cell.printed
    assert cell.pictures == []
    assert built.run("1 + 1").pictures == []


def test_a_check_fails_until_it_is_mended_by_real_commands_and_counts(built: Notebook) -> None:
    built.run("%netns_break --seed 7")
    failed = built.run("%netns_check")
    assert failed.name == "AssertionError"
    assert "Traceback" not in failed.error
    assert re.search(r"Not fixed yet: [12] of 4 pings", failed.error)
    assert "Check 1, 0:0" in failed.error
    hints = [built.run("%netns_hint").printed for _ in range(4)]
    assert len(set(hints)) == 4
    for line in hints[-1].splitlines():
        if line.startswith("sudo "):
            mended = built.run(f"!{line}")
            assert not mended.failed
    passed = built.run("%netns_check")
    assert not passed.failed, passed.error
    assert "✓ Fixed" in passed.printed
    assert "Check 2, 0:" in passed.printed
    assert "hints: 4" in passed.printed
    assert "It was this:\n- " in passed.printed


def test_a_repair_is_drawn_like_any_change(built: Notebook) -> None:
    built.run("%netns_break --seed 7")
    back = built.run("%netns_break --off")
    assert not back.failed, back.error
    assert back.printed.startswith("sudo ")
    assert "It was this:" in back.printed
    assert len(back.pictures) == 1
    assert "Nothing has been broken" in built.run("%netns_check").error + built.run("%netns_hint").error


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%netns_break --level 9", "There is no level 9."),
        ("%netns_break --level easy", "--level"),
        ("%netns_break ns1", "ns1"),
        ("%netns_hint", "Nothing has been broken."),
        ("%netns_check", "nothing has been broken"),
        ("%netns_break --off", "Nothing has been broken."),
        ("%netns_check ns1 can ping ns2", "Write claims below it"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_sentence(built: Notebook, line: str, said: str) -> None:
    cell = built.run(line)
    assert cell.name == "NslabError"
    assert said in cell.error
    assert "Traceback" not in cell.error


def test_an_empty_lab_and_a_second_break_are_refused(built: Notebook) -> None:
    built.run("%netns_break --seed 7")
    assert "broken already" in built.run("%netns_break").error
    built.run("%netns_break --off")
    built.run("%netns_reset")
    assert "nothing to break" in built.run("%netns_break").error


def test_claims_are_checked_as_before_while_something_is_broken(built: Notebook) -> None:
    built.run("%netns_break --seed 7")
    cell = built.run("%%netns_check\nns1 exists")
    assert not cell.failed, cell.error
    built.run("%netns_break --off")


def test_the_words_are_chinese_where_the_language_is(built: Notebook) -> None:
    built.run("from nslab_kernel.jupyter.session import open_session")
    built.run("_lab = open_session(get_ipython()).lab; _lab.language = 'zh'")
    try:
        assert "现在有一处坏了（难度 1，种子 7）" in built.run("%netns_break --seed 7").printed
        assert "还没修好" in built.run("%netns_check").error
        assert "找" in built.run("%netns_hint").printed
        assert "问题是：" in built.run("%netns_break --off").printed
    finally:
        built.run("_lab.language = 'en'")


def test_tab_offers_the_options_and_levels(built: Notebook) -> None:
    assert built.complete("%netns_break --") == ["--level", "--off", "--seed"]
    assert built.complete("%netns_break --level ") == ["1", "2", "3"]
    assert "%netns_hint" in built.complete("%netns_hi")


def test_a_reset_ends_the_exercise(built: Notebook) -> None:
    built.run("%netns_break --seed 7")
    built.run("%netns_reset")
    assert "nothing has been broken" in built.run("%netns_check").error
