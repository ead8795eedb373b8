"""A student's copies of the lessons: theirs is never overwritten."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.jupyter.lesson_copies import bring_up_to_date, originals, start_again


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two lessons in two languages, as they come."""
    for name in ("en/01-bridge", "en/02-nat", "zh/01-bridge"):
        path = tmp_path / "source" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name}, first edition")
    return tmp_path / "source"


@pytest.fixture
def folder(tmp_path: Path, source: Path) -> Path:
    """A student's copies of them."""
    bring_up_to_date(tmp_path / "mine", source)
    return tmp_path / "mine"


def content(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.glob("*/*.ipynb"))}


def test_the_first_time_all_lessons_are_copied(tmp_path: Path, source: Path) -> None:
    done = bring_up_to_date(tmp_path / "new" / "folder", source)
    assert done.added == ["en/01-bridge.ipynb", "en/02-nat.ipynb", "zh/01-bridge.ipynb"]
    assert content(tmp_path / "new" / "folder") == content(source)


def test_what_lessons_link_to_comes_with_them(tmp_path: Path, source: Path) -> None:
    (source / "en" / "glossary.md").write_text("words")
    bring_up_to_date(tmp_path / "mine", source)
    assert (tmp_path / "mine" / "en" / "glossary.md").read_text() == "words"
    (tmp_path / "mine" / "en" / "glossary.md").write_text("my words")
    (source / "en" / "glossary.md").write_text("other words")
    assert bring_up_to_date(tmp_path / "mine", source).beside == {"en/glossary.md": "glossary.new.md"}


def test_every_link_of_a_lesson_to_a_file_leads_somewhere(tmp_path: Path) -> None:
    bring_up_to_date(tmp_path, originals())
    for lesson in tmp_path.glob("*/*.ipynb"):
        cells = json.loads(lesson.read_text())["cells"]
        words = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        for target in re.findall(r"\]\(([^)#:]+\.(?:ipynb|md))[)#]", words):
            assert (lesson.parent / target).is_file(), f"{lesson.name}: {target}"


def test_the_second_time_nothing_happens(folder: Path, source: Path) -> None:
    (folder / "en" / "01-bridge.ipynb").write_text("my answers")
    before = content(folder)
    done = bring_up_to_date(folder, source)
    assert (done.added, done.renewed, done.beside) == ([], [], {})
    assert content(folder) == before


def test_a_new_version_replaces_what_nobody_has_changed(folder: Path, source: Path) -> None:
    (source / "en" / "02-nat.ipynb").write_text("second edition")
    assert bring_up_to_date(folder, source).renewed == ["en/02-nat.ipynb"]
    assert (folder / "en" / "02-nat.ipynb").read_text() == "second edition"


def test_a_new_version_of_a_changed_lesson_is_put_beside_it_once(folder: Path, source: Path) -> None:
    mine = folder / "en" / "01-bridge.ipynb"
    mine.write_text("my answers")
    (source / "en" / "01-bridge.ipynb").write_text("second edition")
    assert bring_up_to_date(folder, source).beside == {"en/01-bridge.ipynb": "01-bridge.new.ipynb"}
    assert mine.read_text() == "my answers"
    assert (folder / "en" / "01-bridge.new.ipynb").read_text() == "second edition"
    assert bring_up_to_date(folder, source).beside == {}


def test_a_new_version_that_was_worked_on_is_kept_when_the_next_one_comes(folder: Path, source: Path) -> None:
    (folder / "en" / "01-bridge.ipynb").write_text("my answers")
    (source / "en" / "01-bridge.ipynb").write_text("second edition")
    bring_up_to_date(folder, source)
    (folder / "en" / "01-bridge.new.ipynb").write_text("my other answers")
    (source / "en" / "01-bridge.ipynb").write_text("third edition")
    assert bring_up_to_date(folder, source).beside == {"en/01-bridge.ipynb": "01-bridge.new 2.ipynb"}
    assert (folder / "en" / "01-bridge.new.ipynb").read_text() == "my other answers"


def test_a_lesson_that_was_copied_by_hand_counts_as_the_students(tmp_path: Path, source: Path) -> None:
    mine = tmp_path / "mine" / "en" / "01-bridge.ipynb"
    mine.parent.mkdir(parents=True)
    mine.write_text("my answers")
    bring_up_to_date(tmp_path / "mine", source)
    assert mine.read_text() == "my answers"


def test_starting_again_keeps_what_was_there(folder: Path, source: Path) -> None:
    (folder / "en" / "01-bridge.ipynb").write_text("my answers")
    target, kept = start_again(folder, source, "01")
    assert target.read_text() == "en/01-bridge, first edition"
    assert kept.read_text() == "my answers"
    assert kept.parent == target.parent
    target.write_text("more answers")
    _, second = start_again(folder, source, "en/01-bridge.ipynb")
    assert (kept.read_text(), second.read_text()) == ("my answers", "more answers")


@pytest.mark.parametrize("name", ["0", "07", "bridge", "fr/01-bridge", "../01-bridge", ""])
def test_a_name_that_fits_no_lesson_or_several_is_refused_in_a_sentence(folder: Path, source: Path, name: str) -> None:
    before = content(folder)
    with pytest.raises(NslabError):
        start_again(folder, source, name)
    assert content(folder) == before


def test_where_nothing_can_be_written_a_sentence_says_so(tmp_path: Path, source: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(NslabError, match="can't be written"):
        bring_up_to_date(tmp_path / "file", source)


def test_a_torn_record_costs_nobody_anything(folder: Path, source: Path) -> None:
    (folder / ".nslab-lessons.json").write_text("{")
    (folder / "en" / "01-bridge.ipynb").write_text("my answers")
    done = bring_up_to_date(folder, source)
    assert (folder / "en" / "01-bridge.ipynb").read_text() == "my answers"
    assert list(done.beside) == ["en/01-bridge.ipynb"]


def test_this_checkouts_lessons_are_found_and_are_notebooks() -> None:
    lessons = list(originals().glob("*/0*.ipynb"))
    assert len(lessons) >= 10
    assert all(json.loads(path.read_text())["nbformat"] == 4 for path in lessons)


def test_the_command_resets_a_lesson(tmp_path: Path) -> None:
    def nslab(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "nslab_kernel.cli", *words]
        return subprocess.run(
            command, env={**os.environ, "HOME": str(tmp_path)}, text=True, capture_output=True, timeout=60
        )

    missing = nslab("reset-lesson", "01-bridge")
    assert missing.returncode == 1
    assert "`nslab lab` copies the lessons" in missing.stderr
    bring_up_to_date(tmp_path / "nslab-lessons", originals())
    done = nslab("reset-lesson", "zh/01-bridge")
    assert done.returncode == 0
    assert "is kept as 01-bridge (" in done.stdout
