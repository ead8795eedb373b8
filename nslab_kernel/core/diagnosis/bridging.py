"""Carry one frame along cables and through bridges, checking at each stop whether it gets on (bridge(8), veth(4))."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..model.network import BridgePort, ForwardingEntry, Interface, Namespace
from ..operations.actions import DeleteForwarding, SetBridge, SetLink, SetPort, SetSysctl, SetUp
from . import shaping, tunnels
from .cabling import ON_ANOTHER, CableStop, Way, is_opaque, master_of, segment
from .findings import Place
from .netfilter import Passage, Sight, filter_by, frame_chains
from .packet import Packet
from .sysctls import BRIDGE_CALLS, bridge_calls
from .walk import Cause, DivertedError, StoppedError, Walk, check_up

_MAC = "02:00:00:00:{:02x}:{:02x}"
_ROOM_FOR_A_TAG = 4  # veth lets a frame be as much longer than its MTU (VLAN_HLEN)


def carry(walk: Walk, way: Way, packet: Packet, *, mac: str = "") -> Packet:
    """Take a frame from the first stop of a way to its last.

    Parameters
    ----------
    mac
        The MAC address that it is for; empty where it is for all.

    Returns
    -------
    Packet
        What arrives: a bridge whose frames pass the IP firewall may translate it.

    Raises
    ------
    StoppedError
        At the first stop that doesn't let it on.
    DivertedError
        Where a bridge hands it to the IP stack.
    LostError
        Where it leaves for what this lab can't see.
    """
    frame = _Frame(way[0].interface.mac, mac)
    for position, stop in enumerate(way):
        before = way[position - 1] if position else None
        after = way[position + 1] if position + 1 < len(way) else None
        if stop.way == "out":
            packet = _out(walk, stop, before, packet, frame)
            if stop.interface.kind == "vxlan" and after:
                tunnels.carry(walk, stop, after, packet, frame.source, frame.destination, carry)
        else:
            _in(walk, stop, packet, frame)
    if way[-1].interface.kind == "bridge":
        _into_bridge(walk, way, packet, frame)
    return packet


@dataclass(frozen=True, slots=True)
class _Frame:
    """A frame's addresses; the destination is empty where it is for all."""

    source: str
    destination: str

    def sight(self, here: Namespace, packet: Packet, iif: str = "", oif: str = "", to: str = "other") -> Sight:
        """How a rule sees it.

        Parameters
        ----------
        to
            What it is to whom it comes to, if it is for one address: ``host`` or ``other``.
        """
        kind = (
            to if self.destination else "multicast" if packet.family == 6 and packet.protocol != "arp" else "broadcast"
        )
        destination = self.destination or ("ff:ff:ff:ff:ff:ff" if kind == "broadcast" else "33:33:00:00:00:01")
        return Sight(here, packet, iif, oif, mac=self.source, destination_mac=destination, packet_type=kind)


def _out(walk: Walk, stop: CableStop, before: CableStop | None, packet: Packet, frame: _Frame) -> Packet:
    here, interface = stop.namespace, stop.interface
    if interface.kind == "bridge":
        check_up(here, interface)
        _device(walk, here, interface, "egress", packet, frame)
        return packet
    bridge = master_of(here, interface)
    if before is not None and bridge is not None:
        packet = _cross(walk, here, bridge, before.interface, interface, packet, frame)
    check_up(here, interface)
    lower = walk.network.lower(interface) if interface.kind in ON_ANOTHER else None
    if lower:
        check_up(*lower)
    _device(walk, here, interface, "egress", packet, frame)
    if is_opaque(walk.network, interface):
        if not interface.carrier:
            raise StoppedError(Cause("no-carrier", Place(here.name, interface.name)))
        raise walk.lost("beyond", Place(here.name, interface.name), interface_kind=interface.kind or "hardware")
    return packet


