"""In Chinese: what nslab says in sentences when something goes wrong, and how a command or a step went.

Such sentences arise in every room. They are raised in English, by which tests and programs know them, and a reader's
language matters only where they are shown. So their Chinese stands here, beside the English that it is of, and nobody
who raises one has to think of it. A test reads the source for every sentence that can be raised.
"""

from __future__ import annotations

import re
from functools import cache

from . import building, lessons, machine, reaching

_TABLES = (building, reaching, lessons, machine)
_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_VALUE = r"((?:(?![.?!] ).)+?)"  # it ends with its sentence


def said_in(language: str, text: str) -> str:
    """A text as a reader of ``language`` (``"en"`` or ``"zh"``) is to see it.

    Parameters
    ----------
    text
        One or more English sentences. What is known of them is put into Chinese all together; what somebody else said,
        such as the kernel, stays as it is.
    """
    return (_chinese(text) or text) if language == "zh" else text


def _chinese(text: str) -> str | None:
    for sentence in _sentences():
        if values := sentence.alone.fullmatch(text):
            return sentence.filled(values.groups())
    for sentence in _sentences():
        if (values := sentence.first.fullmatch(text)) and (rest := _chinese(values["rest"])):
            return sentence.filled(values.groups()[:-1]) + rest
    return None


class _Sentence:
    """An English sentence with its Chinese; ``{}`` stands for a value, which may come in another place there."""

    def __init__(self, english: str, chinese: str) -> None:
        form = _VALUE.join(re.escape(part) for part in english.split("{}"))
        self.alone = re.compile(form, re.DOTALL)
        self.first = re.compile(f"{form} (?P<rest>.+)", re.DOTALL)
        self._chinese = chinese

    def filled(self, values: tuple[str, ...]) -> str:
        """The Chinese, with the values put in; no space is left between two Chinese words."""
        text = self._chinese.format(*(_words().get(value, value) for value in values))
        return _BETWEEN.sub("", text)


@cache
def _sentences() -> tuple[_Sentence, ...]:
    """All of them, those with the most words of their own first: they fit the fewest texts."""
    known = {english: chinese for table in _TABLES for english, chinese in table.SENTENCES.items()}
    most = sorted(known, key=lambda english: len(english.replace("{}", "")), reverse=True)
    return tuple(_Sentence(english, known[english]) for english in most)


@cache
def _words() -> dict[str, str]:
    """Values that are words themselves."""
    from ..checks.parse import listed_forms

    return {listed_forms("en"): listed_forms("zh"), **building.WORDS, **lessons.WORDS, **machine.WORDS}
