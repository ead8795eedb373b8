"""In a terminal's IPython, which has no widgets, lessons and pictures are text, and refusals are sentences."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .test_stepper import BRIDGE, code, write

NSLAB = Path(sys.executable).with_name("nslab")
IPYTHON = ("-m", "IPython", "--no-banner", "--colors=NoColor", "--HistoryManager.enabled=False", "--ext=nslab_kernel")


@pytest.fixture
def console(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Type lines into a console inside a lab; gives all that is shown."""

    def typed(*lines: str) -> str:
        environment = {**os.environ, "IPYTHONDIR": str(tmp_path), "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [NSLAB, "run", "--", sys.executable, *IPYTHON, "--simple-prompt"],
            input="".join(f"{line}\n" for line in lines), cwd=tmp_path, env=environment,
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        return done.stdout + done.stderr

    return typed


def test_a_lesson_is_played_as_text(console, tmp_path: Path) -> None:
    write(tmp_path, code(BRIDGE, "print('second')"))
    shown = console("%netns_play lesson.ipynb", "%netns_play --next", "%netns_play --next")
    assert "→ ○ !sudo ip link add br0 type bridge" in shown
    assert "[1/2]" in shown
    assert "second\n" in shown
    assert "Traceback" not in shown


def test_the_live_picture_is_a_table_and_leaves_no_thread(console) -> None:
    watching = "import threading; print([t.name for t in threading.enumerate()].count('nslab-watch'), 'watch')"
    shown = console("!sudo ip link add br0 type bridge", "%netns_live", watching)
    assert "br0        bridge    down" in shown
    assert "0 watch" in shown


def test_a_shell_is_the_line_to_type(console) -> None:
    assert "sudo ip netns exec ns1 bash\n" in console("!sudo ip netns add ns1", "%netns_shell ns1")


@pytest.mark.parametrize("lesson", ["", "/etc/passwd", "gone.ipynb"])
def test_what_cannot_be_played_is_told_in_a_sentence(console, lesson: str) -> None:
    shown = console(f"%netns_play {lesson}")
    assert "Traceback" not in shown
    assert ("doesn't tell which notebook" if not lesson else Path(lesson).name) in shown


def test_a_trace_is_told_in_sentences(console) -> None:
    lines = ("%netns_bridge br0 172.16.0.1/16", "%netns_attach br0 ns1 172.16.1.1/16")
    shown = console(*lines, "%netns_trace --predict ns1,br0,host ns1 ping -c1 172.16.0.1")
    assert "echo request 1: ns1 → br0 → host, arrived" in shown
    assert "Traceback" not in shown
