"""What the widgets' pages are made of, and what they must know of this kernel."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

_STATIC = Path(__file__).parent / "static"
_ID = "NSLAB_ID"  # set by the launcher of a lab's kernel


@lru_cache
def bundle(*names: str) -> str:
    """Files of ``static/`` joined to one: an anywidget is a single module, and there is no build step.

    Parameters
    ----------
    names
        Files, such as ``common.js``; a later one sees what an earlier one defines.
    """
    return "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in names)


def kernel_id() -> str:
    """The id by which the Jupyter server knows this kernel; empty if it can't be told."""
    told = os.environ.get(_ID, "")
    if told:
        return told
    from ipykernel.connect import get_connection_file

    try:
        name = Path(get_connection_file()).stem
    except RuntimeError:  # no kernel: a terminal's IPython
        return ""
    return name.removeprefix("kernel-")
