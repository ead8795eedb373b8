"""What a lab costs in memory, and whether building and resetting leaves anything behind.

Run ``python benchmarks/bench_memory.py [--size 200] [--rounds 100]``; it enters a private host by itself. Each round
builds a lab, reads it, draws it and removes it. Told are the memory of this process (resident, and its peak), and what
the whole machine has in use while the lab stands, which is the kernel's share of it and whatever else runs. Exits with
1 when this process grows.
"""

from __future__ import annotations

import gc
import resource
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import labs
from benchmarks.results import Results, arguments
from nslab_kernel.lab import Lab

WARM = 10  # rounds until caches are full
GROWTH_AT_MOST = 1.05  # of the last rounds beside the first warm ones
REST = 0.5  # seconds, for the kernel to free what has gone


def main() -> int:
    """Measure, print, and say whether this process grows."""
    parser = arguments(__doc__, rounds=100)
    parser.add_argument("--size", type=int, default=200, help="namespaces")
    options = parser.parse_args()
    labs.enter()
    results = Results("memory", options.json)
    bare, stands, left = [], [], []
    lab = Lab("en")
    for _ in range(options.rounds):
        labs.bare(lab)
        time.sleep(REST)
        bare.append(_machine())
        lab.attach_many(labs.BRIDGE, labs.addresses(options.size))
        assert len(lab.picture().svg()) > options.size
        stands.append(_machine())
        lab.reset()
        gc.collect()
        left.append(_process())
    _tell(results, options.size, bare, stands, left)
    return results.finish()


def _tell(results: Results, size: int, bare: list[float], stands: list[float], left: list[float]) -> None:
    warm = min(WARM, len(left) // 3)
    per_namespace = statistics.median(high - low for low, high in zip(bare, stands, strict=True)) / size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    first, last = statistics.median(left[warm : 2 * warm]), statistics.median(left[-warm:])
    results.note(f"{size} namespaces, built, read, drawn and reset {len(left)} times")
    results.note(f"this process: {first:.1f} MiB after the first {2 * warm} rounds, {last:.1f} MiB after the last")
    results.note(f"its peak: {peak:.1f} MiB")
    results.note(f"the machine while the lab stands: {per_namespace * 1024:.0f} KiB more for each namespace (median)")
    results.note(f"the machine with a bare host: {bare[warm]:.0f} MiB at first, {bare[-1]:.0f} MiB at last")
    results.limit("memory of this process, last rounds beside first", last / first, GROWTH_AT_MOST, "times")


def _process() -> float:
    """MiB that this process has in memory."""
    return _lines("/proc/self/status")["VmRSS"] / 1024


def _machine() -> float:
    """MiB of the machine that are in use."""
    memory = _lines("/proc/meminfo")
    return (memory["MemTotal"] - memory["MemAvailable"]) / 1024


def _lines(path: str) -> dict[str, int]:
    """The lines of a file of /proc that give KiB."""
    lines = (line.split() for line in Path(path).read_text().splitlines())
    return {words[0].rstrip(":"): int(words[1]) for words in lines if words[-1] == "kB"}


if __name__ == "__main__":
    sys.exit(main())
