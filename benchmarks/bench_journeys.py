"""The kernel and the sockets judge traces: random labs with numbered packets, and losses that were planted.

Run ``python benchmarks/bench_journeys.py [--labs 200] [--losses 20] [--seed 1] [--workers 2]``; each worker is in a
private host of its own. ``--labs`` is the number of random labs in which every packet must be joined into one right
journey: half of them by the proof's generator, the others by the corpus' generator and from the corpus itself.
``--losses`` is the number of rounds of 16 planted losses, over six shapes. Prints a table, and what was wrong.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.journeys.judging import Judged, join, plant
from benchmarks.results import versions
from nslab_kernel.lab import Lab

SOURCES = ("proof", "nested", "proof", "corpus")


def work(options: argparse.Namespace) -> int:
    """Judge this worker's share, a line of JSON for each lab."""
    lab = Lab("en")
    jobs = [("join", n) for n in range(options.labs)] + [("plant", n) for n in range(options.losses)]
    for what, number in jobs[options.part :: options.workers]:
        seed = f"{options.seed}/{number}"
        try:
            found = join(lab, seed, SOURCES[number % len(SOURCES)]) if what == "join" else plant(lab, seed)
        except Exception:  # a lab that can't be built is no reason to lose the others
            found = Judged(seed, faults=[f"crashed: {traceback.format_exc()[-600:]}"])
            found.counts["labs that couldn't be judged"] = 1
        print(json.dumps([what, seed, found.counts, found.right, found.faults]), flush=True)
    return 0


def worker(options: argparse.Namespace, part: int) -> Iterator[Any]:
    """What one worker finds, as it finds it."""
    nslab = str(Path(sys.executable).parent / "nslab")
    own = [f"--{name}={getattr(options, name)}" for name in ("labs", "losses", "seed", "workers")]
    words = [nslab, "run", "--", sys.executable, __file__, *own, f"--part={part}"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            yield json.loads(line)


def main() -> int:
    """Judge, print, and say whether the targets are reached."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labs", type=int, default=200, help="random labs for joining")
    parser.add_argument("--losses", type=int, default=20, help="rounds of 16 planted losses")
    parser.add_argument("--seed", type=int, default=1, help="what chance starts from")
    parser.add_argument("--workers", type=int, default=2, help="how many at once")
    parser.add_argument("--part", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part is not None:
        return work(options)
    counts: Counter[str] = Counter()
    right: Counter[str] = Counter()
    began = time.monotonic()

    def follow(part: int) -> None:
        for _what, seed, found, fine, faults in worker(options, part):
            counts.update(found)
            right.update(fine)
            for fault in faults[:3]:
                print(f"{seed}: {fault}", file=sys.stderr, flush=True)

    with ThreadPoolExecutor(options.workers) as threads:
        list(threads.map(follow, range(options.workers)))
    print(f"{versions()}; seed {options.seed}, {options.labs} labs, {options.losses} rounds of losses\n")
    print("| what | judged | right | share |\n|---|---|---|---|")
    kinds = sorted(key for key in counts if key.startswith("kind "))
    for what in sorted(set(counts) - set(kinds)):
        print(f"| {what} | {counts[what]} | {right[what]} | {100 * right[what] / counts[what]:.2f} % |")
    print(f"\n{len(kinds)} kinds of loss; took {time.monotonic() - began:.0f} s")
    joined = [what for what in counts if what.startswith(("UDP", "TCP"))]
    share = sum(right[what] for what in joined) / max(1, sum(counts[what] for what in joined))
    named = right["planted losses"] / max(1, counts["planted losses"])
    return 0 if share >= 0.999 and (named >= 0.995 or not options.losses) else 1


if __name__ == "__main__":
    sys.exit(main())
