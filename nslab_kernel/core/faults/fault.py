"""One thing that is broken on purpose, and the kinds there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from ..diagnosis.findings import Finding, Place
from ..effects import after
from ..model.diff import changes
from ..model.network import Network
from ..operations.actions import Action
from .doing import changes_something, lost_things, with_handle


@dataclass(frozen=True, slots=True)
class Break:
    """A way to break a network.

    Parameters
    ----------
    place
        Where a person finds it.
    actions
        What breaks it.
    facts
        The values that the words about it name.
    """

    place: Place
    actions: tuple[Action, ...]
    facts: tuple[tuple[str, str], ...] = ()


Maker = Callable[[Network, Random], Iterator[Break]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault.

    Parameters
    ----------
    name
        A stable id, such as ``bridge-down``.
    level
        1 for what a look at the picture shows, 2 for what takes a search.
    layer
        Where to search: ``links``, ``addresses``, ``routes``, ``neighbours``, ``settings`` or ``firewall``.
    make
        The ways to break a network so, chosen by chance where it has variants.
    found_as
        What a diagnosis calls it: kinds of `nslab_kernel.core.diagnosis.findings.Finding`.
    """

    name: str
    level: int
    layer: str
    make: Maker
    found_as: frozenset[str]


KINDS: dict[str, Kind] = {}
"""Every kind, by its name."""


def kind(name: str, level: int, layer: str, *found_as: str) -> Callable[[Maker], Maker]:
    """Enter a function that yields ways to break a network as a kind of fault."""

    def enter(make: Maker) -> Maker:
        KINDS[name] = Kind(name, level, layer, make, frozenset(found_as or (name,)))
        return make

    return enter


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is broken on purpose.

    Parameters
    ----------
    kind
        The name of its kind.
    place
        Where a person finds it.
    actions
        What breaks the network.
    undo
        What fixes it; the shortest way, not the only one.
    facts
        The values that the words about it name.
    """

    kind: str
    place: Place
    actions: tuple[Action, ...]
    undo: tuple[Action, ...]
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def level(self) -> int:
        """How hard it is to find, 1 or 2."""
        return KINDS[self.kind].level

    @property
    def layer(self) -> str:
        """Where to search for it."""
        return KINDS[self.kind].layer

    def is_named_by(self, finding: Finding) -> bool:
        """Whether a diagnosis means this fault: by its kind, and by where it is or where its fix acts."""
        places = {action.namespace for action in self.actions}  # type: ignore[attr-defined]
        meant = {finding.place.namespace, *(action.namespace for action in finding.actions)}  # type: ignore[attr-defined]
        return finding.kind in KINDS[self.kind].found_as and bool(places & meant)

    def is_there(self, network: Network) -> bool:
        """Whether what fixes it would still change something."""
        return any(changes_something(network, action) for action in self.undo)

    def steps(self, network: Network) -> tuple[Action, ...]:
        """What breaks a network now: a rule that went and came back has another handle."""
        return tuple(with_handle(network, action) for action in self.actions)

    def repairs(self, network: Network) -> tuple[Action, ...]:
        """What of its undoing is still to be done, and can be: what it is about may be gone."""
        left = []
        for action in self.undo:
            if changes_something(network, action):
                with suppress(LookupError):
                    network = after(network, (action,))
                    left.append(action)
        return tuple(left)


def fault(network: Network, name: str, way: Break) -> Fault | None:
    """A way to break a network, as a fault that can be fixed; None where too much would be lost with it."""
    undo = tuple(opposite for action in reversed(way.actions) if (opposite := action.undo()))
    broken = after(network, way.actions)
    lost = tuple(lost_things(network, after(broken, undo)))
    if lost and name not in _COSTLY:
        return None
    whole = (*undo, *lost)
    if changes(network, after(broken, whole)):
        return None
    return Fault(name, way.place, way.actions, whole, way.facts)


_COSTLY = frozenset(("ipv6-off",))
"""The kinds that take more along than their undoing brings back, so that there is more than one thing to fix."""
