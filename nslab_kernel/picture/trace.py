"""What `Lab.trace` gives: the packets of a command in every form that somebody may want."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import NslabError
from ..core.foreign import escaped, sentence_html, shown_lines
from ..core.journeys.explain import Ruling, Story
from ..core.journeys.join import Stop
from ..core.journeys.packets import ParsedPacket
from ..core.journeys.trace import MOST, Trace
from ..core.journeys.words import WORDS, milliseconds, notice, outcome, sentence
from ..core.translation import Message, _, translated
from .journeys import expected, ladder, marks, stations
from .picture import Picture, draw
from .svg import svg

_CODE = "font-family:var(--jp-code-font-family, monospace);font-size:0.95em"
_DIM = "color:var(--jp-ui-font-color2, #616161)"
_GOOD, _BAD = "var(--jp-success-color0, #1b7f4f)", "#d55e00"
_BANNER = "border-left:4px solid {};padding:0.35em 0.8em;margin:0.4em 0;line-height:1.5"
_CARD = "border:1px solid var(--jp-border-color2, #ddd);border-radius:8px;padding:0.5em 0.8em;margin:0.4em 0"
_TABLE = "font-size:inherit;margin:0"
_CELL = "text-align:left;padding:0.15em 0.8em 0.15em 0"
_CHANGED = "border:1.5px solid #e69f00;border-radius:4px;padding:0 0.3em;font-weight:700"
_RULED = "background:rgba(213,94,0,0.14);font-weight:700"
_MOST_ROWS = 200
_KEY = _("In the picture: white dashes where it went as you said, grey ones and a number with ? where it didn't go.")
_FIELDS = {
    "IP source": _("IP source"),
    "IP destination": _("IP destination"),
    "source port": _("source port"),
    "destination port": _("destination port"),
    "TTL": _("TTL"),
    "source MAC": _("source MAC"),
    "destination MAC": _("destination MAC"),
}
_HEADINGS = (_("field"), _("before"), _("after"))
_MATCHED = _("✕ matched")


@dataclass(frozen=True)
class TraceReport(Trace):
    """A trace with its picture, ladder, table and file.

    Parameters
    ----------
    returncode
        The command's exit status; None where none ran, or it was interrupted.
    predicted
        What `Lab.why` predicts of the main packet, as a sentence; empty where it wasn't asked.
    agrees
        Whether that is what happened; None where that can't be said.
    """

    returncode: int | None = None
    predicted: str = ""
    agrees: bool | None = None

    def picture(self, story: Story | None = None) -> Picture:
        """The lab with a packet's way on it, by default the main packet's; on that lies the way that was predicted."""
        shown = story or self.main
        drawn = marks(shown) if shown else ()
        if shown and shown is self.main and self.way_predicted:
            drawn += expected(self.way_predicted, self.after, shown)
        return draw(self.after, language=self.language, marks=drawn)

    def ladder(self) -> str:
        """The packets as a ladder between namespaces, SVG to be put into a page."""
        return svg(ladder(self._conversation(), self.after, self.language))

    def save(self, path: str | Path) -> Path:
        """Write all packets to a capture file for Wireshark.

        Raises
        ------
        NslabError
            If the name doesn't end in ``.pcapng``, or the file can't be written.
        """
        target = capture_file(path)
        try:
            target.write_bytes(self.pcapng())
        except OSError as error:
            raise NslabError(
                _("{target} can't be written: {strerror}.", target=target, strerror=error.strerror),
                _("Save it in another folder."),
            ) from error
        return target

    def text(self) -> str:
        """The sentences and remarks as plain text."""
        return "\n".join((super().text(), *map(self._plain, self._comparison())))

    def html(self) -> str:
        """The sentences, the picture, the header and the rule, the ladder and the table, below one another."""
        main = self.main
        parts = [self.banner(main)] if main else []
        parts.append(self.beside(main))
        if main:
            parts += [self.picture().html(), *self._cards(main)]
        parts.append(self.below())
        return f'<div class="nslab-trace" lang="{self.language}">{"".join(parts)}</div>'

    def beside(self, main: Story | None) -> str:
        """The sentences of the other packets, what the counters show, and where the prediction was another, as HTML."""
        parts = []
        others = [told for told in self.sentences if not main or told != self._own(main)][: MOST - 1]
        parts.append(_list(map(self._rich, others)))
        if len(self.sentences) > MOST:
            parts.append(_dim(self._rich(WORDS["more"].filled(count=len(self.sentences) - MOST))))
        if not self.told and not self.notices:
            parts.append(f"<p>{self._rich(WORDS['nothing'])}</p>")
        banner = _BANNER.format(_BAD)
        if self.prediction:
            compared = f"{self._rich(self.prediction)}{_dim(self._rich(_KEY))}"
            parts.append(f'<div class="nslab-prediction" style="{_CARD}">{compared}</div>')
        parts += [f'<div style="{banner}">✕ {self._rich(notice(each))}</div>' for each in self.notices]
        parts += [f'<div style="{banner}">{self._rich(told)}</div>' for told in self._comparison()]
        return "".join(parts)

    def below(self) -> str:
        """The ladder and the table, folded, and what to know about the recording, as HTML."""
        parts = []
        if self.shown:
            parts.append(_folded(self._rich(_("Ladder")), self.ladder()))
            parts.append(_folded(self._rich(_("All packets ({count})", count=len(self.shown))), self._table()))
        parts += [_dim(self._rich(each)) for each in self.remarks]
        return "".join(parts)

    def bundle(self, *, png: bool = True) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
        """Every form as MIME types, and their metadata; the parameter is that of `Picture.bundle`."""
        data, metadata = self.picture().bundle(png=png) if self.main else ({}, {})
        return {**data, "text/html": self.html(), "text/plain": shown_lines(self.text())}, metadata

    def _repr_mimebundle_(self, **_kwargs: object) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
        """Every form that a front end may want; IPython calls this to show a value."""
        return self.bundle()

    def _conversation(self) -> list[Story]:
        """What a ladder shows: all packets, without ARP where there is anything else."""
        return [story for story in self.shown if story.packet.kind != "arp"] or list(self.shown)

    def _own(self, story: Story) -> Message | None:
        return next((told for told in self.sentences if told.startswith(sentence(story))), None)

    def banner(self, story: Story) -> str:
        """A packet's sentence with a sign, as HTML."""
        answer_lost = story.answer is not None and story.answer.outcome.lost
        bad = story.outcome.lost or answer_lost or story.unanswered is not None
        sign = f'<b aria-hidden="true" style="color:{_BAD if bad else _GOOD}">{"✕" if bad else "✓"}</b>'
        told = self._rich(self._own(story) or sentence(story))
        return f'<div style="{_BANNER.format(_BAD if bad else _GOOD)}">{sign} {told}</div>'

    def _comparison(self) -> list[Message]:
        return [WORDS["disagree"].filled(predicted=self.predicted)] if self.agrees is False else []

    def _rich(self, text: str) -> str:
        return sentence_html(translated(text, self.language))

    def _cards(self, story: Story) -> Iterable[str]:
        """The header where it was rewritten, and the chain with the rule that decided."""
        for number, before, after in changes(story):
            yield _header(number, before, after, self.language)
        if story.outcome.ruling and story.outcome.ruling.others:
            yield _chain(story.outcome.ruling, self.language)

    def _table(self) -> str:
        head, *rows = self.rows()
        heads = _cells(head, "th")
        lines = "".join(f"<tr>{_cells(row, 'td')}</tr>" for row in rows[:_MOST_ROWS])
        return f'<table style="{_TABLE}"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>'


