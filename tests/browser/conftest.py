"""A real browser on a real JupyterLab."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from .chromium import PATIENCE, chromium
from .notebook import Notebook, load
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


@pytest.fixture(scope="module")
def window(browser: Browser, server: Server) -> Iterator[Page]:
    """JupyterLab in a page, loaded once for all tests of a module: that takes longer than most tests."""
    context = browser.new_context(viewport=_viewport(*SIZES[0]))
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    yield page
    context.close()


@pytest.fixture
def page(window: Page, server: Server) -> Iterator[Page]:
    """An empty JupyterLab of 1280x800; afterwards no kernel is left, and nobody but its server was asked."""
    asked: list[str] = []
    note, note_socket = (lambda request: asked.append(request.url)), (lambda socket: asked.append(socket.url))
    window.context.on("request", note)
    window.on("websocket", note_socket)
    if window.url == "about:blank":
        load(window, server)
    yield window
    for other in window.context.pages[1:]:
        other.close()
    server.clear()
    window.set_viewport_size(_viewport(*SIZES[0]))
    # Whatever the test has left: panels, menus, dialogs, colours.
    window.evaluate(_EMPTY, _LIGHT)
    expect(window.locator("body")).to_have_attribute("data-jp-theme-name", _LIGHT)
    if window.locator(".jp-Dialog, .lm-Menu").count():
        load(window, server)
    window.context.remove_listener("request", note)
    window.remove_listener("websocket", note_socket)
    own = urlsplit(server.url).netloc
    outside = [url for url in asked if urlsplit(url).netloc != own and not url.startswith(("data:", "blob:"))]
    assert asked
    assert outside == [], "JupyterLab asked somebody else"


def _viewport(width: int, height: int) -> ViewportSize:
    return {"width": width, "height": height}


_LIGHT = "JupyterLab Light"
_EMPTY = """theme => {
    const { shell, commands } = window.jupyterapp;
    for (const panel of [...shell.widgets("main")]) panel.dispose();
    if (document.body.dataset.jpThemeName !== theme) commands.execute("apputils:change-theme", { theme });
}"""


@pytest.fixture
def opened(page: Page) -> Callable[[str], Notebook]:
    """Open a notebook of the server's folder."""
    return lambda path: Notebook(page, path)


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
            page.set_viewport_size(_viewport(width, height))
            page.wait_for_timeout(500)  # for the picture, which is drawn anew for another width
            page.screenshot(path=Path(folder) / f"{name}-{width}.png")
        if before:
            page.set_viewport_size(before)

    return take
