"""The errors a student meets."""

from __future__ import annotations

from typing import ClassVar

from .foreign import shown_lines
from .translation import translated


class NslabError(Exception):
    """Something a person asked for that can't be done, said so that they can put it right.

    Parameters
    ----------
    message
        What is wrong and with which value, one sentence in the field's terms.
    cure
        The one command or change that puts it right; empty only where nothing can.

    Both are messages (`nslab_kernel.core.translation`), which read as English; `str` of the error gives them in the
    language that the front end has put into `language`. Values in them may be anybody's text: it is shown, not obeyed
    (`nslab_kernel.core.foreign`).
    """

    language: ClassVar[str] = "en"

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return "\n".join(_in_language(part) for part in (self.message, self.cure) if part)

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows instead of a traceback: IPython asks an exception for this method."""
        return str(self).splitlines()


class WrongTypeError(NslabError, TypeError):
    """An argument of a type that a call of `Lab` doesn't take."""


class Interruption(KeyboardInterrupt):
    """An interrupt (Ctrl-C, a notebook's Stop) that came while an operation was under way.

    Parameters
    ----------
    message
        One sentence that says whether the operation was done.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return _in_language(self.message)

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows instead of a traceback."""
        return [str(self)]


def _in_language(text: str) -> str:
    return shown_lines(translated(text, NslabError.language))
