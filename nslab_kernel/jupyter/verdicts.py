"""How verdicts of a checkpoint look: as HTML for a notebook, as text for a console."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.checks.evaluate import Verdict
from ..core.foreign import escaped, sentence_html, shown_lines
from ..core.translation import _, translated

MIME_METADATA = "nslab_verdicts"
"""The key in an output's metadata under which the verdicts are found as data."""

_SAID = {
    True: _("passed"),
    False: _("not passed"),
    "sum": _("{passed} of {all} checks passed. `%netns_hint` helps."),
    "all": _("All {all} checks passed."),
}
_MARK = {True: "✓", False: "✗"}
_COLOUR = {True: "var(--jp-success-color0, #1b7f4f)", False: "var(--jp-error-color0, #c0392b)"}
_DIM = "color:var(--jp-ui-font-color2, #616161)"


def bundle(verdicts: Sequence[Verdict], language: str) -> dict[str, str]:
    """The verdicts' MIME bundle."""
    return {"text/html": html(verdicts, language), "text/plain": text(verdicts, language)}


def html(verdicts: Sequence[Verdict], language: str) -> str:
    """A list with a tick or a cross and the reason: what isn't so, never the command that makes it so."""
    items = "".join(_item(verdict, language) for verdict in verdicts)
    return (
        f'<div class="nslab-verdicts" lang="{language}">'
        f'<ul style="list-style:none;padding:0;margin:0.4em 0;line-height:1.6">{items}</ul>'
        f"<p style='margin:0.2em 0'><b>{sentence_html(total(verdicts, language))}</b></p></div>"
    )


def text(verdicts: Sequence[Verdict], language: str) -> str:
    """The same, one verdict a line."""
    lines = [f"{_MARK[verdict.holds]} {_claim(verdict, language)}" for verdict in verdicts]
    return shown_lines("\n".join([*lines, total(verdicts, language)]))


def total(verdicts: Sequence[Verdict], language: str) -> str:
    """How many hold, as a sentence."""
    holding = sum(verdict.holds for verdict in verdicts)
    key = "all" if holding == len(verdicts) else "sum"
    return translated(_SAID[key].filled(passed=holding, all=len(verdicts)), language)


def failure(verdicts: Sequence[Verdict], language: str) -> str:
    """What an AssertionError says: the claims that don't hold, with their reasons."""
    failed = [f"✗ {_claim(verdict, language)}" for verdict in verdicts if not verdict.holds]
    return shown_lines("\n".join([total(verdicts, language), *failed]))


def _claim(verdict: Verdict, language: str) -> str:
    return f"{verdict.claim}  ({translated(verdict.reason, language)})" if verdict.reason else verdict.claim


def _item(verdict: Verdict, language: str) -> str:
    mark = (
        f'<span role="img" aria-label="{escaped(translated(_SAID[verdict.holds], language))}" '
        f'style="color:{_COLOUR[verdict.holds]};font-weight:700">{_MARK[verdict.holds]}</span>'
    )
    said = sentence_html(translated(verdict.reason, language))
    reason = f' <span style="{_DIM}">{said}</span>' if verdict.reason else ""
    return f"<li>{mark} {escaped(verdict.claim)}{reason}</li>"
