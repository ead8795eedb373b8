"""Show text that somebody else chose: a name made by hand, a file's line, what a program printed.

An interface's name may have control characters in it, and a namespace's is any file name. Shown as they are,
they would move a terminal's cursor, turn the reading direction, break a line in two or an SVG file in half.
"""

from __future__ import annotations

import html
import re
import shlex

_CODE = "font-family:var(--jp-code-font-family, monospace);font-size:0.95em"
_PART = r"""\$'(?:\\.|[^'\\])*'|'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\]"""
_PARTS, _WORD = re.compile(_PART, re.DOTALL), re.compile(f"(?:{_PART})*", re.DOTALL)
_ESCAPE = re.compile(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|.)", re.DOTALL)
_CONTROL = {"n": "\n", "t": "\t", "r": "\r"}
_INSTEAD = "\\x{:02x}", "\\u{:04x}", "\\U{:08x}"


def shown(text: str) -> str:
    """The text on one line, fit for a terminal, an HTML page, an SVG file and a font alike.

    What can't be printed is shown as Python and bash (``$'...'``) write it: control characters, line breaks,
    marks that turn the direction (UAX 9), bytes that aren't UTF-8. Quotation marks and ``<`` are left to the page.

    Examples
    --------
    >>> shown("ns1\\n")
    'ns1\\\\n'
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def shown_lines(text: str) -> str:
    """The same for a text whose lines are to stay lines, without the spaces and tabs being touched."""
    return "\n".join(line if line.isprintable() else _line(line) for line in text.split("\n"))


def escaped(text: str) -> str:
    """The same as a part of an HTML or SVG page, in or outside of an attribute."""
    return html.escape(shown_lines(text))


def sentence_html(text: str) -> str:
    """A message as HTML: what stands between backticks is code, between ``**`` bold; lines stay lines."""
    made = re.sub(r"`([^`]+)`", rf'<code style="{_CODE}">\1</code>', escaped(text))
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", made).replace("\n", "<br>")


def quoted(text: str) -> str:
    """A text as one word for bash, which can be typed: no letter of it is a key that a terminal obeys."""
    if text.isprintable():
        return shlex.quote(text)
    return "$'" + shown(text.replace("\\", "\\\\").replace("'", "\\'")) + "'"


def words(line: str) -> list[str]:
    """The words of a line as bash takes them, ``$'…'`` as well; the inverse of `quoted` for each.

    Raises
    ------
    ValueError
        When a quotation mark isn't closed, in shlex's own words.

    Examples
    --------
    >>> words("ns1 'my ns' --save=\"a b.svg\"")
    ['ns1', 'my ns', '--save=a b.svg']
    """
    found = []
    while line := line.lstrip():
        raw, line = first_word(line)
        found.append("".join(map(_meant, _PARTS.findall(raw))))
    return found


def first_word(line: str) -> tuple[str, str]:
    """The first word of a line as it is written, quotes and all, and what follows it.

    Raises
    ------
    ValueError
        When a quotation mark isn't closed, in shlex's own words.
    """
    line = line.lstrip()
    word = _WORD.match(line)
    end = word.end() if word else 0
    if end < len(line) and not line[end].isspace():
        raise ValueError("No escaped character" if line[end] == "\\" else "No closing quotation")
    return line[:end], line[end:].lstrip()


def _meant(part: str) -> str:
    if part.startswith("$'"):
        return _ESCAPE.sub(lambda found: _letter(found[1]), part[2:-1])
    return "".join(shlex.split(part)) if part[0] in "'\"\\" else part


def _letter(escape: str) -> str:
    if escape[0] not in "xuU":
        return _CONTROL.get(escape, escape)
    number = int(escape[1:], 16)
    return chr(0xDC00 + number) if escape[0] == "x" and number >= 0x80 else chr(number)  # a byte that isn't UTF-8


def _line(line: str) -> str:
    return "".join(letter if letter.isprintable() or letter == "\t" else _escaped(letter) for letter in line)


def _escaped(letter: str) -> str:
    number = ord(letter)
    if 0xDC80 <= number <= 0xDCFF:
        number -= 0xDC00  # a byte that isn't UTF-8, as Python has it (PEP 383)
        return _INSTEAD[0].format(number)
    if letter in "\n\t\r":
        return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}[letter]
    return _INSTEAD[(number > 0x7F) + (number > 0xFFFF)].format(number)
