"""The running labs of this user, found in the kernel's own list of processes.

Each lab carries a card, a small file in its private file system. A lab is a process that is
pid 1 of its pid namespace and has a card; so the list can't be stale, whichever process was killed
however, and no file lies anywhere to be swept.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from ..core.errors import NslabError
from ..core.translation import _, joined
from . import lab_metadata


@dataclass(frozen=True, slots=True)
class RunningLab:
    """A lab that runs now.

    Parameters
    ----------
    id
        What tells it from the user's others: the kernel's id, or its pid.
    label
        The notebook's path, or the command, that it was started for.
    pid
        Its pid 1, as this process sees it.
    since
        When it was started, in seconds of the epoch.
    """

    id: str
    label: str
    pid: int
    since: float

    def inside(self, path: str) -> str:
        """The path by which this process reaches an absolute path of the lab's own file system."""
        return f"/proc/{self.pid}/root{path}"

    def hold(self) -> int:
        """A pidfd_open(2) descriptor of the lab's pid 1, so that no later process can be taken for it.

        Raises
        ------
        NslabError
            The lab has ended.
        """
        try:
            descriptor = os.pidfd_open(self.pid)
        except ProcessLookupError:
            descriptor = -1
        if descriptor < 0 or _lab(self.pid) != self:
            raise NslabError(_("the lab {id} has ended", id=self.id), _("nslab list shows those that run"))
        return descriptor


def running() -> list[RunningLab]:
    """The labs of this user that this process can see, oldest first."""
    found = [lab for pid in _own_processes() if (lab := _lab(pid))]
    return sorted(found, key=lambda lab: (lab.since, lab.pid))


def choose(labs: Sequence[RunningLab], identity: str) -> RunningLab:
    """The lab whose id begins with ``identity``; the only one when that is empty.

    Raises
    ------
    NslabError
        There is none such, or more than one.
    """
    if not labs:
        raise NslabError(_("no lab is running"), _("open a notebook with the kernel nslab, or: nslab run -- bash"))
    matching = [lab for lab in labs if lab.id.startswith(identity)]
    if len(matching) == 1:
        return matching[0]
    if not matching:
        raise NslabError(
            _("no lab with the id {identity} is running", identity=identity), _("nslab list shows those that run")
        )
    listed = joined(*(f"  {lab.id}  {lab.label}" for lab in matching), separator="\n")
    raise NslabError(
        _("{matching} labs are running:\n{listed}", matching=len(matching), listed=listed),
        _("choose one with: nslab shell --lab ID"),
    )


def _own_processes() -> list[int]:
    me = os.getuid()
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in pids if _owner(pid) == me]


def _owner(pid: int) -> int | None:
    try:
        return os.stat(f"/proc/{pid}").st_uid
    except OSError:
        return None  # ended meanwhile


def _lab(pid: int) -> RunningLab | None:
    try:
        if not _is_pid_1_of_its_namespace(pid):
            return None
        label, identity = lab_metadata.read(f"/proc/{pid}/root")
        return RunningLab(identity or str(pid), label, pid, _started(pid))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # ended meanwhile, or another program's container


def _is_pid_1_of_its_namespace(pid: int) -> bool:
    with open(f"/proc/{pid}/status") as status:
        numbers = next(line for line in status if line.startswith("NSpid:")).split()[1:]
    return len(numbers) > 1 and numbers[-1] == "1"


def _started(pid: int) -> float:
    """Start of a process in seconds of the epoch; field 22 of proc_pid_stat(5)."""
    with open(f"/proc/{pid}/stat") as stat:
        ticks = int(stat.read().rpartition(")")[2].split()[19])
    with open("/proc/stat") as stat:
        boot = next(int(line.split()[1]) for line in stat if line.startswith("btime"))
    return boot + ticks / os.sysconf("SC_CLK_TCK")
