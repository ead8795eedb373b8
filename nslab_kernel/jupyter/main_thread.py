"""Have the kernel's main thread do something, between two cells."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from typing import Any


def between_cells(act: Callable[..., None]) -> Callable[..., None]:
    """A callback that any thread may call: the main thread does the work, once it runs no cell.

    JupyterLab 4.4 and later send a widget's messages through a subshell (JEP 91), and ipykernel hands each to the main
    thread or to the subshell's, by what the widget sent last. In another thread a lesson's step would run beside the
    cells, its output would mix with theirs, and no signal could interrupt it.

    Parameters
    ----------
    act
        What to do. If the user interrupts the kernel meanwhile, KeyboardInterrupt is raised in it.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # IPython in a terminal, where no front end sends anything
        return act

    def called(*arguments: Any) -> None:
        if threading.current_thread() is threading.main_thread():
            act(*arguments)
        else:
            loop.call_soon_threadsafe(_interruptibly, act, arguments)

    return called


def _interruptibly(act: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """Between two messages ipykernel ignores SIGINT, which means the user's interrupt."""
    ignoring = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        act(*arguments)
    except KeyboardInterrupt:  # at the edge, with nothing left to break off
        pass
    finally:
        signal.signal(signal.SIGINT, ignoring)
