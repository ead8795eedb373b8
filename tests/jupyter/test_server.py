"""JupyterLab itself: its page opens, and a lesson runs over its REST and websocket interface."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from pathlib import Path

from ..browser.server import ROOT, running

RUN_LESSON = ROOT / "tests" / "vm" / "run_lesson.py"


def test_a_lesson_runs_through_a_jupyterlab_server(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        page = f"{server.url}/lab?token={server.token}"
        with urllib.request.urlopen(page, timeout=20) as answer:
            assert b"JupyterLab" in answer.read()
        lesson = server.notebooks / "en" / "03-nat.ipynb"
        command = [sys.executable, str(RUN_LESSON), page, str(lesson)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=110, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        assert int(done.stdout.split()[0]) > 15
        assert server.ask("kernels") == []
