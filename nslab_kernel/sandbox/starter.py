"""Whoever started a kernel, and whether it still lives."""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from threading import Thread

from ..core.errors import NslabError


class Starter:
    """The process that a kernel lives and dies with.

    It is the Jupyter server (``JPY_PARENT_PID``, which jupyter_client sets) or, for a
    kernel started without one, the parent process.

    Raises
    ------
    NslabError
        The server has ended before its kernel started.
    """

    def __init__(self) -> None:
        parent = os.getppid()
        self._is_server = bool(os.environ.get("JPY_PARENT_PID"))
        pid = int(os.environ.get("JPY_PARENT_PID") or parent)
        try:
            self._pidfd = os.pidfd_open(pid)
        except ProcessLookupError:
            raise NslabError("the Jupyter server that asked for this kernel has ended") from None
        if pid == parent != os.getppid():
            # The parent died before the pidfd was there, which may be another process with its pid.
            raise NslabError("the process that started this kernel has ended")

    def when_ended(self, act: Callable[[], None]) -> None:
        """Call ``act`` from another thread as soon as the starter has ended."""

        def wait() -> None:
            self._poll(timeout=None)
            act()

        Thread(target=wait, daemon=True).start()

    def left_its_file(self) -> bool:
        """Whether a Jupyter server has ended, so that nobody removes the connection file it wrote."""
        return self._is_server and self._poll(timeout=0)

    def _poll(self, timeout: float | None) -> bool:
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return bool(poll.poll(timeout))
