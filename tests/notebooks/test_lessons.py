"""Both languages tell the same lesson, and every lesson runs from top to bottom."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest

from .conftest import ANSWER, NOTEBOOKS, lessons, tags, title

SEED = """\
sudo brctl addbr mydocker0
brctl show
sh add-ns-to-br.sh mydocker0 ns1 172.16.1.1/16
sh add-ns-to-br.sh mydocker0 ns2 172.16.1.2/16
sudo ip link set dev mydocker0 up
sudo ip netns exec ns1 bash
ip a
ping 172.16.1.2"""

SEED_SCRIPT = """\
#!/bin/bash

bridge=$1
namespace=$2
addr=$3

vethA=veth-$namespace
vethB=eth00-$namespace

sudo ip netns add $namespace
sudo ip link add $vethA type veth peer name $vethB

sudo ip link set $vethB netns $namespace
sudo ip netns exec $namespace ip addr add $addr dev $vethB
sudo ip netns exec $namespace ip link set $vethB up

sudo ip link set $vethA up

sudo brctl addif $bridge $vethA"""


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def commands(cell: nbformat.NotebookNode) -> list[str]:
    """A code cell's lines without comments: what both languages must share to the letter."""
    lines = [line for line in cell.source.splitlines() if not line.startswith("# ")]
    if lines and lines[0].startswith("%%netns_predict"):  # the question and the choices' labels are for people
        return [line.partition(" | ")[2] if line.startswith("- ") else line for line in lines[1:]]
    return lines


@pytest.mark.parametrize("english", sorted((NOTEBOOKS / "en").glob("*.ipynb")), ids=title)
def test_the_chinese_lesson_is_the_english_one_cell_for_cell(english: Path) -> None:
    ours, theirs = read(english).cells, read(NOTEBOOKS / "zh" / english.name).cells
    assert [(c.cell_type, c.id, tags(c)) for c in ours] == [(c.cell_type, c.id, tags(c)) for c in theirs]
    for mine, yours in zip(ours, theirs, strict=True):
        if mine.cell_type == "code":
            assert commands(mine) == commands(yours)
        else:
            assert re.search("[\u4e00-\u9fff]", yours.source), f"{yours.id} has no Chinese"


def test_no_lesson_is_missing_in_one_language() -> None:
    assert {p.name for p in (NOTEBOOKS / "en").glob("*.ipynb")} == {p.name for p in (NOTEBOOKS / "zh").glob("*.ipynb")}


@pytest.mark.parametrize("path", lessons(), ids=title)
def test_a_lesson_is_stored_without_outputs_for_the_nslab_kernel(path: Path) -> None:
    notebook = read(path)
    assert notebook.metadata.kernelspec.name == "nslab"
    assert notebook.metadata.nslab.language == path.parent.name
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.parametrize("path", lessons(), ids=title)
def test_a_lesson_is_stored_as_jupyter_writes_it(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert path.read_text(encoding="utf-8") == nbformat.writes(notebook) + "\n"
    spec = json.loads((NOTEBOOKS.parent / "kernelspec" / "kernel.json").read_text())
    assert notebook.metadata.kernelspec == {
        "name": "nslab",
        "display_name": spec["display_name"],
        "language": spec["language"],
    }


@pytest.mark.parametrize("path", lessons(), ids=title)
def test_links_between_lessons_lead_somewhere(path: Path) -> None:
    for cell in read(path).cells:
        for target in re.findall(r"\]\(([^)]+\.(?:ipynb|md))\)", cell.source):
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", lessons(), ids=title)
def test_every_exercise_has_a_collapsed_answer_and_a_check(path: Path) -> None:
    cells = read(path).cells
    for at, cell in enumerate(cells):
        if "exercise" in tags(cell):
            assert ANSWER.search(cells[at - 1].source), cell.id
            assert "exercise-check" in tags(cells[at + 1]), cell.id


@pytest.mark.parametrize("path", lessons(), ids=title)
def test_a_lesson_has_what_every_lesson_has(path: Path) -> None:
    """Aims, three exercises, a recap with something for real Docker, and the way on."""
    cells = read(path).cells
    first, last = cells[0].source, cells[-1].source
    assert re.search(r"^- ", first, re.MULTILINE), "what you'll be able to do"
    assert sum("exercise" in tags(cell) for cell in cells) == 3
    assert sum(len(re.findall("^## (?:Exercise|练习) \\d", c.source, re.MULTILINE)) for c in cells) == 3
    assert any(re.search(r"\*\*(With real Docker|在真实的 Docker 上试试)", cell.source) for cell in cells)
    assert "(glossary.md)" in last
    assert re.search(r"\]\(\d\d-[a-z0-9-]+\.ipynb\)", last)


def test_the_lessons_lead_from_one_to_the_next_and_back() -> None:
    names = sorted(path.name for path in (NOTEBOOKS / "en").glob("*.ipynb"))
    for language in ("en", "zh"):
        for name, following in zip(names, names[1:], strict=False):
            assert f"]({following})" in read(NOTEBOOKS / language / name).cells[-1].source, name
            assert f"]({name})" in read(NOTEBOOKS / language / following).cells[-1].source, following


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lesson_01_holds_the_tutorials_commands_to_the_letter(language: str) -> None:
    code = [cell.source for cell in read(NOTEBOOKS / language / "01-bridge.ipynb").cells if cell.cell_type == "code"]
    lines = [line.removeprefix("!") for source in code for line in source.splitlines()]
    at = 0
    for command in SEED.splitlines():
        at = lines.index(command, at)
    assert any(source == f"%%writefile add-ns-to-br.sh\n{SEED_SCRIPT}" for source in code)


@pytest.mark.parametrize("path", lessons(), ids=title)
def test_a_lesson_runs_and_its_exercises_wait_for_the_student(run, path: Path) -> None:
    done = run(path)
    assert all(done.errors("exercise-check").values()), "a check passed though nobody did the exercise"


@pytest.mark.parametrize("path", [p for p in lessons() if ANSWER.search(p.read_text().replace("\\n", "\n"))], ids=title)
def test_the_collapsed_answers_solve_the_exercises(run, path: Path) -> None:
    done = run(path, answered=True)
    assert not any(done.errors("exercise-check").values()), done.errors("exercise-check")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_tutorials_ping_loses_nothing(run, language: str) -> None:
    done = run(NOTEBOOKS / language / "01-bridge.ipynb")
    assert ", 0% packet loss" in done.text("inside")
    assert "100% packet loss" in done.text("predict")


@pytest.mark.parametrize("path", sorted({*NOTEBOOKS.parent.glob("*.zh.md"), *NOTEBOOKS.parent.glob("docs/*.zh.md"), *NOTEBOOKS.glob("zh/*")}), ids=lambda path: path.name)
def test_chinese_sentences_have_no_line_breaks_which_a_page_would_show_as_spaces(path: Path) -> None:
    if path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    else:
        text = path.read_text(encoding="utf-8")
    broken = re.search(r"[\u4e00-\u9fff，。；：、）]\n[\u4e00-\u9fff（]", text)
    assert not broken, text[max(0, broken.start() - 20) : broken.end() + 20]
