"""What a benchmark measured: tables as it goes, a verdict at the end, and on wish a file for `report.py`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

OURS = "nslab"


class Results:
    """The figures of one program.

    Parameters
    ----------
    program
        Its name, without ``bench_`` and ``.py``.
    file
        Where to write them at the end; None for nowhere.
    """

    def __init__(self, program: str, file: Path | None) -> None:
        self._file = file
        self._told: dict[str, Any] = {"program": program, "versions": versions(), "rows": [], "verdicts": []}
        self._began = time.perf_counter()
        self._load = os.getloadavg()[0]
        self.missing: dict[str, str] = {}  # what couldn't be measured, with what brings it
        print(self._told["versions"])

    def compare(
        self,
        job: str,
        count: int | None,
        seconds: Mapping[str, Sequence[float]],
        faster: Mapping[str, float] | None = None,
        at_most: Mapping[str, float] | None = None,
    ) -> None:
        """Show what a job took each, and judge.

        Parameters
        ----------
        job
            What was done.
        count
            With how many namespaces, if that matters.
        seconds
            Of each round, by who did it; ours is ``"nslab"``.
        faster
            For each of the others, how many times faster we want to be.
        at_most
            For each of the others, how many times their time we may take.
        """
        print(f"\n{job}" + (f", N={count}" if count else ""))
        ours = statistics.median(seconds[OURS])
        for name, own in seconds.items():
            if not own:
                continue
            middle = statistics.median(own)
            row = {"job": job, "count": count, "name": name, "median": middle, "low": min(own), "high": max(own)}
            self._told["rows"].append(row | {"rounds": len(own)})
            spread = f"({min(own) * 1000:.2f} to {max(own) * 1000:.2f}, n={len(own)})"
            print(f"  {name:28} {middle * 1000:10.2f} ms {middle / ours:8.2f} x   {spread}")
            if faster and name in faster:
                self._judge(job, count, f"times faster than {name}", middle / ours, faster[name], least=True)
            if at_most and name in at_most:
                self._judge(job, count, f"times as long as {name}", ours / middle, at_most[name], least=False)

    def limit(self, job: str, reached: float, wanted: float, unit: str) -> None:
        """Judge a figure that has a limit of its own."""
        self._judge(job, None, unit, reached, wanted, least=False)

    def note(self, text: str) -> None:
        """Say something that belongs to the figures."""
        self._told.setdefault("notes", []).append(text)
        print(text)

    def finish(self) -> int:
        """Say which targets were missed, write the file; 1 when any was, for the shell."""
        for name, cure in self.missing.items():
            print(f"  {name:28} missing: {cure}")
        broken = [verdict for verdict in self._told["verdicts"] if not verdict["holds"]]
        if self._told["verdicts"]:
            print("\nmissed: " + "; ".join(map(sentence, broken)) if broken else "\nevery target reached")
        if self._file:
            told = {**self._told, "missing": self.missing, "seconds": time.perf_counter() - self._began}
            told["load"] = self._load, os.getloadavg()[0]
            self._file.write_text(json.dumps(told, indent=1))
        return 1 if broken else 0

    def _judge(self, job: str, count: int | None, unit: str, reached: float, wanted: float, *, least: bool) -> None:
        verdict = {"job": job, "count": count, "unit": unit, "reached": reached, "wanted": wanted, "least": least}
        verdict["holds"] = reached >= wanted if least else reached <= wanted
        self._told["verdicts"].append(verdict)
        if not least and count is None:
            print(f"  {reached:.2f} {unit}, wanted at most {wanted:g}")


def sentence(verdict: Mapping[str, Any]) -> str:
    """A verdict in words."""
    size = f" (N={verdict['count']})" if verdict["count"] else ""
    bound = "at least" if verdict["least"] else "at most"
    return f"{verdict['job']}{size}: {verdict['reached']:.2f} {verdict['unit']}, wanted {bound} {verdict['wanted']:g}"


def arguments(description: str, *, sizes: Sequence[int] = (), rounds: int) -> argparse.ArgumentParser:
    """The options that every benchmark has."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    if sizes:
        parser.add_argument("--sizes", type=int, nargs="+", default=list(sizes), help="numbers of namespaces")
    parser.add_argument("--rounds", type=int, default=rounds, help="how often to measure")
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    return parser


def timed(job: Callable[[], object]) -> float:
    """Seconds that a job takes."""
    began = time.perf_counter()
    job()
    return time.perf_counter() - began


def versions() -> str:
    """What the figures were measured with."""
    iproute = subprocess.run(["ip", "-V"], capture_output=True, text=True, check=True).stdout.split(", ")[1]
    kernel = f"{platform.system()} {platform.release()} on {platform.machine()}, {os.cpu_count()} processors"
    niceness = f"; niceness {os.nice(0)}" if os.nice(0) else ""
    bytecode = "bytecode isn't written" if sys.dont_write_bytecode else "bytecode is written"
    return f"{kernel}; Python {platform.python_version()}, {bytecode}; {iproute}{niceness}"
