"""What `Lab.trace` found, as one value: the journeys, what the command printed, and everything they were made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ..model.network import Network
from ..translation import Message, _, joined, translated
from . import prediction
from .evidence import Recording
from .explain import Ask, Notice, Story, explain, notices
from .join import join
from .naming import dns, name, summary
from .pcapng import pcapng
from .words import COLUMNS, WORDS, listed, milliseconds, notice, outcome, sentence, title, way

MOST = 20
"""How many sentences are shown."""


@dataclass(frozen=True)
class Trace:
    """The packets of one command, or of the time between start and stop.

    Parameters
    ----------
    namespace, command
        What ran, and where; both empty where nothing did.
    recording
        What was recorded.
    before, after
        Readings of the lab.
    stories
        Every packet's journey, explained, in the order of their times.
    notices
        What the counters show of packets that were never seen.
    language
        Its reader's, such as ``zh``: of the text, the table and the comments.
    snaplen
        Bytes kept of each frame.
    way_predicted
        The places that somebody predicted of the main packet, in their order.
    """

    namespace: str
    command: str
    recording: Recording
    before: Network
    after: Network
    stories: tuple[Story, ...]
    notices: tuple[Notice, ...]
    language: str = "en"
    snaplen: int = 384
    way_predicted: tuple[str, ...] = ()

    @cached_property
    def shown(self) -> tuple[Story, ...]:
        """All journeys but housekeeping's."""
        return tuple(story for story in self.stories if not story.noise)

    @property
    def hidden(self) -> int:
        """How many packets of housekeeping there were."""
        return len(self.stories) - len(self.shown)

    @cached_property
    def told(self) -> tuple[Story, ...]:
        """The journeys that get a sentence of their own: answers that arrived are in their question's."""
        return tuple(story for story in self.shown if not (story.question and story.outcome.code == "delivered"))

    @cached_property
    def main(self) -> Story | None:
        """The journey that a picture shows first: the first that was lost, else the first of the command's own."""
        order = [s for s in self.told if s.packet.kind != "arp" and not s.packet.about] or list(self.told)
        own = [story for story in order if story.journey.namespace == self.namespace] or order
        lost = [story for story in own if story.outcome.lost]
        return next(iter(lost or own), None)

    @cached_property
    def sentences(self) -> tuple[Message, ...]:
        """What happened, a sentence for each journey; alike ones that follow each other share one."""
        found: list[list[Story]] = []
        alike: list[tuple[object, ...]] = []
        for story in self.told:
            kind = _alike(story)
            if alike and alike[-1] == kind:
                found[-1].append(story)
            else:
                alike.append(kind)
                found.append([story])
        return tuple(_counted(sentence(first), len(more)) for first, *more in found)

    @cached_property
    def remarks(self) -> tuple[Message, ...]:
        """What to know about the recording: bounds, losses, gaps, what is hidden."""
        return tuple(self._remarks())

    @property
    def prediction(self) -> str:
        """How the predicted way compares with the main packet's; empty where none was predicted."""
        if not self.way_predicted or self.main is None:
            return ""
        return prediction.sentence(prediction.compare(self.way_predicted, self.main))

    def text(self) -> str:
        """The sentences and remarks as plain text."""
        told = list(self.sentences[:MOST]) or ([] if self.notices else [WORDS["nothing"]])
        if len(self.sentences) > MOST:
            told.append(WORDS["more"].filled(count=len(self.sentences) - MOST))
        told += [notice(each) for each in self.notices]
        return "\n".join(self._plain(line) for line in (*told, self.prediction, *self.remarks) if line)

    def rows(self) -> list[tuple[str, str, str, str]]:
        """A table: each packet with its way, what became of it, and when; the first row has the headings."""
        head = tuple(translated(heading, self.language) for heading in COLUMNS)
        start = self.shown[0].journey.when if self.shown else 0
        rows = [head]
        for story in self.shown:
            names = listed(story.copies) or WORDS["nobody"]
            rows.append(
                (
                    self._plain(joined(title(story), _addresses(story))),
                    self._plain(way(story.steps)),
                    self._plain(outcome(story.outcome, names)),
                    f"{milliseconds(story.journey.when - start)} ms",
                )
            )
        return rows  # type: ignore[return-value]

    def pcapng(self) -> bytes:
        """All sightings as a capture file for Wireshark, each with its journey, verdict and rule as a comment."""
        names = {
            (namespace.name, interface.index): interface.name
            for network in (self.before, self.after)
            for namespace in network.everywhere
            for interface in namespace.interfaces
        }
        places = {id(sighting): at for at, sighting in enumerate(self.recording.sightings)}
        comments = {
            places[id(stop.sighting)]: f"journey {story.journey.number}: {self._plain(sentence(story))}"
            for story in self.stories
            for stop in story.journey.stops
        }
        return pcapng(self.recording.sightings, names, comments, self.snaplen, self.recording.dropped)

    def _plain(self, text: str) -> str:
        """A sentence in the reader's language, without its marks."""
        return plain(translated(text, self.language))

    def _remarks(self) -> Iterator[Message]:
        recording = self.recording
        if self.hidden:
            yield WORDS["hidden"].filled(count=self.hidden)
        if recording.ended:
            seconds = round((recording.finished - recording.started) / 1e9)
            yield WORDS[f"ended {recording.ended}"].filled(count=len(recording.sightings), seconds=seconds)
        if count := sum(recording.dropped.values()):
            names = listed(name for name, lost in recording.dropped.items() if lost)
            yield WORDS["dropped packets"].filled(count=count, names=names)
        if recording.events_lost:
            yield WORDS["events lost"].filled(names=listed(recording.events_lost))
        if recording.unseen:
            yield WORDS["unseen"].filled(names=listed(recording.unseen))


