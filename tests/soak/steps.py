"""Thousands of steps in one kernel: memory, descriptors, threads and the time of a step stay as they are.

Run ``nslab run -- python -m tests.soak.steps [STEPS]`` from the checkout.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import numpy as np

from .kernel import run, shell_with_magics

ROUND = (
    "%netns_attach br0 ns9 172.16.1.9/16",
    "%%netns ns9\ntrue",
    "%netns_graph",
    "%%netns_check\nns9 exists",
    "%netns_why ns9 ns1",
    "%netns_firewall ns9 input drop --tcp 80",
    "%netns_script",
    "lab.snapshot(volatile=True)",
    "%netns_detach ns9",
    "%netns",
)
_SAMPLES = 20
_WARM = 0.2  # the share of steps after which caches are full


def sample() -> tuple[float, int, int]:
    """Resident memory in MB, open descriptors, threads."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6, len(os.listdir("/proc/self/fd")), threading.active_count()


def soak(steps: int) -> list[tuple[int, float, int, int, float]]:
    """Run steps; give for each sample the step, memory, descriptors, threads, and milliseconds for a step."""
    shell, every, found = shell_with_magics(), max(len(ROUND), steps // _SAMPLES), []
    for cell in ("%netns_reset", "%netns_bridge br0 172.16.0.1/16", "%netns_attach br0 ns1 172.16.1.1/16"):
        run(shell, cell)
    begun = time.monotonic()
    for step in range(1, steps + 1):
        result = run(shell, ROUND[(step - 1) % len(ROUND)])
        shell.history_manager.outputs.clear()  # IPython keeps every output; a front end has them in the notebook
        if result.error_in_exec or result.error_before_exec:
            raise RuntimeError(f"step {step} failed") from (result.error_in_exec or result.error_before_exec)
        if step % every == 0:
            now = time.monotonic()
            found.append((step, *sample(), (now - begun) / every * 1000))
            begun = now
    run(shell, "%netns_reset")
    return found


def slopes(samples: list[tuple[int, float, int, int, float]]) -> tuple[float, ...]:
    """What is added in 1000 steps, of each column, once caches are full."""
    warm = samples[int(len(samples) * _WARM) :]
    at = [sample[0] for sample in warm]
    return tuple(float(np.polyfit(at, [s[column] for s in warm], 1)[0]) * 1000 for column in range(1, 5))


def main(steps: int = 5000) -> int:
    """Print the samples and the slopes; 1 where descriptors or threads grow."""
    samples = soak(steps)
    print("  step   memory MB  descriptors  threads  ms a step")
    for step, memory, descriptors, threads, took in samples:
        print(f"{step:6} {memory:10.1f} {descriptors:12} {threads:8} {took:10.1f}")
    memory, descriptors, threads, took = slopes(samples)
    print(f"in 1000 steps: {memory:+.2f} MB, {descriptors:+.2f} descriptors, {threads:+.2f} threads, {took:+.2f} ms")
    return 1 if descriptors > 1 or threads > 1 else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
