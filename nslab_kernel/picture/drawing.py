"""A scene drawn by matplotlib; the only file that imports it.

What is slow in matplotlib is text, a figure for every picture, and the search for a
tight bounding box. Here a text is an outline that is computed once, one figure is used
again and again, everything of one sort in a layer is one collection, and the layout
knows the size beforehand.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ft2font import FT2Font
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Transform

from .encoding import png_of
from .geometry import rounded
from .metrics import FONTS
from .scene import LAYERS, Box, Line, Primitive, Scene, Text
from .style import COLOURS, STYLES

_CHINESE = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "PingFang SC", "Heiti SC", "Microsoft YaHei", "SimHei", "Droid Sans Fallback",
)  # fmt: skip
_SAMPLE = "网桥命名空间接口无载波，。：、"
_PER_INCH = 72  # a CSS pixel is drawn as a point, so that line widths need no conversion
_ARC = 0.4477  # 1 - 4/3 (sqrt(2) - 1): where the control points of a quarter of a circle lie


@lru_cache
def chinese_font() -> str | None:
    """The name of an installed font that has the Chinese characters of the labels."""
    files = {font.name: font.fname for font in fontManager.ttflist}
    for name in _CHINESE:
        if name in files:
            face = FT2Font(files[name])
            if all(face.get_char_index(ord(character)) for character in _SAMPLE):
                return name
    return None


def png(scene: Scene, dpi: float = 144) -> bytes:
    """The scene as PNG, 96 dots per inch being one dot for a CSS pixel."""
    figure = _figure(scene, dpi * _PER_INCH / 96)
    canvas = figure.canvas
    canvas.draw()
    return png_of(np.asarray(canvas.buffer_rgba()), dpi)  # type: ignore[attr-defined]


def pdf(scene: Scene) -> bytes:
    """The scene as PDF, the same bytes for the same scene."""
    out = io.BytesIO()
    with mpl.rc_context({"pdf.compression": 6}):
        _figure(scene, _PER_INCH).savefig(out, format="pdf", metadata={"CreationDate": None, "Title": scene.title})
    return out.getvalue()


@lru_cache(maxsize=1)
def _canvas() -> Figure:
    figure = Figure(facecolor=COLOURS["paper"].light)
    FigureCanvasAgg(figure)
    return figure


def _figure(scene: Scene, dpi: float) -> Figure:
    figure = _canvas()
    for artist in list(figure.artists):
        artist.remove()
    figure.set_dpi(dpi)
    figure.set_size_inches(scene.width / _PER_INCH, scene.height / _PER_INCH, forward=False)
    place = Affine2D().scale(1 / _PER_INCH, -1 / _PER_INCH).translate(0, scene.height / _PER_INCH)
    for collection in _collections(scene, place + figure.dpi_scale_trans):
        figure.add_artist(collection)
    return figure


def _collections(scene: Scene, transform: Transform) -> Iterable[PathCollection]:
    """For every layer its boxes, then its lines, then its texts."""
    for layer in LAYERS:
        items = [item for group in scene.groups if group.layer == layer for item in group.items]
        boxes = [item for item in items if isinstance(item, Box)]
        lines = [item for item in items if isinstance(item, Line)]
        if boxes:
            yield _painted([_box(box) for box in boxes], boxes, transform)
        for cap, run in groupby(lines, lambda line: STYLES[line.style].cap):
            strokes = list(run)
            yield _painted([_line(line) for line in strokes], strokes, transform, cap)
        texts = [item for item in items if isinstance(item, Text)]
        if texts:
            yield _written(texts, transform)


def _painted(paths: list[Path], items: Sequence[Primitive], transform: Transform, cap: str = "butt") -> PathCollection:
    looks = [_look(item.style) for item in items]
    collection = PathCollection(
        paths,
        facecolors=[look[0] for look in looks],
        edgecolors=[look[1] for look in looks],
        linewidths=[look[2] for look in looks],
        linestyles=[look[3] for look in looks],
        capstyle=cap,
        joinstyle="round",
    )
    collection.set_transform(transform)
    return collection


@lru_cache
def _look(name: str) -> tuple[object, object, float, object]:
    """Face colour, edge colour, line width and dashes of a style."""
    style = STYLES[name]
    fill, stroke = (_rgba(colour, style.opacity) for colour in (style.fill, style.stroke))
    # matplotlib gives dashes in units of the line's width
    dashes = (0, tuple(length / style.weight for length in style.dash)) if style.dash else "solid"
    return fill, stroke, style.weight, dashes


def _rgba(colour: str, opacity: float) -> tuple[float, float, float, float]:
    return to_rgba(COLOURS[colour].light, opacity) if colour else (0.0, 0.0, 0.0, 0.0)


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


def _written(texts: list[Text], transform: Transform) -> PathCollection:
    colours = [_rgba(STYLES[text.style].fill, 1) for text in texts]
    collection = PathCollection([_outline_of(text) for text in texts], facecolors=colours, linewidths=0)
    collection.set_transform(transform)
    return collection


def _outline_of(text: Text) -> Path:
    vertices, codes, wide = outline(text.text, text.font)
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
    vertices, codes = text_to_path.get_text_path(_properties(font), text)
    scale = face.size / text_to_path.FONT_SCALE
    wide = text_to_path.get_text_width_height_descent(text, _properties(font), False)[0]
    if not len(codes):
        return np.zeros((0, 2)), np.zeros(0, dtype=Path.code_type), wide
    return np.asarray(vertices) * (scale, -scale), np.asarray(codes, dtype=Path.code_type), wide


@lru_cache
def _properties(font: str) -> FontProperties:
    face = FONTS[font]
    families = ["DejaVu Sans Mono" if face.mono else "DejaVu Sans", *filter(None, [chinese_font()])]
    return FontProperties(family=families, weight="bold" if face.bold else "normal", size=face.size)
