"""What a picture costs beside networkx' own drawing of the same content.

Run ``python benchmarks/bench_drawing.py [ROUNDS]``. Ours is the public way from a snapshot to a PNG: changes, layout,
drawing. The peer draws the same lab's graph with ``networkx.draw_networkx`` and ``draw_networkx_edge_labels``: the
same namespaces, interfaces, addresses, states and cables as labels, on a canvas of the same size and resolution, with
positions given (so without a layout of its own). Both take turns in one process. First pictures are timed in fresh
processes, imports included. Exits with 1 when a bound is broken.
"""

from __future__ import annotations

import argparse
import io
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import networkx as nx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nslab_kernel.core.network import Network
from nslab_kernel.picture import draw, graph
from nslab_kernel.picture.picture import DPI
from tests.picture.literal import seed

BOUNDS = {30: 8.0, 200: 20.0}
FIRST_BOUND = 0.6  # seconds
FIRST = """
import sys, time
sys.path.insert(0, {path!r})
from tests.picture.literal import seed
network, before = seed(30).network(), seed(29).network()
began, spent = time.perf_counter(), time.process_time()
from nslab_kernel.picture import draw
draw(network, before=before).png()
print(time.perf_counter() - began, time.process_time() - spent)
"""


def peer(network: Network, size: tuple[float, float], *, tight: bool) -> bytes:
    """The lab's graph by networkx, labelled with all that our picture says."""
    found = graph(network)
    labels = {
        node: "\n".join([node, *data["addresses"], data["state"]]) if data["what"] == "interface" else node
        for node, data in found.nodes(data=True)
    }
    rows = max(len(found) // 12, 1)
    positions = {node: (number % 12, -(number // 12) / rows) for number, node in enumerate(found)}
    figure, axes = plt.subplots(figsize=size, dpi=DPI)
    nx.draw_networkx(found, positions, ax=axes, labels=labels, node_size=200, font_size=7)
    cables = {(a, b, key): key for a, b, key in found.edges(keys=True) if key != "in"}
    nx.draw_networkx_edge_labels(found, positions, cables, ax=axes, font_size=5)
    axes.axis("off")
    out = io.BytesIO()
    figure.savefig(out, format="png", **({"bbox_inches": "tight"} if tight else {}))
    plt.close(figure)
    return out.getvalue()


def timed(job: Callable[[], object]) -> float:
    """Seconds that a job takes."""
    began = time.perf_counter()
    job()
    return time.perf_counter() - began


def shown(name: str, seconds: list[float]) -> str:
    """Median and range in milliseconds."""
    return (
        f"  {name:34} {statistics.median(seconds) * 1000:9.2f} ms   "
        f"{min(seconds) * 1000:.2f} to {max(seconds) * 1000:.2f}   n={len(seconds)}"
    )


def compare(count: int, rounds: int) -> float:
    """Measure one size in turns; return by how much we are faster."""
    network, before = seed(count).network(), seed(count - 1).network()
    scene = draw(network, before=before).scene
    size = scene.width / 96, scene.height / 96
    jobs: dict[str, Callable[[], object]] = {
        "nslab, PNG": lambda: draw(network, before=before).png(),
        "nslab, SVG for the notebook": lambda: draw(network, before=before).svg(),
        "networkx, PNG": lambda: peer(network, size, tight=False),
        "networkx, PNG, as notebooks save it": lambda: peer(network, size, tight=True),
    }
    figures: dict[str, list[float]] = {name: [] for name in jobs}
    for number in range(rounds + 1):
        for name, job in jobs.items():
            seconds = timed(job)
            if number:  # the first round warms up
                figures[name].append(seconds)
    print(f"{count} namespaces, {scene.width:.0f} by {scene.height:.0f} CSS pixels at {DPI} dots per inch")
    for name in jobs:
        print(shown(name, figures[name]))
    ratio = statistics.median(figures["networkx, PNG"]) / statistics.median(figures["nslab, PNG"])
    print(f"  networkx / nslab: {ratio:.1f}")
    return ratio


def first(rounds: int) -> float:
    """The median of first pictures in fresh processes, imports included, in seconds."""
    program = FIRST.format(path=sys.path[0])
    lines = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
        for _ in range(rounds)
    ]
    figures, spent = ([float(line[column]) for line in lines] for column in (0, 1))
    print(shown("first picture of 30, with imports", figures))
    print(shown("  of it processor time", spent))  # where the first is much longer the machine was busy
    return statistics.median(figures)


def main() -> int:
    """Measure, print, and say whether the bounds hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rounds", type=int, nargs="?", default=9)
    rounds = parser.parse_args().rounds
    print(f"Python {sys.version.split()[0]}, matplotlib {mpl.__version__}, networkx {nx.__version__}")
    ratios = {count: compare(count, rounds) for count in (2, *BOUNDS)}
    seconds = first(rounds)
    broken = [f"{count}: {ratios[count]:.1f} < {bound}" for count, bound in BOUNDS.items() if ratios[count] < bound]
    broken += [f"first picture: {seconds:.2f} s > {FIRST_BOUND} s"] if seconds > FIRST_BOUND else []
    print("bounds broken: " + "; ".join(broken) if broken else "all bounds hold")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
