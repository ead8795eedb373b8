"""How soon a change is on the screen, and what a step of a lesson costs beside a plain cell, in a real browser.

Run ``python benchmarks/bench_live.py [ROUNDS]``; it needs Chromium and what the browser tests need. With ten namespaces
on a bridge, in JupyterLab in Chromium, everything in one run:

- event to picture: from just before a command in a terminal of the lab until its picture is on the screen;
- step: from the click until it is done and its picture is on the screen, beside the same command as a plain cell in
  another kernel of the same kind, from Shift+Enter until its number is there. They take turns;
- blocking: the longest gap in a clock on the kernel's own loop while the network changes, with the live picture and a
  lesson in view, beside the same before they are shown; and the processor time that the kernel spent in any gap: where
  that is much shorter, the machine was busy with something else.

Exits with 1 when a bound is broken.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.stopwatch import Stopwatch
from tests.browser.chromium import PATIENCE, chromium
from tests.browser.live import LivePage
from tests.browser.notebook import Notebook, load, write
from tests.browser.server import Server, running
from tests.browser.stepper import StepperPage

NAMESPACES = 10
BOUNDS = {"event to picture": 200.0, "step": 150.0, "blocking": 150.0}  # milliseconds
EVENTS = 10  # while the kernel's clock is watched
BUILD = "\n".join(
    ["%netns_auto off", "%netns_bridge br0"]
    + [f"%netns_attach br0 ns{number} 10.0.0.{number}/24" for number in range(1, NAMESPACES + 1)]
)
TOGGLE = "!sudo ip -n ns5 address {verb} 10.9.0.1/32 dev eth00-ns5"
PLAIN = "verb = 'del' if globals().get('verb') == 'add' else 'add'\n" + TOGGLE
CLOCK = """
import asyncio, time
gaps, ticking = [], True
async def tick():
    last = time.perf_counter(), time.process_time()
    while ticking:
        await asyncio.sleep(0.001)
        now = time.perf_counter(), time.process_time()
        gaps.append((now[0] - last[0], now[1] - last[1]))
        last = now
task = asyncio.ensure_future(tick())"""
STOP = "ticking = False; print(*(1000 * max(column) for column in zip(*gaps)))"
CELLS = {"build": BUILD, "clock": CLOCK, "stop": STOP, "live": "%netns_live", "play": "%netns_play lesson.ipynb"}
NUMBER = {name: number for number, name in enumerate(CELLS)}


class Terminal:
    """A shell inside the lab of a notebook."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, command: str) -> float:
        """Run a command; gives when it was begun, in seconds since 1970, by the shell's own clock."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"echo $EPOCHREALTIME; {command}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())


@contextmanager
def terminal(server: Server) -> Iterator[Terminal]:
    """A terminal in the only lab of a server."""
    (kernel,) = server.ask("kernels")
    nslab = Path(sys.executable).with_name("nslab")
    environment = {**os.environ, "JUPYTER_RUNTIME_DIR": str(server.notebooks.parent / "runtime")}
    process = subprocess.Popen(
        [nslab, "shell", "--lab", kernel["id"], "-c", "exec bash"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    with process:
        yield Terminal(process)
        process.terminate()


def opened(browser: Browser, server: Server, path: str) -> Notebook:
    """A notebook in a page of its own, as large as a projector shows it."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    load(page, server)
    return Notebook(page, path)


def gap(notebook: Notebook, shell: Terminal) -> list[float]:
    """The longest gap in the kernel's clock while the network changes, and the most processor time in one."""
    notebook.run_to_end(NUMBER["clock"])
    for number in range(EVENTS):
        shell.run(f"ip -n ns7 address {'del' if number % 2 else 'add'} 10.7.0.1/32 dev eth00-ns7")
        time.sleep(0.3)
    printed = notebook.run_to_end(NUMBER["stop"]).locator(".jp-OutputArea-output")
    return [float(word) for word in printed.inner_text().split()]


def events(notebook: Notebook, shell: Terminal, rounds: int) -> list[float]:
    """For each event, when its picture was on the screen."""
    watch = Stopwatch(notebook.page)
    there = "document.querySelector('.nslab-live .nslab-drawing svg').ariaLabel.includes('10.5.0.1')"
    taken = []
    for number in range(rounds):
        verb, holds = ("del", f"!{there}") if number % 2 else ("add", there)
        command = f"ip -n ns3 address {verb} 10.5.0.1/32 dev eth00-ns3"
        taken.append(watch.until(holds, lambda command=command: shell.run(command)))
    return taken


