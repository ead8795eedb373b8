"""Wait for a child and hand on the signals that are meant for it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

_HANDED_ON = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT})
_AWAITED = _HANDED_ON | {signal.SIGCHLD}


def hold_signals() -> None:
    """Keep signals pending for ``supervise``; call it before threads are started, which inherit it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED)


def supervise(child: int, deliver: Callable[[int], None], *, shares_terminal: bool) -> int:
    """Wait for ``child``, reaping every other child too, and hand signals on to it.

    The signals are awaited, not handled, for two reasons: pid 1 of a pid namespace never
    gets a signal that it neither handles nor blocks, and only sigwaitinfo(2) tells a
    signal that a terminal sent.

    Parameters
    ----------
    child
        Pid of the child to wait for.
    deliver
        Called with each signal number to hand on.
    shares_terminal
        The child is in our process group: what a terminal sends (Ctrl-C) reaches it
        without us and is not handed on a second time.

    Returns
    -------
    int
        Exit status as a shell gives it: 128 + n for an end by signal n.
    """
    hold_signals()
    while True:
        status = _reap(child)
        if status is not None:
            return status
        received = signal.sigwaitinfo(_AWAITED)
        from_terminal = received.si_code > 0
        if received.si_signo in _HANDED_ON and not (shares_terminal and from_terminal):
            deliver(received.si_signo)


def restore_signals() -> None:
    """Undo, in a process about to exec, what ``hold_signals`` and Python did to its signals."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _AWAITED)
    for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored_by_python, signal.SIG_DFL)


def shell_status(wait_status: int) -> int:
    """The exit status that a shell shows for a status of wait(2)."""
    code = os.waitstatus_to_exitcode(wait_status)
    return code if code >= 0 else 128 - code


def _reap(child: int) -> int | None:
    """Reap every child that has ended; the status of ``child`` when it is among them."""
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == child:
            return shell_status(status)
        if pid == 0:
            return None
