"""Labs for the tests: real kernels and commands in private hosts, and a look at what they leave behind.

The tests run as whoever runs them; ``script/test`` runs them as root and again without privileges.
"""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jupyter_client import BlockingKernelClient, KernelManager

from .traces import Traces

MARKER = "NSLAB_TEST"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home for this test only: its user's Jupyter and IPython settings must not matter."""
    for variable, directory in (
        ("HOME", "home"),
        ("JUPYTER_RUNTIME_DIR", "runtime"),
        ("JUPYTER_CONFIG_DIR", "config"),
        ("IPYTHONDIR", "ipython"),
    ):
        (tmp_path / directory).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / directory))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path / "home"


@pytest.fixture
def traces(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Traces:
    """Everything that this test starts carries a mark; this finds what of it is still there."""
    mark = uuid.uuid4().hex
    monkeypatch.setenv(MARKER, mark)
    return Traces(f"{MARKER}={mark}", own_home.parent)


@pytest.fixture
def nslab() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the ``nslab`` command and give what it printed."""

    def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "nslab_kernel.cli", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)  # type: ignore[call-overload]

    return run


class Kernel:
    """A kernel of a kernelspec, as any front end made on jupyter_client starts it."""

    def __init__(self, arguments: list[str], kernel_name: str = "nslab", **traits: object) -> None:
        self.manager = KernelManager(kernel_name=kernel_name, **traits)
        self.manager.start_kernel(extra_arguments=arguments)
        self.client = self.connect()

    def connect(self) -> BlockingKernelClient:
        client = self.manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=30)
        return client

    @property
    def launcher(self) -> int:
        """Pid of the process that the front end started."""
        return self.manager.provisioner.pid

    def run(self, code: str, *, started: Callable[[], object] = lambda: None, **options: object) -> str:
        """What a cell shows, be it output, value or error; ``started`` is called when the kernel has begun it."""
        shown: list[str] = []

        def show(message: dict) -> None:
            if message["msg_type"] == "execute_input":
                started()
            content = message["content"]
            shown.append(content.get("text", ""))
            shown.append(content.get("data", {}).get("text/plain", ""))
            shown.extend(content.get("traceback", []))

        self.client.execute_interactive(code, timeout=30, output_hook=show, **options)
        return "".join(shown).strip()

    def ask(self, question: str) -> str:
        """The one word that a shell command prints."""
        return self.run(f"print(__import__('subprocess').getoutput({question!r}))")

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel() -> Iterator[Callable[..., Kernel]]:
    """Start kernels; they are shut down after the test."""
    started: list[Kernel] = []

    def start(*arguments: str, **traits: object) -> Kernel:
        started.append(Kernel(list(arguments), **traits))
        return started[-1]

    yield start
    for each in started:
        each.close()


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def children(pid: int) -> list[int]:
    """Pids of a process's children."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return [int(child) for child in path.read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def is_alive(pid: int) -> bool:
    """Whether a process is there and not merely waiting for its parent to notice its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