def steps(player: StepperPage, plain: Notebook, rounds: int) -> tuple[list[float], list[float]]:
    """What steps and plain cells took, in turns."""
    beside, watch = Stopwatch(plain.page), Stopwatch(player.page)
    ran = "document.querySelectorAll('.jp-Notebook .jp-InputPrompt')[1].textContent === '[{0}]:'"
    done = (
        "document.querySelector('[data-step=\"{0}\"]').dataset.state === 'done' && "
        "document.querySelector('.nslab-stepper').dataset.busy === '' && "
        "document.querySelector('.nslab-drawing svg') !== window.pictured"
    )
    of_steps, of_cells = [], []
    for number in range(rounds):
        plain.page.bring_to_front()
        of_cells.append(beside.until(ran.format(number + 2), lambda: plain.run(1) and None))
        player.page.bring_to_front()
        player.page.evaluate("window.pictured = document.querySelector('.nslab-drawing svg')")
        of_steps.append(watch.until(done.format(number), player.main.click))
        if number + 1 < rounds:
            player.main.click()
            player.current(number + 1)
    return of_steps, of_cells


def measure(browser: Browser, server: Server, rounds: int) -> dict[str, list[float]]:
    """Everything, in milliseconds."""
    write(server, "lesson.ipynb", *(TOGGLE.format(verb="del" if n % 2 else "add") for n in range(rounds)))
    write(server, "shown.ipynb", *CELLS.values())
    write(server, "plain.ipynb", BUILD, PLAIN, "1")
    notebook = opened(browser, server, "shown.ipynb")
    notebook.run_to_end(NUMBER["build"])
    with terminal(server) as shell:
        closed = [gap(notebook, shell) for _ in range(5)]
        live = LivePage(notebook, NUMBER["live"])
        live.shows("ns10")
        of_events = events(notebook, shell, rounds)
        player = StepperPage(notebook, NUMBER["play"])
        in_view = [gap(notebook, shell) for _ in range(5)]
    notebook.page.get_by_role("tab", name="Live picture").locator(".lm-TabBar-tabCloseIcon").click()
    plain = opened(browser, server, "plain.ipynb")
    plain.run_to_end(0)
    of_steps, of_cells = steps(player, plain, rounds)
    return {
        "event to picture": of_events,
        "plain cell": of_cells,
        "step": of_steps,
        "blocking, nothing shown": [wall for wall, _ in closed],
        "blocking, both in view": [wall for wall, _ in in_view],
        "  of it processor time": [spent for _, spent in in_view],
    }


def report(figures: dict[str, list[float]]) -> int:
    """Print the figures; 1 when a bound is broken."""
    for name, taken in figures.items():
        print(
            f"{name:26} {statistics.median(taken):7.1f} ms   {min(taken):.1f} to {max(taken):.1f}   n={len(taken)}",
        )
    median = {name: statistics.median(taken) for name, taken in figures.items()}
    added = {
        "event to picture": median["event to picture"],
        "step": median["step"] - median["plain cell"],
        "blocking": max(figures["blocking, both in view"]),
    }
    print(f"a step takes {median['step'] / median['plain cell']:.2f} times what a plain cell takes")
    for name, taken in added.items():
        print(f"{name}: {taken:.1f} ms{' more than a plain cell' if name == 'step' else ''} (bound {BOUNDS[name]:.0f})")
    return int(any(taken > BOUNDS[name] for name, taken in added.items()))


def main() -> int:
    """Measure, print, and say whether the bounds hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rounds", type=int, nargs="?", default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server, chromium() as browser:
        names = ("jupyterlab", "ipykernel", "anywidget", "playwright")
        print(f"Python {sys.version.split()[0]}, Chromium {browser.version}, ", end="")
        print(", ".join(f"{name} {version(name)}" for name in names), f"; load {os.getloadavg()[0]:.1f}", sep="")
        figures = measure(browser, server, rounds)
        server.clear()
    return report(figures)


if __name__ == "__main__":
    sys.exit(main())
