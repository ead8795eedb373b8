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
ANSWER = re.compile(r"<details>.*?```bash\n(.*?)```.*?</details>", re.DOTALL)


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


@pytest.fixture
def run(tmp_path: Path):
    """Run a lesson in a copy of its folder; errors that the lesson does not announce raise."""

    def _run(path: Path, *, answered: bool = False) -> Run:
        folder = tmp_path / path.parent.name
        shutil.copytree(path.parent, folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "*.sh"))
        notebook = nbformat.read(path, as_version=4)
        if answered:
            notebook = with_answers(notebook)
        NotebookClient(notebook, timeout=90, resources={"metadata": {"path": str(folder)}}).execute()
        return Run(notebook.cells)

    return _run