def _in(walk: Walk, stop: CableStop, packet: Packet, frame: _Frame) -> None:
    here, interface = stop.namespace, stop.interface
    if interface.mode == "source" and walk.choose("macvlan-source", Place(here.name, interface.name), 2):
        raise StoppedError(Cause("macvlan-source", Place(here.name, interface.name)))  # never the whole answer
    if interface.kind == "bridge":
        check_up(here, interface)
        _device(walk, here, interface, "ingress", packet, frame)
        return
    check_up(here, interface)
    _check_size(walk, stop, packet)
    _device(walk, here, interface, "ingress", packet, frame)
    bridge = master_of(here, interface)
    if bridge is not None:
        check_up(here, bridge)
        _check_vlans(walk, here, bridge)
        _check_port(walk, here, bridge, interface)
        _check_lock(here, bridge, interface, frame)
        learns = interface.port is None or interface.port.learning
        if learns and bridge.bridge and bridge.bridge.ageing_time:
            walk.heard(here, bridge, frame.source, interface.index)
        sight = frame.sight(here, packet, interface.name)
        filter_by(walk, "prerouting", frame_chains(here, "bridge", "prerouting"), sight)


def _check_size(walk: Walk, stop: CableStop, packet: Packet) -> None:
    """A frame longer than what its receiver takes is dropped in silence."""
    here, interface = stop.namespace, stop.interface
    if packet.length > interface.mtu + _ROOM_FOR_A_TAG:
        place = Place(here.name, interface.name)
        facts = {"mtu": str(interface.mtu), "length": str(packet.length)}
        wanted = str(max(packet.length, 1500))
        raise StoppedError(Cause("too-big", place, facts, ((SetLink(interface.name, "mtu", wanted, here.name),),)))


def _device(walk: Walk, here: Namespace, interface: Interface, side: str, packet: Packet, frame: _Frame) -> None:
    """What looks at every frame of an interface: traffic control, and the chains of its own (family netdev)."""
    to = "host" if side == "ingress" else "other"
    iif, oif = (interface.name, "") if side == "ingress" else ("", interface.name)
    sight = frame.sight(here, packet, iif, oif, to)
    if side == "ingress":
        shaping.check(walk, here, interface, side, packet)
    filter_by(walk, side, here.firewall.device_chains(side, interface.name), sight)
    if side == "egress":
        shaping.check(walk, here, interface, side, packet)


def _cross(
    walk: Walk, here: Namespace, bridge: Interface, inward: Interface, outward: Interface, packet: Packet, frame: _Frame
) -> Packet:
    """From a port, or the bridge itself, to another port."""
    check_up(here, outward)
    _check_vlans(walk, here, bridge)
    _check_port(walk, here, bridge, outward)
    own = inward is bridge or inward.index == bridge.index
    _check_flooding(walk, here, bridge, outward, packet, frame, own=own)
    sight = frame.sight(here, packet, "" if own else inward.name, outward.name)
    hook = "output" if own else "forward"
    if not own:
        _check_isolation(here, bridge, inward, outward)
    filter_by(walk, hook, frame_chains(here, "bridge", hook), sight)
    if not own:
        packet = _ip_firewall(walk, here, bridge, packet, inward, outward, frame)
        walk.step("bridged", here, bridge, inward=inward.name, outward=outward.name, packet=packet.what)
    filter_by(walk, "postrouting", frame_chains(here, "bridge", "postrouting"), sight)
    return packet


def _into_bridge(walk: Walk, way: Way, packet: Packet, frame: _Frame) -> None:
    """Up from a bridge into its own namespace."""
    here = way[-1].namespace
    sight = frame.sight(here, packet, way[-2].interface.name, to="host")
    filter_by(walk, "input", frame_chains(here, "bridge", "input"), sight)


