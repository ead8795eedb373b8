"""Marks on a picture: the stations of a packet, the place where it stops."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """A round mark at a thing.

    Parameters
    ----------
    place
        What it marks: ``ns1`` or ``host``, an interface ``ns1/eth0`` (a bridge too: ``host/br0``),
        or a kind of note of the host: ``host#nat``, ``host#forward``, ``host#publish``, ``host#drop``.
    text
        One to three characters, such as a number. Marks with numbers are joined by a dotted
        line in the order they are given.
    kind
        ``number``, ``cross`` or ``tick``; the last two need no text.
    note
        What to say about it below the picture.
    """

    place: str
    text: str = ""
    kind: str = "number"
    note: str = ""
