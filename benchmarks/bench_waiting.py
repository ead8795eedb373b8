"""What a student waits for: a break, a check, a diagnosis, the first picture, a step; and what is kept of it.

Run ``python benchmarks/bench_waiting.py [--rounds 5] [--before COMMIT]``. With ``--before`` an earlier commit of this
repository takes turns with the present one, each in private hosts and kernels of its own. Exits with 1 when a target is
missed.

A kernel's figures are those of a person at a front end (`allow_stdin`): the first picture after two idle seconds, a
step's cell that changes an address, the memory after lesson 01, and the size of the lesson on NAT, all run.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import KernelManager

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))  # after another checkout's, which `environment` names

from benchmarks.results import OURS, Results, arguments, timed  # noqa: E402

MOST = {  # seconds
    "break, N=2": 0.44,
    "check of a break that is still there": 0.3,
    "a false claim": 0.4,
    'a true "cannot"': 0.4,
    "first picture after 2 s of idleness": 0.12,
}
STEP_MOST = {2: 0.010, 30: 0.020}  # seconds that a step adds to a cell that changes the same and draws nothing
SIZES, STEPS, IDLE = (2, 30), 15, 2.0
MOST_MEMORY, MOST_SIZE = 65.0, 400.0  # MiB, kB
_SETTLED = 3.0  # seconds until a lab of any version is at rest

Figures = dict[str, list[float]]


def main() -> int:
    """Measure and print, or be the part that runs inside a private host."""
    parser = arguments(__doc__, rounds=5)
    parser.add_argument("--before", metavar="COMMIT", help="an earlier commit to measure beside this one")
    parser.add_argument("--inside", action="store_true", help="measure the lab of this host, as JSON")
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(inside()))
        return 0
    results = Results("waiting", options.json)
    with versions(options.before) as checkouts:
        figures: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for _ in range(options.rounds):
            for name, checkout in checkouts.items():
                for job, taken in {**private_host(checkout), **kernel(checkout)}.items():
                    figures[job][name] += taken
    tell(results, figures)
    return results.finish()


@contextmanager
def versions(before: str | None) -> Iterator[dict[str, Path]]:
    """The checkouts to measure, by name."""
    if not before:
        yield {OURS: ROOT}
        return
    with tempfile.TemporaryDirectory() as folder:
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", f"{folder}/before", before], check=True)
        try:
            yield {OURS: ROOT, "before": Path(folder, "before")}
        finally:
            subprocess.run([*git, "remove", "--force", f"{folder}/before"], check=True)


# the lab, by its calls


def private_host(checkout: Path) -> Figures:
    """The figures of a lab's calls, in a host of their own."""
    nslab = Path(sys.executable).with_name("nslab")
    command = [str(nslab), "run", "--", sys.executable, __file__, "--inside"]
    done = subprocess.run(command, env=environment(checkout), capture_output=True, text=True, check=True)
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def inside() -> Figures:
    """Build a lab of two namespaces and measure what is done with it."""
    from nslab_kernel.lab import Lab

    lab, figures = Lab("en"), defaultdict(list)
    lab.bridge("br0")
    lab.attach_many("br0", {"ns1": "172.16.1.1/16", "ns2": "172.16.1.2/16"})
    time.sleep(_SETTLED)

    def note(job: str, call: Callable[[], object]) -> None:
        figures[job].append(timed(call))

    for seed in (1, 2, 3):
        note("break, N=2", lambda seed=seed: lab.break_(seed=seed))
        note("check of a break that is still there", lab.attempt)
        lab.unbreak()
        time.sleep(_SETTLED)
    lab.check("ns1 can ping ns2")
    note("a false claim", lambda: lab.check("ns1 can ping 172.16.9.9"))
    note('a true "cannot"', lambda: lab.check("ns1 cannot reach 172.16.9.9"))
    lab.why("ns1", "172.16.1.2")
    note("why", lambda: lab.why("ns1", "172.16.9.9"))
    note("internet", lab.internet)
    return dict(figures)


# the kernel, by its cells


