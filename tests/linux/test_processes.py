"""Processes in a namespace: what they see, how their output comes, and that nothing of them stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from glob import glob
from pathlib import Path

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.simple_command import simple_words
from nslab_kernel.linux import processes

Shell = Callable[[str], str]
RUNNING = "ps -eo args | grep '[s]leep {}'"


@pytest.fixture(autouse=True)
def namespace(bare: None, shell: Shell) -> Iterator[None]:
    """A namespace with an interface whose other end is the host's."""
    shell("ip netns add ns1; ip link add veth-ns1 type veth peer name eth00-ns1 netns ns1")
    yield
    shell("rm -rf /etc/netns/ns1")


def both_see(command: str) -> str:
    """What a command prints in ns1, which must be what it prints under `ip netns exec`."""
    ours = processes.run("ns1", command).stdout
    theirs = subprocess.run(["ip", "netns", "exec", "ns1", "bash", "-c", command], capture_output=True, text=True)
    assert ours == theirs.stdout
    return ours


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_running(seconds: int) -> bool:
    """Whether a ``sleep`` of so many seconds runs."""
    return bool(processes.run("host", RUNNING.format(seconds)).stdout)


# what they see


def test_a_command_sees_its_namespaces_interfaces_as_under_ip_netns_exec() -> None:
    assert "eth00-ns1" in both_see("ip -brief link | sort")
    assert both_see("ls /sys/class/net").split() == ["eth00-ns1", "lo"]


def test_the_namespaces_own_files_lie_over_those_of_etc(shell: Shell) -> None:
    shell("mkdir -p /etc/netns/ns1; echo nameserver 203.0.113.53 > /etc/netns/ns1/resolv.conf")
    assert both_see("cat /etc/resolv.conf") == "nameserver 203.0.113.53\n"
    shell("echo nameserver 203.0.113.54 > /etc/netns/ns1/resolv.conf")
    assert both_see("cat /etc/resolv.conf") == "nameserver 203.0.113.54\n"
    shell("rm /etc/netns/ns1/resolv.conf; echo nameserver 203.0.113.55 > /etc/netns/ns1/resolv.conf")
    assert both_see("cat /etc/resolv.conf") == "nameserver 203.0.113.55\n"
    shell("rm -r /etc/netns/ns1")
    assert "203.0.113" not in both_see("cat /etc/resolv.conf")


def test_a_file_that_etc_lacks_is_passed_over(shell: Shell) -> None:
    shell("mkdir -p /etc/netns/ns1; echo x > /etc/netns/ns1/no-such-file-in-etc")
    assert processes.run("ns1", "echo fine").stdout == "fine\n"


def test_a_mount_that_a_command_made_is_gone_with_it_and_one_of_the_host_is_seen(shell: Shell, tmp_path: Path) -> None:
    assert processes.run("ns1", f"mount -t tmpfs none {tmp_path} && touch {tmp_path}/there").returncode == 0
    assert processes.run("ns1", f"ls {tmp_path}").stdout == ""
    shell(f"mount -t tmpfs none {tmp_path}; touch {tmp_path}/here")
    try:
        assert processes.run("ns1", f"ls {tmp_path}").stdout == "here\n"
    finally:
        shell(f"umount {tmp_path}")
    assert processes.run("ns1", f"ls {tmp_path}").stdout == ""


def test_a_namespace_made_anew_under_the_same_name_is_the_new_one(shell: Shell) -> None:
    assert "eth00-ns1" in processes.run("ns1", "ls /sys/class/net").stdout
    shell("ip netns del ns1; ip netns add ns1")
    assert processes.run("ns1", "ls /sys/class/net; ip -brief link").stdout.split()[:2] == ["lo", "lo"]


def test_the_working_directory_and_the_environment_are_the_callers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NSLAB_WORD", "kept")
    assert processes.run("ns1", "pwd; echo $NSLAB_WORD").stdout == f"{tmp_path}\nkept\n"


def test_standard_input_is_closed() -> None:
    assert processes.run("ns1", "cat; echo done").stdout == "done\n"


def test_words_reach_no_shell() -> None:
    assert processes.run("ns1", ["echo", "$(reboot)", "a;b", "*"]).stdout == "$(reboot) a;b *\n"


def test_every_word_that_bash_understands_itself_is_left_to_bash() -> None:
    own = processes.run("host", "compgen -b; compgen -k").stdout.split()
    assert len(own) > 70
    assert [word for word in own if simple_words(word)] == ["false", "true"]


@pytest.mark.parametrize("line", ["ip -brief address", "ls -la /sys/class/net/lo", "false", "ls /no/such", "no-such"])
def test_a_plain_command_gives_what_bash_would_give(line: str) -> None:
    without = processes.run("ns1", line)
    by_bash = processes.run("ns1", ["bash", "-c", line])
    assert without == by_bash


# output


def test_output_comes_as_it_is_printed_each_stream_in_order() -> None:
    came: list[tuple[str, str, float]] = []
    processes.run(
        "ns1",
        "echo 1; sleep 0.3; echo 2; echo x >&2; sleep 0.3; printf 3",
        on_output=lambda stream, text: came.append((stream, text, time.monotonic())),
    )
    assert "".join(text for stream, text, _ in came if stream == "stdout") == "1\n2\n3"
    assert "".join(text for stream, text, _ in came if stream == "stderr") == "x\n"
    assert came[-1][2] - came[0][2] > 0.5


def test_a_character_that_comes_in_pieces_stays_whole() -> None:
    assert processes.run("ns1", r"printf '\xe7'; sleep 0.1; printf '\xbd\x91'; printf '\xff'").stdout == "网\ufffd"


