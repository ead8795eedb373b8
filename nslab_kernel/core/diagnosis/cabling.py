"""How a frame can travel: cables, bridges, and devices that sit on others, whatever their state.

A walk through the link layer is a row of stops. At each the frame goes out of an interface (a cable's end, a bridge's
port, a bridge itself, a device on another) or comes in by one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from ..model.network import PAIRS, Interface, Namespace, Network
from .owners import parsed

ON_ANOTHER = ("macvlan", "macvtap", "ipvlan", "ipvtap", "vlan")
"""Devices that send and receive by another one."""
_UNSEEN = ("bridge", "loopback", "dummy", "vxlan", *ON_ANOTHER)


@dataclass(frozen=True)
class CableStop:
    """An interface that a frame goes ``out`` of or comes ``in`` by.

    Parameters
    ----------
    tag
        The VLAN that the frame is marked with; 0 for none.
    """

    namespace: Namespace
    interface: Interface
    way: str  # in or out
    tag: int = 0

    @property
    def key(self) -> tuple[str, int, str, int]:
        return self.namespace.name, self.interface.index, self.way, self.tag


Way = tuple[CableStop, ...]


@dataclass(frozen=True)
class Reach:
    """Where frames from an interface can go.

    Parameters
    ----------
    ways
        A way to every interface that receives them, in the order of their distance: one on which every interface is up
        and every port forwards, or else the shortest.
    edges
        Where they leave what the lab can see.
    round
        Whether they can come back to where they were: there is more than one way between two bridges.
    """

    ways: list[Way]
    edges: list[CableStop]
    round: bool


def reach(network: Network, here: Namespace, out: Interface) -> Reach:
    """Follow every way from an interface."""
    every, edges, again = _search(network, here, out, live=False)
    if not again:
        return Reach(every, edges, False)
    open_ways, _, still = _search(network, here, out, live=True)
    better = {way[-1].key: way for way in open_ways}
    return Reach([better.get(way[-1].key, way) for way in every], edges, still)


def _search(
    network: Network, here: Namespace, out: Interface, *, live: bool
) -> tuple[list[Way], list[CableStop], bool]:
    start = CableStop(here, out, "out")
    seen = {start.key}
    waiting: deque[Way] = deque([(start,)])
    found: list[Way] = []
    edges: list[CableStop] = []
    again = False
    while waiting:
        way = waiting.popleft()
        last = way[-1]
        following = list(_next(network, last)) if not _hides(out, last) else []
        if last.way == "in" and _is_bundled(last):
            edges.append(last)
        if last.way == "out" and (
            is_opaque(network, last.interface) or (last.interface.kind == "vxlan" and not following)
        ):
            edges.append(last)
        for stop in following:
            if live and not _lets_on(last, stop):
                continue
            if stop.key in seen:
                again = True
                continue
            seen.add(stop.key)
            longer = (*way, stop)
            waiting.append(longer)
            if stop.way == "in" and not stop.tag and not is_port(stop) and stop.interface is not out:
                found += [longer] * (not _is_taken_over(network, stop))
    return found, edges, again


def _hides(out: Interface, stop: CableStop) -> bool:
    """Whether what a switch sends back to where it came from is hidden from its sender's siblings (macvlan private)."""
    back = stop.way == "in" and (stop.namespace.name, stop.interface.index) == (out.lower_namespace, out.lower_index)
    return back and out.mode == "private"


def _is_bundled(stop: CableStop) -> bool:
    """Whether what comes in here is a bond's or a team's, which aren't evaluated."""
    master = stop.namespace.interface(stop.interface.master)
    return master is not None and master.kind in ("bond", "team")


def _is_taken_over(network: Network, stop: CableStop) -> bool:
    """Whether a device that sits on an interface gets all of its frames (macvlan, passthru)."""
    return any(upper.mode == "passthru" for _, upper in network.uppers(stop.namespace, stop.interface))


def _lets_on(before: CableStop, stop: CableStop) -> bool:
    """Whether an interface is up, and, of a bridge, its port forwards."""
    port = stop.interface.port
    if not stop.interface.up or (port and port.state != "forwarding"):
        return False
    other = before.interface.port
    return not (before.way == "in" and port and other and port.isolated and other.isolated)


def segment(network: Network, here: Namespace, out: Interface) -> list[tuple[Namespace, Interface]]:
    """Who is on the same link: every interface that receives what ``out`` sends."""
    return [(way[-1].namespace, way[-1].interface) for way in reach(network, here, out).ways]


def is_port(stop: CableStop) -> bool:
    """Whether what comes in here goes on into a bridge."""
    return master_of(stop.namespace, stop.interface) is not None


