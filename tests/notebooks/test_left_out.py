"""A step that is left out is noticed: a check fails or a later cell does; or the step is tagged as changing nothing.

``look`` marks cells that change nothing that later ones rely on, ``fault`` those that break something which a later
step repairs. All others are left out, one at a time.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from .conftest import NOTEBOOKS, copied, execute, tags

pytestmark = pytest.mark.once

ENGLISH = sorted((NOTEBOOKS / "en").glob("*.ipynb"))
IDLE = {"look", "fault", "exercise", "exercise-check", "check"}


def steps(path: Path) -> list[nbformat.NotebookNode]:
    """The code cells that matter: without looks, exercises, and cells that fail on purpose."""
    return [
        cell
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code" and not {"look", "exercise", "exercise-check", "raises-exception"} & set(tags(cell))
    ]


def essential(path: Path) -> list[str]:
    return [cell.id for cell in steps(path) if not IDLE & set(tags(cell))]


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.stem)
def test_without_what_only_looks_every_check_passes(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = steps(path)
    execute(notebook, copied(path, tmp_path))


@pytest.mark.parametrize(
    ("path", "left_out"),
    [(path, cell_id) for path in ENGLISH for cell_id in essential(path)],
    ids=lambda value: value.stem if isinstance(value, Path) else value,
)
def test_a_step_left_out_is_noticed(path: Path, left_out: str, tmp_path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in steps(path) if cell.id != left_out]
    with pytest.raises(nbformat_errors()):
        execute(notebook, copied(path, tmp_path))


def nbformat_errors() -> type[Exception]:
    from nbclient.exceptions import CellExecutionError

    return CellExecutionError
