"""What is asked: from where, to where, and with which packet."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ..model.network import Address, Interface, Namespace
from .findings import Place
from .owners import global_ones, inside
from .packet import Packet, question
from .remedies import ends_on
from .unroutable import new_addresses
from .walk import Cause, StoppedError, Walk


@dataclass(frozen=True, slots=True)
class Question:
    """Whether what one namespace sends gets to another, and the answer back.

    Parameters
    ----------
    source
        The namespace that sends.
    target
        An address, or the name of a namespace, which means the one of its addresses that a person would try.
    protocol
        ``icmp`` (a ping), ``tcp`` or ``udp``.
    port
        Where a program is to listen; 0 for a ping.
    zone
        The interface by which a link-local address is meant.
    size
        Bytes of data, as ping(8) counts them; 0 for as few as usual.
    """

    source: str
    target: str
    protocol: str = "icmp"
    port: int = 0
    zone: str = ""
    size: int = 0

    def packet(self, walk: Walk) -> Packet:
        """The first packet, whose destination may depend on how the network is now.

        Raises
        ------
        StoppedError
            Where the namespace that is the target has no address at all.
        """
        there = walk.network.get(self.target)
        walk.goal = str(ipaddress.ip_address(self.target)) if there is None else _address_of(walk, self, there)
        return question(self.protocol, walk.goal, self.port, self.size)


def _address_of(walk: Walk, asked: Question, there: Namespace) -> str:
    here = walk.network.get(asked.source)
    assert here
    found = list(_addresses(there))
    if not found:
        raise StoppedError(_nothing_to_reach(walk, there))
    families = Counter(address.family for _, address in _addresses(here))
    neighbours = {(far.name, i.index) for out in here.interfaces for far, i in ends_on(walk, here, out)}

    def rank(candidate: tuple[Interface, Address]) -> tuple[bool, int, bool, bool]:
        interface, address = candidate
        near = any(inside(address.ip, own.network) for _, own in _addresses(here) if own.family == address.family)
        spoken = not families or address.family in families
        return not spoken, address.family, not near, (there.name, interface.index) not in neighbours

    return min(found, key=rank)[1].ip


def _addresses(namespace: Namespace) -> Iterator[tuple[Interface, Address]]:
    for interface in namespace.interfaces:
        if not interface.is_loopback:
            yield from ((interface, address) for address in global_ones(interface))


def _nothing_to_reach(walk: Walk, there: Namespace) -> Cause:
    links = [i for i in there.interfaces if not i.is_loopback and i.master is None]
    if not links:
        return Cause("no-interface", Place(there.name))
    packet = Packet("icmp", "echo-request", "", "0.0.0.0")
    repairs = tuple(new_addresses(walk, there, links[0], packet))
    return Cause("no-address", Place(there.name, links[0].name), {"family": "4"}, repairs)
