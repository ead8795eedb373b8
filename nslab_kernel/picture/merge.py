"""Two snapshots made into one view."""

from __future__ import annotations

from dataclasses import replace

from ..core.changes import changes, condition, summary
from ..core.missing import missing
from ..core.namespace_changes import route_text
from ..core.network import HOST, Address, Interface, Namespace, Network, Route
from ..core.order import natural
from .details import room_details, shown_addresses, socket_details
from .fates import Fates
from .notes import notes
from .outside import outside, uplinks
from .view import Cable, Fact, Room, Socket, View
from .words import word

_PAIRS = ("veth", "netkit")  # kinds of interfaces that come in twos, joined by a cable


def view(network: Network, before: Network | None, language: str, mac: bool, hidden: dict[str, int]) -> View:
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
    """
    found = changes(before, network) if before else ()
    merged = _Merge(network, before or network, Fates(found), language)
    beyond = outside(network) | (outside(before) if before else frozenset())
    rooms = merged.rooms()
    return View(
        language,
        rooms[0],
        tuple(room for room in rooms[1:] if room.id not in beyond),
        tuple(room for room in rooms[1:] if room.id in beyond),
        merged.cables(rooms),
        _caption(summary(found, language), missing(network, language), language),
        tuple((f"{HOST}/{name}", count) for name, count in hidden.items()),
        mac,
    )


def _caption(done: str, left: str, language: str) -> str:
    stop, space = ("。", "") if language == "zh" else (".", " ")
    sentences = [done, word("still missing", language, left) if left else ""]
    return space.join(sentence + stop for sentence in sentences if sentence)


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
        live = {n.name: self._room(self.network, n, self.before.get(n.name)) for n in self.network.everywhere}
        for namespace in self.before.everywhere:
            if namespace.name not in live:
                live[namespace.name] = self._ghost(namespace)
        host = live.pop(HOST)
        return [host, *sorted(live.values(), key=lambda room: natural(room.id))]

    def _room(self, network: Network, namespace: Namespace, earlier: Namespace | None) -> Room:
        fate = self.fates.namespace(namespace.name)
        sockets = [self._socket(network, namespace, interface) for interface in namespace.interfaces
                   if not interface.is_loopback]  # fmt: skip
        if earlier is not None and fate != "new":
            sockets += [
                replace(self._socket(self.before, earlier, interface), fate="removed")
                for interface in earlier.interfaces
                if self.fates.removed(namespace.name, interface.name) and not namespace.interface(interface.name)
            ]
        return self._furnished(namespace, sockets, fate, self._facts(namespace, earlier if fate != "new" else None))

    def _ghost(self, namespace: Namespace) -> Room:
        sockets = [replace(self._socket(self.before, namespace, interface), fate="removed")
                   for interface in namespace.interfaces if not interface.is_loopback]  # fmt: skip
        return self._furnished(namespace, sockets, "removed", ())

    def _furnished(self, namespace: Namespace, sockets: list[Socket], fate: str, facts: tuple[Fact, ...]) -> Room:
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

    def _loopback(self, namespace: Namespace) -> Fact | None:
        loopback = next((interface for interface in namespace.interfaces if interface.is_loopback), None)
        if loopback is None:
            return None
        fate = "" if self.fates.namespace(namespace.name) == "new" else self.fates.interface(namespace.name, "lo")
        return Fact("up" if loopback.up else "down", fate)

    def _socket(self, network: Network, namespace: Namespace, interface: Interface) -> Socket:
        where, name = namespace.name, interface.name
        far = network.peer(interface)
        paired = far is not None and interface.kind in _PAIRS
        master = namespace.interface(interface.master)
        return Socket(
            f"{where}/{name}",
            name,
            interface.kind,
            condition(interface),
            self._addresses(where, interface),
            interface.mac,
            self.fates.interface(where, name),
            f"{far[0].name}/{far[1].name}" if far and paired else "",
            self._far_text(far) if far and paired else "",
            f"{where}/{master.name}" if master and master.kind == "bridge" else "",
            self._remark(interface, master, far[1] if far and not paired else None, in_host=where == HOST),
            where == HOST and name in self._uplinks,
            socket_details(namespace, interface, self.language),
        )

    def _far_text(self, far: tuple[Namespace, Interface]) -> str:
        namespace, interface = far
        master = namespace.interface(interface.master)
        if master is not None:
            return f"⇄ {interface.name} ({master.name})"
        return word("ends in", self.language, interface.name, namespace.title)

    def _addresses(self, where: str, interface: Interface) -> tuple[Fact, ...]:
        shown = shown_addresses(interface)
        return (
            *(Fact(_address_text(a), self.fates.address(where, interface.name, a.cidr)) for a in shown),
            *(Fact(text, "removed") for text in self.fates.removed_addresses(where, interface.name)),
        )

    def _remark(
        self, interface: Interface, master: Interface | None, parent: Interface | None, *, in_host: bool
    ) -> str:
        remarks = []
        if parent is not None:
            remarks.append(word("on", self.language, parent.name))
        if master is not None and (master.kind != "bridge" or not in_host):
            remarks.append(word("port of", self.language, master.name))
        if interface.port is not None and interface.port.state in ("blocking", "listening", "learning"):
            remarks.append(interface.port.state)
        if interface.port is not None and interface.port.isolated:
            remarks.append(word("isolated", self.language))
        if interface.bridge is not None and interface.bridge.stp:
            remarks.append("STP")
        return " · ".join(remarks)

    def _facts(self, namespace: Namespace, earlier: Namespace | None) -> tuple[Fact, ...]:
        """Routes and notes, those that came and those that went marked."""
        now = _facts_of(self.network, namespace, self.language)
        then = _facts_of(self.before, earlier, self.language) if earlier else now
        texts, known = {fact.text for fact in now}, {fact.text for fact in then}
        was_forwarding = any(fact.kind == "forward" for fact in then)
        return (
            *(
                fact
                if fact.text in known or (fact.kind == "unforward" and not was_forwarding)
                else replace(fact, fate="new")
                for fact in now
            ),
            *(replace(fact, fate="removed") for fact in then if fact.text not in texts and "forward" not in fact.kind),
        )

    def cables(self, rooms: list[Room]) -> tuple[Cable, ...]:
        """One for each veth pair with both ends in sight."""
        sockets = {socket.id: (room, socket) for room in rooms for socket in room.plugs}
        found: dict[str, Cable] = {}
        for room, socket in sockets.values():
            if socket.far not in sockets:
                continue
            far_room, far = sockets[socket.far]
            if far.far != socket.id:
                continue
            (one, here), (other, there) = sorted(((socket, room), (far, far_room)), key=lambda end: end[0].id)
            fate = next((f for f in ("removed", "new", "moved", "changed") if f in (one.fate, other.fate)), "")
            cable = Cable(f"{one.id}~{other.id}", (one, other), (here.id, there.id), fate)
            found[cable.id] = cable
        return tuple(found.values())


def _facts_of(network: Network, namespace: Namespace, language: str) -> list[Fact]:
    typed = [route for route in namespace.routes if route.table == 254 and route.protocol != "kernel"]
    facts = [Fact(_route(namespace, route), "", "route", route_text(namespace, route)) for route in typed]
    leads_out = namespace.name == HOST and bool(outside(network))
    found = notes(network, namespace, language, routes_out=leads_out)
    return [*facts, *(Fact(note.text, "", note.kind, note.details) for note in found)]


def _route(namespace: Namespace, route: Route) -> str:
    if route.kind != "unicast":
        return f"{route.kind} {route.destination}"
    interface = namespace.interface(route.interface)
    return f"{route.destination} → {route.gateway or (interface.name if interface else '?')}"


def _address_text(address: Address) -> str:
    return f"{address.cidr} dadfailed" if address.dadfailed else address.cidr
