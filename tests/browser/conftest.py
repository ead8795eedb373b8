"""A real browser on a real JupyterLab."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from .notebook import PATIENCE, Notebook
from .server import Server, running

_CHROMIUM = os.environ.get("NSLAB_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
# Chromium itself shall ask nobody outside either.
_QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab in English."""
    with running(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    if not _CHROMIUM:
        pytest.fail("Chromium isn't installed: sudo apt-get install chromium")
    # The first page that a server ever serves takes longer than Playwright's own five seconds on two busy cores.
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_QUIET.split())
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A page of 1280x800; afterwards no kernel is left, and no request has left the machine."""
    with alone(browser, server) as page:
        yield page


@contextmanager
def alone(browser: Browser, server: Server) -> Iterator[Page]:
    """A page of a server; checks at the end that nobody but that server was asked for anything."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    yield page
    context.close()
    server.clear()
    own = urlsplit(server.url).netloc
    outside = [url for url in asked if urlsplit(url).netloc != own and not url.startswith(("data:", "blob:"))]
    assert asked
    assert outside == [], "JupyterLab asked somebody else"


@pytest.fixture
def opened(page: Page, server: Server) -> Callable[[str], Notebook]:
    """Open a notebook of the server's folder."""
    return lambda path: Notebook(page, server, path)


@pytest.fixture
def screenshot(page: Page, request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Keep a picture of the page where ``NSLAB_SCREENSHOTS`` names a folder, for people to look at."""
    folder = os.environ.get("NSLAB_SCREENSHOTS")

    def take(name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png")

    return take
