"""A scene as SVG, with nothing but strings.

In a page (JupyterLab, VS Code, an exported notebook) its colours follow the page's
theme by CSS variables; in a file of its own it is dark on white. Every thing is a
group with ``data-id`` and ``data-kind``, for scripts, and a ``<title>``, for pointers.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from ..core.foreign import escaped, shown
from .geometry import rounded
from .metrics import FONTS
from .scene import Box, Group, Line, Primitive, Scene, Text
from .style import COLOURS, STYLES

_SANS = 'var(--jp-ui-font-family, system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif)'
_MONO = 'ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace'
_CJK = '"Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei", sans-serif'
_DARK = '[data-jp-theme-light="false"] {0}, body.vscode-dark {0}, [data-theme="dark"] {0}'
_WIDEST = 848.0  # a picture of this width fills the width of a notebook; narrower ones stay in scale
_HIGHEST = "42vh"  # half of what a notebook shows of itself, below JupyterLab's menu, tabs and toolbar


def svg(scene: Scene, *, standalone: bool = False, interactive: bool = False, prefix: str = "") -> str:
    """Render a scene.

    Parameters
    ----------
    scene
        What to draw.
    standalone
        Whether it is a file of its own (white ground, fixed size) or part of a page.
    interactive
        Whether its things can be reached by the Tab key and are buttons to a screen reader;
        otherwise the whole is one image.
    prefix
        What its element ids and its style rules begin with; by default derived from the
        scene, so that different pictures in a page don't disturb each other.
    """
    body = "".join(_group(group, "{prefix}", interactive) for group in scene.painted())
    prefix = prefix or "nslab-" + hashlib.sha256((body + scene.description).encode()).hexdigest()[:10]
    size = f'width="{_number(scene.width)}" height="{_number(scene.height)}"' if standalone else _fluid(scene)
    label = escaped(f"{scene.title}. {scene.description}")
    ground = f'<rect width="100%" height="100%" fill="{COLOURS["paper"].light}"/>' if standalone else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="nslab-picture {prefix}" lang="{scene.language}" '
        f'viewBox="0 0 {_number(scene.width)} {_number(scene.height)}" {size} '
        f'role="{"group" if interactive else "img"}" aria-label="{label}">'
        f"<title>{escaped(scene.title)}</title><style>{_css(standalone).replace('&', '.' + prefix)}</style>"
        f"{ground}{body.replace('{prefix}', prefix)}</svg>"
    )


def _fluid(scene: Scene) -> str:
    share = min(100.0, scene.width / _WIDEST * 100)
    return (
        f'style="width:{_number(share)}%;max-width:{_number(scene.width * 1.5)}px;height:auto;'
        f'max-height:{_HIGHEST};display:block" preserveAspectRatio="xMinYMin meet"'
    )


def _group(group: Group, prefix: str, interactive: bool) -> str:
    identity = escaped(shown(group.id))
    reach = f' tabindex="0" role="button" aria-label="{identity}"' if interactive and group.kind in _REACHED else ""
    fate = f' data-fate="{group.fate}"' if group.fate else ""
    title = f"<title>{escaped(group.details)}</title>" if group.details else ""
    items = "".join(_primitive(item) for item in group.items)
    return (
        f'<g id="{prefix}-{group.layer}-{identity}" data-id="{identity}" data-kind="{group.kind}"{fate}{reach}>'
        f"{title}{items}</g>"
    )


_REACHED = ("namespace", "interface", "bridge")


def _primitive(item: Primitive) -> str:
    if isinstance(item, Box):
        return (
            f'<rect class="{_name(item.style)}" x="{_number(item.x)}" y="{_number(item.y)}" '
            f'width="{_number(item.width)}" height="{_number(item.height)}" rx="{_number(item.radius)}"/>'
        )
    if isinstance(item, Line):
        return f'<path class="{_name(item.style)}" d="{_path(item)}"/>'
    return _text(item)


def _text(item: Text) -> str:
    anchor = f' text-anchor="{item.anchor}"' if item.anchor != "start" else ""
    struck = ' text-decoration="line-through"' if item.struck else ""
    return (
        f'<text class="{_name(item.font, "f")} {_name(item.style, "t")}" x="{_number(item.x)}" '
        f'y="{_number(item.y)}"{anchor}{struck}>{escaped(shown(item.text))}</text>'
    )


def _path(line: Line) -> str:
    parts = [f"M{_pair(*line.points[0])}"]
    for before, corner, after in rounded(line):
        parts.append(f"L{_pair(*before)}Q{_pair(*corner)} {_pair(*after)}" if line.radius else f"L{_pair(*corner)}")
    return "".join(parts) + f"L{_pair(*line.points[-1])}"


def _pair(x: float, y: float) -> str:
    return f"{_number(x)} {_number(y)}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _name(style: str, family: str = "s") -> str:
    return f"{family}-{style.replace(' ', '-')}"


@lru_cache
def _css(standalone: bool) -> str:
    """The style rules; ``&`` means the picture."""
    rules = ["&{" + "".join(f"--c-{name}:{_colour(name, standalone)};" for name in COLOURS) + f"font-family:{_SANS}}}"]
    if not standalone:
        dark = "".join(f"--c-{name}:{_themed(name, dark=True)};" for name in COLOURS)
        rules.append(_DARK.format("&") + "{" + dark + "}")
    rules.append(f"&:lang(zh){{font-family:{_SANS.removesuffix('sans-serif)')}{_CJK})}}")
    rules.append("& path{fill:none;stroke-linejoin:round}")
    for name, style in STYLES.items():
        dash = f"stroke-dasharray:{style.dash[0]} {style.dash[1]};" if style.dash else ""
        cap = f"stroke-linecap:{style.cap};" if style.cap != "butt" else ""
        stroke = f"stroke:var(--c-{style.stroke});stroke-width:{style.weight};{dash}{cap}" if style.stroke else ""
        fill = f"fill:{f'var(--c-{style.fill})' if style.fill else 'none'};"
        opacity = f"opacity:{style.opacity}" if style.opacity != 1 else ""
        rules.append(f"& .{_name(name)}{{{fill}{stroke}{opacity}}}")
    rules += [f"& .{_name(name, 't')}{{fill:var(--c-{STYLES[name].fill})}}" for name in STYLES if STYLES[name].fill]
    for name, font in FONTS.items():
        weight = "font-weight:700;" if font.bold else ""
        family = f"font-family:{_MONO}" if font.mono else ""
        rules.append(f"& .{_name(name, 'f')}{{font-size:{font.size}px;{weight}{family}}}")
    rules.append("& [role=button]{cursor:pointer}& [role=button]:focus-visible{outline:2px solid var(--c-blue)}")
    return "".join(rules)


def _colour(name: str, standalone: bool) -> str:
    return COLOURS[name].light if standalone else _themed(name, dark=False)


def _themed(name: str, *, dark: bool) -> str:
    colour = COLOURS[name]
    own = colour.dark if dark else colour.light
    return f"var({colour.variable},{own})" if colour.variable else own
