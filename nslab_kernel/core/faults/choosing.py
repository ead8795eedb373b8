"""Which fault to try: by chance, and for the same seed and network the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from random import Random

from ..model.network import Network
from .fault import KINDS, Fault, Kind, fault

LEVELS = (1, 2, 3)
_SEVERAL = 3
"""The level at which several faults of any kind are there at once."""


def candidates(network: Network, level: int, seed: int) -> Iterator[Fault]:
    """The faults of a level that fit a network, in the order in which they are to be tried.

    Every kind has the same chance, however many places there are for it.

    Parameters
    ----------
    network
        The lab while it works.
    level
        1, 2, or 3 for any kind.
    seed
        What chance starts from.
    """
    dice = Random(seed)
    names = sorted(name for name, kind in KINDS.items() if level in (kind.level, _SEVERAL))
    dice.shuffle(names)
    rows = [of_kind(network, KINDS[name], seed) for name in names]
    for row in zip_longest(*rows):
        yield from (found for found in row if found is not None)


def of_kind(network: Network, kind: Kind, seed: int) -> Iterator[Fault]:
    """The faults of one kind that fit a network, in an order of chance."""
    dice = Random(f"{seed} {kind.name}")
    ways = list(kind.make(network, dice))
    dice.shuffle(ways)
    for way in ways:
        found = fault(network, kind.name, way)
        if found:
            yield found


def how_many(level: int, seed: int) -> int:
    """How many faults are there at once."""
    return Random(f"{seed} how many").choice((2, 3)) if level == _SEVERAL else 1
