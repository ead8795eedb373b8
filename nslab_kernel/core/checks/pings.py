"""Who reaches whom: every namespace pings every other."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..model.network import HOST, Namespace, Network
from ..model.subnets import Subnet, subnet_of
from ..translation import Message, _, translated

NO_ADDRESS, NO_ANSWER = _("no address"), _("no answer")


@dataclass(frozen=True, slots=True)
class Ping:
    """One echo request and what became of it."""

    source: str
    destination: str
    ip: str = ""  # the destination's address that is pinged; empty if it has none
    reason: str = ""  # why there was no answer: "no answer", "no address", or the kernel's word; empty if there was one

    @property
    def answered(self) -> bool:
        return not self.reason


@dataclass(frozen=True)
class PingTable:
    """Who reaches whom.

    Parameters
    ----------
    names
        The namespaces, in order.
    pings
        One for each ordered pair of them.
    rounds
        In how many rounds they were sent. The kernel's neighbour table holds 1024 entries (``gc_thresh3``) for
        the whole machine, namespaces included; all pairs of more than 32 namespaces need more than that.
    """

    names: tuple[str, ...]
    pings: tuple[Ping, ...]
    rounds: int = 1

    @cached_property
    def _by_pair(self) -> dict[tuple[str, str], Ping]:
        return {(ping.source, ping.destination): ping for ping in self.pings}

    def ping(self, source: str, destination: str) -> Ping:
        """The ping from one namespace to another; KeyError if there was none."""
        return self._by_pair[source, destination]

    def reaches(self, source: str, destination: str) -> bool:
        """Whether a ping from one namespace to another was answered."""
        return self.ping(source, destination).answered

    @property
    def answered(self) -> int:
        """How many were answered."""
        return sum(ping.answered for ping in self.pings)

    def summary(self) -> Message:
        """How many were answered, in words."""
        said = _("{answered} of {sent} pings were answered", answered=self.answered, sent=len(self.pings))
        if self.rounds == 1:
            return said
        return _(
            "{said} (in {rounds} rounds: the kernel's neighbour table has 1024 entries)", said=said, rounds=self.rounds
        )

    def text(self, language: str = "en") -> str:
        """A table, a row for each source; where there was no answer, why.

        Parameters
        ----------
        language
            The reader's, such as ``zh``.
        """
        width = max((len(name) for name in self.names), default=0)
        lines = [" ".join([" " * width, *(name.rjust(len(name)) for name in self.names)])]
        for source in self.names:
            cells = (self._mark(source, destination).rjust(len(destination)) for destination in self.names)
            lines.append(" ".join([source.ljust(width), *cells]))
        lines += [_failure(ping, language) for ping in self.pings if not ping.answered]
        return "\n".join([*lines, translated(self.summary(), language)])

    def _mark(self, source: str, destination: str) -> str:
        if source == destination:
            return "·"
        return "✓" if self.reaches(source, destination) else "✗"


def pairs(network: Network, names: Iterable[str]) -> list[Ping]:
    """The pings to send, each to the destination's address that is nearest to the source."""
    chosen = [namespace for name in names if (namespace := network.get(name))]
    known = {namespace.name: _addresses(namespace) for namespace in chosen}
    return [ping for source in chosen for ping in _pings_from(source.name, known)]


def everybody(network: Network) -> list[Ping]:
    """A ping from every namespace to every address that others can reach one at, its own included."""
    places = [place for place in network.everywhere if place.kind != "process"]
    goals = [(place.name, ip) for place in places for ip in dict.fromkeys(ip for ip, _ in _addresses(place))]
    return [Ping(source.name, destination, ip) for source in places for destination, ip in goals]


def default_names(network: Network) -> tuple[str, ...]:
    """Every namespace but the host."""
    return tuple(namespace.name for namespace in network.namespaces if namespace.name != HOST)


def _pings_from(source: str, known: Mapping[str, Sequence[tuple[str, Subnet]]]) -> Iterator[Ping]:
    mine = {subnet for _, subnet in known[source]}
    for destination, theirs in known.items():
        if destination == source:
            continue
        if theirs:
            near = next((ip for ip, subnet in theirs if subnet in mine), theirs[0][0])
            yield Ping(source, destination, near)
        else:
            yield Ping(source, destination, reason=NO_ADDRESS)


def _addresses(namespace: Namespace) -> list[tuple[str, Subnet]]:
    """Its addresses that others can reach it at, IPv4 first, with their subnets."""
    found = [
        (address.ip, subnet_of(address.cidr))
        for interface in namespace.interfaces
        for address in interface.addresses
        if address.scope == "global" and not interface.is_loopback
    ]
    return sorted(found, key=lambda pair: ipaddress.ip_address(pair[0]).version)


def _failure(ping: Ping, language: str) -> str:
    where = f"{ping.destination} ({ping.ip})" if ping.ip else ping.destination
    return f"{ping.source} -> {where}: {translated(ping.reason, language)}"
