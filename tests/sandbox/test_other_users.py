"""Another user of the machine can neither read what a kernel says, nor connect to it, nor cut it off."""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import zmq

from nslab_kernel.sandbox import peers

from .conftest import eventually
from .traces import Traces

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can act as somebody else")
SOMEBODY_ELSE = "import os; os.setgroups([]); os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)\n"

EAVESDROPPER = (
    """
import sys, zmq
"""
    + SOMEBODY_ELSE
    + """
listening = zmq.Context().socket(zmq.SUB)
listening.connect(f"tcp://127.0.0.1:{sys.argv[1]}")
listening.subscribe(b"")
print("ready", flush=True)
print("overheard" if listening.poll(3000) else "nothing", flush=True)
"""
)

FLOOD = (
    """
import socket, sys, time
"""
    + SOMEBODY_ELSE
    + """
held, answered = [], 0
for number in range(1000):
    connection = socket.socket()
    held.append(connection)
    try:
        connection.connect(("127.0.0.1", int(sys.argv[1 + number % 5])))
    except OSError:
        continue
time.sleep(1)
for connection in held:
    connection.setblocking(False)
    try:
        answered += bool(connection.recv(64))
    except OSError:
        continue
print(answered, flush=True)
sys.stdin.read()
"""
)


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


@needs_root
def test_another_user_overhears_nothing(kernel):
    lab = kernel()
    with start(EAVESDROPPER, lab.manager.iopub_port) as eavesdropper:
        assert eavesdropper.stdout.readline() == "ready\n"
        for _ in range(10):
            assert lab.run("print('a secret')") == "a secret"
            time.sleep(0.1)
        assert eavesdropper.stdout.readline() == "nothing\n"
    # The same socket hears it all when it is the user's own, so the test above could have failed.
    with zmq.Context() as context, context.socket(zmq.SUB) as own:
        own.connect(f"tcp://127.0.0.1:{lab.manager.iopub_port}")
        own.subscribe(b"")
        assert eventually(lambda: lab.run("print('a secret')") == "a secret" and own.poll(100) > 0)


@needs_root
def test_a_thousand_connections_of_another_user_cut_nobody_off(kernel):
    lab = kernel()
    with start(FLOOD, *lab.manager.ports) as flood:
        assert flood.stdout.readline() == "0\n"
        later = lab.connect()
        later.execute_interactive("6 * 7", timeout=10)
        later.stop_channels()
        flood.stdin.close()


def test_a_thousand_connections_of_ones_own_that_say_nothing_cut_nobody_off(kernel):
    lab = kernel()
    with ExitStack() as held:
        for number in range(1000):
            connection = held.enter_context(socket.socket())
            connection.settimeout(5)
            connection.connect(("127.0.0.1", lab.manager.ports[number % 5]))
        later = lab.connect()
        later.execute_interactive("6 * 7", timeout=10)
        later.stop_channels()
        descriptors = len(os.listdir(f"/proc/{lab.launcher}/fd"))
    assert descriptors < 600
    assert eventually(lambda: len(os.listdir(f"/proc/{lab.launcher}/fd")) < 100)


def test_a_relay_without_descriptors_recovers(kernel):
    lab = kernel()
    lab.run("1 + 1")
    few = len(os.listdir(f"/proc/{lab.launcher}/fd")) + 3
    soft, hard = resource.prlimit(lab.launcher, resource.RLIMIT_NOFILE)
    resource.prlimit(lab.launcher, resource.RLIMIT_NOFILE, (few, hard))
    with ExitStack() as held:
        for number in range(50):
            connection = held.enter_context(socket.create_connection(("127.0.0.1", lab.manager.ports[number % 5])))
        time.sleep(0.5)
        assert lab.run("6 * 7") == "42"
    resource.prlimit(lab.launcher, resource.RLIMIT_NOFILE, (soft, hard))
    del connection
    later = lab.connect()
    later.execute_interactive("6 * 7", timeout=10)
    later.stop_channels()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_the_owner_of_a_connection(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with ExitStack() as held:
        server = held.enter_context(socket.create_server((address, 0), family=family))
        calling = held.enter_context(socket.create_connection(server.getsockname()[:2]))
        called = held.enter_context(server.accept()[0])
        assert peers.owner(called) == os.getuid()
        assert peers.may_connect(called)
        calling.close()
        # The kernel lists what is left of a closed socket as root's.
        assert peers.owner(called) is None
        assert not peers.may_connect(called)


def test_the_owner_of_an_ipv6_socket_that_speaks_ipv4():
    with ExitStack() as held:
        server = held.enter_context(socket.create_server(("127.0.0.1", 0)))
        held.enter_context(socket.create_connection(("::ffff:127.0.0.1", server.getsockname()[1])))
        called = held.enter_context(server.accept()[0])
        assert peers.owner(called) == os.getuid()


@pytest.mark.parametrize(("folder", "transport"), [("r", "ipc"), ("r" * 60, "tcp")])
def test_kernels_of_nslab_lab_listen_on_no_port_where_a_path_is_short_enough(monkeypatch, traces, folder, transport):
    with tempfile.TemporaryDirectory() as above, _nslab_lab(Path(above), monkeypatch, folder) as (server, runtime):
        assert eventually(lambda: _ask(server, "kernels") == [], 30)
        _ask(server, "kernels", {"name": "nslab"})
        assert eventually(lambda: bool(list(runtime.glob("kernel-*.json"))))
        [file] = runtime.glob("kernel-*.json")
        assert json.loads(file.read_text())["transport"] == transport
        sockets = 5 if transport == "ipc" else 0
        assert eventually(lambda: len(list(runtime.glob("kernel-*-ipc-*"))) == sockets)
        assert all(path.stat().st_mode & 0o077 == 0 for path in runtime.glob("kernel-*-ipc-*"))
        assert eventually(lambda: len(_listening(traces)) == 6 - sockets)
    assert eventually(lambda: not traces.processes())


@contextmanager
def _nslab_lab(above: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> Iterator[tuple[int, Path]]:
    runtime = above / folder
    runtime.mkdir()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(runtime))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "nslab_kernel.cli", "lab", "--no-browser", f"--port={port}", str(above)]
    command += ["--ServerApp.port_retries=0", "--IdentityProvider.token=x"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            yield port, runtime
        finally:
            server.terminate()
    assert list(runtime.glob("kernel-*")) == []


def _listening(traces: Traces) -> list[str]:
    """The machine's TCP listeners that belong to this test."""
    listeners = subprocess.run(["ss", "-tlnpH"], capture_output=True, text=True, check=True).stdout
    pids = traces.processes()
    return [line for line in listeners.splitlines() if any(f"pid={pid}," in line for pid in pids)]


def _ask(port: int, what: str, body: object = None) -> object:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/{what}", headers={"Authorization": "token x"})
    if body is not None:
        request.data = json.dumps(body).encode()
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)
    except OSError:
        return None
