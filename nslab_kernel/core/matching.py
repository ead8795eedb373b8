"""Which thing of one snapshot is which thing of another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from .network import Interface, Namespace, Network

PAIRS = ("veth", "netkit")
"""Kinds of interfaces that come in twos, joined by a cable; a macvlan's or vxlan's peer is what it is stacked on."""

Place = tuple[Namespace, Interface]
"""An interface and the namespace it is in."""


@dataclass(frozen=True, slots=True)
class InterfacePair:
    """One interface in two snapshots, None where it isn't there."""

    old: Place | None
    new: Place | None


@dataclass(frozen=True, slots=True)
class Matching:
    """The namespaces that differ between two snapshots, and their interfaces, paired."""

    namespaces: tuple[tuple[Namespace | None, Namespace | None], ...]
    interfaces: tuple[InterfacePair, ...]


def match(before: Network, after: Network) -> Matching:
    """Pair the things of two snapshots by what they are, not by how they are set.

    A namespace is the same if its name and inode are. An interface is the same if
    its index and kind are, and its name or MAC address; one that moved into another
    namespace is known by its MAC address, or where it has none by the end that stayed
    behind. Pairs of equal namespaces are left out.
    """
    namespaces = tuple(_namespace_pairs(before, after))
    pairs: list[InterfacePair] = []
    for old, new in namespaces:
        pairs.extend(_interface_pairs(old, new))
    return Matching(namespaces, tuple(_join_moved(pairs)))


def _namespace_pairs(before: Network, after: Network) -> Iterator[tuple[Namespace | None, Namespace | None]]:
    """Differing namespaces in the order of ``after``, then the removed ones."""
    olds = {namespace.name: namespace for namespace in before.everywhere}
    for new in after.everywhere:
        old = olds.pop(new.name, None)
        if old is new or old == new:
            continue
        if old is None or _same_namespace(old, new):
            yield old, new
        else:
            yield old, None
            yield None, new
    for old in olds.values():
        yield old, None


def _same_namespace(old: Namespace, new: Namespace) -> bool:
    # 0 is an inode that wasn't read.
    return old.inode == new.inode or 0 in (old.inode, new.inode)


def _interface_pairs(old: Namespace | None, new: Namespace | None) -> Iterator[InterfacePair]:
    remaining = {interface.index: (old, interface) for interface in old.interfaces} if old else {}
    for interface in new.interfaces if new else ():
        earlier = remaining.get(interface.index)
        if earlier and _same_interface(earlier[1], interface):
            del remaining[interface.index]
        else:
            earlier = None
        yield InterfacePair(earlier, (new, interface) if new else None)
    for place in remaining.values():
        yield InterfacePair(place, None)


def _same_interface(old: Interface, new: Interface) -> bool:
    return old.kind == new.kind and (old.name == new.name or (bool(old.mac) and old.mac == new.mac))


def _join_moved(pairs: list[InterfacePair]) -> Iterator[InterfacePair]:
    """Make one pair of an interface that left one namespace and came to another."""
    gone: dict[tuple[object, ...], list[Place]] = defaultdict(list)
    for pair in pairs:
        if pair.old and not pair.new:
            gone[_trace(pair.old[1])].append(pair.old)
    moved: set[int] = set()
    for pair in pairs:
        if pair.new and not pair.old and not pair.new[1].is_loopback:
            for origin in gone[_trace(pair.new[1])]:
                if id(origin) not in moved and origin[0].name != pair.new[0].name:
                    moved.add(id(origin))
                    pair = InterfacePair(origin, pair.new)
                    break
        if pair.new:
            yield pair
    for pair in pairs:
        if not pair.new and id(pair.old) not in moved:
            yield pair


def _trace(interface: Interface) -> tuple[object, ...]:
    """What an interface keeps on its way into another namespace."""
    if interface.mac:
        return interface.kind, interface.mac
    return interface.kind, interface.name, interface.peer_namespace, interface.peer_index
