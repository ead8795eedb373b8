"""Jupyter Notebook 7: one document a page, so nothing can stand beside it; everything else is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .chromium import PATIENCE
from .notebook import write
from .server import Server, running

_IS_CONNECTED = """() => {
    const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
    return kernel?.connectionStatus === "connected" && kernel.status === "idle";
}"""


@pytest.fixture(scope="module")
def notebook7(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Notebook 7 in English."""
    with running(tmp_path_factory.mktemp("notebook7"), application="notebook") as server:
        yield server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of 1280x800."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture
def opened(page: Page, notebook7: Server) -> Iterator[Page]:
    """A notebook with a small lab, a live picture, a terminal and a lesson, its kernel connected."""
    build = "%netns_bridge br0\n%netns_attach br0 ns1 10.0.0.1/24"
    write(notebook7, "seven.ipynb", build, "%netns_live", "%netns_shell ns1", "%netns_play en/00-start-here.ipynb", "1")
    page.goto(f"{notebook7.url}/notebooks/seven.ipynb?token={notebook7.token}")
    expect(page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')).to_be_visible()
    # The page calls a kernel idle that it isn't connected to yet, and drops a cell that is run then.
    page.wait_for_function(_IS_CONNECTED)
    yield page
    notebook7.clear()


def run(page: Page, number: int) -> None:
    cell = page.locator(".jp-Notebook .jp-Cell").nth(number)
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(cell.locator(".jp-InputPrompt")).not_to_have_text("[*]:")
    expect(cell.locator(".jp-InputPrompt")).not_to_have_text("[ ]:")


def test_the_toolbar_the_folded_commands_and_a_pictures_menu_are_there(opened: Page) -> None:
    run(opened, 0)
    expect(opened.locator("[data-do=play]")).to_be_visible()
    expect(opened.locator(".nslab-commands summary")).to_contain_text("commands")
    word = opened.locator("svg.nslab-picture text").get_by_text("ns1", exact=True).first
    word.click(button="right")
    opened.get_by_role("menuitem", name="Ping from ns1").hover()
    opened.get_by_role("menuitem", name="Another address").click()
    opened.locator("dialog.nslab-ask input").fill("10.0.0.1")
    opened.keyboard.press("Enter")
    expect(opened.locator(".jp-Notebook .jp-Cell").nth(1)).to_contain_text("1 received")


def test_the_live_picture_is_in_the_cell_and_follows(opened: Page) -> None:
    run(opened, 0)
    run(opened, 1)
    live = opened.locator(".jp-OutputArea section.nslab-live")
    expect(live.locator("svg")).to_contain_text("ns1")
    expect(opened.get_by_text("docked")).to_have_count(0)
    opened.locator("[data-do=reset]").click()
    expect(live.locator("svg text").get_by_text("ns1", exact=True)).to_have_count(0)


def test_a_terminal_opens_in_a_tab_by_a_click_and_the_sentence_says_so(opened: Page) -> None:
    run(opened, 0)
    run(opened, 2)
    said = opened.locator(".nslab-terminal")
    expect(said).to_contain_text("in a tab of its own")
    with opened.context.expect_page() as tab:
        said.get_by_role("button", name="Open it").click()
    assert "/terminals/" in tab.value.url


def test_a_lesson_is_played_in_the_cell_and_presented_to_a_room(opened: Page) -> None:
    run(opened, 3)
    stepper = opened.locator("section.nslab-stepper")
    expect(stepper.locator(".nslab-present")).to_be_hidden()
    stepper.locator("[data-do=project]").click()
    expect(stepper).to_have_class("nslab nslab-stepper nslab-presenting")
    assert stepper.bounding_box()["width"] == 1280  # type: ignore[index]
    opened.keyboard.press("p")
    expect(opened.locator(".jp-OutputArea section.nslab-stepper")).to_be_visible()
