"""Debian's Chromium without a window, and pages of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, expect, sync_playwright

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


_CONTRAST = """part => {
    const light = (colour) => {
        const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((each) => {
            const value = each / 255;
            return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    };
    let ground = part;
    while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
    const [one, other] = [getComputedStyle(part).color, getComputedStyle(ground).backgroundColor].map(light);
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}"""


def contrast(part: Locator) -> float:
    """How far a text stands out from its ground, from 1 to 21 (WCAG 2.2)."""
    return float(part.evaluate(_CONTRAST))
