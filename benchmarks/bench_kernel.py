"""What a private host costs a kernel: start-up and a cell's round trip, beside plain ipykernel.

Run ``python benchmarks/bench_kernel.py [ROUNDS]``. The two kernels take turns, so that whatever
else the machine does meets both alike. Start-up is from the front end's call to the first reply.
Both load the nslab extension where ``--extension`` is given, so that the host alone is compared.
Exits with 1 when a bound is broken.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from jupyter_client import BlockingKernelClient, KernelManager

START_RATIO_BOUND = 1.15
ROUND_TRIP_BOUND = 0.002
CELLS_PER_KERNEL = 100
KERNELS = ("python3", "nslab")


@contextmanager
def kernel(name: str, arguments: list[str]) -> Iterator[tuple[BlockingKernelClient, float]]:
    """A running kernel's client, and the seconds it took to start."""
    manager = KernelManager(kernel_name=name)
    began = time.perf_counter()
    manager.start_kernel(extra_arguments=arguments)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    seconds = time.perf_counter() - began
    try:
        yield client, seconds
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def round_trip(client: BlockingKernelClient) -> float:
    """Seconds from sending a cell to its last output and reply."""
    began = time.perf_counter()
    client.execute_interactive("print(1)", output_hook=lambda _: None, timeout=60)
    return time.perf_counter() - began


def shown(name: str, seconds: list[float]) -> str:
    """Median and quartiles in milliseconds."""
    low, median, high = statistics.quantiles(seconds, n=4)
    return f"{name:10} {median * 1000:8.2f} ms   quartiles {low * 1000:.2f} to {high * 1000:.2f}   n={len(seconds)}"


def main() -> int:
    """Measure, print, and say whether both bounds hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rounds", type=int, nargs="?", default=15)
    parser.add_argument("--extension", action="store_true", help="plain ipykernel loads nslab's extension too")
    options = parser.parse_args()
    extra = {name: ["--ext", "nslab_kernel"] if options.extension and name == "python3" else [] for name in KERNELS}
    starts: dict[str, list[float]] = {name: [] for name in KERNELS}
    trips: dict[str, list[float]] = {name: [] for name in KERNELS}
    for number in range(options.rounds + 1):
        for name in KERNELS if number % 2 else reversed(KERNELS):
            with kernel(name, extra[name]) as (client, seconds):
                measured = [round_trip(client) for _ in range(CELLS_PER_KERNEL)]
            if number:  # the first round fills the page cache
                starts[name].append(seconds)
                trips[name] += measured
    return report(starts, trips)


def report(starts: dict[str, list[float]], trips: dict[str, list[float]]) -> int:
    """Print the figures; 1 when a bound is broken."""
    for title, figures in (("start-up", starts), ("round trip of a cell", trips)):
        print(title)
        for name in KERNELS:
            print(" ", shown(name, figures[name]))
    plain, private = (statistics.median(starts[name]) for name in KERNELS)
    ratio = private / plain
    plain, private = (statistics.median(trips[name]) for name in KERNELS)
    extra = private - plain
    print(f"start-up ratio {ratio:.2f} (bound {START_RATIO_BOUND})")
    print(f"round trip longer by {extra * 1000:.2f} ms (bound {ROUND_TRIP_BOUND * 1000:.0f} ms)")
    return int(ratio > START_RATIO_BOUND or extra > ROUND_TRIP_BOUND)


if __name__ == "__main__":
    sys.exit(main())
