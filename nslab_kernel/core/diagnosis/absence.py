"""Why nobody on a link answers for an address: its owner is elsewhere, or there is none."""

from __future__ import annotations

from collections.abc import Iterator

from ..actions import SetMaster
from ..network import Address, Interface, Namespace
from ..subnets import subnet_of
from .addresses import global_ones, holders, inside, usable
from .cabling import is_opaque, master_of
from .findings import Place
from .loss import nowhere
from .packet import Packet
from .remedies import change_prefix, ends_on, subnets_on
from .walk import Cause, Walk


def nobody(walk: Walk, here: Namespace, out: Interface, ip: str, packet: Packet) -> Cause:
    """Why ``ip``, the next hop of a packet, has no neighbour on the link of ``out``."""
    if is_opaque(walk.network, out) and not out.carrier:
        return Cause("no-carrier", Place(here.name, out.name))
    leave_if_opaque(walk, here, out)
    for there, interface in holders(walk.network, ip):
        cause = _elsewhere(walk, here, out, ip, there, interface)
        if cause:
            return cause
    return nowhere(walk, here, out, ip, packet)


def leave_if_opaque(walk: Walk, here: Namespace, out: Interface) -> None:
    """Raise `LostError` where a link has an end that this lab can't see: someone there may answer."""
    for interface in (out, *_ports_on(walk, here, out)):
        if interface.carrier and is_opaque(walk.network, interface):
            kind = interface.kind or "hardware"
            raise walk.lost("beyond", Place(here.name, interface.name), interface_kind=kind)


def _ports_on(walk: Walk, here: Namespace, out: Interface) -> Iterator[Interface]:
    for there, interface in (*ends_on(walk, here, out), (here, out)):
        if interface.kind == "bridge":
            yield from there.ports(interface)


def _elsewhere(
    walk: Walk, here: Namespace, out: Interface, ip: str, there: Namespace, interface: Interface
) -> Cause | None:
    """The owner is on another link: a cable is plugged in wrongly, or the subnet is meant to be smaller."""
    plug = _unplugged(walk, (here, out), (there, interface)) or _unplugged(walk, (there, interface), (here, out))
    if plug:
        return plug
    theirs = next(address for address in interface.addresses if address.ip == ip)
    ours = [address for address in usable(out, theirs.family) if address.scope == "global"]
    if any(address.network == theirs.network for address in ours):
        return _other_bridge(walk, (here, out), (there, interface), theirs)
    wide = [address for address in ours if inside(ip, address.network) and address.prefix < theirs.prefix]
    if wide:
        return _too_wide(walk, here, out, wide[0], theirs)
    return None


def _unplugged(walk: Walk, one: tuple[Namespace, Interface], other: tuple[Namespace, Interface]) -> Cause | None:
    """Whether the cable of one ends loose beside the bridge of the other."""
    far = walk.network.peer(one[1])
    if far is None or far[1].master is not None or global_ones(far[1]) or far[1].kind == "bridge":
        return None
    bridges = [i for ns, i in (*ends_on(walk, *other), other) if ns is far[0] and i.kind == "bridge"]
    repairs = tuple((SetMaster(far[1].name, bridge.name, far[0].name),) for bridge in bridges)
    if not repairs:
        return None
    facts = {"cable": one[1].name, "owner": one[0].title, "bridge": bridges[0].name}
    return Cause("unplugged", Place(far[0].name, far[1].name), facts, repairs)


def _other_bridge(
    walk: Walk, one: tuple[Namespace, Interface], other: tuple[Namespace, Interface], address: Address
) -> Cause | None:
    """Two ends of one subnet on two bridges: the one with fewer companions is plugged in wrongly, if it has a plug."""
    ports = []
    for end in (one, other):
        far = walk.network.peer(end[1])
        bridge = master_of(*far) if far else None
        companions = subnets_on(walk, *end, address.family)[address.network]
        ports.append((companions, end, far, bridge))
    ports.sort(key=lambda port: (port[0], port[2] is None))
    (_, wrong, far, bridge), (_, right, right_far, right_bridge) = ports
    goal = right_bridge or (right[1] if right[1].kind == "bridge" else None)
    goal_place = right_far[0] if right_far else right[0]
    if far is None or bridge is None or goal is None or goal_place is not far[0]:
        return None
    facts = {"owner": wrong[0].title, "bridge": bridge.name, "right": goal.name, "subnet": address.network}
    repair = (SetMaster(far[1].name, goal.name, far[0].name, bridge.name),)
    return Cause("other-bridge", Place(far[0].name, far[1].name), facts, (repair,))


def _too_wide(walk: Walk, here: Namespace, out: Interface, ours: Address, theirs: Address) -> Cause:
    usual = [subnet_of(subnet).prefixlen for subnet, _ in subnets_on(walk, here, out, ours.family).most_common()]
    prefixes = [prefix for prefix in dict.fromkeys((*usual, theirs.prefix)) if prefix > ours.prefix]
    repairs = tuple(change_prefix(here, out, ours, prefix) for prefix in prefixes)
    facts = {"address": ours.cidr, "ip": theirs.ip}
    return Cause("prefix-too-wide", Place(here.name, out.name), facts, repairs)
