"""Frames that travel inside packets: vxlan (RFC 7348; ip-link(8), type vxlan)."""

from __future__ import annotations

from collections.abc import Callable

from ..model.network import Interface, Namespace
from .cabling import CableStop, Way, is_opaque, other_ends, remotes, underlay
from .findings import Place
from .owners import holders, parsed
from .packet import CLIENT_PORT, Packet
from .walk import Cause, StoppedError, Walk, check_up

_OVERHEAD = {4: 50, 6: 70}  # bytes: the headers around a frame, from the outer IP header on, and the frame's own
_EVERYBODY = "00:00:00:00:00:00"
"""The address under which a vxlan keeps where frames go that it knows no better place for."""


def carry(
    walk: Walk,
    out: CableStop,
    into: CableStop,
    packet: Packet,
    source: str,
    destination: str,
    over_the_link: Callable[[Walk, Way, Packet], Packet],
) -> None:
    """Take a frame from a vxlan to another one, in a packet through the network below.

    Parameters
    ----------
    source, destination
        The frame's MAC addresses; the destination is empty where it is for all.
    over_the_link
        Carries a packet over one link, for what goes by multicast (`nslab_kernel.core.diagnosis.bridging.carry`).

    Raises
    ------
    StoppedError, LostError
    """
    here, vxlan = out.namespace, out.interface
    there, far = into.namespace, into.interface
    below, above = underlay(walk.network, here, vxlan), underlay(walk.network, there, far)
    known = _known(walk, here, vxlan, destination)
    owned = {address.ip for interface in above.interfaces for address in interface.addresses}
    group = far.tunnel.remote if far.tunnel and far.tunnel.remote and parsed(far.tunnel.remote).is_multicast else ""
    target = next((remote for remote in known if remote in owned or remote == group), "")
    place = Place(here.name, vxlan.name)
    if not target:
        facts = {"mac": destination or _EVERYBODY, "remotes": ", ".join(known)}
        raise StoppedError(Cause("no-remote", place, facts))
    assert vxlan.tunnel
    assert walk.send_outer
    local = vxlan.tunnel.local
    size = packet.length + _OVERHEAD[6 if ":" in target else 4] - (48 if ":" in target else 28)
    outer = Packet("udp", "datagram", local, target, CLIENT_PORT, vxlan.tunnel.port, size=size)
    walk.step("encapsulated", here, vxlan, remote=target, id=str(vxlan.tunnel.id))
    lower = walk.network.lower(vxlan)
    if parsed(target).is_multicast:
        came_from = _to_group(walk, below, above, lower, outer, far, over_the_link)
    else:
        reached, came_from = walk.send_outer(below, outer, lower[1] if lower and lower[0] is below else None)
        if reached is not above:
            raise walk.lost("beyond", place, interface_kind=vxlan.kind)
    if far.tunnel and far.tunnel.learning and came_from:
        walk.heard(there, far, source, came_from)


def _known(walk: Walk, here: Namespace, vxlan: Interface, mac: str) -> list[str]:
    """The addresses that a frame is sent to: behind which its own is, else all that get what is for everybody."""
    own = [entry for entry in here.forwarding if entry.interface == vxlan.index and entry.remote]
    written = [entry.remote for entry in own if entry.mac == mac and mac and entry.state != "learnt"]
    if written:
        return written
    learnt = walk.behind(here, vxlan, mac) if mac else None
    if learnt is None and mac:
        learnt = next((entry.remote for entry in own if entry.mac == mac), None)
    if isinstance(learnt, str):
        return [learnt]
    found = [entry.remote for entry in own if entry.mac == _EVERYBODY]
    assert vxlan.tunnel
    return list(dict.fromkeys(found or ([vxlan.tunnel.remote] if vxlan.tunnel.remote else [])))


def _to_group(
    walk: Walk,
    below: Namespace,
    above: Namespace,
    lower: tuple[Namespace, Interface] | None,
    outer: Packet,
    far: Interface,
    over_the_link: Callable[[Walk, Way, Packet], Packet],
) -> str:
    """By multicast: to all who are on the link of the device below."""
    goal = walk.network.lower(far)
    if lower is None or goal is None:
        raise walk.lost("broadcast", Place(below.name), ip=outer.destination)
    check_up(*lower)
    for way in walk.ways(*lower):
        if (way[-1].namespace.name, way[-1].interface.index) == (above.name, goal[1].index):
            over_the_link(walk, way, outer)
            own = next((a.ip for a in lower[1].addresses if a.family == outer.family), "")
            return outer.source or own
    raise StoppedError(
        Cause("no-remote", Place(below.name, lower[1].name), {"mac": _EVERYBODY, "remotes": outer.destination})
    )


def unreached(walk: Walk, here: Namespace, vxlan: Interface) -> Cause | None:
    """Why nobody is behind a vxlan; None where its packets leave what this lab can see.

    Raises
    ------
    StoppedError, LostError
        What happens to its packets in the network below.
    """
    assert vxlan.tunnel
    assert walk.send_outer
    place, known = Place(here.name, vxlan.name), remotes(here, vxlan)
    facts = {"id": str(vxlan.tunnel.id), "port": str(vxlan.tunnel.port), "remotes": ", ".join(known)}
    if any(other_ends(walk.network, here, vxlan)):
        return None
    if not known:
        return Cause("no-remote", place, {"mac": _EVERYBODY, "remotes": ""})
    below = underlay(walk.network, here, vxlan)
    lower = walk.network.lower(vxlan)
    for remote in known:
        if parsed(remote).is_multicast:
            edges = walk.edges(*lower) if lower else []
            if any(is_opaque(walk.network, edge.interface) for edge in edges):
                return None
        elif not any(holders(walk.network, remote)):
            outer = Packet("udp", "datagram", vxlan.tunnel.local, remote, CLIENT_PORT, vxlan.tunnel.port)
            walk.send_outer(below, outer, lower[1] if lower and lower[0] is below else None)
            return None
    return Cause("other-vxlan", place, facts)
