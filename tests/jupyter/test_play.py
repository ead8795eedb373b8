"""What ``%netns_play`` says when there is nothing to play, and how a lesson is played as text."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .conftest import Notebook
from .test_stepper import BRIDGE, LESSON, code, write
from .widget import Widget

LESSONS = Path(__file__).parents[2] / "notebooks" / "en"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("notes.txt", "hello", "notes.txt is not a notebook."),
        ("empty.ipynb", "", "can't be read as a notebook: it holds no JSON."),
        ("list.ipynb", "[1, 2]", "list.ipynb is not a notebook."),
        ("old.ipynb", '{"nbformat": 3, "worksheets": []}', "format 3"),
        ("words.ipynb", '{"nbformat": 4, "cells": []}', "has no code cell"),
    ],
)
def test_what_is_no_lesson_is_told_in_a_sentence(
    notebook: Notebook, tmp_path: Path, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content)
    cell = notebook.run(f"%netns_play {tmp_path / name}")
    assert cell.name == "NslabError"
    assert said in cell.error
    assert "Traceback" not in cell.error
    assert not cell.outputs


def test_a_lesson_for_another_kernel_is_refused(notebook: Notebook, tmp_path: Path) -> None:
    path = write(tmp_path, LESSON, kernelspec={"name": "ir", "language": "R"})
    assert 'another kernel, "ir", which speaks R' in notebook.run(f"%netns_play {path}").error


def test_a_missing_lesson_names_those_that_are_there(notebook: Notebook, tmp_path: Path) -> None:
    write(tmp_path, LESSON, "there.ipynb")
    assert "There are: there.ipynb." in notebook.run(f"%netns_play {tmp_path}/gone.ipynb").error


def test_a_folder_is_no_lesson(notebook: Notebook, tmp_path: Path) -> None:
    (tmp_path / "folder.ipynb").mkdir()
    assert "can't be read as a notebook" in notebook.run(f"%netns_play {tmp_path}/folder.ipynb").error


def test_without_a_name_the_front_end_must_tell_which_notebook_it_is(notebook: Notebook) -> None:
    notebook.run("import os; os.environ.pop('JPY_SESSION_NAME', None)")
    cell = notebook.run("%netns_play")
    assert "doesn't tell which notebook" in cell.error
    assert "%netns_play 01-bridge.ipynb" in cell.error


def test_without_a_name_the_notebook_it_stands_in_is_played(notebook: Notebook, tmp_path: Path) -> None:
    path = write(tmp_path, [*code("%netns_play"), *LESSON])
    notebook.run(f"import os; os.environ['JPY_SESSION_NAME'] = {str(path)!r}")
    widget = Widget(notebook.client, "%netns_play")
    notebook.run("del os.environ['JPY_SESSION_NAME']")
    assert len(widget.state["lesson"]["steps"]) == 5


def test_a_lesson_can_be_played_as_text(notebook: Notebook, tmp_path: Path) -> None:
    path = write(tmp_path, LESSON)
    overview = notebook.run(f"%netns_play {path} --text")
    assert "→ ○ Make a bridge" in overview.printed
    assert not overview.outputs, "a widget was shown"
    first = notebook.run("%netns_play --next")
    assert first.printed.startswith("[1/5] Make a bridge\n")
    assert BRIDGE in first.printed
    assert "There it is." in first.printed
    assert notebook.run("%netns_play --back").printed.count("○") == 5
    assert "br0" not in notebook.run("!ip link").printed
    for _ in range(5):
        assert not notebook.run("%netns_play --next").failed
    assert "That was the last step." in notebook.run("%netns_play --next").printed
    assert notebook.run("%netns_play --reset").printed.count("○") == 5


def test_a_step_that_fails_as_text_fails_the_cell(notebook: Notebook, tmp_path: Path) -> None:
    notebook.run(f"%netns_play {write(tmp_path, code('%netns_bridge bad/name', '1'))} --text")
    cell = notebook.run("%netns_play --next")
    assert cell.name == "NslabError"
    assert "bad/name" in cell.error


def test_a_move_without_a_lesson_says_how_to_begin(notebook: Notebook) -> None:
    notebook.run("%reload_ext nslab_kernel")
    assert "%netns_play LESSON --text" in notebook.run("%netns_play --next").error


def test_every_step_of_lesson_01_can_be_gone_back_to(notebook: Notebook, tmp_path: Path) -> None:
    lesson = shutil.copy(LESSONS / "01-bridge.ipynb", tmp_path)
    widget = Widget(notebook.client, f"import os; os.chdir({str(tmp_path)!r})\n%netns_play {lesson}")
    total = len(widget.state["lesson"]["steps"])
    for step in range(total):
        widget.run(step)
        assert widget.state["progress"]["at"] == step + 1, widget.record(step)
    for step in reversed(range(total)):
        widget.ask(do="back", step=step)
        assert widget.state["progress"]["at"] == step
        assert widget.state["strayed"] == [], f"back to step {step}"
