"""Faults of neighbour discovery (ARP, NDP)."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from ..diagnosis.findings import Place
from ..model.network import Network
from ..operations.actions import AddNeighbour, SetSysctl
from .fault import Break, kind
from .places import addressed, neighbours

_ARP_IGNORE = "net.ipv4.conf.all.arp_ignore"
_NEVER = "8"  # answer no question for any local address


@kind("wrong-neighbour", 2, "neighbours")
def wrong_neighbour(network: Network, dice: Random) -> Iterator[Break]:
    for family in (4, 6):
        for space, interface, _, theirs in neighbours(network, family):
            mac = f"02:00:5e:00:{dice.randrange(256):02x}:{dice.randrange(256):02x}"
            line = AddNeighbour(theirs.ip, mac, interface.name, space.name)
            yield Break(Place(space.name, interface.name), (line,), (("ip", theirs.ip), ("mac", mac)))


@kind("arp-ignored", 2, "neighbours")
def arp_ignored(network: Network, dice: Random) -> Iterator[Break]:
    """Two neighbours at once: one alone would be known to the other as soon as it asks something itself."""
    done = set()
    for space, interface, _, theirs in neighbours(network, 4):
        other = next(there for there, _, address in addressed(network, 4) if address.ip == theirs.ip)
        pair = frozenset((space.name, other.name))
        if pair not in done and all(place.sysctl(_ARP_IGNORE) == "0" for place in (space, other)):
            done.add(pair)
            actions = tuple(SetSysctl(_ARP_IGNORE, _NEVER, place.name) for place in (space, other))
            facts = (("other", other.name), ("setting", _ARP_IGNORE))
            yield Break(Place(space.name, interface.name), actions, facts)
