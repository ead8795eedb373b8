"""kill -9 of any part of a kernel at random moments while a lesson runs: nothing is left of it.

Run ``python -m tests.soak.kills [KILLS] [SEED]`` from the checkout, not inside a lab.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from pathlib import Path

from ..sandbox.conftest import MARKER, children, eventually, is_alive
from ..sandbox.traces import Traces

VICTIMS = ("kernel", "launcher", "pid 1", "server", "helper")
SERVER = """
import sys, glob, nbformat
from jupyter_client import KernelManager
manager = KernelManager(kernel_name="nslab")
manager.start_kernel()
print(manager.provisioner.pid, flush=True)
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=30)
for cell in nbformat.read(sys.argv[1], 4).cells:
    if cell.cell_type == "code":
        client.execute_interactive(cell.source, output_hook=lambda _: None, timeout=60, allow_stdin=False)
"""
_LONGEST = 6.0  # seconds that a lesson takes here, about


def victim_pid(victim: str, server: int, launcher: int) -> int:
    """Pid of the part to kill, or 0 while it isn't there; a helper is anything that the kernel started."""
    pid_1 = next(iter(children(launcher)), 0)
    kernel = next(iter(children(pid_1)), 0) if pid_1 else 0
    others = children(pid_1)[1:] + children(kernel) if kernel else []
    helper = random.choice(others) if others else kernel
    return {"server": server, "launcher": launcher, "pid 1": pid_1, "kernel": kernel, "helper": helper}[victim]


def killed(victim: str, lesson: Path, moment: float) -> str:
    """Start a kernel with a lesson, kill a part of it, and say what is left: nothing, when all is well."""
    with tempfile.TemporaryDirectory() as folder:
        mark = uuid.uuid4().hex
        own = dict.fromkeys(("HOME", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR"), folder)
        traces = Traces(f"{MARKER}={mark}", Path(folder))
        with subprocess.Popen(
            [sys.executable, "-c", SERVER, str(lesson)], env={**os.environ, **own, MARKER: mark},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        ) as server:  # fmt: skip
            assert server.stdout
            launcher = int(server.stdout.readline())
            time.sleep(moment)
            if not eventually(lambda: victim_pid(victim, server.pid, launcher) != 0):
                return "WRONG: nobody to kill"
            os.kill(victim_pid(victim, server.pid, launcher), signal.SIGKILL)
            if victim != "helper":
                if not eventually(lambda: not {*traces.processes()} - {server.pid, launcher}, 20):
                    return f"WRONG: {len(traces.processes())} processes are left after the {victim} was killed"
                if not eventually(lambda: not is_alive(launcher), 20):
                    return "WRONG: the launcher is left"
            server.kill()
        if not eventually(lambda: not traces.processes(), 20):
            return "WRONG: processes are left when the server has ended"
        return f"WRONG: mounts are left: {traces.mounts()}" if traces.mounts() else ""


def main(kills: int = 500, seed: int = 1) -> int:
    """Print the sum; 1 when anything was left."""
    chance, counted = random.Random(seed), Counter[str]()
    lessons = sorted(Path("notebooks/en").glob("0[1-3]-*.ipynb"))
    for number in range(kills):
        victim, lesson = VICTIMS[number % len(VICTIMS)], chance.choice(lessons)
        moment = chance.uniform(0, _LONGEST)
        left = killed(victim, lesson, moment)
        counted["something left" if left else "nothing left"] += 1
        if left:
            print(f"  {victim} at {moment:.2f} s of {lesson.stem}: {left}", flush=True)
    print(f"{kills} times kill -9 of {', '.join(VICTIMS)} in turn: {dict(counted)}")
    return 1 if counted["something left"] else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
