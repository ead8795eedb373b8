"""What a private host costs a kernel: start-up and a cell's round trip, beside plain ipykernel.

Run ``python benchmarks/bench_kernel.py [--rounds 15]``. The two kernels take turns, so that whatever
else the machine does meets both alike. Start-up is from the front end's call to the first reply.
Both load the nslab extension where ``--extension`` is given, so that the host alone is compared.
Exits with 1 when a target is missed.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_client import BlockingKernelClient, KernelManager

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.results import OURS, Results, arguments

PLAIN = "plain ipykernel"
START_AT_MOST = 1.15  # times plain ipykernel's
ROUND_TRIP_AT_MOST = 2.0  # ms longer
CELLS_PER_KERNEL = 100
KERNELS = {PLAIN: "python3", OURS: "nslab"}


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


def main() -> int:
    """Measure, print, and say whether both targets are reached."""
    parser = arguments(__doc__, rounds=15)
    parser.add_argument("--extension", action="store_true", help="plain ipykernel loads nslab's extension too")
    options = parser.parse_args()
    results = Results("kernel", options.json)
    extra = {name: ["--ext", "nslab_kernel"] if options.extension and name == PLAIN else [] for name in KERNELS}
    starts: dict[str, list[float]] = {name: [] for name in KERNELS}
    trips: dict[str, list[float]] = {name: [] for name in KERNELS}
    for number in range(options.rounds + 1):
        for name in KERNELS if number % 2 else reversed(KERNELS):
            with kernel(KERNELS[name], extra[name]) as (client, seconds):
                measured = [round_trip(client) for _ in range(CELLS_PER_KERNEL)]
            if number:  # the first round fills the page cache
                starts[name].append(seconds)
                trips[name] += measured
    both = ", both with the extension" if options.extension else ""
    results.compare(f"start of a kernel{both}", None, starts, at_most={PLAIN: START_AT_MOST})
    results.compare("round trip of a cell", None, trips)
    longer = (statistics.median(trips[OURS]) - statistics.median(trips[PLAIN])) * 1000
    results.limit("round trip of a cell", longer, ROUND_TRIP_AT_MOST, "ms longer than plain ipykernel's")
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
