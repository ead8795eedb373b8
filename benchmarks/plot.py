"""A log-log plot of what jobs cost against the number of namespaces."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

JOBS = ("attach", "reset", "snapshot", "PNG of the picture")
COLOURS = {"nslab": "#0b5fff", "C": "#666666"}
OTHERS = ("#d95f02", "#1b9e77", "#a6367d", "#b8860b")
LEAST_APART = 0.05  # of the axis' height, between two labels
PER_LETTER = 0.0155  # of the axis' width


def plot(rows: Sequence[dict[str, Any]], file: Path) -> None:
    """Draw one field for each of `JOBS` that was measured for several numbers of namespaces."""
    mpl.rcParams.update({"svg.hashsalt": "nslab", "svg.fonttype": "path", "font.size": 9})
    jobs = [job for job in JOBS if len({row["count"] for row in rows if row["job"] == job}) > 1]
    across = 2
    down = max(-(-len(jobs) // across), 1)
    figure, fields = plt.subplots(down, across, figsize=(9.6, 4.2 * down), squeeze=False)
    for axes, job in zip_longest(fields.flat, jobs):
        if job is None:
            axes.remove()
            continue
        _field(axes, job, [row for row in rows if row["job"] == job])
        axes.set_ylabel("milliseconds (median)")
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None, "Title": "Cost against the number of namespaces"})
    plt.close(figure)


def _field(axes: Axes, job: str, rows: Sequence[dict[str, Any]]) -> None:
    axes.set_title(job)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("namespaces")
    axes.grid(True, which="major", color="#dddddd", linewidth=0.6)
    others = iter(OTHERS)
    ends = []
    for name in dict.fromkeys(row["name"] for row in rows):
        points = sorted((row["count"], row["median"] * 1000) for row in rows if row["name"] == name)
        colour = COLOURS.get(name) or next(others)
        xs, ys = zip(*points, strict=True)
        axes.plot(xs, ys, "o-", color=colour, linewidth=2.2 if name == "nslab" else 1.2, markersize=3.5)
        ends.append((name, colour, xs[-1], ys[-1]))
    counts = sorted({row["count"] for row in rows})
    left, room = counts[0] * 0.8, 0.05 + PER_LETTER * max(len(name) for name, *_ in ends)
    axes.set_xlim(left, left * (counts[-1] / left) ** (1 / (1 - room)))  # the names stand behind the last points
    axes.set_xticks(counts, [str(count) for count in counts])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    _label(axes, ends)


def _label(axes: Axes, ends: Sequence[tuple[str, str, float, float]]) -> None:
    """Write the names in a column behind the lines, as high as they end; dots lead there from an early end."""
    to_axes = axes.transData + axes.transAxes.inverted()
    places = [(name, colour, *to_axes.transform((x, y))) for name, colour, x, y in ends]
    column, highest = max(place[2] for place in places), -1.0
    for name, colour, across, up in sorted(places, key=lambda place: place[3]):
        highest = max(up, highest + LEAST_APART)
        if across < column:
            axes.plot([across, column + 0.02], [up, highest], ":", color=colour, linewidth=1, transform=axes.transAxes)
        axes.text(column + 0.025, highest, name, color=colour, transform=axes.transAxes, va="center", fontsize=8)
