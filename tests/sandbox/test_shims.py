"""Tutorial commands that need sudo, a terminal or a user change run unchanged."""

from __future__ import annotations

import os

import pytest


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("sudo id -u", "0"),
        ("sudo -u root id -u", "0"),
        ("sudo -nuroot id -u", "0"),
        ("sudo --user=root -E -- id -u", "0"),
        ("sudo --user root id -u", "0"),
        ("sudo X=3 sh -c 'echo $X'", "3"),
        ("sudo -D /etc pwd", "/etc"),
        ("sudo -b sh -c 'echo later'; sleep 0.2", "later"),
        ("echo 'id -u' | sudo -s", "0"),
        ("echo 'id -u' | sudo -i", "0"),
        ("sudo -v; sudo -k; echo fine", "fine"),
        ("sudo -s id -u", "0"),
        ("sudo printf '%s\\n' 'a  b' '*'", "a  b\n*"),
        ("sudo sh -c 'exit 5'; echo $?", "5"),
    ],
)
def test_sudo_runs_the_command(nslab, command, shown):
    ran = nslab("run", "sh", "-c", command)
    assert (ran.stdout.strip(), ran.stderr) == (shown, "")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("sudo", "which command?"),
        ("sudo nosuch", "sudo: nosuch: command not found"),
        ("sudo ./nosuch", "sudo: ./nosuch: command not found"),
        ("sudo cd /", "sudo: cd: command not found"),
        ("sudo -u", "-u needs a value"),
        ("sudo --user", "--user needs a value"),
        ("sudo -e /etc/hosts", "just edit the file"),
    ],
)
def test_sudo_says_in_a_sentence_what_it_can_not_do(nslab, command, said):
    ran = nslab("run", "sh", "-c", command)
    assert ran.returncode == 1
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("NSLAB_LANG=zh", "sudo：没有用户 nobody-here"),
        ("NSLAB_LANG= LC_ALL=zh_CN.UTF-8", "sudo：没有用户 nobody-here"),
        ("NSLAB_LANG=en LC_ALL=zh_CN.UTF-8", "sudo: unknown user nobody-here"),
        ("NSLAB_LANG=xx", "sudo: unknown user nobody-here"),
    ],
)
def test_a_replaced_command_speaks_the_readers_language(nslab, setting, said):
    ran = nslab("run", "sh", "-c", f"{setting} sudo -u nobody-here id")
    assert ran.stderr.strip() == said


def test_ping_without_a_count_ends_by_itself_where_no_one_can_press_ctrl_c(nslab):
    ran = nslab("run", "sh", "-c", "ping -i 0.2 127.0.0.1")
    assert "4 packets transmitted, 4 received, 0% packet loss" in ran.stdout
    assert ran.stderr.startswith("nslab: ping stops after 4 packets")
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.parametrize("options", ["-c 1", "-c1", "-nc1", "-i 0.2 -c 2", "-I lo -w 1", "-nw1", "-V", "-Q 0 -c 1"])
def test_ping_with_a_bound_of_its_own_is_left_alone(nslab, options):
    ran = nslab("run", "sh", "-c", f"ping {options} 127.0.0.1")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "4 packets transmitted" not in ran.stdout


def test_a_value_that_looks_like_a_count_is_no_count(nslab):
    ran = nslab("run", "sh", "-c", "ping -i 0.2 -p c0 127.0.0.1 | tail -2")
    assert "4 packets transmitted" in ran.stdout


# A capture of one packet, which gets pings until it has ended: nobody knows when it is ready.
PINGED = "& while kill -0 $!; do ping -c 1 127.0.0.1 > /dev/null; sleep 0.1; done 2> /dev/null; wait $!"


def test_tcpdump_captures(nslab):
    script = f"tcpdump -n -c 1 -i lo {PINGED}"
    ran = nslab("run", "sh", "-c", script)
    assert "ICMP echo request" in ran.stdout, ran.stderr


def test_tcpdump_writes_a_file_that_is_the_callers(nslab, tmp_path):
    script = f"tcpdump -n -c 1 -i lo -w seen.pcap {PINGED}"
    ran = nslab("run", "sh", "-c", script, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "seen.pcap").stat().st_uid == os.getuid()


def test_dnsmasq_serves_as_root(nslab):
    dnsmasq = "dnsmasq --user=root --group=root --keep-in-foreground --pid-file= --port=0"
    ran = nslab("run", "sh", "-c", f"{dnsmasq} --enable-tftp & sleep 0.5; kill -0 $! && echo serves")
    assert ran.stdout == "serves\n", ran.stderr
