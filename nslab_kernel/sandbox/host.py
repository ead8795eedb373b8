"""A private host as its launcher sees it: started, watched and ended from outside.

The host is a set of namespaces (namespaces(7)) around one process, its pid 1. When pid 1
ends, for whatever reason, the kernel kills every process of the host, and with the last
of them go its network namespaces, interfaces and mounts. Nothing is there to be cleaned up.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable

from ..linux.syscalls import CLONE_NEWPID, adopt_orphans, in_user_namespace, unshare
from . import cgroups, init, limits
from .privileges import become_root
from .refusal import RefusedError, step
from .survey import survey

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class Host:
    """A private host that has been started.

    Parameters
    ----------
    pid
        Its pid 1, as this process sees it.
    report
        Our end of the socket pair with pid 1.
    maker
        The pid that the process had which made it, by which its control group goes.

    Attributes
    ----------
    pid
        See parameters.
    pidfd
        A pidfd_open(2) descriptor of pid 1, readable when the host has ended.
    """

    def __init__(self, pid: int, report: socket.socket, maker: int) -> None:
        self.pid = pid
        self._maker = maker
        self.pidfd = os.pidfd_open(pid)
        self._report = report

    def confirm(self) -> None:
        """Wait, some milliseconds, until the command has started.

        Raises
        ------
        RefusedError
            A step of making the host failed; the host is gone.
        """
        with self._report:
            told = b"".join(iter(lambda: self._report.recv(4096), b""))
        if told:
            os.waitpid(self.pid, 0)
            self.clean_up()
            raise RefusedError.decode(told)

    def send_signal(self, number: int) -> None:
        """Send a signal to the host; its pid 1 hands INT, TERM, HUP and QUIT on to the command."""
        try:
            signal.pidfd_send_signal(self.pidfd, number)
        except ProcessLookupError:
            return  # the host has ended meanwhile, which is what most signals ask for

    def clean_up(self) -> None:
        """Remove the one thing that the kernel keeps of an ended host: its empty control group."""
        cgroups.remove(self._maker)

    def inside(self, path: str) -> str:
        """The path by which this process reaches an absolute path of the host's own file system."""
        return f"/proc/{self.pid}/root{path}"


def start(order: init.Order) -> Host:
    """Start a private host with a command in it; ``Host.confirm`` says whether it came to that.

    A helper process makes the namespaces and leaves pid 1 to this process, which so stays
    as it is: in the machine's namespaces and with its own credentials. The calling process
    must have one thread.

    Raises
    ------
    RefusedError
        The machine refused the user namespace or the pid namespace.
    """
    ours, theirs = socket.socketpair()
    adopt_orphans(True)
    try:
        helper = os.fork()
        if helper == 0:
            ours.close()
            _run_and_exit(lambda: _leave_init_to_parent(order, theirs))
        theirs.close()
        os.waitpid(helper, 0)
    finally:
        adopt_orphans(False)
    told = ours.recv(4096)
    if not told.isdigit():
        ours.close()
        raise RefusedError.decode(told)
    ours.sendall(b"!")  # pid 1 waits for this: only now is this process its parent
    return Host(int(told), ours, helper)


def _leave_init_to_parent(order: init.Order, report: socket.socket) -> int:
    """Make the outer namespaces and pid 1, tell its pid, and end, so that our parent inherits it."""
    try:
        bounded = limits.read(os.environ)
        own = survey() if os.getuid() or in_user_namespace() else []  # before, as then owners are to be seen
        own_group = cgroups.make()
        own_user_namespace = become_root()
        with step("process namespace"):
            unshare(CLONE_NEWPID)
            pid = os.fork()
    except RefusedError as refused:
        report.sendall(refused.encode())
        return 1
    if pid == 0:
        traits = {"own_user_namespace": own_user_namespace, "own_group": own_group}
        _run_and_exit(lambda: init.run(order, report, own, bounded, **traits))
    report.sendall(str(pid).encode())
    return 0


def _run_and_exit(body: Callable[[], int]) -> NoReturn:
    """Run ``body`` in a forked process, which must never return into the code that it is a copy of."""
    status = 1
    try:
        status = body()
    except ConnectionError:
        pass  # the launcher was killed meanwhile: there is no one to tell
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)
