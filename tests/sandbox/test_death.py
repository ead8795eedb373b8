"""kill -9 of any part of a kernel at any moment leaves nothing: no process, namespace, socket or file."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time

import pytest

from .conftest import children, eventually, is_alive
from .traces import Traces

# What a Jupyter server does to a kernel: starts it, and shuts it down when the server is told to stop.
SERVER = """
import sys
from jupyter_client import KernelManager
manager = KernelManager(kernel_name="nslab")
manager.start_kernel()
print(manager.provisioner.pid, *manager.ports, flush=True)
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=30)
client.execute("!ip netns add a; ip link add x type veth peer name y netns a; ip netns exec a sleep 1000")
sys.stdin.read()
client.stop_channels()
manager.shutdown_kernel(now=True)
"""


def is_open(port: int) -> bool:
    """Whether someone listens on a port of the machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def victim_pid(victim: str, server: int, launcher: int) -> int:
    """Pid of the part to kill, or 0 while it isn't there."""
    pid_1 = next(iter(children(launcher)), 0)
    kernel = next(iter(children(pid_1)), 0)
    return {"server": server, "launcher": launcher, "pid 1": pid_1, "kernel": kernel}[victim]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("victim", ["kernel", "pid 1", "launcher", "server"])
def test_nothing_is_left(traces: Traces, victim, seed):
    moment = random.Random(f"{victim} {seed}").uniform(0, 1.2)
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        launcher, *ports = map(int, server.stdout.readline().split())
        time.sleep(moment)
        assert eventually(lambda: victim_pid(victim, server.pid, launcher) != 0)
        os.kill(victim_pid(victim, server.pid, launcher), signal.SIGKILL)
        assert eventually(lambda: not {*traces.processes()} - {server.pid, launcher}), f"after {moment} s"
        assert eventually(lambda: not is_alive(launcher))
        server.stdin.close()
    assert eventually(lambda: not traces.processes())
    assert not traces.mounts()
    assert eventually(lambda: not any(is_open(port) for port in ports))
    assert traces.files() == []


def test_killing_everything_at_once_leaves_nothing(traces: Traces):
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        launcher = int(server.stdout.readline().split()[0])
        assert eventually(lambda: victim_pid("kernel", server.pid, launcher) != 0)
        for victim in (server.pid, launcher):
            os.kill(victim, signal.SIGKILL)
    assert eventually(lambda: not traces.processes())
    assert not traces.mounts()
