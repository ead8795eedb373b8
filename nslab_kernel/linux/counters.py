"""What has gone through each interface (proc_pid_net(5), dev)."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from . import namespaces


@dataclass(frozen=True, slots=True)
class Counters:
    """An interface's counters since it was made: packets and bytes that came in and went out, and what was dropped."""

    received_packets: int
    received_bytes: int
    sent_packets: int
    sent_bytes: int
    dropped: int


def read(namespace: str) -> dict[str, Counters]:
    """The counters of a namespace's interfaces, by name.

    Raises
    ------
    NslabError
        If there is no such namespace.
    """
    return _counters(namespaces.entered(namespaces.find(namespace), _lines))


def everywhere() -> dict[tuple[str, str], Counters]:
    """The counters of the host and all named namespaces, by namespace and interface."""
    places = [namespaces.host(), *namespaces.named()]

    def look() -> dict[str, list[str]]:
        found = {}
        for place in places:
            with contextlib.suppress(OSError):  # it was deleted meanwhile
                namespaces.enter(place)
                found[place.name] = _lines()
        return found

    read_there = namespaces.entered(places[0], look)
    return {(name, each): seen for name, lines in read_there.items() for each, seen in _counters(lines).items()}


def _counters(lines: list[str]) -> dict[str, Counters]:
    found = {}
    for line in lines[2:]:  # two lines of headings
        name, _, numbers = line.partition(":")
        received_bytes, received, _, lost, _, _, _, _, sent_bytes, sent, _, unsent, *_ = map(int, numbers.split())
        found[name.strip()] = Counters(received, received_bytes, sent, sent_bytes, lost + unsent)
    return found


def _lines() -> list[str]:
    with open("/proc/thread-self/net/dev") as file:
        return file.read().splitlines()
