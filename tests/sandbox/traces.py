"""What a lab has left on the machine: processes, mounts, files.

A network namespace lives as long as a process is in it, holds it open, or a mount pins it
(network_namespaces(7)). So where neither process nor mount is left, no namespace is.
"""

from __future__ import annotations

import os
from pathlib import Path


class Traces:
    """Finds the processes that carry ``mark`` in their environment, and other remains.

    Parameters
    ----------
    mark
        ``NAME=value``, set for everything that the test starts.
    directory
        Where the test's home and Jupyter's files are.
    """

    def __init__(self, mark: str, directory: Path) -> None:
        self._mark = mark.encode()
        self._directory = directory
        self._mounts = _mounts()

    def processes(self) -> list[int]:
        """Pids of the marked processes other than this one."""
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
        return [pid for pid in pids if pid != os.getpid() and self._mark in _environment(pid)]

    def mounts(self) -> set[str]:
        """Mounts that the machine has now and had not before the test."""
        return _mounts() - self._mounts

    def files(self) -> list[str]:
        """Sockets and connection files left in the test's Jupyter directories."""
        return [str(path) for path in self._directory.glob("runtime/**/*") if not path.is_dir()]


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _mounts() -> set[str]:
    return set(Path("/proc/self/mountinfo").read_text().splitlines())
