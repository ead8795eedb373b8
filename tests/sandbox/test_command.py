"""``nslab run``: a command in a private host of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import eventually
from .traces import Traces

RUN = [sys.executable, "-m", "nslab_kernel.cli", "run", "--"]


def test_the_command_is_root_on_docker_host1_with_lo_alone_and_up(nslab):
    shown = nslab("run", "--", "sh", "-c", "id -u; hostname; ip -br link; getent hosts docker-host1").stdout
    assert shown.split()[:5] == ["0", "docker-host1", "lo", "UNKNOWN", "00:00:00:00:00:00"]
    assert "127.0.1.1" in shown


@pytest.mark.parametrize(("command", "status"), [("true", 0), ("exit 7", 7), ("kill -9 $$", 137), ("kill $$", 143)])
def test_the_exit_status_is_the_commands(nslab, command, status):
    assert nslab("run", "sh", "-c", command).returncode == status


def test_a_command_that_is_not_there_is_told_as_a_shell_tells_it(nslab):
    ran = nslab("run", "no-such-command")
    assert (ran.returncode, ran.stderr) == (127, "nslab: no-such-command: command not found\n")


def test_a_file_that_is_no_program_is_told_as_a_shell_tells_it(nslab, tmp_path):
    (tmp_path / "text").write_text("not a program")
    ran = nslab("run", "./text", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (126, "nslab: ./text: Permission denied\n")


def test_run_without_a_command_says_how(nslab):
    ran = nslab("run")
    assert ran.returncode == 1
    assert "nslab run -- COMMAND" in ran.stderr


def test_stdin_directory_environment_and_files_are_the_callers(nslab, tmp_path, monkeypatch):
    monkeypatch.setenv("COLOUR", "vermilion")
    ran = nslab("run", "sh", "-c", "cat; pwd; echo $COLOUR > made", input="hello ", cwd=tmp_path)
    assert ran.stdout == f"hello {tmp_path}\n"
    assert (tmp_path / "made").read_text() == "vermilion\n"
    assert (tmp_path / "made").stat().st_uid == os.getuid()


def test_namespaces_and_changes_of_etc_stay_inside(nslab):
    before = Path("/etc/hosts").read_bytes()
    script = "ip netns add nslab-inside && mkdir /etc/netns/x && echo 10.0.0.9 nine >> /etc/hosts && getent hosts nine"
    ran = nslab("run", "sh", "-c", script)
    assert "10.0.0.9" in ran.stdout, ran.stderr
    assert not Path("/run/netns/nslab-inside").exists()
    assert not Path("/etc/netns/x").exists()
    assert Path("/etc/hosts").read_bytes() == before


def test_the_machines_own_namespace_directory_is_not_made(nslab):
    was_there = Path("/run/netns").exists()
    assert nslab("run", "ip", "netns", "add", "a").returncode == 0
    assert Path("/run/netns").exists() == was_there


def test_sys_and_proc_show_this_host_also_in_its_namespaces(nslab):
    build = "ip netns add a; ip netns exec a ip link add x type veth peer name y"
    look = "ls /sys/class/net; ls -d /proc/[0-9]*; ip netns exec a ls /sys/class/net"
    shown = nslab("run", "sh", "-c", f"{build}; {look}").stdout.split()
    assert shown[0] == "lo"
    assert shown[-3:] == ["lo", "x", "y"]
    assert len([word for word in shown if word.startswith("/proc")]) < 6


def test_what_a_command_leaves_running_ends_with_it(traces: Traces):
    subprocess.run([*RUN, "sh", "-c", "ip netns add a; setsid sleep 1000 & echo started"], timeout=30, check=True)
    assert traces.processes() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_reaches_the_command(traces: Traces, number):
    script = f"trap 'echo caught; exit 5' {number.name[3:]}; echo ready; while :; do sleep 0.05; done"
    command = ["env", "--default-signal", *RUN, "sh", "-c", script]  # where nohup runs the tests, HUP is ignored
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        assert process.stdout.read() == b"caught\n"
    assert process.returncode == 5


def test_ctrl_c_on_a_terminal_reaches_the_command_once(traces: Traces):
    catch = "import signal, time; signal.signal(2, lambda *_: print('caught'))"
    script = f"{catch}; print('ready'); time.sleep(1); print('end')"
    driver = (
        "import pty, os, sys\n"
        "pid, fd = pty.fork()\n"
        "if pid == 0: os.execv(sys.argv[1], sys.argv[1:])\n"
        "seen = b''\n"
        "while b'ready' not in seen: seen += os.read(fd, 100)\n"
        "os.write(fd, b'\\x03')\n"
        "while True:\n"
        "    try: seen += os.read(fd, 100)\n"
        "    except OSError: break\n"
        "print(seen.count(b'caught'), seen.count(b'end'), os.waitpid(pid, 0)[1])\n"
    )
    command = [sys.executable, "-c", driver, *RUN, sys.executable, "-uc", script]
    assert subprocess.run(command, capture_output=True, text=True, timeout=30).stdout == "1 1 0\n"


def test_kill_9_of_the_outer_process_leaves_nothing(traces: Traces):
    command = [*RUN, "sh", "-c", "ip netns add a; echo ready; sleep 1000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        process.kill()
    assert eventually(lambda: not traces.processes())
    assert not traces.mounts()


def test_a_private_host_can_be_made_inside_another(nslab):
    inner = " ".join(RUN)
    assert nslab("run", "sh", "-c", f"ip netns add a; {inner} sh -c 'ip netns; hostname'").stdout == "docker-host1\n"
