"""Enter a running lab from outside, from any terminal of the same user: what ``nslab shell`` does."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

from ..core.errors import NslabError
from ..core.model.names import namespace_name
from ..core.model.network import HOST
from ..core.translation import _
from ..linux import syscalls
from .environment import HOSTNAME, environment
from .init import NOT_FOUND
from .labs import RunningLab
from .privileges import tolerate_setgroups
from .supervise import hold_signals, restore_signals, supervise

_NAMESPACES = (
    syscalls.CLONE_NEWNS | syscalls.CLONE_NEWNET | syscalls.CLONE_NEWPID | syscalls.CLONE_NEWUTS | syscalls.CLONE_NEWIPC
)
BASHRC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "shell.bashrc")


def shell(lab: RunningLab, namespace: str = HOST, command: str = "") -> int:
    """Run a shell inside a running lab and return its exit status.

    Parameters
    ----------
    lab
        The lab to enter; it must be this user's.
    namespace
        Where in the lab: the name of a network namespace, or ``host``.
    command
        What the shell is to run; empty for an interactive shell.

    Raises
    ------
    NslabError
        The lab has ended, or has no such namespace.
    """
    pidfd = lab.hold()
    if namespace != HOST:
        _check_namespace(lab, namespace)
    directory = os.getcwd()
    flags = _NAMESPACES
    if not os.path.samefile(f"/proc/{lab.pid}/ns/user", "/proc/self/ns/user"):
        flags |= syscalls.CLONE_NEWUSER  # an ordinary user is root only in there
    if not os.path.samefile(f"/proc/{lab.pid}/ns/cgroup", "/proc/self/ns/cgroup"):
        flags |= syscalls.CLONE_NEWCGROUP
    try:
        # By pidfd: all namespaces in one step, and of this very process, whatever its pid becomes.
        syscalls.setns(pidfd, flags)
    except OSError as error:
        raise NslabError(
            _("the lab {id} can't be entered: {strerror}", id=lab.id, strerror=os.strerror(error.errno or errno.EPERM))
        ) from error
    hold_signals()
    child = os.fork()
    if child == 0:
        _become_shell(_argv(namespace, command), namespace, directory)
    return supervise(child, lambda number: os.kill(child, number), shares_terminal=True)


def _check_namespace(lab: RunningLab, namespace: str) -> None:
    there = sorted(os.listdir(lab.inside("/run/netns")))
    if namespace not in there:
        namespace_name(namespace)
        raise NslabError(
            _("the lab {id} has no namespace {namespace}", id=lab.id, namespace=namespace),
            _("there are: {value}", value=", ".join([HOST, *there])),
        )


def _argv(namespace: str, command: str) -> list[str]:
    argv = ["bash", "-c", command] if command else ["bash", "--rcfile", BASHRC, "-i"]
    return argv if namespace == HOST else ["ip", "netns", "exec", namespace, *argv]


def _become_shell(argv: Sequence[str], namespace: str, directory: str) -> None:
    syscalls.set_parent_death_signal(signal.SIGHUP)
    restore_signals()
    tolerate_setgroups()
    variables = environment(os.environ)
    variables["NSLAB_NAMESPACE"] = HOSTNAME if namespace == HOST else namespace
    with suppress(OSError):
        os.chdir(directory)  # joining a mount namespace leads to its root
    try:
        os.execvpe(argv[0], list(argv), variables)
    except OSError as error:
        print(f"nslab: {argv[0]}: {error.strerror}", file=sys.stderr, flush=True)
        os._exit(NOT_FOUND)
