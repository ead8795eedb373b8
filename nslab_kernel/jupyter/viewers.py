"""Which pages show a widget, so that whatever serves them ends with the last of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

_PERIOD = 15.0  # seconds; a page in view is heard of every ten
_MISSED = 3  # periods without a word, after which a page is gone


class Viewers:
    """The pages that show a widget.

    A page tells that it shows the widget (``do``: show), again every now and then (here), and that it no longer does
    (hide). A page may go without a word, when its browser is killed or its network fails: it is missed within a
    minute. Time in which the kernel was busy, and so could hear nobody, doesn't count.

    Parameters
    ----------
    on_first
        Called when the first page is there.
    on_last
        Called when the last one is gone.
    period
        Seconds between two looks at who is still there.
    """

    def __init__(self, on_first: Callable[[], None], on_last: Callable[[], None], period: float = _PERIOD) -> None:
        self._on_first = on_first
        self._on_last = on_last
        self._period = period
        self._silent: dict[str, int] = {}  # periods since a page was heard of
        self._timer: asyncio.TimerHandle | None = None

    def heard(self, content: dict[str, Any]) -> bool:
        """Take in what a page says; gives whether it was about being there."""
        page = str(content.get("page", ""))
        if content.get("do") in ("show", "here"):
            self._arrived(page)
        elif content.get("do") == "hide":
            self._left(page)
        else:
            return False
        return True

    def clear(self) -> None:
        """Take all pages as gone."""
        for page in tuple(self._silent):
            self._left(page)

    def _arrived(self, page: str) -> None:
        first = not self._silent
        self._silent[page] = 0
        if first:
            self._timer = asyncio.get_running_loop().call_later(self._period, self._miss)
            self._on_first()

    def _left(self, page: str) -> None:
        if self._silent.pop(page, None) is None or self._silent:
            return
        if self._timer:
            self._timer.cancel()
        self._on_last()

    def _miss(self) -> None:
        """The kernel's loop calls it once a period; a busy loop can't."""
        self._timer = asyncio.get_running_loop().call_later(self._period, self._miss)
        for page, periods in tuple(self._silent.items()):
            if periods >= _MISSED:
                self._left(page)
            else:
                self._silent[page] = periods + 1
