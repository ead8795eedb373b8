"""The stepper as a person sees it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from .notebook import Notebook

_ALL_IN_VIEW = """() => {
    const box = (selector) => document.querySelector(`.nslab-stepper ${selector}`).getBoundingClientRect();
    const [frame, picture, buttons] = [box("main"), box(".nslab-drawing"), box("footer")];
    const inked = box(".nslab-drawing svg");
    return inked.height >= 180 && picture.bottom <= buttons.top && buttons.bottom <= frame.bottom;
}"""
_ENDED = re.compile("done|failed")


class StepperPage:
    """The stepper that a notebook's cell shows."""

    def __init__(self, notebook: Notebook, cell: int = 0) -> None:
        self.page = notebook.page
        notebook.run_to_end(cell)
        self.root = self.page.locator("section.nslab-stepper")
        self.root.wait_for()
        self.main = self.button("main")
        self.notes = self.root.locator(".nslab-notes")
        self.output = self.root.locator(".nslab-output")
        self.picture = self.root.locator(".nslab-drawing svg")

    def button(self, name: str) -> Locator:
        """One of its buttons."""
        return self.root.locator(f'[data-do="{name}"]')

    def step(self, index: int) -> Locator:
        """A step in the list."""
        return self.root.locator(f'[data-step="{index}"]')

    @property
    def total(self) -> int:
        """How many steps there are."""
        return self.root.locator("[data-step]").count()

    @property
    def states(self) -> list[str]:
        """Each step's state."""
        return [step.get_attribute("data-state") or "" for step in self.root.locator("[data-step]").all()]

    def thing(self, identity: str) -> Locator:
        """A thing in the picture: ``ns1``, ``ns1/eth0``."""
        return self.picture.locator(f'[data-id="{identity}"]')

    def ended(self, index: int, state: str | re.Pattern[str] = _ENDED) -> None:
        """Wait until a step has run and everything of it is shown."""
        expect(self.step(index)).to_have_attribute("data-state", state)
        expect(self.root).to_have_attribute("data-busy", "")

    def current(self, index: int) -> None:
        """Wait until a step is the one that is shown."""
        expect(self.step(index)).to_have_attribute("aria-current", "step")

    def go(self, act: Callable[[], None], steps: range) -> None:
        """Run steps one after the other: ``act`` first runs a step, then goes to the next."""
        for index in steps:
            self.current(index)
            act()
            self.ended(index)
            if index + 1 < self.total:
                act()

    def everything_is_in_view(self) -> None:
        """Wait until neither words nor output push the picture or the buttons out of the lesson's frame."""
        self.page.wait_for_function(_ALL_IN_VIEW)

    def focus(self) -> None:
        """Put the keyboard into it, by a click where nothing is to be pressed."""
        self.root.locator("h2").click()
