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
    """

    places: tuple[tuple[str, bool], ...]
    missed: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the prediction is what happened."""
        return not self.missed and all(right for _place, right in self.places)


def predicted(text: str, network: Network) -> tuple[str, ...]:
    """The places of a prediction such as ``ns1,br0,host``: namespaces and bridges.

    Raises
    ------
    NslabError
        If there is nothing of such a name in the lab.
    """
    bridges = [i.name for namespace in network.everywhere for i in namespace.interfaces if i.kind == "bridge"]
    known = [HOST, *(namespace.name for namespace in network.namespaces), *bridges]
    places = tuple(word for word in (part.strip() for part in text.split(",")) if word)
    for place in places:
        if place.rpartition("/")[2] not in known:
            raise NslabError(
                _('There is no namespace or bridge "{place}".', place=place),
                _("{near}Write places with commas between them, such as `ns1,host`.", near=did_you_mean(place, known)),
            )
    return places


def compare(places: Sequence[str], story: Story) -> Comparison:
    """Lay a prediction over a packet's way."""
    took = [step.label for step in story.steps]
    blocks = SequenceMatcher(None, places, took, autojunk=False).get_matching_blocks()
    right = {at for block in blocks for at in range(block.a, block.a + block.size)}
    met = {at for block in blocks for at in range(block.b, block.b + block.size)}
    return Comparison(
        tuple((place, at in right) for at, place in enumerate(places)),
        tuple(place for at, place in enumerate(took) if at not in met),
    )


def sentence(found: Comparison) -> Message:
    """The comparison in a sentence."""
    way = " → ".join(f"{place} {'✓' if right else '✕'}" for place, right in found.places)
    if found.right:
        return _("Your prediction: {way}. **All of it is right.**", way=way)
    if found.missed:
        return _("Your prediction: {way}; missed: {places}.", way=way, places=joined(*found.missed, separator=_(", ")))
    return _("Your prediction: {way}.", way=way)
