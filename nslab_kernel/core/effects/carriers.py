"""What follows from a change of a link: carriers, the state of bridge ports, neighbour entries."""

from __future__ import annotations

from dataclasses import replace

from ..model.network import BridgePort, Interface
from .sketch import Sketch


def forget(sketch: Sketch, where: str, name: str, ip: str) -> int:
    """Remove an interface's neighbour entry for an address; return the interface's index."""
    index = sketch.interface(where, name).index
    lines = sketch.space(where).neighbours
    sketch.set_space(where, neighbours=tuple(n for n in lines if (n.interface, n.ip) != (index, ip)))
    return index


def settle(sketch: Sketch) -> None:
    """Carriers follow what is up on the other end; bridge ports work as soon as they have one; routes notice.

    Cables first, since a bridge has a carrier when one of its ports has.
    """
    for space in sketch.network().everywhere:
        for interface in space.interfaces:
            if interface.kind == "veth":
                far = sketch.peer(interface)
                _set_carrier(sketch, space.name, interface, bool(interface.up and far and far[1].up))
            elif interface.is_loopback:
                _set_carrier(sketch, space.name, interface, interface.up)
    for space in sketch.network().everywhere:
        for bridge in space.interfaces:
            if bridge.kind == "bridge":
                _settle_bridge(sketch, space.name, bridge)


def _settle_bridge(sketch: Sketch, where: str, bridge: Interface) -> None:
    working = False
    for port in sketch.space(where).ports(bridge):
        was = port.port or BridgePort()
        alive = bridge.up and port.up and port.carrier
        state = "disabled" if not alive else "forwarding" if was.state == "disabled" else was.state
        if state != was.state:
            sketch.set_interface(where, port.name, port=replace(was, state=state))
        working |= state in ("forwarding", "learning")
    _set_carrier(sketch, where, bridge, bridge.up and working)


def _set_carrier(sketch: Sketch, where: str, interface: Interface, carrier: bool) -> None:
    state = "DOWN" if not interface.up else "UP" if carrier else "LOWERLAYERDOWN"
    if interface.is_loopback and interface.up:
        state = "UNKNOWN"
    if (interface.carrier, interface.state) == (carrier, state):
        return
    sketch.set_interface(where, interface.name, carrier=carrier, state=state)
    routes = (
        replace(route, linkdown=not carrier) if route.interface == interface.index else route
        for route in sketch.space(where).routes
    )
    sketch.set_space(where, routes=tuple(routes))
