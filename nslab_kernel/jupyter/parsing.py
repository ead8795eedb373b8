"""What every class of magics here has: the session, and arguments that are understood or refused in a sentence."""

from __future__ import annotations

import keyword
import math
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics
from IPython.core.magic_arguments import parse_argstring

from ..core.errors import NslabError
from ..lab import Lab
from .session import Session


class NslabMagics(Magics):
    """What every class of magics here has: the session."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.shell)
        self.session = session

    @property
    def lab(self) -> Lab:
        """The lab that the magics act on."""
        return self.session.lab


def parse(magic: Any, line: str) -> Any:
    """The magic's arguments; a line that isn't understood is told in a sentence with the magic's form."""
    try:
        return parse_argstring(magic, line)
    except UsageError as error:
        said = str(error).strip().rstrip(".")
        form = " ".join(magic.parser.format_usage().replace("::", "").split())
        raise NslabError(f"{said[:1].upper()}{said[1:]}.", f"The form is `{form}`.") from None
    except ValueError as error:  # shlex: no closing quotation
        raise NslabError(f"{error}.", "Close the quotation mark.") from None


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
