"""Two snapshots made into one view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..core.model.diff import changes, summary
from ..core.model.network import HOST, Interface, Namespace, Network
from ..core.model.next_step import next_step
from ..core.order import natural
from ..core.translation import Message, _, joined, translated
from .diff_status import Fates
from .facts import compared, facts
from .graph import across, graph
from .outside_namespaces import outside, uplinks
from .sockets import socket_of
from .tooltips import room_details
from .view import Cable, Room, ShownFact, Socket, View

if TYPE_CHECKING:
    import networkx


def view(
    network: Network,
    before: Network | None,
    language: str,
    mac: bool,
    hidden: dict[str, int],
    facts: bool = False,
) -> View:
    """Merge two snapshots into one view.

    Parameters
    ----------
    network
        The lab to show.
    before
        An earlier snapshot to compare it with, if any.
    language
        ``en`` or ``zh``.
    mac
        Whether to show MAC addresses.
    hidden
        How many ports of each bridge of the host were left out of ``network``.
    facts
        Whether to show facts alone, and not what is still missing.
    """
    lab = graph(network, before)
    found = changes(before, network) if before else ()
    merged = _Merge(network, before or network, Fates(found), language)
    beyond = outside(network) | (outside(before) if before else frozenset())
    rooms = merged.rooms()
    inner = tuple(room for room in rooms[1:] if room.id not in beyond)
    return View(
        language,
        rooms[0],
        inner,
        tuple(room for room in rooms[1:] if room.id in beyond),
        merged.cables(rooms, lab),
        merged.stacks(rooms, lab),
        translated(_caption(summary(found), None if facts else next_step(network)), language),
        tuple((f"{HOST}/{name}", count) for name, count in hidden.items()),
        mac,
        nested_hosts(inner, lab),
        lab,
        facts,
    )


def nested_hosts(rooms: Sequence[Room], lab: networkx.MultiGraph) -> dict[str, tuple[str, ...]]:
    """The rooms with a switch that others are plugged into, all of their cables; by each the others."""
    switching = {room.id: {switch.id for switch in room.switches} for room in rooms if room.switches}
    found: dict[str, list[str]] = {}
    for room in rooms:
        far = {lab.nodes[end]["namespace"]: end for plug in room.plugs for end in across(lab, plug.id, "cable")}
        if room.id not in switching and len(far) == 1:
            ((host, end),) = far.items()
            if switching.get(host, set()) & set(across(lab, end, "port")):
                found.setdefault(host, []).append(room.id)
    return {host: tuple(children) for host, children in found.items()}


def _caption(done: Message, left: Message | None) -> Message:
    sentences = (done, _("Still missing: {left}", left=left) if left else None)
    return joined(*(_("{said}.", said=sentence) for sentence in sentences if sentence))


class _Merge:
    """Rooms and cables of the later snapshot, and the ghosts of the earlier one."""

    def __init__(self, network: Network, before: Network, fates: Fates, language: str) -> None:
        self.network = network
        self.before = before
        self.fates = fates
        self.language = language
        self._uplinks = {i.name for lab in (network, before) for i in uplinks(lab)}

    def rooms(self) -> list[Room]:
        """The host's room, then the others in the order of their names, numbers counted as such."""
        found = {n.name: self._room(n, self.before.get(n.name)) for n in self.network.everywhere}
        for namespace in self.before.everywhere:
            if namespace.name not in found:
                found[namespace.name] = self._furnished(namespace, self._ghosts(namespace, None), "removed", ())
        host = found.pop(HOST)
        return [host, *sorted(found.values(), key=lambda room: natural(room.id))]

    def _room(self, namespace: Namespace, earlier: Namespace | None) -> Room:
        fate = self.fates.namespace(namespace.name)
        sockets = [self._socket(self.network, namespace, i) for i in namespace.interfaces if not i.is_loopback]
        told = tuple(facts(self.network, namespace, self.language))
        if earlier is not None and fate != "new":
            sockets += self._ghosts(earlier, namespace)
            told = compared(list(told), facts(self.before, earlier, self.language))
        return self._furnished(namespace, sockets, fate, told)

    def _ghosts(self, earlier: Namespace, now: Namespace | None) -> list[Socket]:
        """The interfaces that a namespace has lost; all of them if it is gone itself."""
        return [
            replace(self._socket(self.before, earlier, interface), fate="removed")
            for interface in earlier.interfaces
            if not interface.is_loopback
            and (
                now is None or (self.fates.removed(earlier.name, interface.name) and not now.interface(interface.name))
            )
        ]

    def _socket(self, network: Network, namespace: Namespace, interface: Interface) -> Socket:
        found = socket_of(network, namespace, interface, self.fates, self.language)
        return replace(found, uplink=namespace.name == HOST and interface.name in self._uplinks)

    def _furnished(self, namespace: Namespace, sockets: list[Socket], fate: str, facts: tuple[ShownFact, ...]) -> Room:
        ordered = sorted(sockets, key=lambda socket: natural(socket.name))
        title = self.network.hostname if namespace.name == HOST else namespace.title
        return Room(
            namespace.name,
            title,
            fate,
            tuple(socket for socket in ordered if socket.kind != "bridge"),
            tuple(socket for socket in ordered if socket.kind == "bridge"),
            self._loopback(namespace),
            facts,
            room_details(namespace, title, self.language),
        )

    def _loopback(self, namespace: Namespace) -> ShownFact | None:
        loopback = next((interface for interface in namespace.interfaces if interface.is_loopback), None)
        if loopback is None:
            return None
        fate = "" if self.fates.namespace(namespace.name) == "new" else self.fates.interface(namespace.name, "lo")
        return ShownFact("up" if loopback.up else "down", fate)

    def cables(self, rooms: list[Room], lab: networkx.MultiGraph) -> tuple[Cable, ...]:
        """One for each edge of the graph that is a cable."""
        sockets = {socket.id: (room, socket) for room in rooms for socket in room.plugs}
        found: dict[str, Cable] = {}
        for room, socket in sockets.values():
            if socket.far in sockets and lab.has_edge(socket.id, socket.far, "cable"):
                far_room, far = sockets[socket.far]
                (one, here), (other, there) = sorted(((socket, room), (far, far_room)), key=lambda end: end[0].id)
                status = lab.edges[one.id, other.id, "cable"]["status"]
                identity = f"{one.id}~{other.id}"
                found[identity] = Cable(identity, (one, other), (here.id, there.id), status)
        return tuple(found.values())

    def stacks(self, rooms: list[Room], lab: networkx.MultiGraph) -> tuple[Cable, ...]:
        """One for each edge of the graph to a lower device in another room."""
        sockets = {socket.id: (room, socket) for room in rooms for socket in room.plugs}
        found = []
        for upper_room, upper in sockets.values():
            if upper.lower in sockets and lab.has_edge(upper.id, upper.lower, "over"):
                room, lower = sockets[upper.lower]
                if room is not upper_room:
                    identity = f"{upper.id}^{lower.id}"
                    found.append(Cable(identity, (lower, upper), (room.id, upper_room.id), upper.fate, over=True))
        return tuple(found)
