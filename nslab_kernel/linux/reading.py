"""Read a lab: every namespace, into one `Network`.

A namespace is entered only when it is new or something happened in it since the last reading; a socket that hears the
events of all namespaces tells which. Nothing is kept open that would keep a namespace alive, so what a person deletes
is gone at once. What changes without an event is read on request.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from ..core.model.firewall import Ruleset
from ..core.model.network import (
    ForwardingEntry,
    Interface,
    Namespace,
    Neighbour,
    Network,
    Nexthop,
    PolicyRule,
    ProxyNeighbour,
    Qdisc,
    Route,
    TrafficFilter,
)
from . import listening, namespaces, nft, sysctl, traffic_control
from .events import Events
from .namespaces import FoundNamespace
from .netlink import decode
from .netlink.decode import LinkMessage
from .netlink.dump import AskingSocket

_LOCAL = 255  # the table that the kernel fills from the addresses
_NONE = -1  # the host's id of a namespace that it has none for


@dataclass(frozen=True, slots=True)
class RawNamespace:
    """A namespace as it was read: where the other ends of its cables are is still told in its own numbers."""

    links: tuple[decode.LinkMessage, ...]
    routes: tuple[Route, ...]
    rules: tuple[PolicyRule, ...]
    neighbours: tuple[Neighbour, ...]  # those that a person entered
    overall: tuple[tuple[str, str], ...]
    firewall: Ruleset
    nexthops: tuple[Nexthop, ...]
    proxies: tuple[ProxyNeighbour, ...]
    forwarding: tuple[ForwardingEntry, ...]
    qdiscs: tuple[Qdisc, ...]
    filters: tuple[TrafficFilter, ...]

    @property
    def links_out(self) -> dict[tuple[int, int], int]:
        """For the indexes of both ends of each link into another namespace, own first, this one's id of that one."""
        return {(link.own_index, link.peer_index or 0): link.peer_id for link in self.links if link.peer_id is not None}


def read_raw() -> RawNamespace:
    """Read the namespace."""
    with AskingSocket() as asking:
        addresses = decode.addresses(asking.dump(decode.RTM_GETADDR, decode.ADDRESSES))
        links = decode.links(asking.dump(decode.RTM_GETLINK, decode.LINKS), addresses)
        routes = decode.routes(asking.dump(decode.RTM_GETROUTE, decode.ROUTES))
        rules = decode.rules(asking.dump(decode.RTM_GETRULE, decode.RULES))
        entered = tuple(neighbour for neighbour in _neighbours(asking) if neighbour.state == "PERMANENT")
        overall = decode.overall(asking.ask(decode.RTM_GETNETCONF, *decode.OVERALL))
        nexthops = decode.nexthops(asking.dump(decode.RTM_GETNEXTHOP, decode.NEXTHOPS))
        proxies = _proxies(asking)
        forwarding = tuple(entry for entry in _forwarding(asking, links) if entry.state != "learnt")
        shaped = decode.has_own_qdiscs(asking.dump(decode.RTM_GETQDISC, decode.QDISCS))
    queues = traffic_control.read({link.name: link.own_index for link in links}) if shaped else ((), ())
    firewall = nft.read_ruleset()
    return RawNamespace(links, routes, rules, entered, overall, firewall, nexthops, proxies, forwarding, *queues)


def with_volatile(namespace: Namespace) -> Namespace:
    """The namespace with what changes without an event: what was learnt, listeners, proxies, and kernel parameters.

    Netlink also reports an interface's own parameters, but some are changed without an event (``arp_ignore``).
    """
    with AskingSocket() as asking:
        learnt = _neighbours(asking)
        links = decode.links(asking.dump(decode.RTM_GETLINK, decode.LINKS), {})
        forwarding, proxies = _forwarding(asking, links), _proxies(asking)
    sysctls = dict((*namespace.sysctls, *_settings(links), *sysctl.read_parameters()))
    return replace(
        namespace,
        listeners=listening.read(),
        neighbours=learnt,
        sysctls=tuple(sorted(sysctls.items())),
        forwarding=forwarding,
        proxies=proxies,
    )


def assembled(place: FoundNamespace, pieces: RawNamespace, peers: dict[int, str]) -> Namespace:
    """The namespace's value.

    Parameters
    ----------
    place
        Which namespace it is.
    pieces
        What was read in it.
    peers
        For each of its ids of other namespaces, the name of that namespace.
    """
    return Namespace(
        place.name,
        place.kind,
        place.inode,
        place.label,
        tuple(_interface(place, link, peers) for link in pieces.links),
        tuple(sorted((route for route in pieces.routes if route.table != _LOCAL), key=_route_order)),
        pieces.rules,
        pieces.neighbours,
        pieces.firewall,
        tuple(sorted((*pieces.overall, *_settings(pieces.links)))),
        local_routes=tuple(route for route in pieces.routes if route.table == _LOCAL),
        nexthops=pieces.nexthops,
        proxies=pieces.proxies,
        forwarding=pieces.forwarding,
        qdiscs=pieces.qdiscs,
        filters=pieces.filters,
    )


