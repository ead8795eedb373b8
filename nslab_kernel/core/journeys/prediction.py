"""A way that a student predicted, laid over the one that a packet took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ..errors import NslabError
from ..model.names import did_you_mean
from ..model.network import HOST, Network
from ..translation import Message, _, joined
from .explain import Story


@dataclass(frozen=True, slots=True)
class Comparison:
    """A prediction beside what happened.

    Parameters
    ----------
    places
        Each predicted place, and whether the packet was there in that order.
    missed
        The places where it was besides.
    reasons
        For each wrong or missed place, a sentence that explains it.
    """

    places: tuple[tuple[str, bool], ...]
    missed: tuple[str, ...]
    reasons: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether the prediction is what happened."""
        return not self.missed and all(right for _place, right in self.places)


def bridges(network: Network) -> dict[str, tuple[str, str]]:
    """What a prediction calls each bridge: in the host by its name, elsewhere ``ns1/br0``; with its namespace."""
    found = {}
    for namespace in network.everywhere:
        for interface in namespace.interfaces:
            if interface.kind == "bridge":
                label = interface.name if namespace.name == HOST else f"{namespace.title}/{interface.name}"
                found[label] = namespace.name, interface.name
    return found


def predicted(text: str, network: Network) -> tuple[str, ...]:
    """The places of a prediction such as ``ns1,br0,host``: namespaces and bridges.

    Raises
    ------
    NslabError
        If there is nothing of such a name in the lab.
    """
    switches = bridges(network)
    known = [*(namespace.name for namespace in network.everywhere), *switches]
    places = tuple(word for word in (part.strip() for part in text.split(",")) if word)
    bare = {bridge for _where, bridge in switches.values()}
    for place in places:
        if place not in known and place not in bare:
            raise NslabError(
                _('There is no namespace or bridge "{place}".', place=place),
                _("{near}Write places with commas between them, such as `ns1,host`.", near=did_you_mean(place, known)),
            )
    return places


def compare(places: Sequence[str], story: Story) -> Comparison:
    """Lay a prediction over a packet's way."""
    labels = {step.label.rpartition("/")[2]: step.label for step in story.steps}
    named = {labels.get(place, place) for place in places}
    # A switch inside a namespace is a detail of it: right where it was said, and not missed where it wasn't.
    took = [s.label for s in story.steps if s.label in named or not s.bridge or s.namespace == HOST]
    said = [place if place in took else labels.get(place, place) for place in places]
    blocks = SequenceMatcher(None, said, took, autojunk=False).get_matching_blocks()
    met = {block.b + n: block.a + n for block in blocks for n in range(block.size)}
    right = set(met.values())
    wrong = [_wrong(said, at, met, took, story) for at in range(len(said)) if at not in right]
    explained = {reason.values.get("after") for reason in wrong}
    missed = [_missed(took, at) for at in range(len(took)) if at not in met and took[at] not in explained]
    return Comparison(
        tuple((place, at in right) for at, place in enumerate(places)),
        tuple(place for at, place in enumerate(took) if at not in met),
        tuple(dict.fromkeys((*wrong, *missed))),
    )


def _wrong(said: Sequence[str], at: int, met: dict[int, int], took: Sequence[str], story: Story) -> Message:
    """Why a place that was predicted is no stop of the way."""
    place, end = said[at], took[-1] if took else story.journey.namespace
    passed = [where for where, mine in met.items() if mine < at]
    if place in story.copies:
        return _("{place}: only a copy came here, since the bridge flooded it.", place=place)
    if place in took:
        return _("{place}: it was here, but at another point of its way.", place=place)
    if not passed:
        return _("{place}: its way began in {start}.", place=place, start=took[0] if took else end)
    last = max(passed)
    if last + 1 < len(took):
        return _("{place}: from {before} it went on to {after}.", place=place, before=took[last], after=took[last + 1])
    if story.outcome.lost:
        return _("{place}: it never came that far; its way ended in {end}.", place=place, end=end)
    return _("{place}: it had already arrived in {end}.", place=place, end=end)


def _missed(took: Sequence[str], at: int) -> Message:
    """Where a stop that wasn't predicted is."""
    place = took[at]
    if at == 0:
        return _("You left out {place}: its way began there.", place=place)
    if at + 1 == len(took):
        return _("You left out {place}: from {before} it went on there.", place=place, before=took[at - 1])
    return _(
        "You left out {place}, which is between {before} and {after}.",
        place=place, before=took[at - 1], after=took[at + 1],
    )  # fmt: skip


def sentence(found: Comparison) -> Message:
    """The comparison in a sentence, and what explains it: a sentence for each wrong or missed place."""
    way = " → ".join(f"{place} {'✓' if right else '✕'}" for place, right in found.places)
    end = _("**All of it is right.**") if found.right else ""
    return joined(_("Your prediction: {way}.", way=way), end, *found.reasons)
