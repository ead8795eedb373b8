"""What a cell has just made is on the screen after Shift+Enter, and so is the code that made it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from .notebook import Notebook
from .server import ROOT, Server

SIZES = ((1280, 800), (1920, 1080))  # a student's laptop, a projector
LESSONS = sorted(path.name for path in (ROOT / "notebooks" / "en").glob("0*.ipynb"))

# What of a cell is seen of the notebook's own space. A picture's drawing is letterboxed in its element, so that the
# element's box is an upper bound.
_SEEN = """number => {
    const cell = document.querySelectorAll(".jp-NotebookPanel .jp-Notebook .jp-Cell")[number];
    let outer = cell.parentElement;
    while (outer && !/(auto|scroll)/.test(getComputedStyle(outer).overflowY)) outer = outer.parentElement;
    const space = outer.getBoundingClientRect();
    const whole = (element) => {
        const box = element.getBoundingClientRect();
        return box.height > 0 && box.top >= space.top - 1 && box.bottom <= space.bottom + 1;
    };
    // A ladder that is folded has a box, too, but isn't seen and isn't meant to be.
    const all = [...cell.querySelectorAll(".jp-OutputArea svg.nslab-picture")];
    const pictures = all.filter((picture) => picture.checkVisibility());
    const verdict = cell.querySelector(".jp-OutputArea .nslab-why > .nslab-seen");
    return {
        pictures: pictures.map((picture) => [whole(picture), picture.getBoundingClientRect().height / space.height]),
        letters: pictures.map((picture) => picture.getScreenCTM().a * 12),
        code: whole(cell.querySelector(".jp-InputArea-editor")),
        verdict: verdict && whole(verdict),
    };
}"""
_SETTLED = """number => {
    const cell = document.querySelectorAll(".jp-NotebookPanel .jp-Notebook .jp-Cell")[number];
    let outer = cell.parentElement;
    while (outer && !/(auto|scroll)/.test(getComputedStyle(outer).overflowY)) outer = outer.parentElement;
    return `${outer.scrollTop} ${outer.scrollHeight}`;
}"""


# The notebook, also when something else, such as the live picture, is beside it.
_CELLS = "[...jupyterapp.shell.widgets('main')].find((each) => each.content?.widgets).content.widgets"


@dataclass
class Count:
    """How much was seen of what was made."""

    pictures: int = 0
    whole: int = 0
    with_code: int = 0
    verdicts: int = 0
    verdicts_seen: int = 0
    highest: float = 0.0  # share of the notebook's height
    smallest: float = 99.0  # CSS pixels of what is drawn as 12

    def __str__(self) -> str:
        return (
            f"{self.whole} of {self.pictures} pictures whole, {self.with_code} with their code, "
            f"{self.verdicts_seen} of {self.verdicts} verdicts, at most {self.highest:.0%} high, "
            f"letters of 12 shown as {self.smallest:.1f} and more"
        )


def _settled(page: Page, number: int) -> None:
    """Wait until the page has stopped moving by itself."""
    before = ""
    for _ in range(40):
        page.wait_for_timeout(120)
        now = page.evaluate(_SETTLED, number)
        if now == before:
            return
        before = now


def _read_through(page: Page, notebook: Notebook, count: Count) -> list[str]:
    """Press Shift+Enter from the first cell to the last, and look after each."""
    missed = []
    notebook.cells.first.click()
    page.keyboard.press("Escape")
    kinds = page.evaluate(f"() => {_CELLS}.map((cell) => cell.model.type)")
    for number, kind in enumerate(kinds):
        page.keyboard.press("Shift+Enter")
        if kind != "code":
            continue
        page.wait_for_function(
            f"number => {{ const cell = {_CELLS}[number];"
            " return cell.model.executionCount !== null && cell.model.executionState === 'idle'; }",
            arg=number,
            polling=50,
        )
        _settled(page, number)
        seen = page.evaluate(_SEEN, number)
        for (whole, share), letters in zip(seen["pictures"], seen["letters"], strict=True):
            count.pictures += 1
            count.whole += whole
            count.with_code += whole and seen["code"]
            count.highest = max(count.highest, share)
            count.smallest = min(count.smallest, letters)
            if not (whole and seen["code"]):
                missed.append(f"cell {number}: {'whole' if whole else 'cut'}, {share:.0%} high, code {seen['code']}")
        if seen["verdict"] is not None:
            count.verdicts += 1
            count.verdicts_seen += seen["verdict"]
    return missed


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nearly_every_picture_is_seen_whole_with_its_code_and_every_verdict_is(
    page: Page, server: Server, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    count, missed = Count(), []
    for lesson in LESSONS:
        missed += [f"{lesson} {said}" for said in _read_through(page, Notebook(page, f"en/{lesson}"), count)]
        server.clear()
    print(f"{width}x{height}: {count}", *missed, sep="\n")
    assert count.pictures >= 30
    assert count.verdicts >= 3
    assert count.whole >= 0.95 * count.pictures, missed
    assert count.with_code >= 0.9 * count.pictures, missed
    assert count.verdicts_seen == count.verdicts
    assert count.highest <= 0.52
    assert count.smallest >= 8
