"""The process that started a kernel, and whether it still lives."""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from threading import Thread


class Starter:
    """The process that a kernel lives and dies with.

    It is the Jupyter server (``JPY_PARENT_PID``, which jupyter_client sets) or, for a
    kernel started without one, the parent process.
    """

    def __init__(self) -> None:
        parent = os.getppid()
        self.is_server = bool(os.environ.get("JPY_PARENT_PID"))
        pid = int(os.environ.get("JPY_PARENT_PID") or parent)
        self._pidfd = _pidfd(pid)
        if pid == parent != os.getppid():
            # It ended before the pidfd was made, which may hold another process with its pid.
            self._pidfd = None

    def has_ended(self) -> bool:
        """Whether it has ended by now."""
        return self._pidfd is None or _is_readable(self._pidfd, timeout=0)

    def when_ended(self, act: Callable[[], None]) -> None:
        """Call ``act`` from another thread as soon as it has ended."""

        def wait() -> None:
            if self._pidfd is not None:
                _is_readable(self._pidfd, timeout=None)
            act()

        Thread(target=wait, daemon=True).start()


def _pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


def _is_readable(descriptor: int, timeout: float | None) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(timeout))