def _settings(links: Iterable[decode.LinkMessage]) -> Iterator[tuple[str, str]]:
    return (setting for link in links for setting in link.settings)


def _interface(place: FoundNamespace, link: decode.LinkMessage, peers: dict[int, str]) -> Interface:
    return link.interface(place.name if link.peer_id is None else peers.get(link.peer_id))


def _neighbours(asking: AskingSocket) -> tuple[Neighbour, ...]:
    return decode.neighbours(asking.dump(decode.RTM_GETNEIGH, decode.NEIGHBOURS))


def _proxies(asking: AskingSocket) -> tuple[ProxyNeighbour, ...]:
    return decode.proxies(asking.dump(decode.RTM_GETNEIGH, decode.PROXIES))


def _forwarding(asking: AskingSocket, links: tuple[decode.LinkMessage, ...]) -> tuple[ForwardingEntry, ...]:
    """Only bridges and vxlans have a table, and most namespaces have neither."""
    if not any(link.kind in ("bridge", "vxlan") for link in links):
        return ()
    return decode.forwarding(asking.dump(decode.RTM_GETNEIGH, decode.FORWARDING), links)


def _route_order(route: Route) -> tuple[int, int, int, str]:
    return route.family, route.table, route.metric, route.destination


@dataclass(slots=True)
class _Known:
    """What was read of a namespace."""

    place: FoundNamespace
    nsid: int
    pieces: RawNamespace
    table: dict[int, int]  # for each of its ids of other namespaces, the host's id of the same, where that has one
    peers: dict[int, str] | None = None
    shown: Namespace | None = None


