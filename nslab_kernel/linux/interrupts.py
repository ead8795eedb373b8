"""Hold an interrupt (Ctrl-C, a notebook's Stop) back while something is under way that must not stop half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Held:
    """Whether an interrupt has come, and waits.

    Attributes
    ----------
    arrived
        Set once it has. What is under way looks here between two steps, and comes to an end.
    """

    def __init__(self) -> None:
        self.arrived = False

    def note(self, number: int = signal.SIGINT, frame: FrameType | None = None) -> None:
        """Note an interrupt; as a signal's handler, or by the code that caught the KeyboardInterrupt."""
        self.arrived = True


_mine = threading.local()


@contextmanager
def held() -> Iterator[Held]:
    """Hold interrupts back in this block; after it KeyboardInterrupt is raised if one came, whatever else happened.

    Within another such block it is that one's. Signals reach Python's main thread only. Other threads are
    interrupted by an exception, which they have to note themselves.
    """
    outer = getattr(_mine, "held", None)
    if outer is not None:
        yield outer
        return
    held_back = Held()
    catches = threading.current_thread() is threading.main_thread() and callable(signal.getsignal(signal.SIGINT))
    before = signal.signal(signal.SIGINT, held_back.note) if catches else None
    try:
        _mine.held = held_back
        yield held_back
    except KeyboardInterrupt:
        held_back.arrived = False  # this one says more
        raise
    finally:
        _mine.held = None
        if catches:
            signal.signal(signal.SIGINT, before)
        if held_back.arrived:
            raise KeyboardInterrupt
