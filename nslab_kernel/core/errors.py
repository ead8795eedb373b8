"""The one error a student meets."""

from __future__ import annotations

from typing import ClassVar

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
    language that the front end has put into `language`.
    """

    language: ClassVar[str] = "en"

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return "\n".join(translated(part, self.language) for part in (self.message, self.cure) if part)

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows instead of a traceback: IPython asks an exception for this method."""
        return str(self).splitlines()
