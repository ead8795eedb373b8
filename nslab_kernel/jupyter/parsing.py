"""What every class of magics here has: the session, and arguments that are understood or refused in a sentence."""

from __future__ import annotations

import keyword
import math
from collections.abc import Callable
from functools import wraps
from types import MethodType
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics

from ..core import help_text
from ..core.checks.parse import listed_forms
from ..core.command_line import understood
from ..core.errors import Interruption, NslabError
from ..core.foreign import words
from ..core.translation import _, translated
from ..lab import Lab
from .session import Session

# What shlex says.
_QUOTES = {"No closing quotation": _("No closing quotation."), "No escaped character": _("No escaped character.")}


class NslabMagics(Magics):
    """What every class of magics here has: the session."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.shell)
        self.session = session
        found: dict[str, dict[str, Callable[..., Any]]] = vars(self)["magics"]
        for magics in found.values():
            magics.update({name: self._ending_in_a_sentence(magic) for name, magic in magics.items()})

    @property
    def lab(self) -> Lab:
        """The lab that the magics act on."""
        return self.session.lab

    def _ending_in_a_sentence(self, magic: Callable[..., Any]) -> Callable[..., Any]:
        """A magic for which an interrupt is shown in one sentence, which says whether its operation was done."""

        @wraps(magic.__func__)  # type: ignore[attr-defined]  # it is a method, and stays one
        def call(_magics: NslabMagics, *arguments: Any, **named: Any) -> Any:
            NslabError.language = self.lab.language
            self.lab.interruption = ""
            try:
                return magic(*arguments, **named)
            except KeyboardInterrupt as interrupt:
                if hasattr(interrupt, "_render_traceback_"):
                    raise
                raise Interruption(self.lab.interruption or _("Interrupted. Nothing was changed.")) from None

        call.__doc__ = _helped(magic, self.lab.language)
        return MethodType(call, self)


def _helped(magic: Any, language: str) -> str:
    """A magic's help, as ``?`` shows it, in a language."""
    doc = magic.__doc__ or ""
    if language == "en":
        return doc
    parser = getattr(magic, "parser", None)

    def say(text: str) -> str:
        return translated(_(text), language)

    if parser:
        return help_text.of_parser(parser, say)
    text, forms, _rest = doc.partition(listed_forms())
    return (
        f"{help_text.put(text, say)}\n\n{translated(listed_forms(), language)}\n" if forms else help_text.put(text, say)
    )


def parse(magic: Any, line: str) -> Any:
    """The magic's arguments; a line that isn't understood is refused in a sentence with the magic's form."""
    try:
        return magic.parser.parse_args(words(line))
    except UsageError as error:
        form = " ".join(magic.parser.format_usage().replace("::", "").split())
        raise NslabError(understood(str(error)), _("The form is `{form}`.", form=form)) from None
    except ValueError as error:
        raise NslabError(_QUOTES[str(error)], _("Close the quotation mark.")) from None


def seconds(text: str) -> float:
    """A time that is more than nothing; argparse tells the name of this function where it is not."""
    value = float(text)
    if not 0 < value < math.inf:
        raise ValueError(text)
    return value


def variable(text: str) -> str:
    """A name that a variable can have; argparse tells the name of this function where it can't."""
    if not text.isidentifier() or keyword.iskeyword(text):
        raise ValueError(text)
    return text
