"""What one lab may use of its machine, so that a mistake in one lab leaves the others alone.

The limits are for mistakes: a fork bomb, a loop that makes namespaces, a file that grows. A user who means harm
has other ways than a lab, and only an administrator's control groups stop them.
"""

from __future__ import annotations

import errno
import os
import re
import resource
from collections.abc import Mapping
from dataclasses import dataclass

from .refusal import RefusedError

_PROCESSES, _NAMESPACES = "NSLAB_MAX_PROCESSES", "NSLAB_MAX_NAMESPACES"
_FILES, _DISK = "NSLAB_MAX_FILES", "NSLAB_MAX_DISK"
_SIZE = r"[1-9][0-9]*[kmg]?|[1-9][0-9]?%"
_NAMESPACE_LIMIT = "/proc/sys/user/max_net_namespaces"
# When memory is short the kernel ends a process of a lab first, not a server or a desktop (proc_pid_oom_score_adj(5)).
_OOM_SCORE_ADJ = "500"
# Before, a user's processes were counted over all their labs and their desktop (kernel commit 21d1c5e386bc).
_COUNTS_BY_USER_NAMESPACE = (5, 14)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one lab may use.

    Parameters
    ----------
    processes
        Processes and threads at the same time.
    namespaces
        Network namespaces at the same time, the host among them.
    files
        What each of the small file systems in memory, such as /run/netns, holds at most, as tmpfs(5) writes a size:
        ``64m``, ``1%``.
    disk
        What the lab can write to the machine's folders altogether, which it keeps in memory.
    """

    processes: int = 1024
    namespaces: int = 1000
    files: str = "64m"
    disk: str = "256m"

    def apply(self, *, own_user_namespace: bool) -> None:
        """Limit this process, which is pid 1 of a host with its own /proc, and all that it will start.

        Parameters
        ----------
        own_user_namespace
            Root's labs have none. The kernel doesn't limit root's processes then, and the setting for
            namespaces is the machine's, which isn't touched.
        """
        _write("/proc/self/oom_score_adj", _OOM_SCORE_ADJ)
        if not own_user_namespace:
            return
        _write(_NAMESPACE_LIMIT, str(self.namespaces))
        if _kernel() >= _COUNTS_BY_USER_NAMESPACE:
            _, hard = resource.getrlimit(resource.RLIMIT_NPROC)
            most = self.processes if hard == resource.RLIM_INFINITY else min(self.processes, hard)
            resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


def read(variables: Mapping[str, str]) -> Limits:
    """The limits that environment variables set, with defaults for those that they don't.

    Raises
    ------
    RefusedError
        A variable isn't a number above 0, or a size.
    """
    default = Limits()
    return Limits(
        processes=_number(variables, _PROCESSES, default.processes),
        namespaces=_number(variables, _NAMESPACES, default.namespaces),
        files=_checked(variables, _FILES, default.files, _SIZE),
        disk=_checked(variables, _DISK, default.disk, _SIZE),
    )


def _number(variables: Mapping[str, str], name: str, default: int) -> int:
    return int(_checked(variables, name, str(default), r"[1-9][0-9]{0,8}"))


def _checked(variables: Mapping[str, str], name: str, default: str, form: str) -> str:
    text = variables.get(name) or default
    if not re.fullmatch(form, text, re.ASCII):
        raise RefusedError("limits", errno.EDOM, f"{name}={text}")
    return text


def _kernel() -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"[0-9]+", os.uname().release)[:2])


def _write(path: str, text: str) -> None:
    try:
        with open(path, "w") as file:
            file.write(text)
    except OSError:
        return  # read-only in some containers, which have limits of their own