def capture_file(path: str | Path) -> Path:
    """A path that a capture file may have.

    Raises
    ------
    NslabError
        If it doesn't end in ``.pcapng``.
    """
    target = Path(path)
    if target.suffix.lower() != ".pcapng":
        raise NslabError(
            _("{name} doesn't end in .pcapng.", name=repr(target.name)),
            _("Save it as {name}.pcapng", name=target.stem or "trace"),
        )
    return target


def changes(story: Story) -> list[tuple[int, ParsedPacket, ParsedPacket]]:
    """Where the header was rewritten: the number of the stop, and the packet before and after."""
    numbers = {id(stop): number for number, stops in enumerate(stations(story), start=1) for stop in stops}
    found = [(1, story.intended, story.way[0].packet)] if story.intended else []
    for before, after in zip(story.way, story.way[1:], strict=False):
        if before.packet.flow != after.packet.flow:
            found.append((numbers[id(after)], before.packet, after.packet))
    if story.decided and story.way and story.decided.flow != story.way[-1].packet.flow:
        found.append((numbers[id(story.way[-1])], story.way[-1].packet, story.decided))
    return found


def fields(packet: ParsedPacket) -> list[tuple[str, str]]:
    """The fields of a header that are shown, in their order."""
    found = [("IP source", packet.source), ("IP destination", packet.target)]
    if packet.kind in ("tcp", "udp"):
        found += [("source port", str(packet.sport)), ("destination port", str(packet.dport))]
    if packet.version:
        found.append(("TTL", str(packet.ttl)))
    if packet.source_mac:
        found += [("source MAC", packet.source_mac), ("destination MAC", packet.target_mac)]
    return found


def _cells(texts: Iterable[str], tag: str) -> str:
    return "".join(f'<{tag} style="{_CELL}">{escaped(text)}</{tag}>' for text in texts)


