"""Record packets, then join and explain them: from one reading of the lab to the next."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..core.errors import NslabError
from ..core.journeys.evidence import RouteAnswer, RouteQuestion
from ..core.journeys.trace import Trace, traced
from ..core.model.network import Network
from ..core.translation import _
from . import route_lookup
from .recording import BYTES, PACKETS, SECONDS, Recorder

Read = Callable[[bool], Network]
"""Reads the lab, with what is volatile or without."""


class Capture:
    """Packets at every interface of the lab, from its making until `stop`.

    Parameters
    ----------
    read
        Reads the lab.
    packets, size, seconds
        The bounds at which it ends by itself: packets seen, bytes kept, seconds.

    Raises
    ------
    NslabError
        If the kernel gives no packet sockets.
    """

    def __init__(
        self, read: Read, *, packets: int = PACKETS, size: int = BYTES, seconds: float = SECONDS, language: str = "en"
    ) -> None:
        self._read, self._language = read, language
        self._before = read(False)
        try:
            self._recorder = Recorder(packets=packets, size=size, seconds=seconds)
        except OSError as error:
            raise NslabError(
                _("Packets can't be recorded here: {reason}.", reason=error.strerror),
                _("Open a notebook with the kernel nslab, which has a host of its own."),
            ) from error

    @property
    def running(self) -> bool:
        """Whether it still records."""
        return self._recorder.running

    @property
    def packets(self) -> int:
        """How many packets were seen so far, counted at each interface."""
        return self._recorder.packets

    def stop(self, namespace: str = "", command: str = "") -> Trace:
        """End it and explain what was seen.

        Parameters
        ----------
        namespace, command
            What ran meanwhile, and where.
        """
        recording = self._recorder.stop()
        return traced(namespace, command, recording, self._before, self._read(True), _asking(), self._language)

    def abandon(self) -> None:
        """End it without a result."""
        self._recorder.abandon()


def _asking() -> Callable[[RouteQuestion], RouteAnswer | None]:
    @cache
    def ask(question: RouteQuestion) -> RouteAnswer | None:
        return route_lookup.ask([question]).get(question)

    return ask
