"""Changes as they happen, in the host and every namespace, no matter who makes them."""

from __future__ import annotations

import ctypes
import os
import selectors
import threading
import time
from collections.abc import Callable

from . import namespaces
from .events import Events
from .netlink.dump import AskingSocket

_IN_CREATE, _IN_DELETE = 0x100, 0x200
_LONGEST = 0.2  # seconds that a burst may put off the call
_libc = ctypes.CDLL(None, use_errno=True)


class Watch:
    """Calls back after the network changed.

    The first event makes a call at once; what follows it makes one more, ``quiet`` seconds after the last event, and
    one every 0.2 s where events don't end. Calls come from the watch's own thread. Nothing that it holds keeps a
    namespace alive.

    Parameters
    ----------
    on_change
        What to call; it reads the network itself.
    quiet
        Seconds without an event that end a burst.
    """

    def __init__(self, on_change: Callable[[], None], quiet: float = 0.02) -> None:
        self._on_change = on_change
        self._quiet = quiet
        self._events = Events()
        self._names = inotify(namespaces.NAMES)
        self._wake_read, self._wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._known: set[int] = set()
        self._thread = threading.Thread(target=self._work, name="nslab-watch", daemon=True)
        self._hear_new_namespaces()
        self._thread.start()

    def close(self) -> None:
        """End the thread and let go of everything; returns when it has ended."""
        if self._thread.is_alive():
            os.write(self._wake_write, b"x")
            self._thread.join()

    def _work(self) -> None:
        selector = selectors.DefaultSelector()
        for source in (*self._events.sockets, self._names, self._wake_read):
            selector.register(source, selectors.EVENT_READ)
        try:
            coming = namespaces.coming()
            at_once = True
            while (more := self._wait(selector, coming, at_once)) is not None:
                if more:
                    coming = namespaces.coming()  # before it is read: what comes meanwhile is to be read again
                    self._hear_new_namespaces()
                    self._on_change()
                at_once = not more
        finally:
            selector.close()
            self._events.close()
            for file in (self._names, self._wake_read, self._wake_write):
                os.close(file)

    def _wait(self, selector: selectors.BaseSelector, coming: frozenset[str], at_once: bool) -> bool | None:
        """Wait for an event, or for a namespace to follow its name.

        Parameters
        ----------
        at_once
            Whether to return with the first event. Otherwise it is a burst that goes on: return when it ends.

        Returns
        -------
        bool
            Whether there is anything to read: a burst may have had one event only. None when the watch ends.
        """
        latest = None if at_once else time.monotonic() + _LONGEST
        heard = False
        while True:
            left = None
            if latest is not None:
                left = min(self._quiet, latest - time.monotonic())
            elif coming:
                left = self._quiet
            ready = selector.select(left) if left is None or left > 0 else []
            if not ready:
                if latest is not None:
                    return heard
                if namespaces.coming() != coming:
                    return True
                continue
            if any(key.fileobj == self._wake_read for key, _ in ready):
                return None
            self._swallow([key.fileobj for key, _ in ready])
            if at_once:
                return True
            heard = True

    def _swallow(self, sources: list[object]) -> None:
        self._events.drain()
        if self._names in sources:
            os.read(self._names, 1 << 16)

    def _hear_new_namespaces(self) -> None:
        """Give new namespaces an id in the host: without one their events aren't heard."""
        with AskingSocket() as asking:
            for place in namespaces.named():
                if place.inode not in self._known:
                    with namespaces.opened(place) as file:
                        namespaces.assigned_nsid(asking, file)
                    self._known.add(place.inode)


def inotify(folder: str) -> int:
    """A file that can be read when names come or go in a folder (inotify(7))."""
    os.makedirs(folder, exist_ok=True)
    file = int(_libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
    if file < 0 or _libc.inotify_add_watch(file, folder.encode(), _IN_CREATE | _IN_DELETE) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"inotify on {folder}: {os.strerror(number)}")
    return file