def _ip_firewall(
    walk: Walk,
    here: Namespace,
    bridge: Interface,
    packet: Packet,
    inward: Interface,
    outward: Interface,
    frame: _Frame,
) -> Packet:
    """With bridge-nf-call-iptables, bridged frames pass the IP firewall as if they were routed (br_netfilter)."""
    setting = BRIDGE_CALLS[packet.family]
    if packet.protocol == "arp" or not bridge_calls(here, bridge, packet.family):
        return packet
    if walk.connections.is_translated(here, packet):  # by a bridge before: a second connection, with a clash of ports
        raise walk.lost("translated-twice", Place(here.name, bridge.name))
    passage = Passage(walk, here, packet, frame.source, frame.sight(here, packet).packet_type)
    passage.ports = inward.name, outward.name
    before = len(walk.steps)
    try:
        if passage.hook("prerouting", iif=bridge).destination != packet.destination:
            del walk.steps[before:]
            raise DivertedError(here, bridge, inward, packet, frame.source)
        passage.hook("forward", iif=bridge, oif=bridge)
        return passage.hook("postrouting", oif=bridge)
    except StoppedError as stopped:
        cause = stopped.cause
        cure = SetSysctl(setting, "0", here.name, "1")
        facts = {**cause.facts, "setting": setting}
        repairs = ((cure,), *cause.repairs) if cause.kind == "filtered-by-policy" else (*cause.repairs, (cure,))
        kind = f"bridged-{cause.kind}" if cause.kind.startswith("filtered") else cause.kind
        raise StoppedError(Cause(kind, Place(here.name, bridge.name), facts, repairs)) from None


def _check_port(walk: Walk, here: Namespace, bridge: Interface, port: Interface) -> None:
    state = port.port.state if port.port else "forwarding"
    if state == "forwarding" or (state == "disabled" and not port.carrier):
        return  # a port without carrier is disabled by the bridge itself: the cable's other end is the cause
    stp = bool(bridge.bridge and bridge.bridge.stp)
    delay = bridge.bridge.forward_delay if bridge.bridge else 15
    facts = {"bridge": bridge.name, "state": state, "stp": "on" if stp else "off", "seconds": f"{2 * delay:g}"}
    open_again = SetPort(port.name, "state", "forwarding", here.name, state)
    repair = (SetBridge(bridge.name, "stp_state", "0", here.name, "1"), open_again) if stp else (open_again,)
    repairs = (*_others_up(walk, here, bridge), repair) if stp else (repair,)
    raise StoppedError(Cause("port-blocked", Place(here.name, port.name), facts, repairs))


def _others_up(walk: Walk, here: Namespace, bridge: Interface) -> Iterator[tuple[SetUp]]:
    """What is down of the cables between bridges: a port is blocked because they are another way."""
    for there in walk.network.everywhere:
        for interface in there.interfaces:
            far = walk.network.peer(interface)
            if master_of(there, interface) and far and master_of(*far) and not interface.up:
                yield (SetUp(interface.name, there.name),)


def _check_lock(here: Namespace, bridge: Interface, port: Interface, frame: _Frame) -> None:
    """A locked port takes frames only from those that the bridge's forwarding table has behind it."""
    if port.port and port.port.locked:
        known = _entry(here, bridge, frame.source)
        if known is None or known.interface != port.index:
            repair = (SetPort(port.name, "locked", "off", here.name, "on"),)
            facts = {"bridge": bridge.name, "mac": frame.source}
            raise StoppedError(Cause("port-locked", Place(here.name, port.name), facts, (repair,)))


def _check_isolation(here: Namespace, bridge: Interface, inward: Interface, outward: Interface) -> None:
    ports = [port for port in (inward, outward) if port.port and port.port.isolated]
    if len(ports) == 2:
        repairs = tuple((SetPort(port.name, "isolated", "off", here.name, "on"),) for port in ports)
        facts = {"bridge": bridge.name, "other": inward.name}
        raise StoppedError(Cause("ports-isolated", Place(here.name, outward.name), facts, repairs[::-1]))


