"""What a command in a namespace costs, and what loading the extension adds to a kernel's start.

Run ``python benchmarks/bench_running.py [--rounds 40]``; it enters a private host by itself. A whole ``%%netns`` cell
of ``true``, as the kernel carries it out, takes turns with cells that run the same shell line by a plain subprocess on
the host, and by `ip netns exec`; with cells that do nothing, and with IPython's own ``%%bash``. The extension is loaded
in fresh processes, where IPython's shell is there already. Exits with 1 when a target is missed.
"""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import labs
from benchmarks.results import OURS, Results, arguments, timed
from nslab_kernel.lab import Lab

PLAIN, IP = "plain subprocess", "ip netns exec"
CELLS = {
    OURS: "%%netns ns1\ntrue",
    PLAIN: "subprocess.run(['bash', '-c', 'true'], capture_output=True)",
    IP: "subprocess.run(['bash', '-c', 'ip netns exec ns1 true'], capture_output=True)",
    "%%bash": "%%bash\ntrue",
    "an empty cell": "pass",
}
AT_MOST = {PLAIN: 1.15, IP: 0.5}
LOAD_AT_MOST = 150.0  # ms
LOADING = """
import time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
began = time.perf_counter()
shell.run_line_magic("load_ext", "nslab_kernel")
print(time.perf_counter() - began)
"""


def main() -> int:
    """Measure, print, and say whether the targets are reached."""
    options = arguments(__doc__, rounds=40).parse_args()
    labs.enter()
    results = Results("running", options.json)
    lab = Lab("en")
    labs.built(lab, 2)
    results.compare("a cell of `true`", None, _commands(options.rounds), at_most=AT_MOST)
    seconds = [float(_output_of([sys.executable, "-c", LOADING])) for _ in range(max(options.rounds // 4, 1))]
    results.compare("loading the extension", None, {OURS: seconds})
    results.limit("loading the extension", sorted(seconds)[len(seconds) // 2] * 1000, LOAD_AT_MOST, "ms")
    lab.reset()
    return results.finish()


def _commands(rounds: int) -> dict[str, list[float]]:
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "nslab_kernel")
    shell.run_cell("import subprocess")
    seconds: dict[str, list[float]] = {name: [] for name in CELLS}
    for number in range(rounds + 1):
        for name, cell in CELLS.items():
            with redirect_stdout(io.StringIO()):
                spent = timed(lambda cell=cell: shell.run_cell(cell).raise_error())  # type: ignore[misc]
            if number:  # the first round warms up
                seconds[name].append(spent)
    return seconds


def _output_of(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())
