"""What the names of styles look like, for every renderer.

Colours are Okabe and Ito's, told apart by colour-blind people; where one is used for
text it is darker (on white) or lighter (on black), to keep a contrast of 4.5 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour on a light and on a dark page, and JupyterLab's variable that overrides it."""

    light: str
    dark: str
    variable: str = ""


COLOURS = {
    "ink": Colour("#22303c", "#e6eaee", "--jp-ui-font-color1"),
    "muted": Colour("#5b6774", "#a9b4bf", "--jp-ui-font-color2"),
    "edge": Colour("#c3ced9", "#4a5560", "--jp-border-color1"),
    "paper": Colour("#ffffff", "#111418", "--jp-layout-color0"),
    "blue": Colour("#0072b2", "#56b4e9"),
    "green": Colour("#009e73", "#1fbf91"),
    "vermilion": Colour("#d55e00", "#f08a3c"),
    "orange": Colour("#e69f00", "#f0b429"),
    "purple": Colour("#cc79a7", "#d98fb8"),
    "green-text": Colour("#007a59", "#35cfa3"),
    "vermilion-text": Colour("#b84f00", "#ff9f57"),
    "on-orange": Colour("#2b1d00", "#2b1d00"),
    "on-dark": Colour("#ffffff", "#0d1116"),
}


@dataclass(frozen=True, slots=True)
class Style:
    """How a primitive is painted; colours are keys of `COLOURS`, empty means not at all."""

    fill: str = ""
    stroke: str = ""
    weight: float = 0  # of the stroke, in CSS pixels
    dash: tuple[float, float] | None = None
    opacity: float = 1  # of fill and stroke
    cap: Literal["butt", "round"] = "butt"  # of a line's ends


STYLES = {
    # grounds and frames
    "host": Style("blue", opacity=0.07),
    "ground": Style("paper"),
    "room": Style("muted", opacity=0.05),
    "outside": Style("purple", opacity=0.07),
    "frame": Style("", "edge", 1.5),
    "outside frame": Style("", "purple", 1.5),
    "switch up": Style("paper", "green", 2),
    "switch down": Style("paper", "vermilion", 2.2, (7, 5)),
    "switch no-carrier": Style("paper", "orange", 2, (12, 4)),
    "note": Style("paper", "edge", 1.3),
    "note drop": Style("paper", "vermilion", 1.3),
    "note nat": Style("paper", "orange", 1.3),
    "ghost": Style("", "muted", 1.3, (4, 4), 0.7),
    "glow": Style("orange", opacity=0.16),
    "glow edge": Style("", "orange", 2.5),
    "pill": Style("orange", opacity=0.22),
    "tag": Style("orange"),
    "tag removed": Style("muted"),
    # sockets and what is drawn in them
    "socket up": Style("green", "paper", 1.5),
    "socket down": Style("vermilion", "paper", 1.5),
    "socket no-carrier": Style("orange", "paper", 1.5),
    "socket ghost": Style("paper", "muted", 1.3, (3, 2)),
    "glyph": Style("", "on-dark", 2, cap="round"),
    "glyph no-carrier": Style("", "on-orange", 2.4, cap="round"),
    # lines
    "cable up": Style("", "green", 3),
    "cable down": Style("", "vermilion", 3, (7, 5)),
    "cable ghost": Style("", "muted", 2, (4, 4), 0.7),
    "cable over": Style("", "muted", 2, (2, 4)),
    "cable halo": Style("", "paper", 8),
    "cable glow": Style("", "orange", 10, None, 0.45),
    "bundle up": Style("", "green", 6),
    "bundle down": Style("", "vermilion", 6, (9, 6)),
    "bundle ghost": Style("", "muted", 5, (4, 4), 0.7),
    "plug": Style("", "edge", 3),
    "leader": Style("", "muted", 1),
    "journey": Style("", "blue", 4, (0.1, 8), 0.75, "round"),
    "way": Style("", "blue", 5, None, 0.85, "round"),
    "way as expected": Style("", "paper", 2, (7, 7)),
    "way expected": Style("", "muted", 3, (7, 7)),
    "rung": Style("", "blue", 2),
    "rung lost": Style("", "vermilion", 2, (5, 4)),
    "rung lost head": Style("", "vermilion", 2),
    "rung dot": Style("blue"),
    # marks
    "mark number": Style("blue", "paper", 2),
    "mark cross": Style("vermilion", "paper", 2),
    "mark tick": Style("green", "paper", 2),
    "mark expected": Style("paper", "muted", 2, (4, 3)),
    # texts
    "ink": Style("ink"),
    "muted": Style("muted"),
    "blue": Style("blue"),
    "good": Style("green-text"),
    "bad": Style("vermilion-text"),
    "tag text": Style("on-orange"),
    "tag removed text": Style("on-dark"),
    "mark text": Style("on-dark"),
    "mark expected text": Style("ink"),
}
