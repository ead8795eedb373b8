"""Namespaces that only a process holds, as Mininet's hosts, containers and ``unshare -n`` have them, by their names."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nslab_kernel.lab import Lab

MININET = ("bash", "--norc", "--noediting", "-is", "mininet:h1")  # as mininet/node.py starts a host


@pytest.fixture
def names(lab: Lab) -> Iterator[tuple[str, str]]:
    """The names of a host of Mininet's, 10.0.0.1, and of another process's namespace, 10.0.0.2, at one bridge."""
    lab.bridge("br0", "10.0.0.254/24")
    own = Path("/proc/self/ns/net").readlink()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with (
        subprocess.Popen(["unshare", "-n", *MININET], **pipes) as host,
        subprocess.Popen(["unshare", "-n", "sleep", "1000"]) as other,
    ):
        for number, process in enumerate((host, other), 1):
            while Path(f"/proc/{process.pid}/ns/net").readlink() == own:
                time.sleep(0.01)
            inside = f"nsenter -t {process.pid} -n ip"
            outside = f"ip link add v{number} type veth peer name eth0 netns {process.pid}; ip link set v{number}"
            lab.run("host", f"{outside} master br0 up; {inside} link set eth0 up")
            lab.run("host", f"{inside} addr add 10.0.0.{number}/24 dev eth0")
        yield "mininet:h1", f"pid-{other.pid}"
        host.kill()
        other.kill()


def test_they_are_taken_wherever_a_namespace_is(lab: Lab, names: tuple[str, str]) -> None:
    host, other = names
    assert {space.name for space in lab.snapshot().namespaces} == {host, other}
    assert "10.0.0.1/24" in lab.run(host, "ip -br addr show eth0").stdout
    assert lab.why(host, other).arrives
    assert lab.why(other, host, tcp=80).arrives is False
    verdicts = lab.check(f"{host} can ping 10.0.0.2\n{other} can ping {host}\n{host} has 10.0.0.1/24")
    assert all(verdict.holds for verdict in verdicts)
    assert lab.trace(host, "ping -c 1 10.0.0.2").returncode == 0
    assert f"left out: namespace {host}" in lab.script()


def test_the_commands_shown_for_them_can_be_typed(lab: Lab, names: tuple[str, str]) -> None:
    for name in names:
        lab.firewall(name, "input", "drop")
        found = lab.why("host", name)
        assert found.arrives is False
        fix = next(finding.cure for finding in found.findings if finding.cure)
        assert lab.run("host", fix).returncode == 0, fix
        assert lab.why("host", name).arrives
        for command in lab.address(name, "eth0", "10.0.1.1/24").commands:
            assert lab.run("host", command.replace(" add ", " del ")).returncode == 0, command
