"""Small forms of what ``script/soak`` tries for hours; each is a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

RUNS = (
    ("vandal", "40"),
    ("fuzz", "300"),
    ("reading", "40"),
    ("steps", "100"),
    ("failures", "bridge", "attach", "detach", "reset", "connect", "router", "publish", "nat_off"),
)


@pytest.mark.parametrize("run", RUNS, ids=[run[0] for run in RUNS])
def test_nothing_goes_wrong(lab: object, run: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", f"tests.soak.{run[0]}", *run[1:]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"[-3000:]
