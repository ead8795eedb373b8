"""Namespaces, interfaces, cables and bridges."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..model.network import BridgePort, Interface, Neighbour
from ..operations.actions import (
    AddBridge,
    AddNamespace,
    AddNeighbour,
    AddVeth,
    DeleteForwarding,
    DeleteInterface,
    DeleteNamespace,
    DeleteNeighbour,
    DeleteQdisc,
    DeleteTrafficFilter,
    SetBridge,
    SetDown,
    SetLink,
    SetMaster,
    SetPort,
    SetUp,
)
from .addressing import lose_addresses, regain_addresses
from .register import take
from .sketch import Sketch


@take.register
def _(action: AddNamespace, sketch: Sketch) -> None:
    sketch.add_space(action.name)


@take.register
def _(action: DeleteNamespace, sketch: Sketch) -> None:
    sketch.drop_space(action.name)


@take.register
def _(action: AddBridge, sketch: Sketch) -> None:
    sketch.add_interface(action.namespace, action.name, "bridge")


@take.register
def _(action: AddVeth, sketch: Sketch) -> None:
    near = sketch.add_interface(action.namespace, action.name, "veth")
    far = sketch.add_interface(action.peer_namespace, action.peer, "veth")
    sketch.set_interface(action.namespace, near.name, peer_namespace=action.peer_namespace, peer_index=far.index)
    sketch.set_interface(action.peer_namespace, far.name, peer_namespace=action.namespace, peer_index=near.index)


@take.register
def _(action: DeleteInterface, sketch: Sketch) -> None:
    sketch.drop_interface(action.namespace, action.name)
    _settle(sketch)


@take.register
def _(action: SetUp, sketch: Sketch) -> None:
    if not sketch.interface(action.namespace, action.name).up:
        sketch.set_interface(action.namespace, action.name, up=True)
        regain_addresses(sketch, action.namespace, action.name)
        _settle(sketch)


@take.register
def _(action: SetDown, sketch: Sketch) -> None:
    sketch.set_interface(action.namespace, action.name, up=False)
    lose_addresses(sketch, action.namespace, action.name)
    _settle(sketch)


@take.register
def _(action: SetMaster, sketch: Sketch) -> None:
    bridge = sketch.space(action.namespace).interface(action.master)
    master, port = (bridge.index, BridgePort("disabled")) if bridge else (None, None)
    sketch.set_interface(action.namespace, action.name, master=master, port=port)
    _settle(sketch)


@take.register
def _(action: SetLink, sketch: Sketch) -> None:
    match action.setting:
        case "arp":
            sketch.set_interface(action.namespace, action.name, noarp=action.value == "off")
        case "mtu":
            sketch.set_interface(action.namespace, action.name, mtu=int(action.value))
        case "address":
            sketch.set_interface(action.namespace, action.name, mac=action.value)


@take.register
def _(action: SetBridge, sketch: Sketch) -> None:
    bridge = sketch.interface(action.namespace, action.name)
    if action.setting == "stp_state" and bridge.bridge:
        sketch.set_interface(action.namespace, action.name, bridge=replace(bridge.bridge, stp=action.value == "1"))


@take.register
def _(action: SetPort, sketch: Sketch) -> None:
    interface = sketch.interface(action.namespace, action.name)
    if interface.port:
        value: Any = action.value if action.setting == "state" else action.value == "on"
        sketch.set_interface(action.namespace, action.name, port=replace(interface.port, **{action.setting: value}))


@take.register
def _(action: AddNeighbour, sketch: Sketch) -> None:
    index = _forget(sketch, action.namespace, action.interface, action.ip)
    line = Neighbour(action.ip, index, action.mac, "PERMANENT")
    sketch.set_space(action.namespace, neighbours=(*sketch.space(action.namespace).neighbours, line))


@take.register
def _(action: DeleteNeighbour, sketch: Sketch) -> None:
    _forget(sketch, action.namespace, action.interface, action.ip)


@take.register
def _(action: DeleteForwarding, sketch: Sketch) -> None:
    index = sketch.interface(action.namespace, action.interface).index
    lines = sketch.space(action.namespace).forwarding
    left = tuple(line for line in lines if (line.mac, line.interface) != (action.mac, index))
    sketch.set_space(action.namespace, forwarding=left)


@take.register
def _(action: DeleteQdisc, sketch: Sketch) -> None:
    index = sketch.interface(action.namespace, action.interface).index
    lines = sketch.space(action.namespace).qdiscs
    left = tuple(line for line in lines if (line.interface, line.parent) != (index, action.parent))
    sketch.set_space(action.namespace, qdiscs=left)


@take.register
def _(action: DeleteTrafficFilter, sketch: Sketch) -> None:
    index = sketch.interface(action.namespace, action.interface).index
    gone = index, action.side, action.priority
    lines = sketch.space(action.namespace).filters
    left = tuple(line for line in lines if (line.interface, line.side, line.priority) != gone)
    sketch.set_space(action.namespace, filters=left)


def _forget(sketch: Sketch, where: str, name: str, ip: str) -> int:
    index = sketch.interface(where, name).index
    lines = sketch.space(where).neighbours
    sketch.set_space(where, neighbours=tuple(n for n in lines if (n.interface, n.ip) != (index, ip)))
    return index


def _settle(sketch: Sketch) -> None:
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
