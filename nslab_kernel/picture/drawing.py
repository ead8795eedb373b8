"""A scene drawn by matplotlib; the only file that imports it.

What is slow in matplotlib is its figure, of whose axes a picture has no use, text, and the search for a tight bounding
box. Here the renderer is given one path after the other, a character's outline is looked up in its font once, and the
layout knows the size beforehand.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

import matplotlib as mpl
import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties, X11FontDirectories, findSystemFonts, fontManager, get_font
from matplotlib.ft2font import FT2Font
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from ..core.foreign import shown
from .encoding import png_of
from .geometry import rounded
from .metrics import FONTS
from .scene import LAYERS, Box, Line, Scene, Text
from .style import COLOURS, STYLES

_CHINESE = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "PingFang SC", "Heiti SC", "Microsoft YaHei", "SimHei", "Droid Sans Fallback",
    "Noto Sans CJK JP",  # all that matplotlib before 3.11 sees of the file that SC is in, too
)  # fmt: skip
_SAMPLE = "网桥命名空间接口无载波，。：、"
_PER_INCH = 72  # a CSS pixel is drawn as a point, so that line widths need no conversion
_ARC = 0.4477  # 1 - 4/3 (sqrt(2) - 1): where the control points of a quarter of a circle lie
_EM = 1000  # the size of characters in points when their outlines are taken, so large that hinting moves nothing
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_FIXED = 1 << 16  # FreeType's 16.16 numbers

_Look = tuple[GraphicsContextBase, tuple[float, float, float, float] | None]


def chinese_font() -> str | None:
    """The name of an installed font that has the Chinese characters of the labels.

    matplotlib keeps its list of fonts in a file and never looks again, so a font that was installed after its first
    start isn't in it. Until a font is found, each call looks in the folders of fonts themselves.
    """
    return _listed_chinese_font() or (_listed_chinese_font() if _list_new_fonts() else None)


def _listed_chinese_font() -> str | None:
    files = {font.name: font.fname for font in fontManager.ttflist}
    return next((name for name in _CHINESE if name in files and _has_labels(files[name])), None)


@lru_cache
def _has_labels(file: str) -> bool:
    try:
        face = FT2Font(file)
    except (OSError, RuntimeError):  # removed since it was listed, or damaged
        return False
    return all(face.get_char_index(ord(character)) for character in _SAMPLE)


def _list_new_fonts() -> bool:
    """Add what was installed since matplotlib wrote its list of fonts; whether there was anything."""
    known = {font.fname for font in fontManager.ttflist}
    new = [file for file in findSystemFonts(X11FontDirectories) if file not in known]
    for file in new:
        # A font that matplotlib can't read is none of ours, as when it makes its own list.
        with contextlib.suppress(Exception):
            fontManager.addfont(file)
    return bool(new)


def png(scene: Scene, dpi: float = 144) -> bytes:
    """The scene as PNG, 96 dots per inch being one dot for a CSS pixel."""
    scale = dpi / 96
    renderer = RendererAgg(int(scene.width * scale), int(scene.height * scale), scale * _PER_INCH)
    _paint(scene, renderer, scale)
    return png_of(np.asarray(renderer.buffer_rgba()), dpi)


def pdf(scene: Scene) -> bytes:
    """The scene as PDF, the same bytes for the same scene."""
    # A figure takes its time to load, and only a PDF needs one.
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

    artist, out = Artist(), io.BytesIO()
    artist.draw = lambda renderer: _paint(scene, renderer, 1)  # type: ignore[method-assign]
    figure = Figure((scene.width / _PER_INCH, scene.height / _PER_INCH), dpi=_PER_INCH)
    figure.add_artist(artist)
    with mpl.rc_context({"pdf.compression": 6}):
        figure.savefig(out, format="pdf", metadata={"CreationDate": None, "Title": scene.title})
    return out.getvalue()


def _paint(scene: Scene, renderer: RendererBase, scale: float) -> None:
    """Paint everything on paper; ``scale`` is in the renderer's dots for a CSS pixel."""
    place = Affine2D().scale(scale, -scale).translate(0, renderer.get_canvas_width_height()[1])
    looks: dict[str, _Look] = {}
    for style, path in _strokes(scene):
        pen, face = looks.get(style) or looks.setdefault(style, _look(style, renderer.new_gc()))
        renderer.draw_path(pen, path, place, face)


