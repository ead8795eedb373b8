"""Write docs/performance.md and its plot from the files that benchmarks wrote.

Run ``python benchmarks/report.py FOLDER``; `script/bench` does, at its end. FOLDER has a JSON file of each program that
ran (see `results.py`), and a text file of what each printed.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.plot import plot

TITLES = {
    "waiting": "What a student waits for",
    "building": "Attaching, resetting, pinging",
    "reading": "Reading",
    "drawing": "Drawing",
    "step": "Where the time of a step goes",
    "running": "Running a command",
    "kernel": "Starting a kernel",
    "memory": "Memory",
    "class": "A class",
    "live": "In the browser",
    "back": "Going back in a lesson",
}
DOCS = Path(__file__).resolve().parents[1] / "docs"
HEAD = """\
# What it costs

Measured on {date} by the programs that `script/bench` runs; it writes this page. {versions}.

Medians of rounds in which all took turns, so that whatever else the machine did met them alike. In brackets are the
least and the most. Where the machine has other work, as the load averages below tell, everything takes longer and
ratios are rougher: what waits for the kernel's one lock on networks waits for everybody's. Ours are the public calls,
with their checks, their errors and their commands in words.

![Cost against the number of namespaces, on logarithmic scales, for nslab and for each peer](performance.svg)

## What was wanted, and what was reached

| job | N | reached | wanted | |
|---|---|---|---|---|
"""
TAIL = """\
## What sets the limits

- Attaching is the kernel's work: C (`benchmarks/limit.c`) makes the requests that nslab makes, and nothing else. From
  some hundred ports on one bridge its cost grows faster than their number, for everybody. One reason is who listens:
  for each event the kernel searches all ids of namespaces. So nslab listens only after a large lab is made.
- Reading is about 35 system calls in each namespace; C (`benchmarks/limit_reading.c`) sends the same requests and walks
  through the answers. What is above that is Python's, mostly to take the answers apart and to make values of them.
  *Volatile* is what has no event: listening sockets, learnt neighbours, interfaces' own parameters, and others that
  only files of `/proc/sys` tell, which the kernel finds the more slowly the more namespaces there are.
- Removing waits for the kernel: it lets an interface go only when no processor can be using it any more. Ours ends
  when that is so, and has removed the bridge, too; `ip -batch` is watched until the interfaces' names are gone.

One alone: `python benchmarks/bench_building.py --help`; all: `script/bench --help`. Whether the diagnosis is right is
another question: `benchmarks/bench_diagnosis.py`.
"""


def main() -> int:
    """Write both files."""
    folder = Path(sys.argv[1])
    told = [json.loads(file.read_text()) for file in sorted(folder.glob("*.json"), key=_order)]
    page = HEAD.format(date=time.strftime("%Y-%m-%d"), versions=told[0]["versions"].partition("; niceness")[0])
    page += "".join(_verdict(verdict) for program in told for verdict in program["verdicts"])
    page += "\n" + "".join(_missing(told))
    for program in told:
        page += f"\n## {TITLES.get(program['program'], program['program'])}\n\n" + "".join(_figures(program))
    others = [file for file in sorted(folder.glob("*.txt")) if not file.with_suffix(".json").exists()]
    for file in others:
        if not file.read_text().strip():
            continue  # it broke off, which script/bench says
        page += (
            f"\n## {TITLES.get(file.stem, file.stem)}\n\n{_ran(file.stem)}\n\n```\n{file.read_text().strip()}\n```\n"
        )
    (DOCS / "performance.md").write_text(f"{page}\n{TAIL}")
    plot([row for program in told for row in program["rows"]], DOCS / "performance.svg")
    return 0


def _verdict(verdict: dict[str, Any]) -> str:
    bound = "at least" if verdict["least"] else "at most"
    mark = "yes" if verdict["holds"] else "**missed**"
    return (
        f"| {verdict['job']} | {verdict['count'] or ''} | {verdict['reached']:.2f} {verdict['unit']} "
        f"| {bound} {verdict['wanted']:g} | {mark} |\n"
    )


def _missing(told: Iterable[dict[str, Any]]) -> Iterator[str]:
    for program in told:
        for name, cure in program["missing"].items():
            yield f"Not measured: {name} ({cure}).\n"


def _figures(program: dict[str, Any]) -> Iterator[str]:
    """A table for each job: a line for who did it, a column for each number of namespaces."""
    before, after = program["load"]
    niceness = program["versions"].partition("; niceness ")[2]
    yield f"{_ran(program['program'])}, which took {program['seconds']:.0f} s. The machine's load average was "
    yield f"{before:.1f} before and {after:.1f} after; a program alone would make it 1."
    yield f" It ran with niceness {niceness}.\n" if niceness else "\n"
    rows = program["rows"]
    for job in dict.fromkeys(row["job"] for row in rows):
        own = [row for row in rows if row["job"] == job]
        counts = list(dict.fromkeys(row["count"] for row in own))
        heads = " | ".join(f"N={count}" if count else "ms" for count in counts)
        yield f"\n| {job} | {heads} |\n|---|{'---|' * len(counts)}\n"
        for name in dict.fromkeys(row["name"] for row in own):
            cells = {row["count"]: _cell(row) for row in own if row["name"] == name}
            yield f"| {name} | " + " | ".join(cells.get(count, "") for count in counts) + " |\n"
    notes = program.get("notes", ())
    yield "\n" if notes else ""
    yield from (f"- {note}\n" for note in notes)


def _cell(row: dict[str, Any]) -> str:
    middle, low, high = (f"{row[key] * 1000:.3g}" if row[key] < 1 else f"{row[key] * 1000:.0f}" for key in _SPREAD)
    return f"{middle} ({low} to {high})"


_SPREAD = ("median", "low", "high")


def _ran(program: str) -> str:
    return f"By `python benchmarks/{'profile' if program == 'step' else 'bench'}_{program}.py`"


def _order(file: Path) -> tuple[int, str]:
    titles = list(TITLES)
    return titles.index(file.stem) if file.stem in titles else len(titles), file.stem


if __name__ == "__main__":
    sys.exit(main())
