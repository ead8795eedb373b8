"""Runs lessons end to end in their own kernel, as nbclient, nbconvert and nbmake do."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
ANSWER = re.compile(r"<details>.*?```(?:bash|ipython)\n(.*?)```.*?</details>", re.DOTALL)


def lessons() -> list[Path]:
    """Every lesson in every language."""
    return sorted(NOTEBOOKS.glob("*/*.ipynb"))


def title(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def tags(cell: nbformat.NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


@dataclass(frozen=True)
class Run:
    """A lesson after it was run."""

    cells: list[nbformat.NotebookNode]

    def cell(self, cell_id: str) -> nbformat.NotebookNode:
        return next(cell for cell in self.cells if cell.id == cell_id)

    def text(self, cell_id: str) -> str:
        """What the cell printed."""
        return "".join(out.text for out in self.cell(cell_id).outputs if out.output_type == "stream")

    def commands(self, cell_id: str) -> str:
        """The commands that the cell's magics ran, as they are shown."""
        shown = [
            out.data.get("text/plain", "") for out in self.cell(cell_id).outputs if out.output_type == "display_data"
        ]
        return "\n".join([self.text(cell_id), *shown])

    def html(self, cell_id: str) -> str:
        """What the cell shows on a page."""
        shown = (out for out in self.cell(cell_id).outputs if out.output_type == "display_data")
        return "\n".join(out.data.get("text/html", "") for out in shown)

    def errors(self, tag: str) -> dict[str, bool]:
        """For each code cell with this tag: did it raise?"""
        return {
            cell.id: any(out.output_type == "error" for out in cell.outputs)
            for cell in self.cells
            if cell.cell_type == "code" and tag in tags(cell)
        }


def with_answers(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook as a student leaves it who typed every collapsed answer."""
    answer = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := ANSWER.search(cell.source)):
            answer = found.group(1)
        elif "exercise" in tags(cell):
            first = cell.source.splitlines()[0]
            cell.source = f"{first}\n{answer}"
    return notebook


def execute(notebook: nbformat.NotebookNode, folder: Path, *, errors: bool = False) -> Run:
    """Run a notebook in its own kernel; without ``errors``, those that it doesn't announce raise."""
    client = NotebookClient(notebook, timeout=90, allow_errors=errors, resources={"metadata": {"path": str(folder)}})
    client.execute()
    return Run(notebook.cells)


def copied(path: Path, folder: Path) -> Path:
    """A lesson's folder as a student has it."""
    target = folder / path.parent.name
    if not target.exists():
        shutil.copytree(path.parent, target, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "*.sh"))
    return target


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory):
    """Run a lesson in a copy of its folder, once for all tests; errors that the lesson does not announce raise."""
    done: dict[tuple[Path, bool], Run] = {}

    def _run(path: Path, *, answered: bool = False) -> Run:
        if (path, answered) not in done:
            folder = copied(path, tmp_path_factory.mktemp("lessons"))
            notebook = nbformat.read(path, as_version=4)
            done[path, answered] = execute(with_answers(notebook) if answered else notebook, folder)
        return done[path, answered]

    return _run
