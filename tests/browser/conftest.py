"""A real browser on a real JupyterLab."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from .chromium import PATIENCE, chromium
from .notebook import Notebook
from .server import Server, running

SIZES = ((1280, 800), (1920, 1080))  # a student's laptop, a projector


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab in English."""
    with running(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    with chromium() as browser:
        yield browser


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
    """Keep the page in two sizes where ``NSLAB_SCREENSHOTS`` names a folder, for people to look at."""
    folder = os.environ.get("NSLAB_SCREENSHOTS")

    def take(name: str) -> None:
        if not folder:
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        before = page.viewport_size
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(500)  # for the picture, which is drawn anew for another width
            page.screenshot(path=Path(folder) / f"{name}-{width}.png")
        if before:
            page.set_viewport_size(before)

    return take
