"""How long it takes to go back to any step of lesson 01: reset, and everything before that step once more.

Run ``python benchmarks/bench_back.py``. The lesson is played to its end by the stepper in a real kernel, then gone back
through step by step. Exits with 1 when a step takes longer than the bound.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from jupyter_client.manager import KernelManager

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.jupyter.widget import Widget

LESSON = Path(__file__).resolve().parents[1] / "notebooks" / "en" / "01-bridge.ipynb"
BOUND = 1.0  # seconds


def went_back(widget: Widget) -> list[float]:
    """Seconds to each step, from the last to the first, after all have been run."""
    steps = range(len(widget.state["lesson"]["steps"]))
    for step in steps:
        widget.run(step)
    taken = []
    for step in reversed(steps):
        begun = time.perf_counter()
        widget.ask(do="back", step=step)
        taken.append(time.perf_counter() - begun)
    return taken


def main() -> int:
    """Measure and print; 1 when the bound is broken."""
    with tempfile.TemporaryDirectory() as folder:
        lesson = Path(folder, LESSON.name)
        lesson.write_bytes(LESSON.read_bytes())
        manager = KernelManager(kernel_name="nslab")
        manager.start_kernel(cwd=folder)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        try:
            taken = went_back(Widget(client, f"%netns_play {lesson}"))
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
    print(
        f"back to a step of lesson 01: median {statistics.median(taken):.2f} s, "
        f"slowest of {len(taken)} {max(taken):.2f} s (bound {BOUND:.0f} s)"
    )
    return int(max(taken) > BOUND)


if __name__ == "__main__":
    sys.exit(main())
