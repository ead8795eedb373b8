"""How a diagnosis looks: as HTML for a notebook, as text for a console, and as marks in the picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from ..core.diagnosis import Diagnosis, Finding, Hop, Place
from ..core.diagnosis.findings import (
    ARROWS,
    LABELS,
    SIGNS,
    further_title,
    path_title,
    place_words,
    text,
    verdict,
    where,
)
from ..core.model.network import Network
from ..picture import Mark

_COLOURS = {
    True: "var(--jp-success-color0, #1b7f4f)",
    False: "var(--jp-error-color0, #c0392b)",
    None: "var(--jp-warn-color0, #8a5a00)",
}
_DIM = "color:var(--jp-ui-font-color2, #616161)"
_CODE = "font-family:var(--jp-code-font-family, monospace);font-size:0.95em"
_BLOCK = f"{_CODE};margin:0.1em 0;padding:0.3em 0.6em;white-space:pre-wrap;background:var(--jp-layout-color2, #eee)"
_CARD = "border-left:3px solid {};padding:0.1em 0 0.1em 0.8em;margin:0.6em 0"
_GRID = "display:grid;grid-template-columns:max-content 1fr;gap:0.2em 0.8em;margin:0.3em 0;align-items:baseline"


def bundle(diagnosis: Diagnosis) -> dict[str, str]:
    """The diagnosis's MIME bundle."""
    return {"text/html": html(diagnosis), "text/plain": text(diagnosis)}


def html(diagnosis: Diagnosis) -> str:
    """The verdict, the first cause with its evidence and cure, what comes behind it, and the way."""
    labels = LABELS[diagnosis.language]
    first, further = diagnosis.findings[:1], diagnosis.findings[1:]
    parts = [f'<p style="margin:0.3em 0">{_sign(diagnosis.arrives)} <b>{escape(verdict(diagnosis))}</b></p>']
    if diagnosis.arrives and first:
        parts.append(_title(labels["odd"]))
    parts += [_card(finding, diagnosis.language) for finding in first]
    if further:
        parts.append("" if diagnosis.arrives else _title(further_title(diagnosis)))
        parts += [_card(finding, diagnosis.language) for finding in further]
    if diagnosis.path:
        parts.append(_way(diagnosis))
    if diagnosis.unevaluated:
        parts.append(_title(labels["unevaluated"]) + _list(f"? {escape(said)}" for said in diagnosis.unevaluated))
    return f'<div class="nslab-why" lang="{diagnosis.language}">{"".join(parts)}</div>'


def marks(diagnosis: Diagnosis, network: Network) -> tuple[Mark, ...]:
    """The packet's stops, numbered, up to where it ends, and a cross at what stops it."""
    first = next(iter(diagnosis.findings), None)
    hops = [hop for hop in diagnosis.path if hop.leg == (first.leg if first else "there")]
    stops = list(dict.fromkeys(place for hop in hops for place in _places(hop)))
    through = dict.fromkeys(port for number in range(len(stops)) for port in _ports(stops, number, network))
    numbered = [Mark(place_words(place), str(number)) for number, place in enumerate(through, start=1)]
    return (*numbered, *((Mark(place_words(first.place), "", "cross", first.matters),) if first else ()))


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


def _sign(arrives: bool | None) -> str:
    return f'<span aria-hidden="true" style="color:{_COLOURS[arrives]};font-weight:700">{SIGNS[arrives]}</span>'


def _title(said: str) -> str:
    return f'<p style="margin:0.8em 0 0.2em;{_DIM}">{escape(said)}</p>'


def _card(finding: Finding, language: str) -> str:
    labels = LABELS[language]
    cure = f'<pre style="{_BLOCK}">{escape(finding.cure)}</pre>' if finding.cure else escape(labels["no cure"])
    lines = (
        (labels["looked at"], f'<code style="{_CODE}">{escape(finding.looked_at)}</code>'),
        (labels["said"], escape(finding.said)),
        (labels["cure"], cure),
    )
    rows = "".join(f'<span style="{_DIM}">{escape(name)}</span><div>{value}</div>' for name, value in lines)
    return (
        f'<div style="{_CARD.format(_COLOURS[False])}"><div style="{_DIM}">{escape(where(finding, language))}</div>'
        f'<div>{escape(finding.matters)}</div><div style="{_GRID}">{rows}</div></div>'
    )


def _way(diagnosis: Diagnosis) -> str:
    return _title(path_title(diagnosis)) + _list(f"{ARROWS[hop.leg]} {escape(hop.text)}" for hop in diagnosis.path)


def _list(items: Iterable[str]) -> str:
    lines = "".join(f"<li>{item}</li>" for item in items)
    return f'<ol style="list-style:none;padding:0 0 0 0.8em;margin:0;line-height:1.6">{lines}</ol>'
