"""Carry one frame along cables and through bridges, checking at each stop whether it gets on (bridge(8), veth(4))."""

from __future__ import annotations

from ..model.network import BridgePort, Interface, Namespace
from ..operations.actions import SetBridge, SetLink, SetPort, SetSysctl, SetUp
from .cabling import Stop, Way, is_opaque, master_of
from .findings import Place
from .netfilter import Passage, Sight, filter_by, frame_chains
from .packet import Packet
from .sysctls import BRIDGE_CALLS
from .walk import Cause, StoppedError, Walk

_ROOM_FOR_A_TAG = 4  # veth lets a frame be as much longer than its MTU (VLAN_HLEN)


def carry(walk: Walk, way: Way, packet: Packet, *, unicast: bool) -> Packet:
    """Take a frame from the first stop of a way to its last.

    Parameters
    ----------
    unicast
        Whether it is for one MAC address, rather than for all.

    Returns
    -------
    Packet
        What arrives: a bridge whose frames pass the IP firewall may translate it.

    Raises
    ------
    StoppedError
        At the first stop that doesn't let it on.
    LostError
        Where it leaves for what this lab can't see.
    """
    for position, stop in enumerate(way):
        if stop.way == "out":
            before = way[position - 1] if position else None
            packet = _out(walk, stop, before, packet, unicast)
        else:
            _in(walk, stop, packet)
    if way[-1].interface.kind == "bridge":
        _into_bridge(walk, way, packet)
    return packet


def _out(walk: Walk, stop: Stop, before: Stop | None, packet: Packet, unicast: bool) -> Packet:
    here, interface = stop.namespace, stop.interface
    if interface.kind == "bridge":
        check_up(here, interface)
        return packet
    bridge = master_of(here, interface)
    if before is not None and bridge is not None:
        packet = _cross(walk, here, bridge, before.interface, interface, packet, unicast)
    check_up(here, interface)
    if is_opaque(walk.network, interface):
        if not interface.carrier:
            raise StoppedError(Cause("no-carrier", Place(here.name, interface.name)))
        raise walk.lost("beyond", Place(here.name, interface.name), interface_kind=interface.kind or "hardware")
    return packet


def _in(walk: Walk, stop: Stop, packet: Packet) -> None:
    here, interface = stop.namespace, stop.interface
    check_up(here, interface)
    if packet.length > interface.mtu + _ROOM_FOR_A_TAG:
        place = Place(here.name, interface.name)
        facts = {"mtu": str(interface.mtu), "length": str(packet.length)}
        raise StoppedError(Cause("too-big", place, facts, ((SetLink(interface.name, "mtu", "1500", here.name),),)))
    bridge = master_of(here, interface)
    if bridge is not None:
        check_up(here, bridge)
        _check_vlans(walk, here, bridge)
        _check_port(here, bridge, interface)
        filter_by(walk, "prerouting", frame_chains(here, "bridge", "prerouting"), Sight(here, packet, interface.name))


def _cross(
    walk: Walk, here: Namespace, bridge: Interface, inward: Interface, outward: Interface, packet: Packet, unicast: bool
) -> Packet:
    """From a port, or the bridge itself, to another port."""
    check_up(here, outward)
    _check_vlans(walk, here, bridge)
    _check_port(here, bridge, outward)
    _check_flooding(here, bridge, outward, unicast)
    own = inward is bridge or inward.index == bridge.index
    sight = Sight(here, packet, "" if own else inward.name, outward.name)
    hook = "output" if own else "forward"
    if not own:
        _check_isolation(here, bridge, inward, outward)
    filter_by(walk, hook, frame_chains(here, "bridge", hook), sight)
    if not own:
        packet = _ip_firewall(walk, here, bridge, packet)
        walk.step("bridged", here, bridge, inward=inward.name, outward=outward.name, packet=packet.what)
    filter_by(walk, "postrouting", frame_chains(here, "bridge", "postrouting"), sight)
    return packet


