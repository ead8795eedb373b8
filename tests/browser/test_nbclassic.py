"""The classic notebook: outputs and widgets in the cell, without our interface, all of it readable."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .chromium import PATIENCE, contrast
from .notebook import write
from .server import Server, running

CELLS = (
    "%netns_bridge br0\n%netns_attach br0 ns1 10.0.0.1/24",
    "%netns_live",
    "%netns_why ns1 10.0.0.9",
    "%netns_shell ns1",
    "%netns_play en/00-start-here.ipynb",
)


@pytest.fixture(scope="module")
def classic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The classic notebook's server."""
    with running(tmp_path_factory.mktemp("classic"), application="nbclassic") as server:
        yield server


@pytest.fixture
def page(browser: Browser, classic: Server) -> Iterator[Page]:
    """A notebook with a lab, all of its cells run."""
    write(classic, "classic.ipynb", *CELLS)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{classic.url}/nbclassic/notebooks/classic.ipynb?token={classic.token}")
    # Connected is not ready: a kernel that starts slowly has answered only when it has said what it is.
    page.wait_for_function("() => Boolean(window.Jupyter?.notebook?.kernel?.info_reply?.implementation)")
    page.evaluate("() => { Jupyter.notebook.execute_all_cells(); }")
    yield page
    context.close()
    classic.clear()


def output(page: Page, number: int) -> Locator:
    return page.locator(".cell").nth(number).locator(".output_wrapper")


def test_pictures_and_widgets_are_in_their_cells_and_can_be_read(page: Page) -> None:
    expect(output(page, 0).locator("svg.nslab-picture")).to_be_visible()
    expect(output(page, 1).locator("section.nslab-live svg")).to_be_visible()
    expect(output(page, 2).locator(".nslab-why > .nslab-seen").first).to_contain_text("10.0.0.9")
    expect(output(page, 3).locator(".nslab-terminal code")).to_contain_text("shell ns1")
    stepper = output(page, 4).locator(".nslab-stepper")
    source = stepper.locator(".nslab-source")
    expect(source).to_be_visible()
    assert contrast(source) >= 4.5, "the command is drawn on its own ground"
    stepper.locator("[data-do=main]").click()
    expect(stepper.locator(".nslab-step").first).to_have_attribute("data-state", "done")
    assert contrast(stepper.locator(".nslab-screen pre").last) >= 4.5