def _check_flooding(
    walk: Walk, here: Namespace, bridge: Interface, outward: Interface, packet: Packet, frame: _Frame, *, own: bool
) -> None:
    """A frame for one address goes to the port behind which that is known to be, else, as one for all, to all ports.

    Each port may be kept from getting those that go to all.
    """
    port = outward.port or BridgePort()
    place, facts = Place(here.name, outward.name), {"bridge": bridge.name}
    if not frame.destination:
        kind, taken = ("mcast_flood", port.mcast_flood) if packet.family == 6 else ("bcast_flood", port.bcast_flood)
        if port.proxy_arp:  # br_flood leaves such a port out: the bridge is to answer for those behind it
            raise StoppedError(Cause("no-broadcasts", place, {**facts, "setting": "proxy_arp"}))
        if not taken and not own:
            repair = (SetPort(outward.name, kind, "on", here.name, "off"),)
            raise StoppedError(Cause("no-broadcasts", place, {**facts, "setting": kind}, (repair,)))
        return
    known = _entry(here, bridge, frame.destination)
    if known and known.state == "permanent" and not own:
        name = _name_of(here, known.interface)
        removal = (DeleteForwarding(frame.destination, name, here.name),)
        facts |= {"mac": frame.destination, "other": name}
        raise StoppedError(Cause("local-forwarding", Place(here.name, name), facts, (removal,)))
    behind = _port_for(walk, here, bridge, known, frame.destination)
    if behind is not None and behind != outward.index:
        entered = known if known and known.state != "learnt" and known.interface == behind else None
        raise StoppedError(_elsewhere(walk, here, bridge, outward, entered, behind, frame.destination))
    if behind is None and not port.learning and not port.flood:
        repair = (SetPort(outward.name, "flood", "on", here.name, "off"),)
        raise StoppedError(Cause("port-deaf", place, facts, (repair,)))


def _port_for(
    walk: Walk, here: Namespace, bridge: Interface, known: ForwardingEntry | None, mac: str
) -> int | str | None:
    """The port behind which a bridge takes an address to be: where frames from it came in last.

    That goes for an entry that a person made, too, unless it is sticky or local (br_fdb_update).
    """
    if known and (known.sticky or known.state == "permanent"):
        return known.interface
    heard = walk.behind(here, bridge, mac)
    return known.interface if heard is None and known else heard


def _name_of(here: Namespace, index: int) -> str:
    port = here.interface(index)
    return port.name if port else ""


def _entry(here: Namespace, bridge: Interface, mac: str) -> ForwardingEntry | None:
    """The line of a bridge's forwarding table for an address, as far as it was read."""
    for entry in here.forwarding:
        if entry.mac == mac and entry.master and not entry.vlan:
            port = here.interface(entry.interface)
            if port and (port.master == bridge.index or port.index == bridge.index):
                return entry
    return None


def _elsewhere(
    walk: Walk,
    here: Namespace,
    bridge: Interface,
    outward: Interface,
    entry: ForwardingEntry | None,
    behind: int | str,
    mac: str,
) -> Cause:
    """A bridge sends the frames for an address by another port than the one behind which it is."""
    other = here.interface(behind) if isinstance(behind, int) else None
    facts = {"mac": mac, "bridge": bridge.name, "other": other.name if other else ""}
    if entry and other:
        repair = (DeleteForwarding(mac, other.name, here.name),)
        return Cause("wrong-forwarding", Place(here.name, other.name), facts, (repair,))
    taken = {interface.mac for space in walk.network.everywhere for interface in space.interfaces}
    free = next(
        address for number in range(1 << 16) if (address := _MAC.format(number >> 8, number & 255)) not in taken
    )
    repairs = [
        (SetLink(interface.name, "address", free, there.name, mac),)
        for there, interface in segment(walk.network, here, bridge)
        if interface.mac == mac
    ]
    return Cause("same-mac", Place(here.name, outward.name), facts, tuple(repairs))


def _check_vlans(walk: Walk, here: Namespace, bridge: Interface) -> None:
    if bridge.bridge and bridge.bridge.vlan_filtering and walk.choose("vlans", Place(here.name, bridge.name), 2):
        raise StoppedError(Cause("vlans", Place(here.name, bridge.name)))  # one of two options: never the whole answer
