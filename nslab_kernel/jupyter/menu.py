"""What can be done with a thing of a picture: the entries of its menu, each with the command that it runs.

A menu is read off the network as it is now, so an entry that would change nothing (bring up what is up) isn't there.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable
from shlex import quote
from typing import Any

from ..core.model.network import HOST, Interface, Namespace, Network
from ..core.operations.actions import ip
from ..core.translation import _, all_translated

Entry = dict[str, Any]

_MOST_TARGETS = 12
_WORDS = {
    "host": _("the host"),
    "namespace": _("namespace"),
    "interface": _("interface"),
    "bridge": _("bridge"),
    "cable": _("cable"),
    "terminal": _("Terminal in {0}"),
    "ping": _("Ping from {0}"),
    "why": _("Why no answer?"),
    "trace": _("Follow a packet"),
    "another": _("Another address …"),
    "address or name": _("Address or name"),
    "lo up": _("Bring lo up"),
    "up": _("Set up"),
    "down": _("Set down"),
    "unplug": _("Unplug from {0}"),
    "plug": _("Plug into {0}"),
    "cut": _("Unplug"),
    "join": _("Plug in"),
    "delete": _("Delete {0}"),
    "copy": _("Copy “{0}”"),
    "counters": _("Counters"),
    "packets": _("Watch packets for 5 seconds"),
    "add address": _("Add an address …"),
    "address": _("Address with its prefix length"),
    "attach": _("Attach a namespace …"),
    "name and address": _("Name and address"),
    "learned": _("What it has learned"),
    "addresses": _("Addresses"),
    "rules": _("Firewall rules"),
    "routes": _("Routes"),
    "reset": _("Reset the lab"),
}


def menu(network: Network, thing: str, language: str, *, magics: Collection[str] = (), acting: bool = True) -> Entry:
    """The menu of a thing.

    Parameters
    ----------
    network
        The lab as it is now.
    thing
        The ``data-id`` of a thing in a picture: ``ns1``, ``ns1/eth0``, ``host/br0``, ``host/veth-ns1~ns1/eth0``.
    language
        ``en`` or ``zh``.
    magics
        Names of the line magics that there are; an entry that needs another one is left out.
    acting
        Whether entries that change the network are wanted; a real machine's pictures are only to be looked at.

    Returns
    -------
    dict
        ``title``, ``subtitle`` and ``entries``. An entry has ``label``, ``icon``, ``kind`` (``cell``: a new cell runs
        ``source``; ``run``: it runs at once, and ``undo`` takes it back; ``terminal``, ``copy``; ``ask``: a word is
        asked for and put in the place of ``…``; ``more``: a menu of its own in ``entries``) and ``command``, which
        stands beside the label. None separates two groups. Without entries where the thing isn't there any more.
    """
    return _Menu(network, language, magics, acting).of(thing)


class _Menu:
    def __init__(self, network: Network, language: str, magics: Collection[str], acting: bool) -> None:
        self.network = network
        self.words = all_translated(_WORDS, language)
        self.magics = magics
        self.acting = acting

    def of(self, thing: str) -> Entry:
        one, _, other = thing.partition("~")
        if other:
            ends = [end for end in (self._interface(one), self._interface(other)) if end]
            return self._cable(*ends[0], *ends[1]) if len(ends) == 2 else self._empty(thing)
        place = thing.partition("#")[0]
        found = self._interface(place)
        if found:
            return self._bridge(*found) if found[1].kind == "bridge" else self._plug(*found)
        namespace = self.network.get(place.partition("/")[0])
        return self._namespace(namespace) if namespace else self._empty(thing)

    def _interface(self, thing: str) -> tuple[Namespace, Interface] | None:
        name, _, interface = thing.partition("/")
        namespace = self.network.get(name)
        found = namespace.interface(interface) if namespace and interface else None
        return (namespace, found) if namespace and found else None

    def _empty(self, thing: str) -> Entry:
        return {"title": thing, "subtitle": "", "entries": []}

    def _titled(self, title: str, kind: str, *groups: Iterable[Entry | None]) -> Entry:
        entries: list[Entry | None] = []
        for group in groups:
            wanted = [entry for entry in group if entry]
            if wanted:
                entries += [*([None] if entries else []), *wanted]
        return {"title": title, "subtitle": self.words[kind], "entries": entries}

    def _say(self, key: str, *values: str) -> str:
        return self.words[key].format(*values)

    # the things

    def _namespace(self, namespace: Namespace) -> Entry:
        name = namespace.name
        shown = self.network.hostname if name == HOST else namespace.title
        loopback = next((interface for interface in namespace.interfaces if interface.is_loopback), None)
        unset = loopback is not None and not loopback.up
        head = f"%%netns {name}"
        return self._titled(
            shown,
            "host" if name == HOST else "namespace",
            [
                self._terminal(name, shown),
                self._targets(namespace, shown, "ping", "live", f"%netns {name} ping -c 1 {{0}}"),
                self._targets(namespace, shown, "why", "why", f"%netns_why {name} {{0}}"),
                self._targets(namespace, shown, "trace", "trace", f"%netns_trace {name} ping -c 1 {{0}}")
                if "netns_trace" in self.magics
                else None,
                self._cell("routes", "list", f"%netns {name} ip route"),
            ],
            [
                self._switch("lo up", ip(name, "link", "set", "lo", "up"), ip(name, "link", "set", "lo", "down"))
                if unset
                else None,
                *self._unplugging(namespace),
            ],
            [
                self._magic_cell("delete", "trash", f"!sudo ip netns del {name}", name, danger=True)
                if name != HOST and namespace.kind == "named"
                else None,
                self._magic_cell("reset", "reset", "%netns_reset", danger=True) if name == HOST else None,
            ],
            [{"label": self._say("copy", head), "icon": "copy", "kind": "copy", "source": head, "command": ""}],
        )

    def _plug(self, namespace: Namespace, interface: Interface) -> Entry:
        name, device = namespace.name, interface.name
        peer = self.network.peer(interface)
        return self._titled(
            device,
            "interface",
            [
                self._terminal(name, self.network.hostname if name == HOST else namespace.title),
                self._cell("addresses", "list", f"%netns {name} ip address show dev {quote(device)}"),
                self._cell("counters", "list", f"%netns {name} ip -s link show dev {quote(device)}"),
                self._packets(name, device) if interface.up else None,
            ],
            [
                self._up_or_down(name, interface),
                *self._mastered(namespace, interface),
                self._asking("add address", "plus", f"!{ip(name, 'address', 'add')} … dev {quote(device)}", "address"),
            ],
            [
                self._magic_cell("delete", "trash", f"!{ip(name, 'link', 'del', 'dev', device)}", device, danger=True)
                if peer or interface.kind not in ("", "loopback")
                else None
            ],
        )

    def _bridge(self, namespace: Namespace, bridge: Interface) -> Entry:
        name, device = namespace.name, bridge.name
        attaching = (
            self._asking(
                "attach",
                "plug",
                f"%netns_attach {quote(device)} …",
                "name and address",
                self._next_namespace(namespace, bridge),
            )
            if name == HOST
            else None
        )
        return self._titled(
            device,
            "bridge",
            [
                self._cell("learned", "list", f"%netns {name} bridge fdb show br {quote(device)}"),
                self._cell("addresses", "list", f"%netns {name} ip address show dev {quote(device)}"),
                self._packets(name, device) if bridge.up else None,
            ],
            [
                self._up_or_down(name, bridge),
                attaching,
                self._asking("add address", "plus", f"!{ip(name, 'address', 'add')} … dev {quote(device)}", "address"),
            ],
            [self._magic_cell("delete", "trash", f"!{ip(name, 'link', 'del', 'dev', device)}", device, danger=True)],
        )

    def _cable(self, here: Namespace, one: Interface, there: Namespace, other: Interface) -> Entry:
        down = [(place.name, end) for place, end in ((here, one), (there, other)) if not end.up]
        if down:
            switches = [
                self._switch(
                    "join", ip(name, "link", "set", end.name, "up"), ip(name, "link", "set", end.name, "down"), "plug"
                )
                for name, end in down
            ]
        else:
            up, cut = (ip(here.name, "link", "set", one.name, to) for to in ("up", "down"))
            switches = [self._switch("cut", cut, up, "plug")]
        return self._titled(
            f"{one.name} ⇄ {other.name}",
            "cable",
            [self._packets(here.name, one.name) if one.up else None],
            switches,
            [
                self._magic_cell(
                    "delete", "trash", f"!{ip(here.name, 'link', 'del', 'dev', one.name)}", one.name, danger=True
                )
            ],
        )

    # their entries

    def _terminal(self, name: str, shown: str) -> Entry:
        command = "%netns_shell" if name == HOST else f"%netns_shell {name}"
        label = self._say("terminal", shown)
        return {"label": label, "icon": "terminal", "kind": "terminal", "command": command, "namespace": name}

    def _cell(self, label: str, icon: str, source: str, *values: str) -> Entry:
        return {
            "label": self._say(label, *values),
            "icon": icon,
            "kind": "cell",
            "source": source,
            "command": source.lstrip("!"),
        }

    def _magic_cell(self, label: str, icon: str, source: str, *values: str, danger: bool = False) -> Entry | None:
        return {**self._cell(label, icon, source, *values), "danger": danger} if self.acting else None

    def _packets(self, name: str, device: str) -> Entry:
        return self._cell("packets", "trace", f"%netns {name} timeout 5 tcpdump -n -i {quote(device)} || true")

    def _switch(self, label: str, command: str, undo: str, icon: str = "power", *values: str) -> Entry | None:
        if not self.acting:
            return None
        return {
            "label": self._say(label, *values),
            "icon": icon,
            "kind": "run",
            "source": command,
            "command": command,
            "undo": undo,
        }

    def _up_or_down(self, name: str, interface: Interface) -> Entry | None:
        up, down = (ip(name, "link", "set", interface.name, to) for to in ("up", "down"))
        return self._switch("down", down, up) if interface.up else self._switch("up", up, down)

    def _mastered(self, namespace: Namespace, interface: Interface) -> list[Entry | None]:
        """Unplug a port from its bridge; plug a loose veth into one that there is."""
        name, device = namespace.name, interface.name
        out = ip(name, "link", "set", device, "nomaster")
        master = namespace.interface(interface.master)
        if master:
            back = ip(name, "link", "set", device, "master", master.name)
            return [self._switch("unplug", out, back, "plug", master.name)]
        if interface.kind != "veth" or interface.addresses:
            return []
        bridges = [bridge.name for bridge in namespace.interfaces if bridge.kind == "bridge"]
        return [
            self._switch("plug", ip(name, "link", "set", device, "master", bridge), out, "plug", bridge)
            for bridge in bridges
        ]

    def _unplugging(self, namespace: Namespace) -> list[Entry | None]:
        """What unplugs a namespace from its bridges."""
        found: list[Entry | None] = []
        for interface in namespace.interfaces:
            peer = self.network.peer(interface)
            if peer and peer[0] is not namespace and peer[0].interface(peer[1].master):
                found += self._mastered(*peer)
        return found

    def _asking(self, label: str, icon: str, source: str, asked: str, proposed: str = "") -> Entry | None:
        if not self.acting:
            return None
        return {**self._cell(label, icon, source), "kind": "ask", "asked": self.words[asked], "proposed": proposed}

    def _targets(self, namespace: Namespace, shown: str, label: str, icon: str, source: str) -> Entry:
        entries: list[Entry] = []
        for title, address in self._addresses(namespace):
            filled = source.format(address)
            entries.append({"label": title, "icon": "", "kind": "cell", "source": filled, "command": address})
        other = {
            **self._cell("another", "", source.format("…")),
            "kind": "ask",
            "asked": self.words["address or name"],
            "command": "",
        }
        return {
            "label": self._say(label, shown),
            "icon": icon,
            "kind": "more",
            "command": source.format("…"),
            "entries": [*entries[:_MOST_TARGETS], other],
        }

    def _addresses(self, source: Namespace) -> list[tuple[str, str]]:
        """Who could be reached: a title and an address for each other namespace."""
        found = []
        for namespace in self.network.everywhere:
            title = self.network.hostname if namespace.name == HOST else namespace.title
            given = _first_addresses(namespace)
            if namespace is not source and given:
                found.append((title, given[0]))
        return found

    def _next_namespace(self, namespace: Namespace, bridge: Interface) -> str:
        """A name and an address for one more namespace on a bridge: the next of those that are there."""
        names = {other.name for other in self.network.everywhere}
        name = next(f"ns{number}" for number in range(1, len(names) + 2) if f"ns{number}" not in names)
        there = [
            address
            for port in namespace.ports(bridge)
            for peer in [self.network.peer(port)]
            if peer
            for address in peer[1].addresses
            if address.family == 4
        ] or [address for address in bridge.addresses if address.family == 4]
        if not there:
            return name
        last = max(there, key=lambda address: ipaddress.IPv4Address(address.ip))
        following = ipaddress.IPv4Address(last.ip) + 1
        inside = following in ipaddress.ip_network(last.network)
        return f"{name} {following}/{last.prefix}" if inside else name


def first_address(namespace: Namespace) -> str:
    """The address by which a namespace can be reached from elsewhere: IPv4 if it has one; empty without any."""
    return next(iter(_first_addresses(namespace)), "")


def _first_addresses(namespace: Namespace) -> list[str]:
    given = [
        address
        for interface in namespace.interfaces
        if not interface.is_loopback
        for address in interface.addresses
        if address.scope == "global"
    ]
    return [address.ip for address in sorted(given, key=lambda address: address.family)]