class Reader:
    """Reads the lab that this process is in, again and again.

    It may be used from several threads. `close` lets go of what it keeps.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._begin()

    def _begin(self) -> None:
        """Know nothing, and listen from now on."""
        self._whole = False
        self._events = Events()
        self._asking = AskingSocket()
        self._host = namespaces.host()
        self._known: dict[tuple[str, int], _Known] = {}
        self._host_cables: dict[tuple[int, int], int] = {}  # by both ends' indexes, the host's last: where they lead
        self._dirty: set[int] | None = set()  # the ids of namespaces to be read again; None: all
        with namespaces.opened(self._host) as file:
            self._host_nsid = namespaces.assigned_nsid(self._asking, file, host=True)
        self._whole = True

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Read, alone. A reading that broke off anywhere, by an interrupt or an error, leaves nothing to build on."""
        with self._lock:
            if not self._whole:
                self._events.close()
                self._asking.close()
                self._begin()
            self._whole = False
            yield
            self._whole = True

    def read(self, *, volatile: bool = False) -> Network:
        """The lab as it is now.

        Parameters
        ----------
        volatile
            Whether to read listening sockets, learnt neighbours, the kernel parameters that netlink doesn't tell
            (`nslab_kernel.linux.sysctl`) and those of interfaces, too. They change without an event, so every
            namespace has to be entered for them. Neighbours that a person entered (PERMANENT) are always read.
        """
        with self._reading():
            return self._read(volatile)

    def outline(self) -> Network:
        """The host as it is now, and of each namespace only which it is: enough to remove them all, however many."""
        with self._reading():
            self._hear()
            known = self._known.get((self._host.name, self._host.inode))
            host = known.shown if known and not self._is_stale(self._host) else None
        others = (Namespace(place.name, place.kind, place.inode, place.label) for place in self._places()[1:])
        host = host or namespaces.entered(self._host, self._host_alone)
        return Network(host, tuple(others), socket.gethostname())

    @contextmanager
    def unheard(self, changing: int) -> Iterator[None]:
        """Don't listen while this process itself makes or removes namespaces, if they are most of the lab.

        Listening would cost more than to read everything again, which the next reading does then.

        Parameters
        ----------
        changing
            How many namespaces are going to come or go.
        """
        if 2 * changing < len(self._known):
            yield
            return
        with self._lock:
            events = self._events
            events.mute()
        try:
            yield
        finally:
            with self._lock, suppress(OSError):  # closed, where a reading broke off meanwhile
                events.unmute()

    def close(self) -> None:
        """Let go of every file and socket."""
        with self._lock:
            self._known.clear()
            self._events.close()
            self._asking.close()

    def _read(self, volatile: bool) -> Network:
        self._hear()
        places = self._places()
        self._forget({(place.name, place.inode) for place in places})
        stale = [place for place in places if self._is_stale(place)]
        if stale:
            self._sweep(stale)
        self._dirty = set()
        current = [known for place in places if (known := self._known.get((place.name, place.inode)))]
        found = self._shown(current, anew=bool(stale))
        if volatile:
            found = _with_volatile(current, found)
        return Network(found[0], tuple(found[1:]), socket.gethostname())

    def _places(self) -> list[FoundNamespace]:
        """The host, and every other namespace."""
        places = [self._host, *namespaces.named()]
        return places + namespaces.unnamed({place.inode for place in places})

    def _host_alone(self) -> Namespace:
        return assembled(self._host, read_raw(), {})

    def _hear(self) -> None:
        heard = self._events.drain()
        self._dirty = None if heard is None or self._dirty is None else self._dirty | heard

    def _is_stale(self, place: FoundNamespace) -> bool:
        known = self._known.get((place.name, place.inode))
        return known is None or self._dirty is None or known.nsid in self._dirty

    def _forget(self, present: set[tuple[str, int]]) -> None:
        for key in self._known.keys() - present:
            del self._known[key]

    def _sweep(self, places: list[FoundNamespace]) -> None:
        """Read namespaces one after the other, in a thread that may leave its own."""
        with ThreadPoolExecutor(1, "nslab-read") as worker:
            worker.submit(self._visit, places).result()

    def _visit(self, places: list[FoundNamespace]) -> None:
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
        self._complete_tables()

    def _complete_tables(self) -> None:
        """Find out where the links lead that led nowhere known when their namespace was read.

        A namespace gets the host's id when it is visited: one that was visited before it, be it in an earlier reading,
        had no id to name it by.
        """
        for known in self._known.values():
            if any(known.table.get(number, _NONE) == _NONE for number in known.pieces.links_out.values()):
                with contextlib.suppress(OSError):  # it ended meanwhile
                    known.table = namespaces.nsid_table(self._asking, known.nsid)

    def _across(self, old: _Known, new: _Known) -> list[FoundNamespace]:
        """Where cables lead whose life has changed: the kernel may tell the other end's namespace a second later.

        It reports carriers at most once a second (net/core/link_watch.c), though they have changed already.
        """
        lives = {link.own_index: _life(link) for link in old.pieces.links}
        changed = [link for link in new.pieces.links if lives.get(link.own_index) != _life(link)]
        ids = {new.table.get(link.peer_id) for link in changed if link.peer_id is not None}
        return [known.place for known in self._known.values() if known.nsid in ids]

    def _known_of(self, place: FoundNamespace) -> _Known:
        with namespaces.opened(place) as file:
            nsid = self._host_nsid if place.kind == "host" else namespaces.assigned_nsid(self._asking, file)
            namespaces.join(file)
        pieces = read_raw()
        return _Known(place, nsid, pieces, self._table(place, nsid, pieces.links_out))

    def _table(self, place: FoundNamespace, nsid: int, cables: dict[tuple[int, int], int]) -> dict[int, int]:
        """For each id that a namespace has for the namespace at a cable's other end, the host's id of the same.

        Most cables lead to the host, where the other end tells it; so the kernel needn't be asked.
        """
        if place.kind == "host":
            self._host_cables = {(there, here): number for (here, there), number in cables.items()}
            return {number: number for number in cables.values()}
        if all(self._host_cables.get(ends) == nsid for ends in cables):
            return dict.fromkeys(cables.values(), self._host_nsid)
        return namespaces.nsid_table(self._asking, nsid)

    def _shown(self, current: list[_Known], *, anew: bool) -> list[Namespace]:
        """The namespaces' values; after something was read anew, the names of the other ends may be others."""
        if anew:
            names = {known.nsid: known.place.name for known in current}
            for known in current:
                peers = {number: names[nsid] for number, nsid in known.table.items() if nsid in names}
                if peers != known.peers:
                    known.peers = peers
                    known.shown = assembled(known.place, known.pieces, peers)
        return [known.shown for known in current if known.shown]


def _life(link: LinkMessage) -> tuple[bool, bool]:
    return link.up, link.carrier


def _with_volatile(current: list[_Known], found: list[Namespace]) -> list[Namespace]:
    def visit() -> list[Namespace]:
        filled = []
        for known, namespace in zip(current, found, strict=True):
            namespaces.enter(known.place)
            filled.append(with_volatile(namespace))
        return filled

    with ThreadPoolExecutor(1, "nslab-volatile") as worker:
        return worker.submit(visit).result()
