"""What differs between two snapshots, in an order that can be told."""

from __future__ import annotations

from collections.abc import Iterator

from .change import Change as Change
from .change import set_changes, value_change
from .change_words import summary as summary
from .matching import PAIRS, InterfacePair, Place, match
from .namespace_changes import inside
from .network import Address, Interface, Network

_SETTINGS = ("mtu", "mac", "noarp")
_PORT_SETTINGS = ("isolated", "hairpin", "learning", "flood")
_BRIDGE_SETTINGS = ("stp", "vlan_filtering")


def condition(interface: Interface) -> str:
    """``up``, ``down``, or ``no-carrier`` for one that is up while its cable has no life."""
    if not interface.up:
        return "down"
    return "up" if interface.carrier else "no-carrier"


def changes(before: Network, after: Network) -> tuple[Change, ...]:
    """What was done between two snapshots.

    Left out is what comes and goes by itself: learnt neighbours, listeners, bridge
    port states, flags of routes; and what only follows from something else: link-local
    and loopback addresses, connected routes, a bridge's MAC address and MTU (taken from
    its ports), per-interface copies of a forwarding switch.

    Parameters
    ----------
    before, after
        The earlier and the later snapshot.
    """
    if before is after:
        return ()
    found = list(value_change("host", "hostname", "hostname", before.hostname, after.hostname))
    matching = match(before, after)
    for old, new in matching.namespaces:
        if old is None and new is not None:
            found.append(Change("added", "namespace", new.name, new.name))
        elif new is None and old is not None:
            found.append(Change("removed", "namespace", old.name, old.name))
    for pair in matching.interfaces:
        found.extend(_interface_changes(before, after, pair))
    for old, new in matching.namespaces:
        if new is not None:
            found.extend(inside(old, new))
    return tuple(found)


def _interface_changes(before: Network, after: Network, pair: InterfacePair) -> Iterator[Change]:
    old, new = pair.old, pair.new
    if new is None:
        if old is not None and not old[1].is_loopback:
            yield Change("removed", "interface", old[0].name, old[1].name, old[1].kind, "", _peer(before, old[1]))
        return
    namespace, interface = new
    where, name = namespace.name, interface.name
    if old is None:
        if not interface.is_loopback:
            yield Change("added", "interface", where, name, "", interface.kind, _peer(after, interface))
    else:
        if old[0].name != where:
            yield Change("moved", "interface", where, name, old[0].name, where, _peer(after, interface))
        yield from _setting_changes(where, old[1], interface)
    yield from set_changes(where, name, "address", _addresses(old), _addresses(new))
    yield from value_change(where, name, "port", _master(old), _master(new))


def _setting_changes(where: str, old: Interface, new: Interface) -> Iterator[Change]:
    yield from value_change(where, new.name, "name", old.name, new.name)
    yield from value_change(where, new.name, "state", condition(old), condition(new))
    for then, now, settings in (
        (old, new, _SETTINGS if new.kind != "bridge" else ()),  # a bridge's follow from its ports
        (old.port, new.port, _PORT_SETTINGS),
        (old.bridge, new.bridge, _BRIDGE_SETTINGS),
    ):
        for setting in settings if then and now else ():
            yield from value_change(where, new.name, setting, _text(then, setting), _text(now, setting))


def _addresses(place: Place | None) -> list[str]:
    return [address.cidr for address in place[1].addresses if not _by_itself(address)] if place else []


def _by_itself(address: Address) -> bool:
    """Whether the kernel gives it unasked, once its interface is up."""
    return address.scope == "host" or address.ip.lower().startswith("fe80:")


def _master(place: Place | None) -> str:
    master = place[0].interface(place[1].master) if place else None
    return master.name if master else ""


def _peer(network: Network, interface: Interface) -> tuple[str, str] | None:
    found = network.peer(interface) if interface.kind in PAIRS else None
    return (found[0].name, found[1].name) if found else None


def _text(thing: object, setting: str) -> str:
    value = getattr(thing, setting)
    return ("off", "on")[value] if isinstance(value, bool) else str(value)
