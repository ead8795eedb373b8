"""A real uplink: from a lab into the network of its machine. No packet leaves the machine in these tests.

Either the goal is a server on the machine's own loopback, or the machine is itself a private host with a made-up world.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from .conftest import children, eventually, is_alive
from .traces import Traces

Nslab = Callable[..., CompletedProcess[str]]

ASK = """
from nslab_kernel import Lab, NslabError
lab = Lab("en")
try:
    lab.uplink()
except NslabError as error:
    print(error)
"""
# What a private host runs to play the machine of a lab within; its argument is what runs in that lab.
MACHINE = """
import subprocess, sys
from nslab_kernel import Lab
lab = Lab("en")
{prepare}
print(subprocess.run([sys.executable, "-m", "nslab_kernel.cli", "run", "--", sys.executable, "-c", sys.argv[1]],
                     text=True, capture_output=True).stdout)
"""

TUN = "/dev/net/tun"
joins = pytest.mark.skipif(
    not os.access(TUN, os.R_OK | os.W_OK), reason=f"this machine doesn't let this user open {TUN}"
)


class Greeting(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"the machine itself")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """A server that only this machine reaches, on its loopback."""
    server = HTTPServer(("127.0.0.1", 0), Greeting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def comm(pid: int) -> str:
    """The name of a process; empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return ""


@pytest.fixture
def within(nslab: Nslab) -> Callable[[str, str], str]:
    """What a program says that runs in a lab on a machine of the test's own, once that is prepared."""

    def run(program: str, prepare: str) -> str:
        done = nslab("run", "--", sys.executable, "-c", MACHINE.format(prepare=prepare), program)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@joins
def test_a_lab_reaches_its_machine_once_it_is_told_to_and_no_longer(kernel, traces: Traces, port: int):
    lab = kernel()
    fetch = f"curl -s -m 3 http://10.0.2.2:{port}/"
    assert lab.ask(f"{fetch}; ip -br link").split()[0] == "lo"
    said = lab.run("%netns_auto off\n%netns_internet --real")
    assert "whatever this machine reaches" in said
    assert "%netns_internet --off" in said
    assert lab.ask(fetch) == "the machine itself"
    lab.run("%netns_bridge br0 172.16.0.1/16\n%netns_attach br0 ns1 172.16.1.1/16\n%netns_nat br0")
    assert lab.ask(f"ip netns exec ns1 {fetch}") == "the machine itself"
    held = len(traces.processes())
    lab.run("%netns_internet --off")
    assert eventually(lambda: len(traces.processes()) < held), "pasta has ended"
    assert "eth0" not in lab.ask("ip -br link")
    assert lab.ask(f"{fetch}; echo $?") == "7"
    assert "10.0.2.3" not in lab.ask("cat /etc/resolv.conf")


@joins
def test_a_reset_takes_the_uplink_away_and_it_can_be_had_again(kernel, port: int):
    lab = kernel()
    for _ in range(3):
        lab.run("%netns_internet --real")
        assert lab.ask(f"curl -s -m 3 http://10.0.2.2:{port}/") == "the machine itself"
        lab.run("%netns_reset")
        assert lab.ask("ip -br link").split()[0] == "lo"
        assert "eth0" not in lab.ask("ip -br link")


@joins
@pytest.mark.parametrize("victim", ["launcher", "kernel"])
def test_nothing_of_it_is_left_when_a_part_is_killed(kernel, traces: Traces, victim: str):
    lab = kernel()
    lab.run("%netns_internet --real")
    # Found by its parent, since pasta may keep its own environment to itself; it calls itself passt, or pasta.
    pastas = [child for holder in traces.processes() for child in children(holder) if comm(child).startswith("pas")]
    assert len(pastas) == 1
    if victim == "launcher":
        os.kill(lab.launcher, signal.SIGKILL)
    else:
        lab.client.execute("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert eventually(lambda: not traces.processes() and not is_alive(pastas[0]))
    assert not traces.mounts()


@joins
def test_no_port_of_the_lab_is_opened_on_the_machine_nor_the_other_way(kernel, port: int):
    lab = kernel()
    lab.run("%netns_internet --real")
    lab.run("import socket\nserver = socket.create_server(('', 18080))")
    time.sleep(1.5)  # pasta would look for open ports every second
    assert socket.socket().connect_ex(("127.0.0.1", 18080)) != 0
    assert lab.ask(f"curl -s -m 3 http://127.0.0.1:{port}/") == ""


@joins
def test_names_and_addresses_are_those_of_the_machine_s_network(within: Callable[[str, str], str]):
    look = "print(lab.run('host', 'curl -s -m 3 http://www.example.com/; ping -c 1 -W 1 203.0.113.10').stdout)"
    said = within(ASK + look, "lab.internet()")
    assert "you are 192.0.2.2" in said
    assert " 0% packet loss" in said


@joins
def test_a_machine_without_a_network_is_told(within: Callable[[str, str], str]):
    said = within(ASK + "print(lab.snapshot().host.interface('eth0'))", "")
    if "name='eth0'" in said:  # later versions of pasta join a lab to what there is, the machine's loopback
        assert "couldn't join" not in said
        return
    assert "couldn't join the lab to this machine's network" in said
    assert "needs a default route" in said
    assert said.split()[-1] == "None"


def test_a_machine_without_tun_is_told(within: Callable[[str, str], str]):
    said = within(ASK, "lab.internet(); lab.run('host', 'mount -t tmpfs none /dev/net')")
    assert "There is no /dev/net/tun" in said
    assert "modprobe tun" in said


def test_a_machine_that_lets_nobody_open_tun_is_told(within: Callable[[str, str], str]):
    closed = "mount -t tmpfs none /dev/net; touch /dev/net/tun; mount -o remount,bind,ro /dev/net"
    said = within(ASK, f"lab.internet(); lab.run('host', '{closed}')")
    assert "You may not open /dev/net/tun" in said
    assert "sudo chmod 666 /dev/net/tun" in said


def test_a_machine_without_pasta_is_told(within: Callable[[str, str], str]):
    hide = "lab.internet(); lab.run('host', 'mount --bind /dev/null $(realpath $(command -v pasta))')"
    said = within(ASK, hide)
    assert "pasta isn't installed" in said
    assert "sudo apt install passt" in said


@joins
def test_either_the_real_or_the_made_up_world(kernel):
    lab = kernel()
    lab.run("%netns_internet")
    assert "there already" in lab.run("%netns_internet --real")
    lab.run("%netns_internet --off")
    lab.run("%netns_internet --real")
    assert "real uplink already" in lab.run("%netns_internet")
    assert "real uplink already" in lab.run("%netns_internet --real")
