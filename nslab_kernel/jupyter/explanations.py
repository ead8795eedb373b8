"""How a diagnosis looks: as HTML for a notebook, as text for a console, and as marks in the picture."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from ..core.diagnosis import Diagnosis, Finding, Hop, Place
from ..core.diagnosis.findings import (
    ARROWS,
    LABELS,
    SIGNS,
    path_title,
    place_words,
    text,
    verdict,
    where,
)
from ..core.foreign import escaped, sentence_html, shown_lines
from ..core.model.network import Network
from ..core.translation import _, joined, translated
from ..picture import Mark, Picture
from .display import copy_button, run_button

_COLOURS = {True: ("#009e73", "0, 158, 115"), False: ("#d55e00", "213, 94, 0"), None: ("#e69f00", "230, 159, 0")}
_DIM = "color:var(--jp-ui-font-color2, #616161)"
_CODE = "font-family:var(--jp-code-font-family, monospace);font-size:0.95em"
_BLOCK = f"{_CODE};margin:0;padding:0.3em 0.8em;white-space:pre-wrap;background:none;overflow-wrap:anywhere"
_VERDICT = "border-left:4px solid {};background:rgba({}, 0.1);padding:0.35em 0.8em;margin:0.2em 0 0.4em;line-height:1.4"
_FIX = "border:1px solid var(--jp-border-color2, #ddd);border-radius:6px;margin:0.4em 0"
_FIX_HEAD = "display:flex;align-items:center;gap:1em;background:rgba(0, 158, 115, 0.1);padding:0.2em 0.8em"
_CARD = "border-left:3px solid {};padding:0.1em 0 0.1em 0.8em;margin:0.6em 0"
_GRID = "display:grid;grid-template-columns:max-content 1fr;gap:0.2em 0.8em;margin:0.3em 0;align-items:baseline"
_HOW = (_("How we know"), _("read from the kernel, nothing was sent"))


def bundle(diagnosis: Diagnosis, picture: Picture | None, *, png: bool = True) -> dict[str, str]:
    """The diagnosis's MIME bundle.

    Parameters
    ----------
    picture
        The network with the packet's stops marked, or None where there is nothing to mark.
    png
        Whether to have the picture as a PNG, too, for what shows no inline SVG.
    """
    drawn = picture.html() if picture else ""
    shown = {"text/html": html(diagnosis, drawn), "text/plain": shown_lines(text(diagnosis))}
    if picture and png:
        shown["image/png"] = base64.b64encode(picture.png()).decode()
    return shown


def html(diagnosis: Diagnosis, picture: str = "") -> str:
    """The verdict and why in one line, the picture, the fix; then, folded, the evidence, what comes behind, the way."""
    say = partial(translated, language=diagnosis.language)
    first, further = diagnosis.findings[:1], diagnosis.findings[1:]
    parts = [_verdict(diagnosis, say), picture, *(_fix(finding, diagnosis.language) for finding in first)]
    details = [_card(finding, say) for finding in first]
    if further:
        details.append("" if diagnosis.arrives else _title(say(LABELS["further"])))
        details += [_card(finding, say) for finding in further]
    if diagnosis.path:
        details.append(_title(say(path_title(diagnosis))))
        details.append(_list(f"{ARROWS[hop.leg]} {sentence_html(say(hop.text))}" for hop in diagnosis.path))
    if diagnosis.unevaluated:
        unknown = _list(f"? {sentence_html(say(said))}" for said in diagnosis.unevaluated)
        details.append(_title(say(LABELS["unevaluated"])) + unknown)
    if details:
        title, remark = map(say, _HOW)
        summary = f'<summary style="cursor:pointer"><b>{title}</b> <span style="{_DIM}">{remark}</span></summary>'
        parts.append(f"<details>{summary}{''.join(details)}</details>")
    return f'<div class="nslab-why" lang="{diagnosis.language}">{"".join(parts)}</div>'


def _verdict(diagnosis: Diagnosis, say: Callable[[str], str]) -> str:
    edge, ground = _COLOURS[diagnosis.arrives]
    said = f"{SIGNS[diagnosis.arrives]} {say(verdict(diagnosis))}"
    reasons = [finding.matters for finding in diagnosis.findings[:1]]
    if diagnosis.arrives and reasons:
        reasons.insert(0, LABELS["odd"])
    why = sentence_html(say(joined(*reasons)))
    return f'<p class="nslab-seen" style="{_VERDICT.format(edge, ground)}"><b>{escaped(said)}</b> {why}</p>'


def _fix(finding: Finding, language: str) -> str:
    if not finding.cure:
        return ""
    lines = finding.cure.splitlines()
    cell = f"!{lines[0]}" if len(lines) == 1 else "\n".join(("%%bash", *lines))
    head = (
        f'<b>{escaped(translated(LABELS["cure"], language))}</b><span style="flex:1"></span>'
        f'<span data-nslab-text="{escaped(finding.cure)}">{copy_button(language)}</span>'
        f'<span data-nslab-text="{escaped(cell)}">{run_button(language)}</span>'
    )
    return (
        f'<div class="nslab-seen" style="{_FIX}"><div style="{_FIX_HEAD}">{head}</div>'
        f'<pre style="{_BLOCK}">{escaped(finding.cure)}</pre></div>'
    )


def marks(diagnosis: Diagnosis, network: Network) -> tuple[Mark, ...]:
    """The packet's stops, numbered, up to where it ends, and a cross at what stops it."""
    first = next(iter(diagnosis.findings), None)
    hops = [hop for hop in diagnosis.path if hop.leg == (first.leg if first else "there")]
    stops = list(dict.fromkeys(place for hop in hops for place in _places(hop)))
    through = dict.fromkeys(port for number in range(len(stops)) for port in _ports(stops, number, network))
    numbered = [Mark(place_words(place), str(number)) for number, place in enumerate(through, start=1)]
    return (
        *numbered,
        *(
            (Mark(place_words(first.place), "", "cross", translated(first.matters, diagnosis.language)),)
            if first
            else ()
        ),
    )