def traced(
    namespace: str,
    command: str,
    recording: Recording,
    before: Network,
    after: Network,
    ask: Ask,
    language: str = "en",
) -> Trace:
    """Join and explain what was recorded.

    Parameters
    ----------
    namespace, command
        What ran, and where.
    recording, before, after
        What was recorded, and readings of the lab around it.
    ask
        Asks the kernel for a route.
    language
        Its reader's.
    """
    stories = explain(join(recording, before, after), recording, before, after, ask)
    refused = notices(recording, namespace, command, ask) if namespace else []
    sent = {story.packet.target for story in stories if story.journey.namespace == namespace}
    kept = tuple(each for each in refused if each.values.get("ip") not in sent)
    return Trace(namespace, command, recording, before, after, tuple(stories), kept, language)


def plain(text: str) -> str:
    """A sentence without its marks."""
    return text.replace("**", "").replace("`", "")


def _counted(told: Message, more: int) -> Message:
    return _("{said} (+{more})", said=told, more=more) if more else told


def _alike(story: Story) -> tuple[object, ...]:
    """Journeys for which this is equal differ in nothing that a sentence would say again."""
    packet = story.packet
    known = name(packet).rstrip("0123456789 ")
    if packet.kind == "tcp" and not packet.flags & 2 and not story.outcome.lost:
        known = "stream"  # of an established connection: data and acknowledgements, both ways
        ends = frozenset(((packet.source, packet.sport), (packet.target, packet.dport)))
        return known, frozenset(step.label for step in story.steps), story.outcome.code, len(ends)
    labels = tuple((step.label, tuple(step.rewrites)) for step in story.steps)
    ruling = story.outcome.ruling
    return (
        known,
        packet.target,
        labels,
        story.outcome.code,
        ruling and (ruling.place, ruling.handle),
        bool(story.answer),
    )


def _addresses(story: Story) -> str:
    packet = story.packet
    if packet.kind == "arp":
        return ""
    asked = dns(packet)
    return asked or summary(packet) if not packet.about else ""
