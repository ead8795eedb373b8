"""The benchmarks, run as a person runs them, small."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.results import Results

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(400)
def test_every_benchmark_runs_to_its_end_and_writes_nothing_when_quick() -> None:
    before = subprocess.run(["git", "status", "--short", "docs"], cwd=ROOT, text=True, capture_output=True, check=True)
    done = subprocess.run(
        ["script/bench", "--quick"], cwd=ROOT, text=True, capture_output=True, timeout=380, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    for job in ("attach, N=2", "reset, N=5", "snapshot after a change, N=5", "ping all pairs", "a cell of `true`"):
        assert f"\n{job}" in done.stdout
    for peer in ("seed script", "ip -batch", "C", "Mininet"):
        assert f"\n  {peer} " in done.stdout, "measured, or said to be missing"
    after = subprocess.run(["git", "status", "--short", "docs"], cwd=ROOT, text=True, capture_output=True, check=True)
    assert after.stdout == before.stdout


def test_an_unknown_option_is_refused_with_those_there_are() -> None:
    done = subprocess.run(
        ["script/bench", "--fast"], cwd=ROOT, text=True, capture_output=True, check=False, env={**os.environ}
    )
    assert done.returncode != 0
    assert done.stderr == "nslab: script/bench doesn't know --fast\n       Use: script/bench [--quick] [--large]\n"


def test_the_report_tells_what_was_reached_missed_and_not_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    results = Results("building", tmp_path / "building.json")
    results.missing["Mininet"] = "apt-get install mininet"
    for count in (2, 30):
        seconds = {"nslab": [0.001, 0.003, 0.002], "ip -batch": [0.005, 0.007, 0.006]}
        results.compare("attach", count, seconds, {"ip -batch": count, "Mininet": 25.0}, {"ip -batch": 1.0})
    assert results.finish() == 1
    assert "missed: attach (N=30): 3.00 times faster than ip -batch, wanted at least 30" in capsys.readouterr().out
    (tmp_path / "back.txt").write_text("\n")
    (tmp_path / "live.txt").write_text("a program with a table of its own\n")
    monkeypatch.setattr(report, "DOCS", tmp_path)
    monkeypatch.setattr("sys.argv", ["report.py", str(tmp_path)])
    assert report.main() == 0
    page = (tmp_path / "performance.md").read_text()
    assert "| attach | 2 | 3.00 times faster than ip -batch | at least 2 | yes |" in page
    assert "| attach | 30 | 3.00 times faster than ip -batch | at least 30 | **missed** |" in page
    assert "| attach | 30 | 0.33 times as long as ip -batch | at most 1 | yes |" in page
    assert "| nslab | 2 (1 to 3) | 2 (1 to 3) |" in page
    assert "## Attaching, resetting, pinging" in page
    assert "Not measured: Mininet (apt-get install mininet)." in page
    assert "a program with a table of its own" in page
    assert "Going back" not in page, "what said nothing has no section"
    assert "<svg" in (tmp_path / "performance.svg").read_text()
    assert json.loads((tmp_path / "building.json").read_text())["rows"][0]["rounds"] == 3
