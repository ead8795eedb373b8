"""Lessons through nbconvert, run as a person runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CELLS = (
    ("markdown", "# A lesson\n\nWords."),
    ("code", "%netns_bridge br0 10.0.0.254/24\n%netns_attach br0 ns1 10.0.0.1/24"),
    ("markdown", "## Look"),
    ("code", "%netns_why ns1 10.0.0.9"),
    ("markdown", "### Closer"),
    ("markdown", "Only words."),
    ("code", "%netns_live"),
    ("code", "%netns_shell ns1"),
    ("code", "%netns_play played.ipynb"),
)


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lesson with its outputs."""
    path = tmp_path_factory.mktemp("export") / "lesson.ipynb"
    cells = [
        {"cell_type": kind, "id": f"c{number}", "metadata": {}, "source": source}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for number, (kind, source) in enumerate(CELLS)
    ]
    kernelspec = {"name": "nslab", "display_name": "nslab", "language": "python"}
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernelspec}, "cells": cells}
    path.write_text(json.dumps(content))
    shutil.copy(ROOT / "notebooks" / "en" / "00-start-here.ipynb", path.with_name("played.ipynb"))
    convert(path, "notebook", "--execute", "--inplace")
    return path


def convert(path: Path, *arguments: str) -> None:
    """Call nbconvert with this checkout's configuration."""
    environment = {**os.environ, "JUPYTER_CONFIG_PATH": str(ROOT / "jupyter-config")}
    command = [sys.executable, "-m", "nbconvert", "--to", *arguments, str(path)]
    done = subprocess.run(command, env=environment, text=True, capture_output=True, timeout=100)
    assert done.returncode == 0, done.stderr


def test_slides_begin_at_headings(lesson: Path) -> None:
    convert(lesson, "slides")
    html = lesson.with_suffix(".slides.html").read_text()
    body = html[html.index('class="slides"') :]
    assert body.count("<section>") == 2 + 3  # two slides, and in them one, and one with one below it
    assert "nslab-picture" in body


def test_markdown_has_pictures_as_files_and_no_source_of_them(lesson: Path) -> None:
    convert(lesson, "markdown")
    text = lesson.with_suffix(".md").read_text()
    assert "<svg" not in text
    assert "<style" not in text
    assert text.count(".png)") == 2  # after the attachment, and the live picture of that moment
    assert "sudo ip netns add ns1" in text
    assert "%netns_why ns1 10.0.0.9" in text
    assert "✗" in text


def test_html_has_everything(lesson: Path) -> None:
    convert(lesson, "html")
    html = lesson.with_suffix(".html").read_text()
    assert html.count('class="nslab-picture') == 3
    assert "nslab-why" in html
    # A widget would need code from the network, and a kernel.
    assert '<script type="application/vnd.jupyter.widget-view+json"' not in html
    assert "Type this in a terminal: " in html
    assert "You have a host of your own" in html


def test_other_kernels_notebooks_are_left_alone(lesson: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.ipynb"
    content = json.loads(lesson.read_text())
    content["metadata"]["kernelspec"]["name"] = "python3"
    other.write_text(json.dumps(content))
    convert(other, "markdown")
    assert "<svg" in other.with_suffix(".md").read_text()
