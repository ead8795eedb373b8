"""Pid 1 of a private host: makes the host around itself, starts the command, reaps, ends with it."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress

from ..linux import syscalls
from . import mounts, users
from .environment import HOSTNAME, environment
from .folders import KEPT_VARIABLE
from .limits import Limits
from .privileges import tolerate_setgroups
from .refusal import RefusedError, step
from .supervise import restore_signals, supervise
from .survey import Entry

_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1
NOT_FOUND, NOT_EXECUTABLE = 127, 126  # exit statuses of a shell


class Order:
    """What is to run in a private host.

    Parameters
    ----------
    command
        Program and arguments; the program is looked for on the lab's PATH.
    files
        Name and text of the files for the host's private directory.
    variables
        Environment variables on top of the lab's.
    kept
        The folders that stay the machine's own.
    own_session
        Whether the command leads a session of its own, as a kernel must: in a fresh pid
        namespace an inherited process group has the number 0, and what is sent to the
        kernel's group would reach nobody. A command on a terminal stays in the terminal's.
    """

    def __init__(
        self,
        command: Sequence[str],
        files: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        *,
        kept: Sequence[str] = (),
        own_session: bool = False,
    ) -> None:
        self.command = command
        self.files = files or {}
        self.variables = {KEPT_VARIABLE: ":".join(kept), **(variables or {})}
        self.kept = kept
        self.own_session = own_session


def run(
    order: Order,
    report: socket.socket,
    own: Sequence[Entry],
    limits: Limits,
    *,
    own_user_namespace: bool,
    own_group: bool,
) -> int:
    """Be pid 1 of a new pid namespace until the command ends.

    Parameters
    ----------
    order
        What to run.
    report
        Our end of the launcher's socket pair. A byte on it says that the launcher is our
        parent. A refused step is sent on it; it closes when the command has started.
    own
        What the lab gets as its own from the beginning, see `survey`.
    limits
        What the host may use.
    own_user_namespace
        Whether the host has a user namespace of its own, as an ordinary user's has.
    own_group
        Whether it has a control group of its own.

    Returns
    -------
    int
        The exit status for this process.
    """
    if not report.recv(1):
        return 1
    syscalls.set_parent_death_signal(signal.SIGKILL)
    if _launcher_is_gone(report):
        return 1
    try:
        _make_host(order, own, own_group)
        limits.apply(own_user_namespace=own_user_namespace)
    except RefusedError as refused:
        report.sendall(refused.encode())
        return 1
    if order.own_session:
        os.setsid()
    command = os.fork()
    if command == 0:
        _become_command(order, report)
    report.close()
    deliver = os.killpg if order.own_session else os.kill

    def hand_on(number: int) -> None:
        deliver(command, number)

    return supervise(command, hand_on, shares_terminal=not order.own_session)


def _launcher_is_gone(report: socket.socket) -> bool:
    """Whether the launcher died before the death signal was set, and so will never send it."""
    try:
        return report.recv(1, socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False


def _make_host(order: Order, own: Sequence[Entry], own_group: bool) -> None:
    for name, flag in (
        ("mount namespace", syscalls.CLONE_NEWNS),
        ("network namespace", syscalls.CLONE_NEWNET),
        ("hostname namespace", syscalls.CLONE_NEWUTS),
        ("message queue namespace", syscalls.CLONE_NEWIPC),
    ):
        with step(name):
            syscalls.unshare(flag)
    with suppress(OSError):  # a kernel without control groups
        syscalls.unshare(syscalls.CLONE_NEWCGROUP)
    mounts.build(order.files, own, order.kept, own_group=own_group)
    with step("hostname"):
        socket.sethostname(HOSTNAME)
    with step("loopback interface"):
        _set_loopback_up()
    _permit_ping()
    tolerate_setgroups()


def _set_loopback_up() -> None:
    """Set ``lo`` up as on any real host; netdevice(7)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", _IFF_UP)
        fcntl.ioctl(control, _SIOCSIFFLAGS, request)


def _permit_ping() -> None:
    """Let the lab's users open ICMP sockets without a raw one; icmp(7)."""
    # Read-only in some containers; ping then opens a raw socket, as root may.
    with suppress(OSError), open("/proc/sys/net/ipv4/ping_group_range", "w") as setting:
        setting.write(f"0 {users.last_group()}")


def _become_command(order: Order, report: socket.socket) -> None:
    if order.own_session:
        os.setsid()
    restore_signals()
    variables = {**environment(os.environ), **order.variables}
    program = order.command[0]
    try:
        os.execvpe(program, list(order.command), variables)
    except OSError as error:
        import shutil  # here, as hardly any start needs it and it isn't quick to import

        # A directory on PATH that we may not search makes exec say "permission denied" for what isn't there.
        absent = shutil.which(program, os.F_OK, variables["PATH"]) is None
        refused = RefusedError("command", errno.ENOENT if absent else error.errno or errno.ENOEXEC, program)
        report.sendall(refused.encode())
        os._exit(NOT_FOUND if absent else NOT_EXECUTABLE)
