"""Times what a person sees in a page of a browser: by the wall clock, so that other processes' times compare."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

# `began` is when a key or a button went down. `seen` waits until something holds, and then for two frames: the first
# may already have been under way, after the second what holds is on the screen.
_SCRIPT = """() => {
    for (const kind of ["keydown", "mousedown"])
        addEventListener(kind, () => (window.began = Date.now()), true);
    window.seen = (holds) => {
        window.ended = 0;
        const look = () => {
            if (holds()) requestAnimationFrame(() => requestAnimationFrame(() => (window.ended = Date.now())));
            else requestAnimationFrame(look);
        };
        look();
    };
}"""


class Stopwatch:
    """Milliseconds until something is on the screen.

    Parameters
    ----------
    page
        What is looked at.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        page.evaluate(_SCRIPT)

    def until(self, holds: str, act: Callable[[], float | None]) -> float:
        """Do something and wait until a JavaScript expression holds.

        Parameters
        ----------
        holds
            The expression; false before.
        act
            What to do. Gives when it began, in seconds since 1970, or None if it began with a key or a button.
        """
        self._page.evaluate(f"seen(() => {holds})")
        began = act()
        self._page.wait_for_function("window.ended > 0", polling=10)
        ended = float(self._page.evaluate("window.ended"))
        return ended - (float(self._page.evaluate("window.began")) if began is None else 1000 * began)
