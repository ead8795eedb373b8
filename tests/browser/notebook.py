"""A notebook open in JupyterLab, driven as a person would: by mouse and keyboard."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from .server import Server

# None of these waits inside the page: Chromium gives up a promise that nothing but the test is waiting for.
_OPEN = """path => { window.jupyterapp.commands.execute("docmanager:open", { path }); }"""
_IS_ALONE = """path => {
    const panels = [...window.jupyterapp.shell.widgets("main")];
    const opened = panels.find((panel) => panel.context?.path === path);
    if (!opened?.context.isReady) return false;
    for (const other of panels) if (other !== opened) other.dispose();
    return true;
}"""
_IS_RESTORED = """() => {
    if (window.jupyterapp && window.wasRestored === undefined) {
        window.wasRestored = false;
        window.jupyterapp.restored.then(() => { window.wasRestored = true; });
    }
    return window.wasRestored;
}"""
_KERNEL_IS_IDLE = """path => {
    const panel = [...window.jupyterapp.shell.widgets("main")].find((panel) => panel.context?.path === path);
    const kernel = panel?.sessionContext?.session?.kernel;
    return kernel?.connectionStatus === "connected" && kernel.status === "idle";
}"""
# The number that a cell has from an earlier run is no sign that it ran again: watch it from [*] to [n].
_MARK_ONCE_RAN = """prompt => {
    let began = false;
    delete prompt.dataset.ran;
    const watch = new MutationObserver(() => {
        began ||= prompt.textContent === "[*]:";
        if (!began || prompt.textContent === "[*]:") return;
        prompt.dataset.ran = "yes";
        watch.disconnect();
    });
    watch.observe(prompt, { childList: true, characterData: true, subtree: true });
}"""


def write(server: Server, name: str, *cells: str | tuple[str, str], kernel: str = "nslab") -> Path:
    """A notebook with these cells; a pair is a kind and a source, plain text is code."""
    pairs = [("code", cell) if isinstance(cell, str) else cell for cell in cells]
    content: dict[str, Any] = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}},
        "cells": [_cell(kind, source, number) for number, (kind, source) in enumerate(pairs)],
    }
    path = server.notebooks / name
    path.write_text(json.dumps(content))
    return path


def _cell(kind: str, source: str, number: int) -> dict[str, Any]:
    kind, _, tags = kind.partition(":")
    metadata = {"tags": tags.split(",")} if tags else {}
    cell: dict[str, Any] = {"id": f"cell-{number}", "cell_type": kind, "metadata": metadata, "source": source}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


class Notebook:
    """One notebook in its page.

    Parameters
    ----------
    page
        A page with JupyterLab, which must be there; `load` loads it anew.
    path
        The notebook, from the server's folder.
    """

    def __init__(self, page: Page, path: str) -> None:
        self.page = page
        self._path = path
        self.panel = page.locator(".jp-NotebookPanel")
        self.cells = self.panel.locator(".jp-Notebook .jp-Cell")
        page.evaluate(_OPEN, path)
        page.wait_for_function(_IS_ALONE, arg=path)
        self.cells.first.wait_for()
        self.wait_until_idle()

    def wait_until_idle(self) -> None:
        """Wait until the page has its kernel, and that has nothing left to do.

        A cell that is run before the page is connected is dropped without a word.
        """
        self.page.wait_for_function(_KERNEL_IS_IDLE, arg=self._path)

    def run(self, number: int) -> Locator:
        """Click into a cell, press Shift+Enter, and give the cell back; it may still be running."""
        cell = self.cells.nth(number)
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        return cell

    def run_to_end(self, number: int) -> Locator:
        """Run a cell and wait until it's done."""
        prompt = self.cells.nth(number).locator(".jp-InputPrompt")
        prompt.evaluate(_MARK_ONCE_RAN)
        cell = self.run(number)
        expect(prompt).to_have_attribute("data-ran", "yes")
        return cell

    def menu(self, *labels: str) -> None:
        """Choose from JupyterLab's menus."""
        self.page.get_by_role("menuitem", name=labels[0], exact=True).click()
        for label in labels[1:]:
            self.page.locator(".lm-Menu-itemLabel").get_by_text(label, exact=True).click()

    def choose_theme(self, name: str) -> None:
        """Change JupyterLab's colours."""
        self.page.get_by_role("menuitem", name="Settings", exact=True).click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text("Theme", exact=True).hover()
        self.page.locator(".lm-Menu-itemLabel").get_by_text(name, exact=True).click()
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-name", name)


def load(page: Page, server: Server) -> None:
    """Load JupyterLab, in a workspace of its own: it would bring back the panels of another one."""
    page.goto(f"{server.url}/lab/workspaces/{uuid.uuid4().hex}?token={server.token}")
    page.wait_for_function(_IS_RESTORED)
