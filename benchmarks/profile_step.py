"""Where the time of one step goes, from the cell to what is shown.

Run ``python benchmarks/profile_step.py [--sizes 2 30 200] [--rounds 15]``; it enters a private host by itself. The step
is a cell that changes one address. What follows it is what the picture that follows by itself does: a snapshot, the
changes, the scene, its SVG, PNG and text, and their publishing as a message. The last line is the whole as IPython
carries it out, cell and all.
"""

from __future__ import annotations

import io
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import TypeVar

from IPython.core.interactiveshell import InteractiveShell

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import labs
from benchmarks.results import OURS, Results, arguments
from nslab_kernel.core.model.diff import changes
from nslab_kernel.core.model.network import Network
from nslab_kernel.lab import Lab
from nslab_kernel.picture import draw

T = TypeVar("T")


class Profile:
    """Seconds by the part of a step."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)

    def __call__(self, part: str, job: Callable[[], T]) -> T:
        """Do a part, and note what it takes."""
        began = time.perf_counter()
        done = job()
        self.seconds[part].append(time.perf_counter() - began)
        return done


def main() -> int:
    """Measure and print."""
    options = arguments(__doc__, sizes=(2, 30, 200), rounds=15).parse_args()
    labs.enter()
    results = Results("step", options.json)
    lab = Lab("en")
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "nslab_kernel")
    for count in options.sizes:
        labs.built(lab, count)
        profile = Profile()
        before = lab.snapshot()
        for number in range(options.rounds + 1):
            if number == 1:
                profile.seconds.clear()  # the first round warms up
            before = _step(profile, lab, before, f"ip -n ns1 addr replace 192.168.{number}.1/24 dev eth00-ns1")
        whole = _whole(shell, options.rounds)
        results.compare("a step", count, {OURS: whole, **profile.seconds})
    lab.reset()
    return results.finish()


def _step(profile: Profile, lab: Lab, before: Network, command: str) -> Network:
    profile("the cell's command", lambda: lab.run("host", command))
    now = profile("snapshot", lab.snapshot)
    assert profile("changes", lambda: changes(before, now))
    picture = draw(now, before=before)
    profile("scene", lambda: picture.scene)
    profile("SVG", picture.svg)
    profile("PNG", picture.png)
    profile("words and tables", lambda: (picture.description(), picture.text()))
    return now


def _whole(shell: InteractiveShell, rounds: int) -> list[float]:
    """The same step as a cell in IPython, with the picture that follows by itself."""
    seconds = []
    for number in range(rounds + 1):
        cell = f"%%netns ns1\nip addr replace 192.168.{100 + number}.1/24 dev eth00-ns1"
        began = time.perf_counter()
        with redirect_stdout(io.StringIO()):
            shell.run_cell(cell).raise_error()
        if number:
            seconds.append(time.perf_counter() - began)
    return seconds


if __name__ == "__main__":
    sys.exit(main())
