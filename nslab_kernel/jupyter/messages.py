"""Say what happened in a line or two, where IPython would show a traceback."""

from __future__ import annotations

from typing import TypeVar

from ..core.errors import NslabError
from ..core.translation import translated

E = TypeVar("E", bound=BaseException)


def told(error: E, *lines: str) -> E:
    """The same error; a notebook shows these lines for it. The cell fails with it as with any other."""
    error._render_traceback_ = lambda: list(lines)  # type: ignore[attr-defined]  # IPython asks for this method
    return error


def worded(sentence: str) -> str:
    """A message as the reader is to see it."""
    return translated(sentence, NslabError.language)
