"""Where a machine permits no private host, JupyterLab says so before a cell is run, and so does every cell."""

from __future__ import annotations

import json

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Page, expect

from tests.sandbox.refusing import CURE, REASON, WITHOUT_USER_NAMESPACES

from .server import ROOT, Server


def write_notebook_with_refused_kernel(server: Server) -> None:
    """A notebook of a kernel like ours, that starts where user namespaces are not permitted."""
    spec = json.loads((ROOT / "kernelspec" / "kernel.json").read_text())
    spec["argv"] = [*WITHOUT_USER_NAMESPACES, *spec["argv"]]
    directory = server.notebooks.parent / "data" / "kernels" / "refused"
    directory.mkdir(parents=True)
    (directory / "kernel.json").write_text(json.dumps(spec))
    notebook = new_notebook(cells=[new_code_cell("!hostname")])
    notebook.metadata["kernelspec"] = {"name": "refused", "display_name": "refused", "language": "python"}
    nbformat.write(notebook, server.notebooks / "refused.ipynb")


def test_a_refused_private_host_is_told_in_a_dialog_and_by_each_cell(page: Page, server: Server, screenshot):
    write_notebook_with_refused_kernel(server)
    page.goto(f"{server.url}/lab/workspaces/refused/tree/refused.ipynb?token={server.token}")
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text(REASON)
    expect(dialog).to_contain_text(CURE)
    screenshot("refused-dialog")
    dialog.get_by_role("button", name="Ok").click()
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".jp-OutputArea-output").first).to_contain_text(CURE)
    screenshot("refused-cell")