def _strokes(scene: Scene) -> Iterator[tuple[str, Path]]:
    """The styles and paths to paint with, for every layer its boxes, then its lines, then its texts."""
    yield "ground", _box(Box(0, 0, scene.width, scene.height, "ground"))
    for layer in LAYERS:
        items = [item for group in scene.groups if group.layer == layer for item in group.items]
        yield from ((item.style, _box(item)) for item in items if isinstance(item, Box))
        yield from ((item.style, _line(item)) for item in items if isinstance(item, Line))
        texts = defaultdict(list)
        for item in items:
            if isinstance(item, Text):
                texts[item.style].append(_text(item))
        for style, paths in texts.items():  # texts don't overlap: each colour is painted at once, which is faster
            yield style, Path.make_compound_path(*paths)


def _look(name: str, context: GraphicsContextBase) -> _Look:
    """The pen and the colour of the face that a style paints with."""
    style = STYLES[name]
    context.set_linewidth(style.weight if style.stroke else 0)
    context.set_capstyle(style.cap)
    context.set_joinstyle("round")
    if style.stroke:
        context.set_foreground(to_rgba(COLOURS[style.stroke].light, style.opacity), isRGBA=True)
    if style.dash:
        context.set_dashes(0, style.dash)
    return context, to_rgba(COLOURS[style.fill].light, style.opacity) if style.fill else None


_BOX_CODES = np.array([Path.MOVETO, *[Path.LINETO, *[Path.CURVE4] * 3] * 4, Path.CLOSEPOLY], dtype=Path.code_type)


def _box(box: Box) -> Path:
    """A rectangle with four quarters of a circle."""
    x, y, w, h, r = box.x, box.y, box.width, box.height, min(box.radius, box.width / 2, box.height / 2)
    k = r * _ARC
    points = (
        (x + r, y), (x + w - r, y), (x + w - k, y), (x + w, y + k), (x + w, y + r),
        (x + w, y + h - r), (x + w, y + h - k), (x + w - k, y + h), (x + w - r, y + h),
        (x + r, y + h), (x + k, y + h), (x, y + h - k), (x, y + h - r),
        (x, y + r), (x, y + k), (x + k, y), (x + r, y), (x + r, y),
    )  # fmt: skip
    return Path(points, _BOX_CODES)


def _line(line: Line) -> Path:
    points, codes = [line.points[0]], [Path.MOVETO]
    for before, corner, after in rounded(line):
        points += [before, corner, after]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    return Path([*points, line.points[-1]], [*codes, Path.LINETO])


def _text(text: Text) -> Path:
    vertices, codes, wide = outline(shown(text.text), text.font)
    left = text.x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
    if text.struck:
        y, half = -0.3 * FONTS[text.font].size, 0.5
        bar = [(0, y - half), (wide, y - half), (wide, y + half), (0, y + half), (0, y - half)]
        vertices = np.concatenate([vertices, bar])
        codes = np.concatenate([codes, [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY]])
    return Path(vertices + np.array((left, text.y)), codes)


@lru_cache(maxsize=8192)
def outline(text: str, font: str) -> tuple[np.ndarray, np.ndarray, float]:
    """The outline of a text whose base line starts at the origin, y downwards, and its width."""
    face = FONTS[font]
    scale, wide = face.size / _EM, 0.0
    vertices, codes = [np.zeros((0, 2))], [np.zeros(0, dtype=Path.code_type)]
    for character in text:
        glyph, how, advance = _character(character, face.bold, face.mono)
        vertices.append(glyph * (scale, -scale) + (wide, 0))
        codes.append(how)
        wide += advance * scale
    return np.concatenate(vertices), np.concatenate(codes), wide


def _character(character: str, bold: bool, mono: bool) -> tuple[np.ndarray, np.ndarray, float]:
    """A character's outline, y upwards, and how far the next one is, in units of which `_EM` make the font's size."""
    own = "DejaVu Sans Mono" if mono else "DejaVu Sans"
    if _has(own, bold, character):
        return _glyph(own, bold, character)
    chinese = chinese_font()
    if chinese and _has(chinese, bold, character):
        return _glyph(chinese, bold, character)
    warnings.warn(f"No font has the character {character!r}, so saved pictures show {_UNKNOWN}.", stacklevel=2)
    return _glyph(own, bold, _UNKNOWN)


def _has(family: str, bold: bool, character: str) -> bool:
    return bool(_font(family, bold).get_char_index(ord(character)))


@lru_cache(maxsize=2048)
def _glyph(family: str, bold: bool, character: str) -> tuple[np.ndarray, np.ndarray, float]:
    font = _font(family, bold)
    font.set_size(_EM, _PER_INCH)
    advance = font.load_char(ord(character)).linearHoriAdvance / _FIXED
    vertices, codes = font.get_path()
    return vertices, codes, advance


@lru_cache
def _font(family: str, bold: bool) -> FT2Font:
    return get_font(fontManager.findfont(FontProperties(family=family, weight="bold" if bold else "normal")))
