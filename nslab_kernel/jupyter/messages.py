"""Say what happened in a line or two, where IPython would show a traceback."""

from __future__ import annotations

import subprocess
from typing import TypeVar

from IPython.display import display

from ..core.errors import NslabError
from ..core.foreign import sentence_html, shown_lines
from ..core.translation import translated
from ..linux.processes import Result

E = TypeVar("E", bound=BaseException)


def told(error: E, *lines: str) -> E:
    """The same error; a notebook shows these lines for it. The cell fails with it as with any other."""
    error._render_traceback_ = lambda: list(lines)  # type: ignore[attr-defined]  # IPython asks for this method
    return error


def worded(sentence: str) -> str:
    """A message as the reader is to see it."""
    return translated(sentence, NslabError.language)


def say(*lines: str) -> None:
    """Show a message: in a page commands in it look like code and no word is cut; elsewhere it's text."""
    text = "\n".join(worded(line) for line in lines)
    page = f'<div class="nslab-said" lang="{NslabError.language}">{sentence_html(text)}</div>'
    display({"text/html": page, "text/plain": shown_lines(text)}, raw=True)


class CommandFailedError(subprocess.CalledProcessError):
    """A command in a namespace ended with another status than 0.

    Parameters
    ----------
    command
        What ran.
    result
        How it ended.
    message
        The same in a sentence.
    hint
        What to do next; empty where there is nothing to say.
    """

    def __init__(self, command: str, result: Result, message: str, hint: str = "") -> None:
        super().__init__(result.returncode, command, result.stdout, result.stderr)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return worded(self.message)

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows instead of a traceback."""
        return [worded(part) for part in (self.message, self.hint) if part]
