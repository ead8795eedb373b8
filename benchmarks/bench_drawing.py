"""What a picture costs beside networkx' own drawing of the same content.

Run ``python benchmarks/bench_drawing.py [--rounds 9]``. Ours is the public way from a snapshot to a PNG: changes,
layout, drawing. The peer draws the same lab's graph with ``networkx.draw_networkx`` and ``draw_networkx_edge_labels``:
the same namespaces, interfaces, addresses, states and cables as labels, on a canvas of the same size and resolution,
with positions given (so without a layout of its own). Both take turns in one process. First pictures are timed in fresh
processes, imports included. Exits with 1 when a target is missed.
"""

from __future__ import annotations

import io
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import networkx as nx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.results import OURS, Results, arguments, timed
from nslab_kernel.core.model.network import Network
from nslab_kernel.picture import draw, graph
from nslab_kernel.picture.picture import DPI
from tests.picture.literal import seed

PEER = "networkx"
FASTER = {30: 8.0, 200: 20.0}
FIRST_AT_MOST = 600.0  # ms
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


def compare(results: Results, count: int, rounds: int) -> None:
    """Measure one size in turns."""
    network, before = seed(count).network(), seed(count - 1).network()
    scene = draw(network, before=before).scene
    size = scene.width / 96, scene.height / 96
    jobs: dict[str, Callable[[], object]] = {
        OURS: lambda: draw(network, before=before).png(),
        "nslab, SVG": lambda: draw(network, before=before).svg(),
        PEER: lambda: peer(network, size, tight=False),
        "networkx as notebooks save": lambda: peer(network, size, tight=True),
    }
    figures: dict[str, list[float]] = {name: [] for name in jobs}
    for number in range(rounds + 1):
        for name, job in jobs.items():
            seconds = timed(job)
            if number:  # the first round warms up
                figures[name].append(seconds)
    results.compare("PNG of the picture", count, figures, {PEER: FASTER[count]} if count in FASTER else None)


def first(results: Results, rounds: int) -> None:
    """First pictures in fresh processes, imports included."""
    program = FIRST.format(path=sys.path[0])
    lines = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
        for _ in range(rounds)
    ]
    figures, spent = ([float(line[column]) for line in lines] for column in (0, 1))
    # Where the first is much longer than its processor time, the machine was busy.
    results.compare("first picture, imports included", 30, {OURS: figures, "its processor time": spent})
    results.limit("first picture, imports included", statistics.median(figures) * 1000, FIRST_AT_MOST, "ms")


def main() -> int:
    """Measure, print, and say whether the targets are reached."""
    options = arguments(__doc__, sizes=(2, 30, 200), rounds=9).parse_args()
    results = Results("drawing", options.json)
    results.note(f"matplotlib {mpl.__version__}, networkx {nx.__version__}")
    for count in options.sizes:
        compare(results, count, options.rounds)
    first(results, options.rounds)
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
