"""Debian's Chromium without a window, and pages of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect, sync_playwright

PATIENCE = 45_000  # milliseconds; two cores and a browser are slow together
# Chromium itself shall ask nobody outside either.
_QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium, until the block ends; ``NSLAB_CHROMIUM`` may name another one.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    program = os.environ.get("NSLAB_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        raise FileNotFoundError("Chromium isn't installed: sudo apt-get install chromium")
    # The first page that a server ever serves takes longer than Playwright's own five seconds on two busy cores.
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_QUIET.split())
        yield browser
        browser.close()
