"""What a diagnosis says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..actions import Action


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was found: a namespace, or one interface (or bridge) of it."""

    namespace: str
    interface: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands in a packet's way, or that a person should know about it.

    Parameters
    ----------
    kind
        A stable id, such as ``interface-down``; `nslab_kernel.core.diagnosis.KINDS` lists them.
    place
        Where, for a mark in the picture.
    leg
        ``there`` for the packet, ``back`` for its answer.
    looked_at
        What was looked at, as the command that shows it.
    said
        What it said.
    matters
        Why that matters, one sentence.
    cure
        The commands that put it right, one a line; empty where there is no certain one.
    actions
        The same as data.
    """

    kind: str
    place: Place
    leg: str
    looked_at: str
    said: str
    matters: str
    cure: str
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Hop:
    """One stop on a packet's way.

    Parameters
    ----------
    through
        The interfaces that it comes in and goes out by, where the stop is a bridge or a router.
    """

    place: Place
    leg: str  # there or back
    text: str
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Whether a packet gets there and its answer back, and why not.

    Parameters
    ----------
    source
        The name of the namespace that sends.
    destination
        The address that it sends to; empty where none could be found out.
    arrives
        True if the answer comes back, False if not, None if what wasn't evaluated decides.
    findings
        What stands in the way: the first cause first, then what would stop the packet next. Where the packet
        arrives all the same, what isn't as it should be.
    path
        The stops, in order, up to where the packet ends.
    unevaluated
        What was met on the way and not understood.
    protocol, port
        What was asked about: ``icmp`` (a ping), or ``tcp`` or ``udp`` with the port.
    asked
        The destination as it was asked for.
    language
        Of the words.
    """

    source: str
    destination: str
    arrives: bool | None
    findings: tuple[Finding, ...] = ()
    path: tuple[Hop, ...] = ()
    unevaluated: tuple[str, ...] = ()
    protocol: str = "icmp"
    port: int = 0
    asked: str = ""
    language: str = "en"

    def __str__(self) -> str:
        from .report import text

        return text(self)

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        """Show it in words; IPython calls this for a cell's value."""
        printer.text(str(self))
