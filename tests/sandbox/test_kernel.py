"""The kernel ``nslab`` as front ends start and use it."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from .conftest import eventually, is_alive
from .traces import Traces


def test_a_cell_runs_as_root_of_docker_host1(kernel):
    lab = kernel()
    assert lab.run("6 * 7") == "42"
    assert lab.run("!id -u; hostname").split() == ["0", "docker-host1"]
    assert lab.ask("ip -br link").split()[:2] == ["lo", "UNKNOWN"]


def test_the_extension_is_loaded_by_itself_also_beside_the_users_own(kernel, own_home, tmp_path):
    profile = tmp_path / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    (tmp_path / "mine.py").write_text("def load_ipython_extension(shell): shell.user_ns['mine'] = 1")
    config = f"import sys; sys.path.append({str(tmp_path)!r}); c.InteractiveShellApp.extensions = ['mine']\n"
    (profile / "ipython_config.py").write_text(config + "c.InteractiveShellApp.exec_lines = ['from_config = 2']")
    lab = kernel("--ext", "IPython.extensions.autoreload")
    loaded = lab.run("print(*get_ipython().extension_manager.loaded)").split()
    assert {"mine", "nslab_kernel", "IPython.extensions.autoreload"} <= {*loaded}
    assert lab.run("mine, from_config") == "(1, 2)"


def test_what_it_reports_of_its_language_is_what_lessons_store(kernel):
    """A front end writes it into the notebook: with the machine's minor version, opening a lesson would change it."""
    lesson = json.loads((Path(__file__).parents[2] / "notebooks" / "en" / "01-bridge.ipynb").read_text())
    lab = kernel()
    reported = lab.client.kernel_info(reply=True, timeout=30)["content"]["language_info"]
    assert reported == lesson["metadata"]["language_info"]


def test_further_arguments_reach_ipykernel(kernel):
    lab = kernel("--InteractiveShell.ast_node_interactivity=all", "--IPKernelApp.exec_lines=from_line = 3")
    assert lab.run("from_line\n4") == "34"


def test_two_kernels_do_not_see_each_other(kernel):
    first, second = kernel(), kernel()
    first.run("!ip netns add ns1; ip link add br0 type bridge; echo 10.0.0.9 nine >> /etc/hosts")
    look = "ls /run/netns; ls /sys/class/net; getent hosts nine"
    assert first.ask(look).split() == ["ns1", "br0", "lo", "10.0.0.9", "nine"]
    assert second.ask(look) == "lo"
    assert len(second.ask("ls -d /proc/[0-9]*").split()) < 8
    first.run("import socket; server = socket.create_server(('127.0.0.1', 7777))")
    attempt = "import socket; socket.socket().connect_ex(('127.0.0.1', 7777)) == 0"
    assert (first.run(attempt), second.run(attempt)) == ("True", "False")
    assert socket.socket().connect_ex(("127.0.0.1", 7777)) != 0


@pytest.mark.parametrize("cell", ["!ping -c 1000 127.0.0.1", "%%bash\nping -c 1000 127.0.0.1", "while True: pass"])
def test_an_interrupt_ends_the_cell_and_what_it_started(kernel, traces: Traces, cell):
    lab = kernel()
    before = len(traces.processes())
    timer = threading.Timer(0.5, lab.manager.interrupt_kernel)
    started = time.monotonic()
    lab.run(cell, started=timer.start)
    assert 0.4 < time.monotonic() - started < 20
    assert eventually(lambda: len(traces.processes()) == before)
    assert lab.run("1 + 1") == "2"


def test_a_sigint_to_the_launcher_interrupts_as_it_would_ipykernel(kernel):
    lab = kernel()
    timer = threading.Timer(0.5, os.kill, (lab.launcher, signal.SIGINT))
    assert "KeyboardInterrupt" in lab.run("while True: pass", started=timer.start)
    assert lab.run("1 + 1") == "2"


def test_a_restart_gives_a_bare_host_on_the_same_ports(kernel, traces: Traces):
    lab = kernel()
    lab.run("x = 1\n!ip netns add ns1")
    old = traces.processes()
    ports = lab.manager.ports
    lab.manager.restart_kernel(now=True)
    lab.client.wait_for_ready(timeout=30)
    assert lab.manager.ports == ports
    assert lab.ask("ls /run/netns /sys/class/net").split() == ["/run/netns:", "/sys/class/net:", "lo"]
    assert "NameError" in lab.run("x")
    assert not {*old} & {*traces.processes()}


def test_a_polite_shutdown_is_answered_and_leaves_nothing(kernel, traces: Traces):
    lab = kernel()
    lab.run("!ip netns add ns1")
    launcher = lab.launcher
    lab.manager.shutdown_kernel(now=False)
    assert not is_alive(launcher)
    assert traces.processes() == []
    assert not traces.mounts()
    assert traces.files() == []


def test_input_is_asked_for_and_answered(kernel):
    lab = kernel()
    asked: list[str] = []

    def answer(message: dict) -> None:
        asked.append(message["content"]["prompt"])
        lab.client.input("blue")

    assert lab.run("print(input('Colour? ').upper())", allow_stdin=True, stdin_hook=answer) == "BLUE"
    assert asked == ["Colour? "]


def test_the_debugger_attaches_inside(kernel):
    lab = kernel()
    request = {"type": "request", "seq": 1, "command": "initialize", "arguments": {"clientID": "t", "adapterID": ""}}
    message = lab.client.session.msg("debug_request", request)
    lab.client.control_channel.send(message)
    reply = lab.client.control_channel.get_msg(timeout=20)
    assert reply["content"]["success"] is True


def test_a_long_output_comes_whole_and_in_order(kernel):
    lab = kernel()
    shown = lab.run("for n in range(200_000): print(n)")
    assert shown == "\n".join(map(str, range(200_000)))


def test_several_clients_share_a_kernel(kernel):
    lab = kernel()
    lab.run("x = 5")
    other = lab.connect()
    reply = other.execute("x + 1", user_expressions={"y": "x * 2"}, reply=True, timeout=10)
    assert reply["content"]["user_expressions"]["y"]["data"]["text/plain"] == "10"
    other.stop_channels()


def test_an_ipc_connection_file_is_served_too(kernel, tmp_path, traces: Traces):
    lab = kernel(transport="ipc", ip=str(tmp_path / "ipc"))
    assert lab.run("!hostname") == "docker-host1"
    assert len(list(tmp_path.glob("ipc-*"))) == 5
    lab.manager.shutdown_kernel(now=False)
    assert list(tmp_path.glob("ipc-*")) == []


def test_an_encrypted_connection_passes(kernel):
    lab = kernel(transport_encryption="required")
    assert "curve_secretkey" in Path(lab.manager.connection_file).read_text()
    assert lab.run("!hostname") == "docker-host1"


def test_the_kernel_s_own_file_is_private_and_in_no_disk(kernel):
    lab = kernel()
    assert lab.ask("stat -c %a /etc/nslab; stat -f -c %T /etc/nslab").split() == ["700", "tmpfs"]
    assert json.loads(lab.ask("cat /etc/nslab/connection.json"))["transport"] == "ipc"
