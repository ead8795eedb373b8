"""The live picture and a terminal as a person sees them."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from .notebook import Notebook

_REMEMBER = """caption => {
    caption.said = [];
    new MutationObserver(() => caption.said.push(caption.textContent)).observe(caption, { childList: true });
}"""


class LivePage:
    """The live picture that a notebook's cell shows."""

    def __init__(self, notebook: Notebook, cell: int = 0) -> None:
        self.page = notebook.page
        notebook.run_to_end(cell)
        self.root = self.page.locator("section.nslab-live")
        self.picture = self.root.locator(".nslab-drawing svg")
        self.picture.wait_for()
        self.caption = self.root.locator(".nslab-caption")
        self.caption.evaluate(_REMEMBER)
        self.tip = self.root.get_by_role("tooltip")
        self.opened = self.root.locator(".nslab-page")

    def thing(self, identity: str) -> Locator:
        """A thing in the picture: ``ns1``, ``ns1/eth0``."""
        return self.picture.locator(f'[data-id="{identity}"]').first

    def name(self, text: str) -> Locator:
        """A word in the picture, such as a namespace's name."""
        return self.picture.locator("text").get_by_text(text, exact=True).first

    def shows(self, text: str) -> None:
        """Wait until the picture says something."""
        expect(self.picture.locator("text", has_text=text).first).to_be_visible()

    def tells(self, text: str) -> None:
        """Wait until the caption has said something, be it for a few seconds only."""
        told = "text => document.querySelector('.nslab-live .nslab-caption').said.some((said) => said.includes(text))"
        self.page.wait_for_function(told, arg=text)

    def open(self, namespace: str) -> Locator:
        """Click on a namespace; gives its page."""
        self.name(namespace).click()
        expect(self.opened.locator("h3")).to_have_text(namespace)
        return self.opened


class Terminal:
    """A terminal of JupyterLab, the only one of its page.

    Parameters
    ----------
    notebook
        Beside which it opens.
    place
        The name of the host that its prompt is to show: what is typed before that is lost.
    """

    def __init__(self, notebook: Notebook, place: str) -> None:
        self._page = notebook.page
        terminal = self._page.locator(".jp-Terminal")
        expect(terminal.locator(".xterm-accessibility-tree")).to_contain_text(f"@{place}:")
        self._keys = terminal.locator("textarea.xterm-helper-textarea")

    def type(self, line: str) -> None:
        """Type a line."""
        expect(self._keys).to_be_focused()
        self._page.keyboard.type(line)
        self._page.keyboard.press("Enter")
