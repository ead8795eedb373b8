"""A lab has limits: what goes wrong in one leaves its neighbour alone, and all of it is gone afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest

from nslab_kernel.sandbox import limits
from nslab_kernel.sandbox.limits import Limits
from nslab_kernel.sandbox.refusal import RefusedError

from .conftest import eventually
from .strangers import AS_NOBODY, OPEN_CHECKOUT, OWN_MOUNTS
from .traces import Traces

BASH, UNPRIVILEGED = (["bash", "-euc"], "") if os.getuid() else (OWN_MOUNTS, AS_NOBODY)
RUN = f"exec {UNPRIVILEGED} {sys.executable} -m nslab_kernel.cli run --"


@contextmanager
def lab(command: str, **variables: str):
    """A lab of an ordinary user that runs shell lines."""
    words = [*BASH, f'{OPEN_CHECKOUT}; {RUN} bash -c "$0"', command]
    environment = {**os.environ, **variables}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(words, text=True, env=environment, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def shown(command: str, **variables: str) -> str:
    with lab(command, **variables) as process:
        return process.communicate(timeout=60)[0]


def test_what_a_lab_may_use_is_stated():
    look = "ulimit -u; cat /proc/sys/user/max_net_namespaces; df -m --output=size /etc/nslab | tail -1"
    assert shown(look).split() == ["1024", "1000", "64"]
    variables = {"NSLAB_MAX_PROCESSES": "200", "NSLAB_MAX_NAMESPACES": "30", "NSLAB_MAX_FILES": "2m"}
    assert shown(look, **variables).split() == ["200", "30", "2"]


@pytest.mark.parametrize(
    ("mistake", "evidence"),
    [
        # Each process waits for its children: the bomb ends when its lab does.
        ("bomb() { bomb | bomb & wait; }; bomb", "set -- /proc/[0-9]*; (($# > 90))"),
        ("for n in $(seq 60); do ip netns add n$n; done", "set -- /run/netns/*; (($# == 29))"),
        ("cat /dev/zero > /etc/netns/big", "test $(stat -c %s /etc/netns/big) = 2097152"),
        ("cat /dev/zero > /var/tmp/big", "test $(df --output=avail /tmp | tail -1) = 0"),
    ],
)
def test_the_neighbour_goes_on_and_nothing_is_left(traces: Traces, mistake, evidence):
    bounds = {
        "NSLAB_MAX_PROCESSES": "100",
        "NSLAB_MAX_NAMESPACES": "30",
        "NSLAB_MAX_FILES": "2m",
        "NSLAB_MAX_DISK": "8m",
    }
    # Without a fork where none is needed: at the bound of processes bash would try again for a minute and longer.
    look = f"for ((n = 0; n < 300; n++)); do if {evidence}; then echo reached; break; fi; read -t 0.1; done"
    wait = f"({mistake}) & {look}; read"
    with lab(wait, **bounds) as wrong:
        assert wrong.stdout.readline() == "reached\n"
        build = "ip netns add a && echo 1.2.3.4 x >> /etc/hosts && ip netns exec a ls /run/netns && (sleep 0 | echo ok)"
        assert shown(build, **bounds) == "a\nok\n"
    assert eventually(lambda: not traces.processes())
    assert not traces.mounts()


def test_when_memory_is_short_a_lab_goes_first(nslab):
    assert nslab("run", "cat", "/proc/self/oom_score_adj").stdout == "500\n"


def test_roots_lab_leaves_the_machines_limits_alone(nslab):
    with open("/proc/sys/user/max_net_namespaces") as setting:
        before = setting.read()
    nslab("run", "true")
    with open("/proc/sys/user/max_net_namespaces") as setting:
        assert setting.read() == before


def test_limits_are_read_from_variables_and_have_defaults():
    assert limits.read({}) == Limits(processes=1024, namespaces=1000, files="64m")
    assert limits.read({"NSLAB_MAX_FILES": "5%", "NSLAB_MAX_PROCESSES": ""}) == Limits(files="5%")


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "٣", "64m,mode=777", "0%", "100%"])
@pytest.mark.parametrize("name", ["NSLAB_MAX_PROCESSES", "NSLAB_MAX_NAMESPACES", "NSLAB_MAX_FILES", "NSLAB_MAX_DISK"])
def test_what_is_no_limit_is_refused(name, text):
    with pytest.raises(RefusedError, match=name):
        limits.read({name: text})
