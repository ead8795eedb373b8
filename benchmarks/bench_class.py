"""What a class on one server costs: labs that start together, do lesson 01 together, and their memory.

Run ``python benchmarks/bench_class.py [STUDENTS]``, 30 unless told otherwise. As root each student is a user of their
own, as they are on a server. Memory is the proportional set size of a student's kernel (the launcher and the lab's own
processes with it), just before the lesson and after it, beside a plain ipykernel that has run one cell.
Exits with 1 when a lesson fails or anything of a lab is left.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

LESSON = Path(__file__).parents[1] / "notebooks" / "en" / "01-bridge.ipynb"
_FIRST_USER = 61000  # no account of a usual system has such a number
_LONGEST = 900  # seconds for a lesson
_PORTS = ("shell", "iopub", "stdin", "control", "hb")
_FIRST_PORT = 20000  # below those that a kernel gives by itself; ip_local_port_range in ip-sysctl


def student(kernel: str, number: int) -> None:
    """One student: start a kernel, then do what the teacher says, a line each time."""
    import nbformat
    from nbclient import NotebookClient

    manager, client = start(kernel, number)
    print("ready", flush=True)
    for order in sys.stdin:
        if order.strip() == "cell":
            client.execute_interactive("1 + 1", output_hook=lambda _: None, timeout=_LONGEST)
        elif order.strip() == "lesson":
            NotebookClient(nbformat.read(LESSON, 4), km=manager, timeout=_LONGEST).execute(reset_kc=False)
        else:
            break
        print("done", flush=True)
    manager.shutdown_kernel(now=True)


def start(kernel: str, number: int) -> tuple[KernelManager, BlockingKernelClient]:
    """A kernel that is ready, with ports of its own: thirty that draw theirs at once draw the same now and then."""
    first = _FIRST_PORT + number * len(_PORTS)
    ports = {f"{name}_port": first + place for place, name in enumerate(_PORTS)}
    manager = KernelManager(kernel_name=kernel, **ports)
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=_LONGEST)
    return manager, client


class Student:
    """A student's process, its home and its user."""

    def __init__(self, number: int, home: str, kernel: str) -> None:
        self.home = home
        user = _FIRST_USER + number
        become: Sequence[str] = ()
        if os.getuid() == 0:
            become = ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups")
            os.chown(home, user, user)
        self.process = subprocess.Popen(
            [*become, sys.executable, __file__, "--student", kernel, str(number)],
            env={**os.environ, "HOME": home, "JUPYTER_RUNTIME_DIR": home, "IPYTHONDIR": home, "NSLAB_LANG": "en"},
            cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def say(self, order: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()

    def hear(self) -> None:
        assert self.process.stdout
        assert self.process.stderr
        if not self.process.stdout.readline():
            raise RuntimeError(self.process.stderr.read()[-2000:])

    def memory(self) -> float:
        """Megabytes of the kernel and all that belongs to it."""
        return sum(proportional(pid) for pid in below(self.process.pid)) / 1024


def below(parent: int) -> list[int]:
    """The processes that descend from one, whatever namespace they are in."""
    found: list[int] = []
    for task in Path(f"/proc/{parent}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *below(child)]
    return found


def proportional(pid: int) -> int:
    """A process' proportional set size in kilobytes (proc_pid_smaps(5))."""
    match = re.search(r"^Pss: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
    return int(match[1]) if match else 0


@contextmanager
def room(students: int, kernel: str) -> Iterator[tuple[list[Student], float]]:
    """So many students with their kernels, and the seconds until the last one's was ready."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        homes = [os.path.join(folder, str(number)) for number in range(students)]
        for home in homes:
            os.mkdir(home)
        began = time.perf_counter()
        present = [Student(number, home, kernel) for number, home in enumerate(homes)]
        try:
            for one in present:
                one.hear()
            yield present, time.perf_counter() - began
            for one in present:
                one.say("end")
        finally:
            for one in present:
                try:
                    one.process.communicate(timeout=60)
                except subprocess.TimeoutExpired:
                    one.process.kill()


def together(present: Sequence[Student], order: str) -> float:
    """Have all do the same, and give the seconds until the last one is done."""
    began = time.perf_counter()
    for one in present:
        one.say(order)
    for one in present:
        one.hear()
    return time.perf_counter() - began


def hosts(pids: Sequence[int]) -> set[str]:
    """The network namespaces that processes are in."""
    found = set()
    for pid in pids:
        try:
            found.add(os.readlink(f"/proc/{pid}/ns/net"))
        except OSError:
            continue  # it has ended, or is somebody else's
    return found


def shown(name: str, megabytes: Sequence[float]) -> str:
    return f"  {name:34} {statistics.median(megabytes):6.1f} MB   from {min(megabytes):.1f} to {max(megabytes):.1f}"


def main() -> int:
    """Measure and print; 1 when a lab is left, or two had one together."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("students", type=int, nargs="?", default=30)
    parser.add_argument("--student", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.student:
        student(options.student[0], int(options.student[1]))
        return 0
    with room(1, "nslab") as (present, _):
        alone = together(present, "lesson")
    with room(options.students, "python3") as (present, plain_start):
        together(present, "cell")
        plain = [one.memory() for one in present]
    with room(options.students, "nslab") as (present, start):
        fresh = [one.memory() for one in present]
        made = hosts([pid for one in present for pid in below(one.process.pid)]) - hosts([os.getpid()])
        lesson = together(present, "lesson")
        after = [one.memory() for one in present]
    print(f"{options.students} students at once on {os.cpu_count()} cores")
    print(f"  all kernels ready: {start:.1f} s, plain ipykernel {plain_start:.1f} s, ratio {start / plain_start:.2f}")
    print(f"  lesson 01 from top to bottom: {lesson:.1f} s until all are done, {alone:.1f} s for one alone")
    print(shown("plain ipykernel", plain))
    print(shown("nslab, fresh", fresh))
    print(shown("nslab, after lesson 01", after))
    left = made & hosts([int(path.name) for path in Path("/proc").glob("[0-9]*")])
    print(f"  private hosts: {len(made)}, left at the end: {len(left)}")
    return int(bool(left) or len(made) != options.students)


if __name__ == "__main__":
    sys.exit(main())