def master_of(namespace: Namespace, interface: Interface) -> Interface | None:
    """The bridge that an interface is a port of."""
    master = namespace.interface(interface.master)
    return master if master and master.kind == "bridge" else None


def is_opaque(network: Network, interface: Interface) -> bool:
    """Whether a frame that leaves here goes where nobody in this lab can look."""
    if interface.kind in PAIRS:
        return network.peer(interface) is None
    if interface.kind in ON_ANOTHER:
        return network.lower(interface) is None
    return interface.kind not in _UNSEEN


def _next(network: Network, stop: CableStop) -> Iterator[CableStop]:
    if stop.way == "in":
        yield from _taken_in(network, stop)
    else:
        yield from _sent_out(network, stop)


def _taken_in(network: Network, stop: CableStop) -> Iterator[CableStop]:
    here, interface = stop.namespace, stop.interface
    bridge = master_of(here, interface)
    if bridge:
        yield CableStop(here, bridge, "in", stop.tag)
        for port in here.ports(bridge):
            if port.index != interface.index or (port.port and port.port.hairpin):
                yield CableStop(here, port, "out", stop.tag)
        return
    for there, upper in network.uppers(here, interface):
        if upper.kind in ON_ANOTHER and stop.tag == (upper.vlan_id if upper.kind == "vlan" else 0):
            yield CableStop(there, upper, "in")


def _sent_out(network: Network, stop: CableStop) -> Iterator[CableStop]:
    here, interface = stop.namespace, stop.interface
    if interface.kind == "bridge":
        yield from (CableStop(here, port, "out", stop.tag) for port in here.ports(interface))
    elif interface.kind in PAIRS:
        far = network.peer(interface)
        if far:
            yield CableStop(*far, "in", stop.tag)
    elif interface.kind == "vxlan":
        yield from (CableStop(*far, "in", stop.tag) for far in other_ends(network, here, interface))
    elif interface.kind in ON_ANOTHER and (lower := network.lower(interface)):
        if interface.kind == "vlan":
            if not stop.tag:  # a tag within a tag isn't followed
                yield CableStop(*lower, "out", interface.vlan_id or 0)
            return
        if _speaks_to_siblings(interface):
            for there, sibling in network.uppers(*lower):
                if sibling is not interface and _speaks_to_siblings(sibling):
                    yield CableStop(there, sibling, "in", stop.tag)
        yield CableStop(*lower, "out", stop.tag)


def _speaks_to_siblings(interface: Interface) -> bool:
    """Whether a device reaches the others on its lower device by itself (ip-link(8), macvlan's modes)."""
    return interface.kind.startswith("ipv") or (interface.kind.startswith("macv") and interface.mode in ("bridge", ""))


def underlay(network: Network, here: Namespace, vxlan: Interface) -> Namespace:
    """The namespace in which a vxlan's outer packets travel: the one that it was made in."""
    return (network.get(vxlan.lower_namespace) if vxlan.lower_namespace else None) or here


def remotes(here: Namespace, vxlan: Interface) -> list[str]:
    """The addresses of all other ends that a vxlan knows of."""
    own = [entry.remote for entry in here.forwarding if entry.interface == vxlan.index and entry.remote]
    if vxlan.tunnel and vxlan.tunnel.remote:
        own.append(vxlan.tunnel.remote)
    return list(dict.fromkeys(own))


def other_ends(network: Network, here: Namespace, vxlan: Interface) -> Iterator[tuple[Namespace, Interface]]:
    """The vxlan devices that one may send to: of its VNI and port, at an address that it knows, or could learn."""
    if vxlan.tunnel is None:
        return
    for there in network.everywhere:
        for far in there.interfaces:
            if far.kind == "vxlan" and far.tunnel and far is not vxlan and _fits(vxlan, far):
                ends = (here, vxlan), (there, far)
                if _knows(network, *ends) or (vxlan.tunnel.learning and _knows(network, *ends[::-1])):
                    yield there, far


def _knows(network: Network, one: tuple[Namespace, Interface], other: tuple[Namespace, Interface]) -> bool:
    """Whether a vxlan has been given the address, or the multicast group, of another."""
    above, far = underlay(network, *other), other[1]
    own = {address.ip for interface in above.interfaces for address in interface.addresses}
    group = far.tunnel.remote if far.tunnel and far.tunnel.remote and parsed(far.tunnel.remote).is_multicast else ""
    return any(remote in own or remote == group for remote in remotes(*one))


def _fits(one: Interface, other: Interface) -> bool:
    assert one.tunnel
    assert other.tunnel
    return (one.tunnel.id, one.tunnel.port) == (other.tunnel.id, other.tunnel.port)
