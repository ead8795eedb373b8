"""A lesson's Markdown as HTML.

The page cleans the HTML before it shows it (``static/common.js``), as JupyterLab does with a notebook's own Markdown.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any


def html(markdown: str) -> str:
    """HTML of a piece of Markdown (CommonMark with tables and strikethrough)."""
    return str(_renderer()(markdown)) if markdown else ""


@lru_cache
def _renderer() -> Any:
    import mistune

    return mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "url"])
