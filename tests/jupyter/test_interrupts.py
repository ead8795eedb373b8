"""The Stop button ends a cell of ours at once, with one sentence and no traceback."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from .conftest import Notebook


@pytest.fixture
def built(notebook: Notebook) -> Notebook:
    notebook.run("%netns_bridge br0 172.16.0.1/16")
    notebook.run("%netns_attach br0 ns1 172.16.1.1/16")
    notebook.run("%netns_attach br0 ns2 172.16.1.2/16")
    return notebook


def test_a_break_that_is_stopped_breaks_nothing_and_says_so(built: Notebook, later: Callable[..., None]) -> None:
    before = built.run("%netns").printed
    later(0.3, built.manager.interrupt_kernel)
    cell = built.run("%netns_break --seed 7")
    assert cell.error in ("Interrupted: nothing was broken.", "Interrupted. Nothing was changed.")
    assert built.run("%netns").printed == before


def test_a_check_that_is_stopped_ends_at_once(built: Notebook, later: Callable[..., None]) -> None:
    claims = "\n".join(f"ns1 cannot ping 172.16.9.{number}" for number in range(1, 120))
    later(0.3, built.manager.interrupt_kernel)
    began = time.monotonic()
    cell = built.run(f"%%netns_check\n{claims}")
    assert cell.error == "Interrupted. Nothing was changed."
    assert time.monotonic() - began < 5


def test_a_loop_of_operations_is_stopped_in_a_sentence(built: Notebook, later: Callable[..., None]) -> None:
    built.run("from nslab_kernel import Lab; lab = Lab()")
    later(0.5, built.manager.interrupt_kernel)
    cell = built.run(
        "import time\nuntil = time.monotonic() + 8\n"
        "while time.monotonic() < until:\n    lab.attach('br0', 'ns9', '172.16.1.9/16'); lab.detach('ns9')"
    )
    assert cell.failed
    assert cell.name in ("Interruption", "KeyboardInterrupt")
    assert cell.name == "KeyboardInterrupt" or cell.error.startswith("Interrupted")
