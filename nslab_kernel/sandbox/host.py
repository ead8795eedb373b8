"""A private host as its launcher sees it: started, watched and ended from outside.

The host is a set of namespaces (namespaces(7)) around one process, its pid 1. When pid 1
ends, for whatever reason, the kernel kills every process of the host, and with the last
of them go its network namespaces, interfaces and mounts. Nothing is there to be cleaned up.
"""

from __future__ import annotations

import os
import signal
import socket
import traceback

from ..linux.syscalls import CLONE_NEWPID, unshare
from . import init
from .privileges import become_root
from .refusal import Refused, step


class Host:
    """A private host that has been started.

    Parameters
    ----------
    pid
        Its pid 1, as this process sees it.
    report
        Our end of the socket pair with pid 1.

    Attributes
    ----------
    pid
        See parameters.
    pidfd
        A pidfd_open(2) descriptor of pid 1, readable when the host has ended.
    """

    def __init__(self, pid: int, report: socket.socket) -> None:
        self.pid = pid
        self.pidfd = os.pidfd_open(pid)
        self._report = report

    def confirm(self) -> None:
        """Wait, some milliseconds, until the command has started.

        Raises
        ------
        Refused
            A step of making the host failed; the host is gone.
        """
        with self._report:
            told = b"".join(iter(lambda: self._report.recv(4096), b""))
        if told:
            os.waitpid(self.pid, 0)
            raise Refused.decode(told)

    def send_signal(self, number: int) -> None:
        """Send a signal to the host; its pid 1 hands INT, TERM, HUP and QUIT on to the command."""
        try:
            signal.pidfd_send_signal(self.pidfd, number)
        except ProcessLookupError:
            return  # the host has ended meanwhile, which is what most signals ask for

    def inside(self, path: str) -> str:
        """The path by which this process reaches an absolute path of the host's own file system."""
        return f"/proc/{self.pid}/root{path}"


def start(order: init.Order) -> Host:
    """Start a private host with a command in it; ``Host.confirm`` says whether it came to that.

    The calling process must have one thread. It becomes root of a user namespace on the way
    where it isn't privileged, and its later children would be in the host's pid namespace.

    Raises
    ------
    Refused
        The machine refused the user namespace or the pid namespace.
    """
    become_root()
    with step("process namespace"):
        unshare(CLONE_NEWPID)
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        _be_init(order, theirs)
    theirs.close()
    return Host(pid, ours)


def _be_init(order: init.Order, report: socket.socket) -> None:
    status = 1
    try:
        status = init.run(order, report)
    except BaseException:
        traceback.print_exc()
    finally:
        # Never return into the launcher's own code, of which this process is a copy.
        os._exit(status)