@dataclass(frozen=True, slots=True)
class Station:
    """A numbered stop of a journey, as the player shows it."""

    label: str  # ns1, mydocker0
    milliseconds: str  # since the packet was first seen
    card: str  # HTML: its header there, or why it went no further


def player_stations(story: Story, language: str) -> list[Station]:
    """The stops that a journey's marks number, in their order."""
    found: list[Station] = []
    before = story.intended
    for number, stops in enumerate(stations(story), start=1):
        packet = stops[-1].packet
        card = _header(number, before or packet, packet, language)
        before = packet
        after = milliseconds(stops[0].sighting.when - story.journey.when)
        found.append(Station(_label(story, stops[-1]), after, card))
    if story.outcome.lost:
        found = _with_end(story, found, language)
    return found


def _with_end(story: Story, found: list[Station], language: str) -> list[Station]:
    """The last stop says why the packet went no further; it may be one of its own."""
    numbered = sum(mark.kind != "point" for mark in marks(story))
    reason = f'<div style="{_CARD}">{sentence_html(translated(outcome(story.outcome), language))}</div>'
    if story.outcome.ruling and story.outcome.ruling.others:
        reason = _chain(story.outcome.ruling, language)
    elif story.outcome.evidence:
        evidence = _("Evidence: `{text}`", text=story.outcome.evidence)
        reason += _dim(sentence_html(translated(evidence, language)))
    if numbered > len(found) or not found:
        label = story.outcome.ruling.chain if story.outcome.ruling else story.outcome.namespace
        return [*found, Station(label, found[-1].milliseconds if found else "0.00", reason)]
    last = found[-1]
    if story.decided and story.way:
        reason = _header(len(found), story.way[-1].packet, story.decided, language) + reason
    else:
        reason = last.card + reason
    return [*found[:-1], Station(last.label, last.milliseconds, reason)]


def _label(story: Story, stop: Stop) -> str:
    return next((step.label for step in story.steps if stop in step.stops), stop.namespace)


def _header(number: int, before: ParsedPacket, after: ParsedPacket, language: str) -> str:
    rewritten = translated(_("rewritten"), language)
    rows = []
    for (field, old), new in zip(fields(before), dict(fields(after)).values(), strict=False):
        if field.endswith("MAC"):
            continue
        changed = old != new and field != "TTL"
        was = f"<s>{escaped(old)}</s>" if changed else escaped(old)
        told = f'<span style="{_CHANGED}">{escaped(new)}</span> ✎ {rewritten}' if changed else escaped(new)
        name = escaped(translated(_FIELDS[field], language))
        rows.append(
            f'<tr><td style="{_CELL}">{name}</td><td style="{_CELL}">{was}</td><td style="{_CELL}">{told}</td></tr>'
        )
    heads = "".join(f'<th style="{_CELL}">{translated(heading, language)}</th>' for heading in _HEADINGS)
    title = escaped(translated(_("Header at stop {number}", number=number), language))
    table = f'<table style="{_TABLE}"><tr>{heads}</tr>{"".join(rows)}</table>'
    return f'<div style="{_CARD}"><b>{title}</b>{table}</div>'


def _chain(ruling: Ruling, language: str) -> str:
    rows = []
    decided = ruling.number or len(ruling.others) + 1
    for number, text in enumerate(ruling.others, start=1):
        said = _("no match") if number < decided else _MATCHED if number == decided else _("never reached")
        style = _RULED if number == decided else _DIM
        rows.append(
            f'<tr style="{style}"><td style="{_CELL}">{number}</td>'
            f'<td style="{_CELL}"><code style="{_CODE}">{escaped(text)}</code></td>'
            f'<td style="{_CELL}">{translated(said, language)}</td></tr>'
        )
    if not ruling.number:
        rows.append(
            f'<tr style="{_RULED}"><td></td>'
            f'<td style="{_CELL}"><code style="{_CODE}">{escaped(ruling.text)}</code></td>'
            f'<td style="{_CELL}">{translated(_MATCHED, language)}</td></tr>'
        )
    title = escaped(translated(_("The rule that decided · {place}", place=ruling.place), language))
    evidence = escaped(translated(_("Evidence: the kernel's nftables trace"), language))
    table = f'<table style="{_TABLE}">{"".join(rows)}</table>'
    return f'<div style="{_CARD}"><b>{title}</b>{table}{_dim(evidence)}</div>'


def _list(items: Iterable[str]) -> str:
    lines = "".join(f"<li>{item}</li>" for item in items)
    return f'<ul style="margin:0.3em 0;padding-left:1.4em;line-height:1.6">{lines}</ul>' if lines else ""


def _folded(title: str, body: str) -> str:
    return f'<details style="margin:0.3em 0"><summary>{title}</summary>{body}</details>'


def _dim(said: str) -> str:
    return f'<p style="margin:0.3em 0;{_DIM}">{said}</p>'
