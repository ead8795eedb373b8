"""Private hosts on machines that are not as Debian leaves them: containers, minimal systems, labs in labs.

Each machine is made by mounts in a mount namespace of the test's own.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from .strangers import AS_NOBODY, OPEN_CHECKOUT, OWN_MOUNTS

RUN = f"{sys.executable} -m nslab_kernel.cli run"
UNPRIVILEGED = "unshare --user --map-user=1000 --map-group=1000" if os.getuid() else AS_NOBODY

NO_RUN_NETNS = "mount -t tmpfs none /run; mkdir /run/lock; echo kept > /run/file; ln -s file /run/link"
READ_ONLY_SYS = "mount -o remount,bind,ro /sys"
MASKED_PROC = "mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys"
CONTAINERS_RESOLV_CONF = "mount -t tmpfs none /mnt; echo nameserver 9.9.9.9 > /mnt/r; mount -B /mnt/r /etc/resolv.conf"

BUILD = "ip netns add a; ip netns exec a ip link add x type veth peer name y; ip netns exec a ls /sys/class/net"
NAMES = "mkdir /etc/netns/a; echo nameserver 1.2.3.4 > /etc/netns/a/resolv.conf; ip netns exec a cat /etc/resolv.conf"
BRIDGE = "ip link add name br0 type bridge; brctl show | cut -f1 | tail -1; head -1 /etc/hosts"
SHOWN = "lo\nx\ny\nnameserver 1.2.3.4\nbr0\n127.0.1.1 docker-host1\n"


def on_machine(setup: str, command: str) -> subprocess.CompletedProcess[str]:
    words = [*OWN_MOUNTS, f"{OPEN_CHECKOUT}; {setup}; {command}"]
    return subprocess.run(words, capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize("privileges", ["", UNPRIVILEGED])
@pytest.mark.parametrize(
    "setup", [NO_RUN_NETNS, READ_ONLY_SYS, MASKED_PROC, CONTAINERS_RESOLV_CONF, f"{NO_RUN_NETNS}; {MASKED_PROC}"]
)
def test_the_lab_is_whole(setup, privileges):
    ran = on_machine(setup, f"{privileges} {RUN} sh -ec '{BUILD}; {NAMES}; {BRIDGE}'")
    assert ran.stdout == SHOWN, ran.stderr


def test_a_lab_in_a_lab_in_a_lab_is_whole_though_overlays_do_not_stack_so_high(nslab):
    nested = [*RUN.split(), *RUN.split(), *RUN.split()]
    ran = nslab("run", *nested, "sh", "-ec", f"{BUILD}; {NAMES}; {BRIDGE}")
    assert ran.stdout == SHOWN, ran.stderr


def test_the_old_entries_of_run_are_all_there_and_the_machines_run_stays_as_it_was():
    look = "cat /run/link; ls -d /run/lock /run/netns"
    ran = on_machine(NO_RUN_NETNS, f"{RUN} sh -c '{look}'; ls /run")
    assert ran.stdout.split() == ["kept", "/run/lock", "/run/netns", "file", "link", "lock"], ran.stderr


def test_a_containers_own_resolv_conf_is_seen_inside():
    ran = on_machine(CONTAINERS_RESOLV_CONF, f"{RUN} cat /etc/resolv.conf")
    assert ran.stdout == "nameserver 9.9.9.9\n", ran.stderr


def test_check_names_the_containers_option_that_is_missing():
    ran = on_machine(MASKED_PROC, f"{UNPRIVILEGED} {RUN} {sys.executable} -m nslab_kernel.linux.preflight")
    assert "MISSING  forwarding between namespaces: " in ran.stdout
    assert "--security-opt systempaths=unconfined" in ran.stdout