class Kernel:
    """A kernel of one version, and what its cells take."""

    def __init__(self, checkout: Path, folder: str, name: str = "nslab") -> None:
        self._manager = KernelManager(kernel_name=name)
        self._manager.start_kernel(cwd=folder, env=environment(checkout))
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def run(self, source: str) -> list[dict[str, Any]]:
        """Run a cell to its end; its outputs as a notebook keeps them."""
        outputs: list[Any] = []

        def take(message: dict[str, Any]) -> None:
            if message["msg_type"] in ("stream", "display_data", "execute_result", "error"):
                outputs.append(nbformat.v4.output_from_msg(message))

        self._client.execute_interactive(source, timeout=120, output_hook=take, stop_on_error=False, allow_stdin=True)
        return outputs

    def close(self) -> None:
        """End it."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


@contextmanager
def started(checkout: Path, name: str = "nslab") -> Iterator[Kernel]:
    """A fresh kernel of this name."""
    with tempfile.TemporaryDirectory() as folder:
        one = Kernel(checkout, folder, name)
        try:
            yield one
        finally:
            one.close()


def kernel(checkout: Path) -> Figures:
    """The figures of a kernel's cells."""
    figures: Figures = defaultdict(list)
    with started(checkout) as one:
        time.sleep(IDLE)
        figures["first picture after 2 s of idleness"].append(timed(lambda: one.run("%netns_bridge br0")))
        for count in SIZES:
            with_pictures, without = steps(one, count)
            figures[f"a step with picture, N={count}"] += with_pictures
            figures[f"the same without picture, N={count}"] += without
    with started(checkout) as one:
        played(one, lesson(checkout, "bridge"))
        figures["memory"].append(memory(one))
        with started(checkout, "python3") as plain:
            figures["memory of a plain ipykernel"].append(memory(plain))
    with started(checkout) as one:
        figures["size"].append(size(one, lesson(checkout, "nat")))
    return figures


def steps(one: Kernel, count: int) -> tuple[list[float], list[float]]:
    """Cells that change an address, followed by a picture and not, in turns."""
    namespaces = [f"%netns_attach br0 ns{number} 10.0.1.{number + 1}/16" for number in range(count)]
    one.run("\n".join(["%netns_auto off", "%netns_reset", "%netns_bridge br0", *namespaces]))
    time.sleep(_SETTLED)
    taken: dict[str, list[float]] = {"on": [], "off": []}
    for number in range(STEPS + 1):
        for state, times in taken.items():
            one.run(f"%netns_auto {state}")
            change = f"%netns ns1 ip address replace 192.168.{number}.{len(state)}/24 dev eth00-ns1"
            seconds = timed(lambda change=change: one.run(change))
            if number:
                times.append(seconds)
    return taken["on"], taken["off"]


def lesson(checkout: Path, name: str) -> Path:
    """The English lesson with this word in its name."""
    return next((checkout / "notebooks" / "en").glob(f"0?-*{name}*.ipynb"))


def played(one: Kernel, path: Path) -> nbformat.NotebookNode:
    """The lesson as it is saved after all of its cells have run."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = one.run(cell.source)
    return notebook


def size(one: Kernel, path: Path) -> float:
    """Bytes of the saved lesson."""
    return float(len(nbformat.writes(played(one, path)).encode()))


def memory(one: Kernel) -> float:
    """Bytes of memory that the kernel's process takes up: its own, and its share of what others use, too (proc(5))."""
    source = "print([line.split()[1] for line in open('/proc/self/smaps_rollup') if line.startswith('Pss:')][0])"
    return float("".join(output["text"] for output in one.run(source))) * 1024


# what is told


def environment(checkout: Path) -> dict[str, str]:
    """The variables by which a checkout's nslab is the one that runs."""
    return {**os.environ, "PYTHONPATH": str(checkout), "NSLAB_LANG": "en"}


def tell(results: Results, figures: dict[str, dict[str, list[float]]]) -> None:
    """Show every row, and judge those that have a target."""
    memories, sizes = figures.pop("memory"), figures.pop("size")
    beside = figures.pop("memory of a plain ipykernel")
    for job, seconds in figures.items():
        results.compare(job, None, seconds)
        if job in MOST:
            results.limit(job, 1000 * statistics.median(seconds[OURS]), 1000 * MOST[job], "ms")
    for count, most in STEP_MOST.items():
        shown, plain = figures[f"a step with picture, N={count}"], figures[f"the same without picture, N={count}"]
        added = statistics.median(shown[OURS]) - statistics.median(plain[OURS])
        results.limit(f"what a picture adds to a step, N={count}", 1000 * added, 1000 * most, "ms")
    _amount(results, "memory of a kernel after lesson 01", memories, 1 << 20, MOST_MEMORY, "MiB")
    for version, own in beside.items():
        results.note(f"of a plain ipykernel beside it, {version}: {statistics.median(own) / (1 << 20):.1f} MiB")
    _amount(results, "the lesson on NAT, saved", sizes, 1000, MOST_SIZE, "kB")


def _amount(results: Results, what: str, amounts: dict[str, list[float]], unit: int, most: float, name: str) -> None:
    for version, own in amounts.items():
        results.note(f"{what}, {version}: {statistics.median(own) / unit:.1f} {name}")
    results.limit(what, statistics.median(amounts[OURS]) / unit, most, name)


if __name__ == "__main__":
    sys.exit(main())
