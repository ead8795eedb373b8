"""``nslab list`` and ``nslab shell``: running labs seen and entered from another terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.sandbox import labs

from .traces import Traces

RUN = [sys.executable, "-m", "nslab_kernel.cli", "run", "--"]


@pytest.fixture
def lab() -> Iterator[Callable[[str], labs.RunningLab]]:
    """Start a lab by a shell script, and give it as the list shows it."""
    started: list[subprocess.Popen[str]] = []

    def start(script: str) -> labs.RunningLab:
        command = [*RUN, "sh", "-c", f"{script}; echo ready; sleep 1000"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return next(lab for lab in labs.running() if lab.label == " ".join(command[len(RUN) :]))

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_a_lab_is_listed_with_its_command_and_start_and_gone_when_it_ends(lab, nslab):
    running = lab(": hello")
    assert abs(running.since - time.time()) < 5
    line = next(line for line in nslab("list").stdout.splitlines() if line.startswith(running.id))
    assert "sh -c : hello; echo ready" in line
    assert time.strftime("%Y-%m-%d") in line
    os.kill(running.pid, 9)
    assert running.id not in nslab("list").stdout


def test_a_kernel_is_listed_with_its_notebook(kernel, nslab, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/ada/01-bridge.ipynb")
    kernel()
    assert "/home/ada/01-bridge.ipynb" in nslab("list").stdout


def test_a_shell_is_in_the_lab_and_gives_the_commands_status(lab, nslab):
    running = lab("ip link add br0 type bridge")
    ran = nslab("shell", "--lab", running.id, "-c", "id -u; hostname; ls /sys/class/net; sudo true; exit 3")
    assert ran.stdout.split() == ["0", "docker-host1", "br0", "lo"]
    assert (ran.returncode, ran.stderr) == (3, "")


def test_a_shell_is_in_the_namespace_and_in_the_callers_directory(lab, nslab, tmp_path):
    running = lab("ip netns add ns1; ip -n ns1 link add x type veth peer name y")
    ran = nslab("shell", "ns1", "--lab", running.id, "-c", "ls /sys/class/net; pwd", cwd=tmp_path)
    assert ran.stdout.split() == ["lo", "x", "y", str(tmp_path)]


def test_an_interactive_shell_shows_the_namespace_and_ends_with_its_status(lab, own_home):
    running = lab("ip netns add ns1")
    (own_home / ".bashrc").write_text("PROMPT_COMMAND='PS1=mine'; PATH=/usr/bin:$PATH; alias hi='echo hi there'\n")
    driver = (
        "import os, pty, sys\n"
        "pid, fd = pty.fork()\n"
        "if pid == 0: os.execv(sys.argv[1], sys.argv[1:])\n"
        "os.write(fd, b'hi; type sudo; exit 4\\n')\n"
        "while True:\n"
        "    try: os.write(1, os.read(fd, 1000))\n"
        "    except OSError: break\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
    )
    shell = [sys.executable, "-m", "nslab_kernel.cli", "shell", "ns1", "--lab", running.id]
    ran = subprocess.run([sys.executable, "-c", driver, *shell], capture_output=True, text=True, timeout=20)
    assert "root@ns1:" in ran.stdout
    assert "hi there" in ran.stdout
    assert "sandbox/shims/sudo" in ran.stdout
    assert ran.returncode == 4


def test_a_shell_ends_with_its_lab(lab, traces: Traces):
    running = lab("true")
    shell = [sys.executable, "-m", "nslab_kernel.cli", "shell", "--lab", running.id, "-c", "echo in; sleep 1000"]
    with subprocess.Popen(shell, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"in\n"
        os.kill(running.pid, 9)
        assert process.wait(timeout=10) == 137


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ns9"], "has no namespace ns9\nthere are: host, ns1"),
        (["../ns1"], "../ns1"),
        (["--", "-x"], "-x"),
    ],
)
def test_a_namespace_that_is_not_there_is_told(lab, nslab, arguments, said):
    running = lab("ip netns add ns1")
    ran = nslab("shell", "--lab", running.id, *arguments)
    assert ran.returncode == 1
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_of_several_labs_one_is_to_be_chosen():
    one, two = (labs.RunningLab(name, f"{name}.ipynb", 1, 0.0) for name in ("abc", "abd"))
    assert labs.choose([one], "") == one
    assert labs.choose([one, two], "abd") == two
    with pytest.raises(NslabError, match=r"2 labs are running:\n  abc  abc.ipynb\n  abd  abd.ipynb\nchoose one"):
        labs.choose([one, two], "")
    with pytest.raises(NslabError, match="2 labs"):
        labs.choose([one, two], "ab")
    with pytest.raises(NslabError, match="no lab with the id x"):
        labs.choose([one, two], "x")
    with pytest.raises(NslabError, match="no lab is running"):
        labs.choose([], "")


def test_a_lab_that_ended_is_not_taken_for_a_later_process():
    mine = labs.RunningLab("old", "old.ipynb", os.getpid(), 0.0)
    with pytest.raises(NslabError, match="the lab old has ended"):
        mine.hold()


def test_a_label_can_not_write_to_the_terminal(lab, nslab):
    running = lab("true")
    card = '{"label": "x\\\\u001b[31m", "id": ""}'
    nslab("shell", "--lab", running.id, "-c", f"printf '{card}' > /etc/nslab/lab.json")
    assert next(lab.label for lab in labs.running() if lab.pid == running.pid) == "x[31m"
