"""A machine that permits no private host: told before the kernel starts, with cause and cure."""

from __future__ import annotations

import errno
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from nslab_kernel.linux.refusals import Machine, explain, read_machine
from nslab_kernel.sandbox.refusal import RefusedError

from .refusing import CURE, REASON, WITHOUT_USER_NAMESPACES
from .strangers import OPEN_CHECKOUT, OWN_MOUNTS

OPEN = Machine(limits={"max_user_namespaces": 1000})


@pytest.mark.parametrize(
    ("step", "number", "machine", "said"),
    [
        (
            "user namespace",
            errno.ENOSPC,
            Machine({"max_user_namespaces": 0}),
            ("user.max_user_namespaces is 0", "sudo sysctl -w user.max_user_namespaces=15000"),
        ),
        (
            "network namespace",
            errno.ENOSPC,
            Machine({"max_net_namespaces": 2}),
            ("user.max_net_namespaces is 2 and so many are in use", "sudo sysctl -w user.max_net_namespaces=15000"),
        ),
        (
            "user namespace",
            errno.EPERM,
            Machine({}, unprivileged_userns_clone=False),
            ("kernel.unprivileged_userns_clone is 0", "sudo sysctl -w kernel.unprivileged_userns_clone=1"),
        ),
        (
            "user namespace mapping",
            errno.EPERM,
            Machine({}, apparmor_restricts=True),
            ("apparmor_restrict_unprivileged_userns is 1", "apparmor_restrict_unprivileged_userns=0"),
        ),
        (
            "mounts",
            errno.EACCES,
            Machine({}, apparmor_restricts=True),
            ("mounts was refused", "apparmor_restrict_unprivileged_userns=0"),
        ),
        (
            "user namespace",
            errno.EPERM,
            Machine({}, seccomp=True, container=True),
            ("by the container", "--security-opt seccomp=unconfined"),
        ),
        ("user namespace", errno.EPERM, Machine({}, seccomp=True), ("a seccomp filter", "seccomp=unconfined")),
        ("user namespace", errno.EPERM, Machine({}, chroot=True), ("by the chroot", "outside of the chroot")),
        ("mounts", errno.EINVAL, Machine({}, chroot=True), ("by the chroot", "outside of the chroot")),
        ("user namespace", errno.EINVAL, OPEN, ("this kernel is built without it", "virtual machine")),
        ("user namespace", errno.EPERM, OPEN, ("no reason given", "ask an administrator")),
        ("/sys", errno.EBUSY, OPEN, ("mount sysfs", "nslab check")),
    ],
)
def test_each_cause_has_its_cure(step, number, machine, said):
    error = explain(step, number, "mount sysfs", machine)
    assert said[0] in error.message
    assert said[1] in error.cure
    assert step in error.message


def test_a_refusal_survives_the_pipe():
    sent = RefusedError("user namespace", errno.ENOSPC, "unshare: No space left on device")
    received = RefusedError.decode(sent.encode())
    assert (received.step, received.number, received.detail) == (sent.step, sent.number, sent.detail)


def test_this_machine_can_be_read():
    assert read_machine().limits["max_user_namespaces"] >= 0


def test_a_chroot_is_named_as_one(tmp_path: Path) -> None:
    assert not read_machine().chroot
    inside = f"{shlex.quote(sys.executable)} -m nslab_kernel.cli check"
    script = f"""
        for entry in /*; do
            if [ -L "$entry" ]; then cp -P "$entry" "$1$entry"; continue; fi
            [ -d "$entry" ] && mkdir -p "$1$entry" && mount --rbind "$entry" "$1$entry"
        done
        exec chroot "$1" env HOME=/tmp {inside}"""
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "by the chroot that this runs in." in ran.stdout, ran.stdout + ran.stderr
    assert ran.returncode == 1


def test_run_and_check_and_lab_say_it_and_fail():
    for words in (["run", "true"], ["check"], ["lab", "--no-browser"]):
        command = [*WITHOUT_USER_NAMESPACES, sys.executable, "-m", "nslab_kernel.cli", *words]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert ran.returncode == 1
        said = ran.stderr + ran.stdout
        assert REASON in said
        assert CURE in said
        assert "Traceback" not in ran.stderr


def refused_kernelspec(directory: Path, before: list[str]) -> None:
    """A kernelspec like ours whose launcher runs where it is refused."""
    spec = KernelSpecManager().get_kernel_spec("nslab")
    spec.argv = [*before, sys.executable, *spec.argv[1:]]
    (directory / "refused").mkdir(parents=True)
    (directory / "refused" / "kernel.json").write_text(spec.to_json())


def test_the_kernel_answers_every_cell_with_it_and_stderr_has_it(kernel, tmp_path, monkeypatch, capfd):
    refused_kernelspec(tmp_path / "kernels", WITHOUT_USER_NAMESPACES)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    lab = kernel(kernel_name="refused")
    sentence = f"This machine does not permit a private network host: {REASON}\n{CURE}"
    assert lab.run("6 * 7") == sentence
    assert lab.run("%%netns ns1") == sentence
    assert f"nslab: {sentence}\n" in capfd.readouterr().err


FILTER = """
import ctypes, os, struct, sys
from nslab_kernel.linux.syscalls import filter_system_calls
os.setresuid(65534, 65534, 65534) if os.getuid() == 0 else None
ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS, without which a filter needs privilege
number = {"x86_64": 272, "aarch64": 97}[os.uname().machine]  # unshare(2)
one = lambda code, value, yes=0, no=0: struct.pack("HBBI", code, yes, no, value)
filter_system_calls(one(32, 0) + one(21, number, 0, 1) + one(6, 0x00050000 | 1) + one(6, 0x7FFF0000))
os.execv(sys.executable, [sys.executable, "-m", "nslab_kernel.cli", "run", "true"])
"""


def test_a_containers_seccomp_filter_is_named():
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", FILTER]
    if os.getuid() == 0:
        command = [*OWN_MOUNTS, f"{OPEN_CHECKOUT}; exec {shlex.join(command)}"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=30, env=environment)
    assert ran.returncode == 1
    assert "container" in ran.stderr
    assert "--security-opt seccomp=unconfined" in ran.stderr
