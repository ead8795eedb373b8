"""Record what happens to packets in many namespaces at once: rings, traces of rules, conntrack events, counters.

One thread reads; nothing is decoded before the end. Nothing that is opened here keeps a deleted namespace alive.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count as counting
from typing import TypeVar

from ..core.journeys.evidence import Recording, RuleEvent, Translation
from ..core.model.nftables import TRACING_TABLE
from . import capture, ip_statistics, namespaces
from .namespaces import FoundNamespace
from .nftrace import RATE, Tracer
from .watch import inotify

PACKETS, BYTES, SECONDS = 20_000, 32 << 20, 120.0
"""The default bounds of a recording: sightings, bytes kept, seconds."""

_SETTLE = 0.03  # seconds until blocks that aren't full have been handed over
_AFTER = 5_000_000  # nanoseconds after the end that are kept: what came later may be in one ring and not in the next
_SOON = 0.02  # seconds between looks for the namespace of a new name
_MANY = 16  # namespaces; with more, each has less room
_ROOM, _LESS_ROOM = 1 << 20, 1 << 19  # bytes; half a MiB is enough for 50,000 packets a second
_numbers = counting(1)

T = TypeVar("T")


@dataclass
class _Seat:
    """What is open in one namespace."""

    place: FoundNamespace
    ring: capture.Ring
    tracer: Tracer | None
    before: dict[str, int]
    after: dict[str, int] = field(default_factory=dict)
    pidfd: int = -1  # of the process whose namespace it is, if it has no name


class Recorder:
    """Records from its making until `stop`.

    Parameters
    ----------
    names
        The namespaces to begin with; by default the host and all that have a name. Those that are made meanwhile are
        recorded from then on.
    rules
        Whether to trace rules, too.
    packets, size, seconds
        The bounds at which recording ends by itself: sightings, bytes kept, seconds.
    snaplen
        Bytes to keep of each frame.

    Raises
    ------
    NslabError
        If there is no such namespace.
    OSError
        If the kernel refuses packet sockets.
    """

    def __init__(
        self,
        names: Iterable[str] | None = None,
        *,
        rules: bool = True,
        packets: int = PACKETS,
        size: int = BYTES,
        seconds: float = SECONDS,
        snaplen: int = capture.SNAPLEN,
        rate: int = RATE,
    ) -> None:
        places = [namespaces.host(), *namespaces.named()] if names is None else [namespaces.find(n) for n in names]
        self._table = f"{TRACING_TABLE}{os.getpid()}-{next(_numbers)}" if rules else ""
        self._bounds = packets, size
        self._snaplen, self._rate = snaplen, rate
        self._room = _ROOM if len(places) <= _MANY else _LESS_ROOM
        self._seats: dict[int, _Seat] = {}  # by the namespace's inode
        self._unseen: list[str] = []
        self._blocks: list[tuple[str, bytes]] = []
        self._dropped: dict[str, int] = {}
        self._moved: dict[str, dict[str, int]] = {}
        self._events: list[RuleEvent | Translation] = []
        self._lost: list[str] = []
        self._packets = self._bytes = 0
        self._ended = ""
        self._finished = 0
        self._deadline = time.monotonic() + seconds
        self._poll = select.epoll()
        self._wake_read, self._wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._names = inotify(namespaces.NAMES)
        self._thread = threading.Thread(target=self._work, name="nslab-record", daemon=True)
        begun = time.monotonic()
        try:
            self._open(places)
            self._ring_seconds = time.monotonic() - begun
            self._started = time.time_ns()
            for seat in self._seats.values():
                self._hear(seat)
            for file in (self._names, self._wake_read):
                self._poll.register(file, select.EPOLLIN)
            self._thread.start()
        except BaseException:
            self.abandon()
            raise

    @property
    def running(self) -> bool:
        """Whether it still records; False after a bound was reached."""
        return self._thread.is_alive() and not self._ended

    @property
    def packets(self) -> int:
        """How many sightings there are so far."""
        return self._packets

    def stop(self) -> Recording:
        """End recording and let go of everything; give what was recorded."""
        finished = (self._finished or time.time_ns()) + _AFTER
        try:
            if self._thread.is_alive():
                time.sleep(_SETTLE)
        finally:
            self.abandon()
        sightings = [each for name, block in self._blocks for each in capture.sightings(name, block)]
        sightings = [each for each in sightings if self._started <= each.when <= finished]
        sightings.sort(key=lambda each: each.when)  # stable: a port and its bridge may have one time
        self._blocks.clear()
        events = sorted((e for e in self._events if isinstance(e, RuleEvent)), key=lambda e: e.when)
        translations = sorted((e for e in self._events if isinstance(e, Translation)), key=lambda e: e.when)
        return Recording(
            tuple(sightings),
            tuple(events),
            tuple(translations),
            self._moved,
            self._dropped,
            tuple(self._lost),
            tuple(self._unseen),
            self._ended,
            self._started,
            finished,
            self._ring_seconds,
        )

    def abandon(self) -> None:
        """End recording and let go of everything, without a result."""
        try:
            if self._thread.is_alive():
                with contextlib.suppress(OSError):  # it has ended meanwhile
                    os.write(self._wake_write, b"x")
                self._thread.join()
        finally:
            self._release()

    # the thread

    def _work(self) -> None:
        looking = False
        while True:
            left = self._deadline - time.monotonic()
            ready = self._poll.poll(max(0.0, min(left, _SOON if looking else left)))
            files = {file for file, _ in ready}
            self._take(files)
            if self._wake_read in files:
                break
            if self._names in files or looking:
                looking = self._renew()
            self._leave_ended(files)
            if self._ended_by_bound():
                self._finished = time.time_ns() - _AFTER
                break
        for seat in self._seats.values():
            self._drain(seat)

    def _take(self, files: set[int]) -> None:
        for seat in tuple(self._seats.values()):
            if seat.ring.fileno() in files or (seat.tracer and seat.tracer.fileno() in files):
                self._drain(seat)

    def _drain(self, seat: _Seat) -> None:
        for block in seat.ring.taken():
            self._blocks.append((seat.place.name, block))
            self._packets += capture.count(block)
            self._bytes += len(block)
        if seat.tracer:
            seat.tracer.read()

    def _ended_by_bound(self) -> bool:
        packets, size = self._bounds
        if self._packets >= packets:
            self._ended = "packets"
        elif self._bytes >= size:
            self._ended = "bytes"
        elif time.monotonic() >= self._deadline:
            self._ended = "time"
        return bool(self._ended)

    def _renew(self) -> bool:
        """Let go of namespaces that lost their names, open new ones; whether one is still to come."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._names, 1 << 16)
        coming = namespaces.coming()
        present = {place.inode: place for place in namespaces.named()}
        gone = [s for inode, s in self._seats.items() if s.place.kind == "named" and inode not in present]
        if gone:
            self._leave(gone)
        new = [place for inode, place in present.items() if inode not in self._seats]
        if new:
            self._open(new)
            for place in new:
                if seat := self._seats.get(place.inode):
                    self._hear(seat)
        return bool(coming)

    def _leave_ended(self, files: set[int]) -> None:
        """Let go of the namespaces of processes that have ended."""
        ended = [seat for seat in self._seats.values() if seat.pidfd in files]
        if ended:
            self._leave(ended)

    def _leave(self, seats: list[_Seat]) -> None:
        for seat in seats:
            self._drain(seat)
            del self._seats[seat.place.inode]
            self._unseen.append(seat.place.name)
        self._let_go(seats)

    def _hear(self, seat: _Seat) -> None:
        self._poll.register(seat.ring.fileno(), select.EPOLLIN)
        if seat.tracer:
            self._poll.register(seat.tracer.fileno(), select.EPOLLIN)
        if seat.pidfd >= 0:
            self._poll.register(seat.pidfd, select.EPOLLIN)

    # opening and closing

    def _open(self, places: list[FoundNamespace]) -> None:
        """Side by side: the kernel waits for a grace period at each ring, and these overlap."""
        errors = _side_by_side(self._open_one, places)
        self._unseen += [place.name for place, error in errors if place.name not in self._unseen]
        refused = [error for place, error in errors if place.kind == "host"]
        if refused:
            raise refused[0]

    def _open_one(self, place: FoundNamespace) -> None:
        namespaces.enter(place)
        before = ip_statistics.read()
        ring = capture.Ring(place.name, self._snaplen, self._room)
        tracer = None
        if self._table:
            try:
                tracer = Tracer(place.name, self._table, self._rate)
            except OSError:  # without nftables there are no rules either
                self._lost.append(place.name)
        pidfd = -1
        if place.kind == "process":
            with contextlib.suppress(OSError):
                pidfd = os.pidfd_open(int(place.path.split("/")[2]))
        self._seats[place.inode] = _Seat(place, ring, tracer, before, pidfd=pidfd)

    def _release(self) -> None:
        seats = list(self._seats.values())
        self._seats.clear()
        _side_by_side(_count, seats)
        self._let_go(seats)
        if self._poll.closed:
            return
        self._poll.close()
        for file in (self._names, self._wake_read, self._wake_write):
            os.close(file)

    def _let_go(self, seats: list[_Seat]) -> None:
        _side_by_side(_close, seats)
        for seat in seats:
            name = seat.place.name
            self._dropped[name] = self._dropped.get(name, 0) + seat.ring.dropped
            if seat.after:
                self._moved[name] = ip_statistics.moved(seat.before, seat.after)
            if seat.tracer:
                self._events += seat.tracer.events()
                if seat.tracer.lost:
                    self._lost.append(name)


def _count(seat: _Seat) -> None:
    namespaces.enter(seat.place)
    seat.after = ip_statistics.read()


def _close(seat: _Seat) -> None:
    if seat.tracer:
        seat.tracer.read()
        seat.tracer.close()
    seat.ring.close()
    if seat.pidfd >= 0:
        os.close(seat.pidfd)


def _side_by_side(call: Callable[[T], None], things: list[T]) -> list[tuple[T, Exception]]:
    """Call with each thing in a thread of its own, which may leave its namespace; give the errors."""
    errors: list[tuple[T, Exception]] = []

    def work(thing: T) -> None:
        try:
            call(thing)
        except Exception as error:
            errors.append((thing, error))

    workers = [threading.Thread(target=work, args=(thing,), daemon=True) for thing in things]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return errors