def test_of_output_that_was_handed_out_only_the_end_is_kept() -> None:
    taken: list[int] = []
    command = "seq 200000"
    result = processes.run("ns1", command, on_output=lambda _, text: taken.append(len(text)))
    whole = processes.run("ns1", command).stdout
    assert sum(taken) == len(whole)
    assert result.stdout.endswith("200000\n")
    assert len(result.stdout) < len(whole) / 4


def test_exit_statuses_and_signals_are_told() -> None:
    assert processes.run("ns1", "exit 7").returncode == 7
    assert processes.run("ns1", "kill -9 $$").returncode == -signal.SIGKILL


# endings


def test_what_is_left_running_does_not_hold_the_caller_and_is_still_heard() -> None:
    came: list[str] = []
    processes.run("ns1", "(sleep 2; echo late; sleep 61) & echo early", on_output=lambda _, text: came.append(text))
    assert came == ["early\n"]
    assert eventually(lambda: "late\n" in came)
    assert is_running(61)
    subprocess.run(["pkill", "-f", "sleep 61"], check=True)


def test_what_is_left_running_is_not_stopped_by_a_full_pipe(tmp_path: Path) -> None:
    done = tmp_path / "done"
    processes.run("ns1", f"(sleep 0.3; seq 300000; touch {done}) & true")
    assert eventually(done.exists)


def test_a_flood_from_what_is_left_running_does_not_hold_the_caller() -> None:
    began = time.monotonic()
    processes.run("ns1", "yes & true", on_output=lambda _stream, _text: None)
    assert time.monotonic() - began < 20
    subprocess.run(["pkill", "yes"], check=True)


@pytest.mark.parametrize("command", ["sleep 62 & sleep 62", "trap '' TERM; sleep 62; sleep 62", "yes & sleep 62"])
def test_a_timeout_ends_everything_even_what_will_not(command: str) -> None:
    began = time.monotonic()
    result = processes.run("ns1", command, timeout=0.4, on_output=lambda _stream, _text: None)
    assert result.timed_out
    assert time.monotonic() - began < 20
    assert not is_running(62)
    assert not processes.run("host", "pgrep -x yes").stdout


def test_an_interrupt_lets_ping_say_its_last_words_and_ends_everything() -> None:
    program = """
        import sys, time
        from nslab_kernel.linux import processes
        try:
            show = lambda stream, text: print(text, end="", flush=True)
            processes.run("host", "sleep 63 & ping 127.0.0.1", on_output=show)
        except KeyboardInterrupt:
            print("interrupted")
    """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert child.stdout is not None
    for line in child.stdout:
        if "icmp_seq=1" in line:
            break
    began = time.monotonic()
    child.send_signal(signal.SIGINT)
    rest = child.stdout.read()
    assert child.wait() == 0
    assert time.monotonic() - began < 20
    assert "ping statistics" in rest
    assert rest.endswith("interrupted\n")
    assert not is_running(63)


def test_a_signal_to_a_started_process_reaches_all_that_it_started() -> None:
    process = processes.start("ns1", "sleep 64; sleep 64", keep_output=False)
    assert eventually(lambda: is_running(64))
    process.terminate()
    assert process.wait(5) == -signal.SIGTERM
    assert eventually(lambda: not is_running(64))


# nothing stays behind


def test_a_namespace_in_which_commands_ran_goes_at_once_when_it_is_deleted(shell: Shell) -> None:
    for _ in range(3):
        processes.run("ns1", "cat /sys/class/net/lo/ifindex")
    shell("ip netns del ns1")
    assert eventually(lambda: not os.path.exists("/sys/class/net/veth-ns1"))


def test_no_thread_and_no_file_of_ours_stays_in_a_namespace() -> None:
    processes.run("ns1", "true")
    files, threads = os.listdir("/proc/self/fd"), threading.active_count()
    for _ in range(30):
        processes.run("ns1", "echo x")
    assert eventually(lambda: len({os.readlink(path) for path in glob("/proc/self/task/*/ns/net")}) == 1)
    assert len(os.listdir("/proc/self/fd")) == len(files)
    assert threading.active_count() == threads


def test_many_namespaces_take_no_more_than_so_many_files(shell: Shell) -> None:
    names = [f"many{number}" for number in range(100)]
    shell("\n".join(f"ip netns add {name}" for name in names))
    before = len(os.listdir("/proc/self/fd"))
    for name in names:
        assert processes.run(name, "ls /sys/class/net").stdout == "lo\n"
    assert len(os.listdir("/proc/self/fd")) - before <= 2 * 64


def test_commands_from_several_threads_each_run_in_their_own_namespace(shell: Shell) -> None:
    shell("for n in 2 3 4; do ip netns add ns$n; done")
    seen: dict[str, set[str]] = {}

    def work(name: str) -> None:
        seen[name] = {processes.run(name, "ip netns identify $$").stdout.strip() for _ in range(20)}

    threads = [threading.Thread(target=work, args=(f"ns{number}",)) for number in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {name: {name} for name in seen}
    assert len(seen) == 4


# bad input


def test_what_is_not_there_is_told_in_a_sentence() -> None:
    with pytest.raises(NslabError, match='no namespace "ns9"'):
        processes.run("ns9", "true")
    with pytest.raises(NslabError, match=r'no namespace "\.\./netns/ns1"'):
        processes.run("../netns/ns1", "true")
    with pytest.raises(NslabError, match=r"brctl-no isn't installed"):
        processes.run("ns1", ["brctl-no"])
