"""Grading relies on a judge outside of the notebook's Python."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

BUILD = "%netns_bridge br0\n%netns_attach br0 ns1 10.0.0.1/24\n%netns_attach br0 ns2 10.0.0.2/24"
CHECK = "%%netns_check\nbr0 is up\nns1 can ping 10.0.0.2"
FORGED = """\
from IPython import get_ipython
from nslab_kernel import Lab
from nslab_kernel.core.checks import evaluate
get_ipython().register_magic_function(lambda line, cell=None: print("All passed."), "line_cell", "netns_check")
Lab.check = lambda self, claims: ()
evaluate.judge = None
import sys, os
os.environ["PYTHONSTARTUP"] = "nothing"
open("sitecustomize.py", "w").write("raise SystemExit")"""


def written(path: Path, *cells: tuple[str, str, list[str]]) -> Path:
    made = nbformat.v4.new_notebook()
    made.metadata.kernelspec = {"name": "nslab", "display_name": "nslab", "language": "python"}
    for name, source, tags in cells:
        cell = nbformat.v4.new_code_cell(source, id=name)
        cell.metadata.tags = tags
        made.cells.append(cell)
    nbformat.write(made, path)
    return path


def graded(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nslab_kernel.cli", "grade", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)


TAGS = ["check", "exercise-check"]


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    return written(tmp_path / "lesson.ipynb", ("ex1", "# yours", ["exercise"]), ("ex1-check", CHECK, TAGS))


def test_a_solved_notebook_passes_and_an_unsolved_one_does_not(tmp_path: Path, lesson: Path) -> None:
    unsolved = graded(lesson)
    assert unsolved.returncode == 1, unsolved.stderr
    assert "✗ ex1-check" in unsolved.stdout
    assert "0 of 1 checkpoints passed." in unsolved.stdout
    solved = graded(
        written(tmp_path / "s.ipynb", ("ex1", BUILD, ["exercise"]), ("ex1-check", CHECK, TAGS)), "--lesson", lesson
    )
    assert solved.returncode == 0, solved.stdout + solved.stderr
    assert "✓ ns1 can ping 10.0.0.2  (answered in" in solved.stdout


def test_a_notebook_that_redefines_the_check_fails_all_the_same(tmp_path: Path, lesson: Path) -> None:
    forged = written(tmp_path / "f.ipynb", ("ex1", FORGED, ["exercise"]), ("ex1-check", CHECK, TAGS))
    done = graded(forged, "--lesson", lesson)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "there is no interface br0" in done.stdout


def test_a_checkpoint_that_was_changed_or_removed_does_not_help(tmp_path: Path, lesson: Path) -> None:
    easier = written(tmp_path / "e.ipynb", ("ex1", "1", ["exercise"]), ("ex1-check", "%%netns_check\nlo is up", TAGS))
    assert graded(easier, "--lesson", lesson).returncode == 1
    removed = graded(written(tmp_path / "r.ipynb", ("ex1", BUILD, ["exercise"])), "--lesson", lesson)
    assert removed.returncode == 1
    assert "the checkpoint is missing" in removed.stdout


def test_what_cannot_be_graded_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.ipynb").write_text(json.dumps([]))
    assert "can't be read as a notebook" in graded(tmp_path / "no.ipynb").stderr
    assert "no checkpoint" in graded(written(tmp_path / "none.ipynb", ("a", "1", []))).stderr
