"""The kernelspec's command started without a kernel manager, as VS Code does."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file

from .conftest import eventually, is_alive
from .traces import Traces

LAUNCH = [sys.executable, "-m", "nslab_kernel.sandbox", "-f"]


@pytest.fixture
def launch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the launcher on a connection file."""
    monkeypatch.delenv("JPY_PARENT_PID", raising=False)
    started: list[subprocess.Popen[str]] = []

    def start(file: Path, *arguments: str) -> subprocess.Popen[str]:
        command = [*LAUNCH, str(file), *arguments]
        started.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def ask(file: Path, code: str) -> str:
    """Connect as a front end that knows only the connection file, and run a cell."""
    client = BlockingKernelClient(connection_file=str(file))
    client.load_connection_file()
    client.start_channels()
    until = time.monotonic() + 30
    while True:
        try:
            client.wait_for_ready(timeout=30)
            break
        except RuntimeError:  # its heart didn't beat within a second: it is still starting
            if time.monotonic() > until:
                raise
    shown: list[str] = []
    client.execute_interactive(code, output_hook=lambda message: shown.append(message["content"].get("text", "")))
    client.stop_channels()
    return "".join(shown).strip()


def test_it_works_and_is_as_private(launch, tmp_path, traces: Traces):
    file = tmp_path / "kernel-v2-by-hand.json"
    write_connection_file(str(file))
    process = launch(file)
    assert ask(file, "!hostname; ip -br link | cat; ip netns add ns1").split()[:3] == ["docker-host1", "lo", "UNKNOWN"]
    assert not Path("/run/netns/ns1").exists()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 128 + signal.SIGTERM
    assert traces.processes() == []
    assert not traces.mounts()
    assert file.exists()


def test_a_connection_file_that_is_not_there_is_made_and_removed(launch, tmp_path):
    file = tmp_path / "new.json"
    process = launch(file)
    assert eventually(file.exists)
    assert file.stat().st_mode & 0o777 == 0o600
    assert ask(file, "!hostname") == "docker-host1"
    process.terminate()
    process.wait(timeout=10)
    assert not file.exists()


def test_a_port_of_0_becomes_a_free_one_in_the_file(launch, tmp_path):
    file = tmp_path / "zero.json"
    zeros = dict.fromkeys(("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"), 0)
    file.write_text(json.dumps({**zeros, "ip": "127.0.0.1", "key": "k", "transport": "tcp", "kernel_name": "nslab"}))
    launch(file)
    assert eventually(lambda: json.loads(file.read_text() or "{}").get("hb_port"))
    assert ask(file, "!hostname") == "docker-host1"
    assert json.loads(file.read_text())["kernel_name"] == "nslab"


def test_the_kernel_ends_with_whoever_started_it(tmp_path, traces: Traces, monkeypatch):
    monkeypatch.delenv("JPY_PARENT_PID", raising=False)
    file = tmp_path / "kernel-1.json"
    write_connection_file(str(file))
    script = "import subprocess, sys, time; print(subprocess.Popen(sys.argv[1:]).pid, flush=True); time.sleep(1000)"
    with subprocess.Popen([sys.executable, "-c", script, *LAUNCH, str(file)], stdout=subprocess.PIPE) as front_end:
        launcher = int(front_end.stdout.readline())
        assert ask(file, "!hostname") == "docker-host1"
        front_end.kill()
    assert eventually(lambda: not is_alive(launcher))
    assert traces.processes() == []


def test_a_taken_port_is_told_in_a_sentence(launch, tmp_path):
    file = tmp_path / "taken.json"
    _, info = write_connection_file(str(file))
    with socket.create_server(("127.0.0.1", info["iopub_port"])):
        process = launch(file)
        _, said = process.communicate(timeout=10)
    assert process.returncode == 1
    assert said.startswith(f"nslab: iopub_port {info['iopub_port']} at 127.0.0.1 can't be listened on")
    assert "Traceback" not in said


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"shell_port": "x"}'])
def test_a_file_that_is_no_connection_file_is_told_in_a_sentence(launch, tmp_path, text):
    file = tmp_path / "bad.json"
    file.write_text(text)
    process = launch(file)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 1
    assert said.startswith(f"nslab: {file} is no connection file")
    assert len(said.splitlines()) == 1


def test_a_students_file_called_socket_py_is_not_taken_for_pythons(tmp_path, monkeypatch, launch):
    (tmp_path / "socket.py").write_text("raise SystemExit('mine')")
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "new.json"
    launch(file)
    assert eventually(file.exists)
