"""Networks in plain commands, one question each: the verdict is the kernel's, and what is told to do lets it through.

`networks.json` has the networks. `tests/corpus` asks about every pair of others.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from nslab_kernel.lab import Lab

pytestmark = pytest.mark.once

DATA = json.loads((Path(__file__).parent / "networks.json").read_text())
NETWORKS = [pytest.param(network, id=network["name"]) for network in DATA["networks"]]
TRIES = 3  # a busy machine is slow at times

SERVE = """
import socket, sys
protocol, address, port, device = sys.argv[1:]
six, tcp = protocol.endswith("6") or address == "dual", protocol.startswith("tcp")
own = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
if six:
    own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, address != "dual")
if device:
    own.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
own.bind(("" if address in ("*", "dual") else address, int(port)))
own.listen() if tcp else None
print("listening", flush=True)
while True:
    if tcp:
        own.accept()[0].close()
    else:
        own.sendto(*own.recvfrom(1 << 16))
"""
CONNECT = """
import socket, sys
with socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET) as own:
    own.settimeout(1.5)
    sys.exit(own.connect_ex((sys.argv[1], int(sys.argv[2]))))
"""


def within(namespace: str, *words: str) -> list[str]:
    return list(words) if namespace == "host" else ["ip", "netns", "exec", namespace, *words]


@contextmanager
def serving(listeners: list[list[Any]]) -> Iterator[None]:
    """Servers in namespaces: protocol, address, port, and the device that they are bound to."""
    started = []
    try:
        for namespace, protocol, address, port, *device in listeners:
            command = within(namespace, sys.executable, "-c", SERVE, protocol, address, str(port), *(device or [""]))
            started.append(subprocess.Popen(command, stdout=subprocess.PIPE))
            assert started[-1].stdout
            assert started[-1].stdout.readline() == b"listening\n"
        yield
    finally:
        for process in started:
            process.kill()
            process.communicate()


def arrives(network: dict[str, Any], tries: int) -> bool:
    """Whether a real packet is answered."""
    source, goal = network["question"]
    if network["protocol"] == "icmp":
        size = ["-s", str(network["size"])] if "size" in network else []
        command = within(source, "ping", "-n", "-c", "1", "-W", "1", *size, goal)
    else:
        command = within(source, sys.executable, "-c", CONNECT, goal, str(network["port"]))
    return any(subprocess.run(command, capture_output=True, check=False).returncode == 0 for _ in range(tries))


@pytest.mark.parametrize("network", NETWORKS)
def test_the_verdict_is_the_kernels_and_a_fix_lets_the_packet_through(lab: Lab, network: dict[str, Any]) -> None:
    commands = "; ".join(filter(None, (DATA["bases"].get(network.get("base")), network.get("commands"))))
    subprocess.run(["bash", "-ec", commands], check=True, capture_output=True)
    port = {network["protocol"]: network["port"]} if "port" in network else {}
    with serving(network.get("listeners", [])):
        time.sleep(network.get("wait", 0.2))
        for space in ["host", *(space.name for space in lab.snapshot().namespaces)]:
            subprocess.run(within(space, "ip", "neigh", "flush", "all"), check=False, capture_output=True)
        told = lab.why(*network["question"], size=network.get("size", 0), **port)
        assert told.arrives is arrives(network, TRIES if told.arrives else 1), str(told)
        if told.arrives:
            return
        assert told.findings[0].kind.startswith(network.get("cause", "")), str(told)
        fixes = [line for finding in told.findings for line in finding.cure.splitlines()]
        if fixes:
            subprocess.run(["bash", "-ec", "\n".join(fixes)], check=True, capture_output=True)
            assert arrives(network, 3 * TRIES), "\n".join(fixes)
