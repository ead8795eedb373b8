"""What netlink tells of the one namespace that this thread is in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..core.firewall import Ruleset
from ..core.network import Interface, Namespace, Neighbour, PolicyRule, Route
from . import decoding, listening, parameters, rulesets
from .dumps import AskingSocket
from .namespaces import Place


@dataclass(frozen=True, slots=True)
class Pieces:
    """A namespace as it was read: where the other ends of its cables are is still told in its own numbers."""

    links: tuple[decoding.Link, ...]
    routes: tuple[Route, ...]
    rules: tuple[PolicyRule, ...]
    neighbours: tuple[Neighbour, ...]  # those that a person entered
    overall: tuple[tuple[str, str], ...]
    firewall: Ruleset

    @property
    def cables_out(self) -> dict[tuple[int, int], int]:
        """For the indexes of both ends of each cable into another namespace, own first, this one's id of that one."""
        return {(link.own_index, link.peer_index or 0): link.peer_id for link in self.links if link.peer_id is not None}


def read() -> Pieces:
    """Read the namespace."""
    with AskingSocket() as asking:
        addresses = decoding.addresses(asking.dump(decoding.RTM_GETADDR, decoding.ADDRESSES))
        links = decoding.links(asking.dump(decoding.RTM_GETLINK, decoding.LINKS), addresses)
        routes = decoding.routes(asking.dump(decoding.RTM_GETROUTE, decoding.ROUTES))
        rules = decoding.rules(asking.dump(decoding.RTM_GETRULE, decoding.RULES))
        entered = tuple(neighbour for neighbour in _neighbours(asking) if neighbour.state == "PERMANENT")
        overall = decoding.overall(asking.ask(decoding.RTM_GETNETCONF, *decoding.OVERALL))
    return Pieces(links, routes, rules, entered, overall, rulesets.read())


def with_volatile(namespace: Namespace) -> Namespace:
    """The namespace with what changes without an event: learnt neighbours, listeners, and kernel parameters.

    Of an interface's own parameters netlink tells, but some are changed without an event (``arp_ignore``).
    """
    with AskingSocket() as asking:
        learnt = _neighbours(asking)
        links = decoding.links(asking.dump(decoding.RTM_GETLINK, decoding.LINKS), {})
    sysctls = dict((*namespace.sysctls, *_settings(links), *parameters.read()))
    return replace(namespace, listeners=listening.read(), neighbours=learnt, sysctls=tuple(sorted(sysctls.items())))


def assembled(place: Place, pieces: Pieces, peers: dict[int, str]) -> Namespace:
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
        tuple(sorted(pieces.routes, key=_route_order)),
        pieces.rules,
        pieces.neighbours,
        pieces.firewall,
        tuple(sorted((*pieces.overall, *_settings(pieces.links)))),
    )


def _settings(links: Iterable[decoding.Link]) -> Iterator[tuple[str, str]]:
    return (setting for link in links for setting in link.settings)


def _interface(place: Place, link: decoding.Link, peers: dict[int, str]) -> Interface:
    if link.peer_index is None:
        return link.interface(None)
    return link.interface(place.name if link.peer_id is None else peers.get(link.peer_id))


def _neighbours(asking: AskingSocket) -> tuple[Neighbour, ...]:
    return decoding.neighbours(asking.dump(decoding.RTM_GETNEIGH, decoding.NEIGHBOURS))


def _route_order(route: Route) -> tuple[int, int, int, str]:
    return route.family, route.table, route.metric, route.destination
