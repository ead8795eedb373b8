"""Read a lab: every namespace, into one `Network`.

A namespace is entered only when it is new or something happened in it since the last reading; a socket that hears the
events of all namespaces tells which. Nothing is kept open that would keep a namespace alive, so what a person deletes
is gone at once. What has no event is read each time (kernel parameters) or on request (listening sockets, learnt
neighbours).
"""

from __future__ import annotations

import resource
import socket
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from ..core.network import Interface, Namespace, Neighbour, Network, Route
from . import decoding, listening, namespaces, nsids, rulesets
from .dumps import AskingSocket
from .events import Events
from .namespaces import Place
from .parameters import Parameters

_WANTED_FILES = 1 << 16


@dataclass(slots=True)
class _Known:
    """What was read of a namespace, and what it takes to read on."""

    place: Place
    nsid: int
    parameters: Parameters
    links: list[decoding.Link]
    bare: Namespace  # without the interfaces' peers, the parameters and the listeners
    shown: Namespace | None = None
    peers: tuple[tuple[int, str | None], ...] = ()
    values: tuple[tuple[str, str], ...] = ()


class Reader:
    """Reads the lab that this process is in, again and again.

    It may be used from several threads. `close` lets go of what it keeps.
    """

    def __init__(self) -> None:
        _raise_file_limit()
        self._lock = threading.Lock()
        self._events = Events()
        self._asking = AskingSocket()
        self._host = namespaces.host()
        self._known: dict[tuple[str, int], _Known] = {}
        self._host_nsid = self._nsid(self._host, host=True)

    def read(self, *, volatile: bool = False) -> Network:
        """The lab as it is now.

        Parameters
        ----------
        volatile
            Whether to read listening sockets and learnt neighbours, too. They change without an event, so every
            namespace has to be entered for them. Neighbours that a person entered (PERMANENT) are always read.
        """
        with self._lock:
            return self._read(volatile)

    def close(self) -> None:
        """Let go of every file and socket."""
        with self._lock:
            for known in self._known.values():
                known.parameters.close()
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
        self._resolve(current, everything=bool(stale))
        found = [_shown(known) for known in current]
        if volatile:
            found = _with_volatile(current, found)
        return Network(found[0], tuple(found[1:]), socket.gethostname())

    def _is_stale(self, place: Place, dirty: set[int] | None) -> bool:
        known = self._known.get((place.name, place.inode))
        return known is None or dirty is None or known.nsid in dirty or not known.parameters.alive

    def _forget(self, present: set[tuple[str, int]]) -> None:
        for key in self._known.keys() - present:
            self._known.pop(key).parameters.close()

    def _sweep(self, places: list[Place]) -> None:
        """Read namespaces one after the other, in a thread that may leave its own."""
        with ThreadPoolExecutor(1, "nslab-read") as worker:
            worker.submit(self._visit, places).result()

    def _visit(self, places: list[Place]) -> None:
        for place in places:
            try:
                nsid = self._host_nsid if place.kind == "host" else self._nsid(place)
                namespaces.enter(place)
                links, bare = _namespace(place)
            except OSError:
                continue  # it was deleted meanwhile; the next reading doesn't list it
            key = (place.name, place.inode)
            old = self._known.get(key)
            if old and not old.parameters.alive:
                old.parameters.close()
                old = None
            parameters = old.parameters if old else Parameters()
            self._known[key] = _Known(place, nsid, parameters, links, bare)

    def _nsid(self, place: Place, *, host: bool = False) -> int:
        with namespaces.opened(place) as file:
            return nsids.assigned(self._asking, file, host=host)

    def _resolve(self, current: list[_Known], *, everything: bool) -> None:
        """Say in which namespace the other end of each veth pair is, and read the parameters."""
        names = {known.nsid: known.place.name for known in current}
        for known in current:
            values = known.parameters.read()
            peers = known.peers
            if everything or known.shown is None:
                peers = tuple(self._peers(known, names))
            if known.shown is None or (values, peers) != (known.values, known.peers):
                known.values, known.peers, known.shown = values, peers, None

    def _peers(self, known: _Known, names: dict[int, str]) -> Iterable[tuple[int, str | None]]:
        table: dict[int, int] | None = None
        for link in known.links:
            if link.interface.peer_index is None:
                continue
            if link.peer_id is None:
                yield link.interface.index, known.place.name
                continue
            if known.place.kind == "host":
                yield link.interface.index, names.get(link.peer_id)
                continue
            if table is None:
                table = nsids.table_of(self._asking, known.nsid)
            yield link.interface.index, names.get(table.get(link.peer_id, -1))


def _namespace(place: Place) -> tuple[list[decoding.Link], Namespace]:
    """Everything that netlink tells of the namespace that this thread is in."""
    with AskingSocket() as asking:
        links = decoding.links(asking.dump(decoding.RTM_GETLINK, decoding.LINKS))
        addresses = decoding.addresses(asking.dump(decoding.RTM_GETADDR, decoding.ADDRESSES))
        routes = decoding.routes(asking.dump(decoding.RTM_GETROUTE, decoding.ROUTES))
        rules = decoding.rules(asking.dump(decoding.RTM_GETRULE, decoding.RULES))
        neighbours = _neighbours(asking)
    interfaces = tuple(
        replace(link.interface, addresses=addresses[link.interface.index])
        if link.interface.index in addresses
        else link.interface
        for link in links
    )
    bare = Namespace(
        place.name,
        place.kind,
        place.inode,
        place.label,
        interfaces,
        tuple(sorted(routes, key=_route_order)),
        rules,
        tuple(neighbour for neighbour in neighbours if neighbour.state == "PERMANENT"),
        rulesets.read(),
        tuple(setting for link in links for setting in link.settings),
    )
    return links, bare


def _shown(known: _Known) -> Namespace:
    if known.shown is None:
        peers = dict(known.peers)
        known.shown = replace(
            known.bare,
            interfaces=tuple(_with_peer(interface, peers) for interface in known.bare.interfaces),
            sysctls=tuple(sorted((*known.bare.sysctls, *known.values))),
        )
    return known.shown


def _with_peer(interface: Interface, peers: dict[int, str | None]) -> Interface:
    name = peers.get(interface.index)
    return replace(interface, peer_namespace=name) if name else interface


def _neighbours(asking: AskingSocket) -> tuple[Neighbour, ...]:
    return decoding.neighbours(asking.dump(decoding.RTM_GETNEIGH, decoding.NEIGHBOURS))


def _with_volatile(current: list[_Known], found: list[Namespace]) -> list[Namespace]:
    def visit() -> list[Namespace]:
        filled = []
        for known, namespace in zip(current, found, strict=True):
            namespaces.enter(known.place)
            with AskingSocket() as asking:
                filled.append(replace(namespace, listeners=listening.read(), neighbours=_neighbours(asking)))
        return filled

    with ThreadPoolExecutor(1, "nslab-volatile") as worker:
        return worker.submit(visit).result()


def _route_order(route: Route) -> tuple[int, int, int, str]:
    return route.family, route.table, route.metric, route.destination


def _raise_file_limit() -> None:
    """A dozen open files for each namespace: for a large lab more than the usual 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, _WANTED_FILES)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
