"""Read a lab: every namespace, into one `Network`.

A namespace is entered only when it is new or something happened in it since the last reading; a socket that hears the
events of all namespaces tells which. Nothing is kept open that would keep a namespace alive, so what a person deletes
is gone at once. What changes without an event is read on request.
"""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..core.network import Namespace, Network
from . import namespaces, nsids, sweep
from .decoding import Link
from .dumps import AskingSocket
from .events import Events
from .namespaces import Place


@dataclass(slots=True)
class _Known:
    """What was read of a namespace."""

    place: Place
    nsid: int
    pieces: sweep.Pieces
    table: dict[int, int]  # for each of its ids of other namespaces, the host's id of the same
    peers: dict[int, str] | None = None
    shown: Namespace | None = None


class Reader:
    """Reads the lab that this process is in, again and again.

    It may be used from several threads. `close` lets go of what it keeps.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events = Events()
        self._asking = AskingSocket()
        self._host = namespaces.host()
        self._known: dict[tuple[str, int], _Known] = {}
        with namespaces.opened(self._host) as file:
            self._host_nsid = nsids.assigned(self._asking, file, host=True)

    def read(self, *, volatile: bool = False) -> Network:
        """The lab as it is now.

        Parameters
        ----------
        volatile
            Whether to read listening sockets, learnt neighbours, and the kernel parameters that netlink doesn't tell
            (`nslab_kernel.linux.parameters`), too. They change without an event, so every namespace has to be entered
            for them. Neighbours that a person entered (PERMANENT) are always read.
        """
        with self._lock:
            return self._read(volatile)

    def close(self) -> None:
        """Let go of every file and socket."""
        with self._lock:
            self._known.clear()
            self._events.close()
            self._asking.close()

    def _read(self, volatile: bool) -> Network:
        dirty = self._events.drain()
        places = [self._host, *namespaces.named()]
        places += namespaces.unnamed({place.inode for place in places})
        self._forget({(place.name, place.inode) for place in places})
        stale = [place for place in places if self._is_stale(place, dirty)]
        if stale:
            self._sweep(stale)
        current = [known for place in places if (known := self._known.get((place.name, place.inode)))]
        found = self._shown(current, anew=bool(stale))
        if volatile:
            found = _with_volatile(current, found)
        return Network(found[0], tuple(found[1:]), socket.gethostname())

    def _is_stale(self, place: Place, dirty: set[int] | None) -> bool:
        known = self._known.get((place.name, place.inode))
        return known is None or dirty is None or known.nsid in dirty

    def _forget(self, present: set[tuple[str, int]]) -> None:
        for key in self._known.keys() - present:
            del self._known[key]

    def _sweep(self, places: list[Place]) -> None:
        """Read namespaces one after the other, in a thread that may leave its own."""
        with ThreadPoolExecutor(1, "nslab-read") as worker:
            worker.submit(self._visit, places).result()

    def _visit(self, places: list[Place]) -> None:
        waiting = list(places)
        for place in waiting:
            key = (place.name, place.inode)
            old = self._known.get(key)
            try:
                new = self._known[key] = self._known_of(place)
            except OSError:
                continue  # it was deleted meanwhile; the next reading doesn't list it
            if old:
                waiting += [across for across in self._across(old, new) if across not in waiting]

    def _across(self, old: _Known, new: _Known) -> list[Place]:
        """Where cables lead whose life has changed: the kernel may tell the other end's namespace a second later.

        It tells of carriers at most once a second (net/core/link_watch.c), though they have changed already.
        """
        lives = {link.interface.index: _life(link) for link in old.pieces.links}
        changed = [link for link in new.pieces.links if lives.get(link.interface.index) != _life(link)]
        ids = {new.table.get(link.peer_id) for link in changed if link.peer_id is not None}
        return [known.place for known in self._known.values() if known.nsid in ids]

    def _known_of(self, place: Place) -> _Known:
        with namespaces.opened(place) as file:
            nsid = self._host_nsid if place.kind == "host" else nsids.assigned(self._asking, file)
            namespaces.join(file)
        pieces = sweep.read()
        if place.kind == "host":
            table = {number: number for link in pieces.links if (number := link.peer_id) is not None}
        else:
            table = nsids.table_of(self._asking, nsid) if pieces.has_cables_out else {}
        return _Known(place, nsid, pieces, table)

    def _shown(self, current: list[_Known], *, anew: bool) -> list[Namespace]:
        """The namespaces' values; after something was read anew, the names of the other ends may be others."""
        if anew:
            names = {known.nsid: known.place.name for known in current}
            for known in current:
                peers = {number: names[nsid] for number, nsid in known.table.items() if nsid in names}
                if peers != known.peers:
                    known.peers = peers
                    known.shown = sweep.assembled(known.place, known.pieces, peers)
        return [known.shown for known in current if known.shown]


def _life(link: Link) -> tuple[bool, bool]:
    return link.interface.up, link.interface.carrier


def outline() -> Network:
    """The host as it is now, and of each namespace only which it is: enough to remove them all, however many."""
    host = namespaces.host()
    shown = namespaces.entered(host, lambda: sweep.assembled(host, sweep.read(), {}))
    places = namespaces.named()
    places += namespaces.unnamed({place.inode for place in (host, *places)})
    others = (Namespace(place.name, place.kind, place.inode, place.label) for place in places)
    return Network(shown, tuple(others), socket.gethostname())


def _with_volatile(current: list[_Known], found: list[Namespace]) -> list[Namespace]:
    def visit() -> list[Namespace]:
        filled = []
        for known, namespace in zip(current, found, strict=True):
            namespaces.enter(known.place)
            filled.append(sweep.with_volatile(namespace))
        return filled

    with ThreadPoolExecutor(1, "nslab-volatile") as worker:
        return worker.submit(visit).result()
