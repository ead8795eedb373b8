"""The kernel judges the diagnosis: random labs with random faults, what `why` said, and what real packets did.

Run ``python benchmarks/bench_diagnosis.py [--labs 1000] [--seed 1] [--workers 2] [--failures FOLDER]``; each worker is
in a private host of its own. Every third lab is of a kind that no magic makes (`tests/corpus/generating.py`). A lab
takes 2 to 6 seconds, most of it waiting for packets that don't arrive. The same seed makes the same labs; ``--only 17``
makes lab 17 again. Whatever disagrees is written to FOLDER, a file for a lab, with the commands that build it. Exits
with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.proof.otherwise import prove_otherwise
from benchmarks.proof.proving import prove
from benchmarks.proof.record import Tally, record
from benchmarks.results import versions
from nslab_kernel.lab import Lab


def work(seed: int, numbers: range) -> int:
    """Prove labs one after the other, a line of JSON for each; this is what a worker does in its private host."""
    lab = Lab("en")
    for number in numbers:
        name = f"{seed}/{number}"
        try:
            told = prove_otherwise(lab, name) if number % 3 == 2 else record(prove(lab, name))
        except Exception:  # a bug of ours in one lab is no reason to lose the others
            told = {"seed": name, "crashed": traceback.format_exc()}
        print(json.dumps(told), flush=True)
    return 0


def worker(options: argparse.Namespace, start: int) -> Iterator[dict[str, Any]]:
    """What one worker finds, as it finds it."""
    nslab = str(Path(sys.executable).parent / "nslab")
    own = [f"--{name}={getattr(options, name)}" for name in ("labs", "seed", "workers")]
    words = [nslab, "run", "--", sys.executable, __file__, *own, f"--part={start}"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            yield json.loads(line)


def gather(options: argparse.Namespace) -> tuple[Tally, list[dict[str, Any]]]:
    """Run the workers, count what they find, and write what disagrees."""
    tally, crashed = Tally(), []
    began = time.monotonic()

    def follow(start: int) -> None:
        for told in worker(options, start):
            if "crashed" in told:
                crashed.append(told)
            else:
                tally.add(told)
            _keep(options.failures, told)
            done = tally.count + len(crashed)
            if done % 50 == 0:
                print(f"{done} labs, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)

    with ThreadPoolExecutor(options.workers) as threads:
        list(threads.map(follow, range(options.workers)))
    return tally, crashed


def _keep(folder: Path | None, told: dict[str, Any]) -> None:
    text = told.get("crashed") or told["told"]
    if folder and text:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{told['seed'].replace('/', '-')}.txt").write_text(f"{text}\n")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labs", type=int, default=1000, help="how many labs")
    parser.add_argument("--seed", type=int, default=1, help="what chance starts from")
    parser.add_argument("--workers", type=int, default=2, help="how many at once")
    parser.add_argument("--only", type=int, metavar="N", help="make one lab alone, in this private host")
    parser.add_argument("--failures", type=Path, metavar="FOLDER", help="where to write what disagrees")
    parser.add_argument("--part", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    """Prove, print, and say whether the targets are reached."""
    options = arguments()
    if options.part is not None:
        return work(options.seed, range(options.part, options.labs, options.workers))
    if options.only is not None:
        if os.environ.get("NSLAB") != "1":
            sys.exit("--only builds the lab in the host that it is run in: write `nslab run -- python …`")
        return work(options.seed, range(options.only, options.only + 1))
    print(f"{versions()}; seed {options.seed}, {options.labs} labs", flush=True)
    began = time.monotonic()
    tally, crashed = gather(options)
    print(f"\n{tally.table()}\n\n{tally.other_table()}\n\n{tally.summary()}")
    print(f"took {time.monotonic() - began:.0f} s with {options.workers} workers")
    if crashed:
        print(f"{len(crashed)} labs couldn't be tried: {', '.join(told['seed'] for told in crashed)}")
    return 1 if crashed or "missed" in tally.summary() else 0


if __name__ == "__main__":
    sys.exit(main())
