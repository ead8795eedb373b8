"""What the widgets' pages are made of, and what they must know of this kernel."""

from __future__ import annotations

import json
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.translation import _, languages, translated

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_STATIC = Path(__file__).parent / "static"
_ID = "NSLAB_ID"  # set by the launcher of a lab's kernel


# A text that a script marks for translation; Babel finds the same ones.
_MARKED = re.compile(r'\b_\(("(?:[^"\\]|\\.)*")\)')


@lru_cache
def bundle(*names: str) -> str:
    """Files of ``static/`` joined to one: an anywidget is a single module, and there is no build step.

    The texts that scripts mark by ``_("…")`` come before them in every language, as ``TRANSLATIONS``.

    Parameters
    ----------
    names
        Files, such as ``common.js``; a later one sees what an earlier one defines.
    """
    content = "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in names)
    marked = [json.loads(text) for text in _MARKED.findall(content)]
    if not marked:
        return content
    known = {language: {text: translated(_(text), language) for text in marked} for language in languages()[1:]}
    return f"const TRANSLATIONS = {json.dumps(known, ensure_ascii=False)};\n{content}"


def kernel_id() -> str:
    """The id by which the Jupyter server knows this kernel; empty in a terminal's IPython, which is none."""
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Application

    app = Application.instance() if Application.initialized() else None
    if not isinstance(app, IPKernelApp):
        return ""
    # A lab's kernel has a connection file of its own inside, whose name says nothing outside.
    return os.environ.get(_ID) or Path(app.connection_file).stem.removeprefix("kernel-")


def keep_version_out_of_notebooks(shell: InteractiveShell) -> None:
    """Have the kernel report Python 3 as its language, without the minor version.

    A front end writes what it reports into each notebook that is opened: with the machine's own version a lesson would
    count as changed wherever another Python runs, before anything was done in it.
    """
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        kernel.language_info = {**kernel.language_info, "version": "3"}


def can_ask(shell: InteractiveShell) -> bool:
    """Whether somebody sits at the front end: one without input (nbclient, nbconvert) runs a notebook unattended."""
    kernel = getattr(shell, "kernel", None)
    return bool(kernel is not None and kernel_id() and getattr(kernel, "_allow_stdin", False))


def cell_tags(shell: InteractiveShell) -> tuple[str, ...]:
    """The tags of the cell that runs now, where the front end sends them along (JupyterLab, Notebook)."""
    parent: dict[str, Any] = getattr(shell, "get_parent", dict)() or {}
    tags = parent.get("metadata", {}).get("tags", ())
    return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, (list, tuple)) else ()
