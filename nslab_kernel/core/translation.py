"""Messages, and what they are in the reader's language (gettext; https://docs.python.org/3/library/gettext.html).

A message is an English sentence with named values. It reads as English, so that tests and programs know it, and keeps
sentence and values apart: where it is shown, `translated` looks the sentence up in the reader's catalogue and puts the
values in again. A language is a folder in ``nslab_kernel/locale``; what its catalogue lacks stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from .foreign import shown

if TYPE_CHECKING:
    import gettext

_DOMAIN = "nslab"
_LOCALE = f"{__file__.rpartition('/core/')[0]}/locale"
# Where Chinese has no space: after full-width punctuation, and between two of its characters.
# Emphasis (``**``) doesn't count.
_NO_SPACE = re.compile(
    r"(?<=[\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f]) |(?<=[\u4e00-\u9fff]) (?=(?:\*\*)?[\u4e00-\u9fff])"
)


class Message(str):
    """A sentence that can be shown in another language.

    Attributes
    ----------
    msgid
        The English sentence with ``{name}`` for each value (`str.format`).
    values
        The values by name. A value that is a message itself is translated, too; any other text is somebody's, and is
        shown on one line (`nslab_kernel.core.foreign`).
    context
        What tells it from the same English words elsewhere (``msgctxt`` in gettext).
    parts
        Of several messages in a row (`joined`): these, in order; the context is then what is between them.
    """

    __slots__ = ("context", "msgid", "parts", "values")

    msgid: str
    values: dict[str, object]
    context: str
    parts: tuple[str, ...]

    def __new__(cls, msgid: str, /, **values: object) -> Message:
        values = {name: _one_line(value) for name, value in values.items()}
        made = super().__new__(cls, msgid.format(**values) if values else msgid)
        made.msgid, made.values, made.context, made.parts = msgid, values, "", ()
        return made

    def filled(self, **values: object) -> Message:
        """The same message with its values, for a form such as ``_("no route to {ip}")``."""
        made = Message(self.msgid, **values)
        made.context = self.context
        return made


def _(msgid: str, /, **values: object) -> Message:
    """Mark a sentence for translation; without values it may be a form that is filled in later."""
    return Message(msgid, **values)


def pgettext(context: str, msgid: str, /) -> Message:
    """Mark words for translation that are something else elsewhere."""
    made = Message(msgid)
    made.context = context
    return made


def joined(*parts: str, separator: str = " ") -> Message:
    """Several messages in a row, as one; empty ones are left out. The separator may be a message, too."""
    kept = tuple(part for part in parts if part)
    made = Message(separator.join(kept))
    made.parts, made.context = kept, separator
    return made


def translated(text: str, language: str) -> str:
    """A text as a reader is to see it.

    Parameters
    ----------
    text
        A `Message`, or words of somebody else's such as the kernel's, which stay as they are.
    language
        The code of a language, such as ``"zh"``.
    """
    catalogue = _catalogue(language)
    if catalogue is None or not isinstance(text, Message):
        return str(text)
    if text.parts:
        separator = translated(text.context, language)
        return _joined([translated(part, language) for part in text.parts], separator)
    found = catalogue.pgettext(text.context, text.msgid) if text.context else catalogue.gettext(text.msgid)
    if not text.values:
        return found
    values = {name: _value(value, language) for name, value in text.values.items()}
    return _NO_SPACE.sub("", found.format(**values))


def all_translated(words: Mapping[str, str], language: str) -> dict[str, str]:
    """A table of words as a reader is to see them."""
    return {key: translated(text, language) for key, text in words.items()}


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: a Chinese character takes two."""
    import unicodedata

    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def padded(text: str, width: int) -> str:
    """A text with spaces after it, up to a number of a terminal's columns."""
    return text + " " * (width - columns(text))


@cache
def languages() -> tuple[str, ...]:
    """The codes of all languages, English first."""
    return ("en", *_folders())


def _one_line(value: object) -> object:
    return shown(value) if isinstance(value, str) and not isinstance(value, Message) else value


def _value(value: object, language: str) -> object:
    return translated(value, language) if isinstance(value, Message) else value


def _joined(parts: list[str], separator: str) -> str:
    """Sentences in a row: Chinese ones need no space between them."""
    whole = separator.join(parts)
    return _NO_SPACE.sub("", whole) if separator == " " else whole


@cache
def _folders() -> dict[str, str]:
    """The folder of each language's catalogue, by the code of the language."""
    import glob  # here, as everything else that takes time to load: the kernel's launcher imports this module

    found = sorted(glob.glob(f"{_LOCALE}/*/LC_MESSAGES"))
    return {folder.removeprefix(f"{_LOCALE}/").partition("/")[0].partition("_")[0]: folder for folder in found}


@cache
def _catalogue(language: str) -> gettext.NullTranslations | None:
    """The catalogue of a language; None for English, and for a language that has none."""
    folder = None if language == "en" else _folders().get(language)
    if folder is None:
        return None
    import gettext
    import io

    source, compiled = _content(f"{folder}/{_DOMAIN}.po"), _content(f"{folder}/{_DOMAIN}.mo")
    if compiled:
        found = gettext.GNUTranslations(io.BytesIO(compiled))
        if not source or found.info().get("x-source") == _fingerprint(source):
            return found
    # The catalogue of a checkout was edited since it was compiled, which happens when nslab is installed.
    from babel.messages import mofile, pofile

    binary = io.BytesIO()
    mofile.write_mo(binary, pofile.read_po(io.BytesIO(source)))
    binary.seek(0)
    return gettext.GNUTranslations(binary)


def _content(file: str) -> bytes:
    try:
        with open(file, "rb") as opened:
            return opened.read()
    except OSError:
        return b""


def _fingerprint(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()