def _into_bridge(walk: Walk, way: Way, packet: Packet) -> None:
    """Up from a bridge into its own namespace."""
    here = way[-1].namespace
    sight = Sight(here, packet, way[-2].interface.name)
    filter_by(walk, "input", frame_chains(here, "bridge", "input"), sight)


def _ip_firewall(walk: Walk, here: Namespace, bridge: Interface, packet: Packet) -> Packet:
    """With bridge-nf-call-iptables, bridged frames pass the IP firewall as if they were routed (br_netfilter)."""
    setting = BRIDGE_CALLS[packet.family]
    if packet.protocol == "arp" or here.sysctl(setting) != "1":
        return packet
    passage = Passage(walk, here, packet)
    try:
        if passage.hook("prerouting", iif=bridge).destination != packet.destination:
            raise walk.lost("bridged-dnat", Place(here.name, bridge.name))
        passage.hook("forward", iif=bridge, oif=bridge)
        return passage.hook("postrouting", oif=bridge)
    except StoppedError as stopped:
        cause = stopped.cause
        cure = SetSysctl(setting, "0", here.name, "1")
        facts = {**cause.facts, "setting": setting}
        repairs = ((cure,), *cause.repairs) if cause.kind == "filtered-by-policy" else (*cause.repairs, (cure,))
        kind = f"bridged-{cause.kind}" if cause.kind.startswith("filtered") else cause.kind
        raise StoppedError(Cause(kind, Place(here.name, bridge.name), facts, repairs)) from None


def check_up(here: Namespace, interface: Interface) -> None:
    """An interface that is down neither sends nor receives."""
    if not interface.up:
        kind = "bridge-down" if interface.kind == "bridge" else "interface-down"
        repair = (SetUp(interface.name, here.name),)
        raise StoppedError(Cause(kind, Place(here.name, interface.name), {}, (repair,)))


def _check_port(here: Namespace, bridge: Interface, port: Interface) -> None:
    state = port.port.state if port.port else "forwarding"
    if state == "forwarding" or (state == "disabled" and not port.carrier):
        return  # a port without carrier is disabled by the bridge itself: the cable's other end is the cause
    stp = bool(bridge.bridge and bridge.bridge.stp)
    facts = {"bridge": bridge.name, "state": state, "stp": "on" if stp else "off"}
    open_again = SetPort(port.name, "state", "forwarding", here.name, state)
    repair = (SetBridge(bridge.name, "stp_state", "0", here.name, "1"), open_again) if stp else (open_again,)
    raise StoppedError(Cause("port-blocked", Place(here.name, port.name), facts, (repair,)))


def _check_isolation(here: Namespace, bridge: Interface, inward: Interface, outward: Interface) -> None:
    ports = [port for port in (inward, outward) if port.port and port.port.isolated]
    if len(ports) == 2:
        repairs = tuple((SetPort(port.name, "isolated", "off", here.name, "on"),) for port in ports)
        facts = {"bridge": bridge.name, "other": inward.name}
        raise StoppedError(Cause("ports-isolated", Place(here.name, outward.name), facts, repairs[::-1]))


def _check_flooding(here: Namespace, bridge: Interface, outward: Interface, unicast: bool) -> None:
    """A frame for a MAC address that was never learnt goes to all ports that take such frames."""
    port = outward.port or BridgePort()
    if unicast and not port.learning and not port.flood:
        repair = (SetPort(outward.name, "flood", "on", here.name, "off"),)
        raise StoppedError(Cause("port-deaf", Place(here.name, outward.name), {"bridge": bridge.name}, (repair,)))


def _check_vlans(walk: Walk, here: Namespace, bridge: Interface) -> None:
    if bridge.bridge and bridge.bridge.vlan_filtering and walk.choose("vlans", Place(here.name, bridge.name), 2):
        raise StoppedError(Cause("vlans", Place(here.name, bridge.name)))  # one of two options: never the whole answer
