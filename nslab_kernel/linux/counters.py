"""What has gone through each interface (proc_pid_net(5), dev)."""

from __future__ import annotations

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
    lines = namespaces.entered(namespaces.find(namespace), _lines)
    found = {}
    for line in lines[2:]:  # two lines of headings
        name, _, numbers = line.partition(":")
        received_bytes, received, _, lost, _, _, _, _, sent_bytes, sent, _, unsent, *_ = map(int, numbers.split())
        found[name.strip()] = Counters(received, received_bytes, sent, sent_bytes, lost + unsent)
    return found


def _lines() -> list[str]:
    with open("/proc/thread-self/net/dev") as file:
        return file.read().splitlines()
