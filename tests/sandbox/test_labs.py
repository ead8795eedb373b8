"""``nslab list`` and ``nslab shell``: running labs seen and entered from another terminal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.sandbox import labs

from .traces import Traces

RUN = [sys.executable, "-m", "nslab_kernel.cli", "run", "--"]


# Runs a command on a terminal of its own, typing what it is given once something is shown.
TERMINAL = """
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
os.write(1, os.read(terminal, 1000))
os.write(terminal, sys.argv[1].encode())
while True:
    try:
        os.write(1, os.read(terminal, 1000))
    except OSError:
        break
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def on_terminal(command: list[str], typed: str) -> subprocess.CompletedProcess[str]:
    driver = [sys.executable, "-c", TERMINAL, typed, *command]
    return subprocess.run(driver, capture_output=True, text=True, timeout=20)


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
    shell = [sys.executable, "-m", "nslab_kernel.cli", "shell", "ns1", "--lab", running.id]
    ran = on_terminal(shell, typed="hi; type sudo; exit 4\n")
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


# In a private host, where no other labs are to be seen: two labs, then a shell without saying in which.
TWO_LABS = """
$nslab run sh -c "echo one > /etc/nslab/name; sleep 1000" &
$nslab run sh -c "echo two > /etc/nslab/name; sleep 1000" &
until [ "$($nslab list | wc -l)" -eq 3 ]; do sleep 0.05; done
$nslab shell -c "cat /etc/nslab/name"
"""


def ask_which(typed: str) -> subprocess.CompletedProcess[str]:
    script = TWO_LABS.replace("$nslab", f"{sys.executable} -m nslab_kernel.cli")
    return on_terminal([*RUN, "sh", "-c", script], typed)


def test_on_a_terminal_it_asks_which_of_several():
    asked = ask_which("2\n").stdout
    chosen = re.search(r"^2  sh -c echo (one|two)", asked, re.MULTILINE).group(1)
    assert asked.splitlines()[-1].endswith(chosen)


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [("9\n", 1, "'9' is none of 1 to 2"), ("x\n", 1, "'x' is none of 1 to 2"), ("\x04", 130, "Which lab, 1 to 2? ")],
)
def test_an_answer_that_is_none_is_told(typed, status, said):
    asked = ask_which(typed)
    assert asked.returncode == status
    assert said in asked.stdout
    assert "Traceback" not in asked.stdout


def test_a_lab_that_ended_is_not_taken_for_a_later_process():
    mine = labs.RunningLab("old", "old.ipynb", os.getpid(), 0.0)
    with pytest.raises(NslabError, match="the lab old has ended"):
        mine.hold()


def test_a_label_can_not_write_to_the_terminal(lab, nslab):
    running = lab("true")
    card = '{"label": "x\\\\u001b[31m", "id": ""}'
    nslab("shell", "--lab", running.id, "-c", f"printf '{card}' > /etc/nslab/lab.json")
    assert next(lab.label for lab in labs.running() if lab.pid == running.pid) == "x[31m"
