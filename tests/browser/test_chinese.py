"""Where the environment asks for Chinese, lessons and the live picture speak Chinese throughout."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from .live import LivePage
from .notebook import Notebook, write
from .server import Server, running
from .stepper import StepperPage

_LATIN = re.compile(r"[A-Za-z]{2,}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab as somebody has it whose language is Chinese."""
    with running(tmp_path_factory.mktemp("chinese"), "zh") as server:
        yield server


def test_a_lesson_is_played_in_chinese(
    opened: Callable[[str], Notebook], server: Server, screenshot: Callable[[str], None]
) -> None:
    write(server, "zh/player.ipynb", "%netns_play 01-bridge.ipynb")
    stepper = StepperPage(opened("zh/player.ipynb"))
    expect(stepper.main).to_have_text("▶ 运行")
    stepper.go(lambda: stepper.main.click(), range(5))
    expect(stepper.root.locator("h2")).to_have_text(re.compile("[\u4e00-\u9fff]{4}"))
    expect(stepper.root.locator(".nslab-caption")).to_contain_text("新增")
    assert _LATIN.findall(stepper.root.locator("footer button").all_inner_texts().__repr__()) == []
    screenshot("chinese-lesson")


def test_the_live_picture_speaks_chinese(
    opened: Callable[[str], Notebook], server: Server, page: Page, screenshot: Callable[[str], None]
) -> None:
    build = "%netns_bridge br0\n%netns_attach br0 ns1 10.0.0.1/24"
    write(server, "live.ipynb", build, "%netns_live", "!sudo ip link set br0 down", "1")
    notebook = opened("live.ipynb")
    notebook.run_to_end(0)
    live = LivePage(notebook, 1)
    expect(page.get_by_role("tab", name="实时画面")).to_have_count(1)
    expect(notebook.cells.nth(1)).to_contain_text("实时画面停靠在右侧。")
    ns1 = live.open("ns1")
    for title in ("接口", "路由", "监听的套接字"):
        expect(ns1.get_by_role("heading", name=title)).to_be_visible()
    notebook.run_to_end(2)
    expect(live.caption).to_contain_text("br0")
    assert not re.search("changed|added|removed", live.root.inner_text())
    screenshot("chinese-live")