def _places(hop: Hop) -> tuple[Place, ...]:
    return tuple(Place(hop.place.namespace, name) for name in hop.through) or (hop.place,)


def _ports(stops: Sequence[Place], number: int, network: Network) -> list[Place]:
    """A stop; where that is a bridge, the ports that lead to the stops before and after it."""
    stop = stops[number]
    here = network.get(stop.namespace)
    bridge = here.interface(stop.interface) if here else None
    if here is None or bridge is None or bridge.kind != "bridge":
        return [stop]
    found = []
    for beside in (*stops[max(number - 1, 0) : number], *stops[number + 1 : number + 2]):
        there = network.get(beside.namespace)
        end = there.interface(beside.interface) if there else None
        place, port = (network.peer(end) if end else None) or (None, None)
        if place is here and port and port.master == bridge.index:
            found.append(Place(here.name, port.name))
    return found or [stop]


def _title(said: str) -> str:
    return f'<p style="margin:0.8em 0 0.2em;{_DIM}">{escaped(said)}</p>'


def _card(finding: Finding, say: Callable[[str], str]) -> str:
    cure = sentence_html(say(LABELS["no cure"]))
    if finding.cure:
        cure = f'<pre style="{_BLOCK}">{escaped(finding.cure)}</pre>'
    lines = (
        ("looked at", f'<code style="{_CODE}">{escaped(finding.looked_at)}</code>'),
        ("said", sentence_html(say(finding.said))),
        ("cure", cure),
    )
    rows = "".join(f'<span style="{_DIM}">{escaped(say(LABELS[key]))}</span><div>{value}</div>' for key, value in lines)
    return (
        f'<div style="{_CARD.format(_COLOURS[False][0])}"><div style="{_DIM}">{escaped(say(where(finding)))}</div>'
        f'<div>{sentence_html(say(finding.matters))}</div><div style="{_GRID}">{rows}</div></div>'
    )


def _list(items: Iterable[str]) -> str:
    lines = "".join(f"<li>{item}</li>" for item in items)
    return f'<ol style="list-style:none;padding:0 0 0 0.8em;margin:0;line-height:1.6">{lines}</ol>'
