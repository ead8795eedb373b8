"""One difference between two snapshots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .change_words import words


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Parameters
    ----------
    verb
        ``added``, ``removed``, ``changed`` or ``moved``.
    what
        ``namespace``, ``interface``, ``name``, ``state``, ``address``, ``port``, ``route``, ``rule`` (firewall),
        ``chain``, ``policy`` (of a base chain), ``policy rule`` (ip-rule(8)), ``neighbour`` (a permanent one),
        ``sysctl``, ``hostname``, or the name of an interface's setting such as ``mtu``.
    namespace
        Where; the new place of something moved.
    name
        The namespace, interface, chain, sysctl or route destination that it is about.
    before, after
        The value then and now, empty where there was none.
    peer
        Namespace and name of the other end, where an interface is one end of a veth pair.
    """

    verb: str
    what: str
    namespace: str
    name: str
    before: str = ""
    after: str = ""
    peer: tuple[str, str] | None = None

    def words(self, language: str = "en") -> str:
        """The change as a phrase, in English (``en``) or Chinese (``zh``)."""
        return words(self, language)


def value_change(namespace: str, name: str, what: str, before: str, after: str) -> Iterator[Change]:
    """The change of a single value, if it differs; empty stands for none."""
    if before != after:
        verb = "added" if not before else "removed" if not after else "changed"
        yield Change(verb, what, namespace, name, before, after)


def set_changes(namespace: str, name: str, what: str, before: Iterable[str], after: Iterable[str]) -> Iterator[Change]:
    """What came and what went in a collection whose order doesn't matter."""
    earlier, later = Counter(before), Counter(after)
    for value in (later - earlier).elements():
        yield Change("added", what, namespace, name, "", value)
    for value in (earlier - later).elements():
        yield Change("removed", what, namespace, name, value, "")
