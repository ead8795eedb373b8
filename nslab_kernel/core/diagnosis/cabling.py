"""How a frame can travel: cables and bridges, whatever their state.

A walk through the link layer is a row of stops. At each the frame goes out of an interface (a cable's end, a bridge's
port, a bridge itself) or comes in by one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from ..model.network import Interface, Namespace, Network


@dataclass(frozen=True)
class Stop:
    """An interface that a frame goes ``out`` of or comes ``in`` by."""

    namespace: Namespace
    interface: Interface
    way: str  # in or out

    @property
    def key(self) -> tuple[str, int, str]:
        return self.namespace.name, self.interface.index, self.way


Way = tuple[Stop, ...]


def ways_from(network: Network, here: Namespace, out: Interface) -> list[Way]:
    """The shortest way to every interface that receives what ``out`` sends, in the order of their distance."""
    start = Stop(here, out, "out")
    seen = {start.key}
    waiting: deque[Way] = deque([(start,)])
    found = []
    while waiting:
        way = waiting.popleft()
        for stop in _next(network, way[-1]):
            if stop.key in seen:
                continue
            seen.add(stop.key)
            longer = (*way, stop)
            waiting.append(longer)
            if stop.way == "in" and not is_port(stop):
                found.append(longer)
    return found


def way_between(network: Network, here: Namespace, out: Interface, there: Namespace, into: Interface) -> Way | None:
    """The way from one interface to another, or None if no cable leads there."""
    goal = (there.name, into.index)
    ways = ways_from(network, here, out)
    return next((way for way in ways if (way[-1].namespace.name, way[-1].interface.index) == goal), None)


def segment(network: Network, here: Namespace, out: Interface) -> list[tuple[Namespace, Interface]]:
    """Who is on the same link: every interface that receives what ``out`` sends."""
    return [(way[-1].namespace, way[-1].interface) for way in ways_from(network, here, out)]


def is_port(stop: Stop) -> bool:
    """Whether what comes in here goes on into a bridge."""
    return master_of(stop.namespace, stop.interface) is not None


def master_of(namespace: Namespace, interface: Interface) -> Interface | None:
    """The bridge that an interface is a port of."""
    master = namespace.interface(interface.master)
    return master if master and master.kind == "bridge" else None


def is_opaque(network: Network, interface: Interface) -> bool:
    """Whether a frame that leaves here goes where nobody in this lab can look."""
    return interface.kind not in ("bridge", "loopback") and network.peer(interface) is None


def _next(network: Network, stop: Stop) -> Iterator[Stop]:
    here, interface = stop.namespace, stop.interface
    if stop.way == "in":
        bridge = master_of(here, interface)
        if bridge:
            yield Stop(here, bridge, "in")
            yield from (Stop(here, port, "out") for port in here.ports(bridge) if port.index != interface.index)
    elif interface.kind == "bridge":
        yield from (Stop(here, port, "out") for port in here.ports(interface))
    else:
        far = network.peer(interface) if interface.kind == "veth" else None
        if far:
            yield Stop(far[0], far[1], "in")
