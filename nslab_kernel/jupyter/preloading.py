"""Import what the first picture and the first change need while a person is still reading.

One import at a time, between two cells, in the main thread: an import in another thread was seen to hang.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell
    from tornado.ioloop import IOLoop

MODULES = (
    "nslab_kernel.linux.reading",
    "nslab_kernel.core.operations.plans",
    "nslab_kernel.linux.netlink.apply",
    "networkx.algorithms",
    "networkx",
    "nslab_kernel.picture",
)
"""In the order of need; each holds a cell up by no more than its own time."""

_START, _PAUSE = 0.3, 0.02  # seconds


def begin(shell: InteractiveShell) -> None:
    """Import everything, step by step, once the kernel is idle; does nothing in a shell that is no kernel's."""
    if getattr(shell, "kernel", None) is not None:
        from tornado.ioloop import IOLoop

        IOLoop.current().call_later(_START, _step, IOLoop.current(), 0)


def _step(loop: IOLoop, number: int) -> None:
    importlib.import_module(MODULES[number])
    if number + 1 < len(MODULES):
        loop.call_later(_PAUSE, _step, loop, number + 1)
