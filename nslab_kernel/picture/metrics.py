"""How wide a text will be, known before any font is.

The picture is laid out once and drawn by matplotlib and by browsers, whose fonts
differ. The widths are those of DejaVu Sans (matplotlib's own font), which is wider
than the fonts that browsers put in its place, so what fits here fits everywhere.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ..core.foreign import shown

_REGULAR = (
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
    748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
    615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
    337, 636, 838,
)  # fmt: skip
_BOLD = (
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696, 696, 696, 696, 696,
    696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995,
    837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716,
    678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712,
    365, 712, 838,
)  # fmt: skip
_MONO = 620  # DejaVu Sans Mono has 602, SF Mono 618; the widest that is in use
_FIRST = 32
_NEVER_FIRST = "，。、；：！？）》”’·"  # no line begins with these


@dataclass(frozen=True, slots=True)
class Font:
    """A face of the picture."""

    size: float  # CSS pixels
    bold: bool = False
    mono: bool = False


FONTS = {
    "title": Font(16, bold=True),
    "name": Font(13, bold=True, mono=True),
    "address": Font(13, bold=True, mono=True),
    "code": Font(12, mono=True),
    "fine": Font(11, mono=True),
    "text": Font(12.5),
    "strong": Font(12.5, bold=True),
    "state": Font(14, bold=True),
    "subtitle": Font(14),
    "tag": Font(11.5, bold=True),
    "small tag": Font(9.5, bold=True),
    "caption": Font(13),
}


@lru_cache(maxsize=8192)
def width(text: str, font: str) -> float:
    """The width of ``text`` in CSS pixels, an upper bound.

    Parameters
    ----------
    text
        One line of text.
    font
        A key of `FONTS`.
    """
    face = FONTS[font]
    return sum(_advance(character, face) for character in shown(text)) * face.size / 1000


def _advance(character: str, face: Font) -> int:
    code = ord(character) - _FIRST
    if 0 <= code < len(_REGULAR):
        return _MONO if face.mono else _BOLD[code] if face.bold else _REGULAR[code]
    # East Asian fonts draw even arrows as wide as a Chinese character.
    return 1000 if unicodedata.east_asian_width(character) in "WFA" or not character.isalnum() else 850


def wrap(text: str, font: str, room: float) -> list[str]:
    """Break ``text`` into lines no wider than ``room`` CSS pixels.

    Lines end at spaces, after ``:`` ``.`` ``/`` of an address that is too long by
    itself, and after any Chinese character.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, font, room):
        if line and width((line + piece).rstrip(), font) > room:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str, font: str, room: float) -> list[str]:
    """The parts of a text that a line may end after."""
    pieces = [""]
    for character, following in pairwise(text + " "):
        pieces[-1] += character
        if character == " " or (_is_wide(character) and following not in _NEVER_FIRST):
            pieces.append("")
    return [part for piece in pieces for part in _halves(piece, font, room)]


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _halves(piece: str, font: str, room: float) -> list[str]:
    """Cut a word that is wider than a line."""
    if width(piece.rstrip(), font) <= room:
        return [piece]
    fitting = next(n for n in range(len(piece) - 1, 0, -1) if n == 1 or width(piece[:n], font) <= room)
    cut = max(piece.rfind(mark, 0, fitting) for mark in ":./-") + 1 or fitting
    return [piece[:cut], *_halves(piece[cut:], font, room)]
