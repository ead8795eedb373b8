"""Whether an action touches only what the lab made: the check of host mode (see `host_mode`)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import NslabError
from ..model.network import HOST, Interface, Namespace, Network, Route
from ..translation import _
from .actions import (
    Action,
    AddAddress,
    AddBridge,
    AddNamespace,
    AddRoute,
    AddVeth,
    DeleteAddress,
    DeleteFiles,
    DeleteInterface,
    DeleteNamespace,
    DeleteRoute,
    EndProcesses,
    Nft,
    SetAlias,
    SetDown,
    SetMaster,
    SetSysctl,
    SetUp,
)
from .connect import SetResolver, UnsetResolver
from .nat import FORWARDING, TABLE, default_route, remembered, switched_off
from .plans import Remains, ending, forgetting, removable

TAG = "nslab"
"""The alias of what the lab made in host mode."""


@dataclass(frozen=True)
class MachineFacts:
    """What a machine has beyond its network that the lab must not touch."""

    files: frozenset[str] = frozenset()  # the names in /etc/netns
    client: str = ""  # the address from which the user is logged in, by SSH


def own_namespaces(network: Network) -> set[str]:
    """The names of the namespaces that the lab made."""
    return {place.name for place in network.namespaces if place.kind == "named" and is_tagged(place.interface("lo"))}


def carries_user(host: Namespace, client: str) -> set[str]:
    """The names of the interfaces that the user's own connection may go by: towards the client, and by default."""
    routes = [route for route in host.routes if route.destination == "default"]
    if client:
        here = ipaddress.ip_address(client)
        routes += [
            route
            for route in host.routes
            if route.destination != "default" and here in ipaddress.ip_network(route.destination)
        ]
    found = (host.interface(route.interface) for route in routes)
    return {interface.name for interface in found if interface and not interface.is_loopback}


@dataclass
class Guard:
    """Checks one action after the other; what one makes, the next may touch."""

    network: Network
    around: MachineFacts
    namespaces: set[str] = field(init=False)
    interfaces: set[str] = field(init=False)  # of the host

    def __post_init__(self) -> None:
        self.namespaces = own_namespaces(self.network)
        self.interfaces = {interface.name for interface in self.network.host.interfaces if is_tagged(interface)}

    def check(self, action: Action) -> None:
        """Raise `NslabError` if an action touches anything else; otherwise the next may touch what it makes."""
        match action:
            case AddNamespace(name):
                self._new_namespace(name)
            case AddBridge(name, namespace):
                self._new_interface(name, namespace)
            case AddVeth(name, peer, peer_namespace, namespace):
                self._new_interface(name, namespace)
                self._new_interface(peer, peer_namespace)
            case AddAddress(name, cidr, namespace):
                self._own(name, namespace)
                self._refuse_overlap(cidr)
            case DeleteAddress(name, _, namespace) | SetUp(name, namespace) | SetDown(name, namespace):
                self._own(name, namespace)
            case DeleteInterface(name, namespace) | SetMaster(name, _, namespace) | SetAlias(name, _, namespace):
                self._own(name, namespace)
            case DeleteNamespace(name) | DeleteFiles(name) | EndProcesses(_, name):
                self._inside(name)
            case AddRoute(route, interface, namespace) | DeleteRoute(route, interface, namespace):
                self._own(interface or self._towards(route.gateway or ""), namespace)
            case SetSysctl(name, value, namespace):
                self._parameter(name, value, namespace)
            case Nft(commands, namespace):
                self._rules(commands, namespace)
            case SetResolver(_, namespace) | UnsetResolver(namespace):
                self._inside(namespace)
            case _:
                raise NslabError(
                    _("That isn't done to a real machine."), _("By hand it is `{command}`.", command=action.command())
                )

    def _new_namespace(self, name: str) -> None:
        if name in self.around.files:
            raise NslabError(
                _(
                    "This machine has files for a namespace {name} in /etc/netns/{name}, which are not nslab's.",
                    name=name,
                ),
                _("Choose another name."),
            )
        self.namespaces.add(name)

    def _new_interface(self, name: str, namespace: str) -> None:
        if namespace == HOST:
            self.interfaces.add(name)
        else:
            self._inside(namespace)

    def _inside(self, namespace: str) -> None:
        if namespace == HOST:
            raise NslabError(
                _("That would change a file of this machine's own, and nothing would tell it from what was there."),
                _("Do it in a namespace that nslab made."),
            )
        if namespace not in self.namespaces:
            place = self.network.get(namespace)
            raise NslabError(
                _("{title} wasn't made by nslab, so it stays as it is.", title=place.title if place else namespace),
                _("`%netns_attach` makes a namespace of your own."),
            )

    def _own(self, name: str, namespace: str) -> None:
        if namespace != HOST:
            self._inside(namespace)
        elif name not in self.interfaces:
            carries = name in carries_user(self.network.host, self.around.client)
            raise NslabError(
                _("{name} carries this machine's own connection, so it stays as it is.", name=name)
                if carries
                else _("{name} wasn't made by nslab, so it stays as it is.", name=name),
                _("`%netns_bridge` makes a bridge of your own."),
            )

    def _towards(self, gateway: str) -> str:
        """The host's interface that a gateway is a neighbour on."""
        for interface in self.network.host.interfaces:
            for address in interface.addresses:
                if _holds(address.network, gateway):
                    return interface.name
        return gateway

    def _refuse_overlap(self, cidr: str) -> None:
        mine = ipaddress.ip_interface(cidr).network
        for route in self.network.host.routes:
            if route.destination == "default" or (":" in route.destination) != (mine.version == 6):
                continue
            interface = self.network.host.interface(route.interface)
            ours = interface is not None and interface.name in self.interfaces
            # The subnet of a bridge, Docker's say, is that of the namespaces plugged into it.
            its_own = interface is not None and interface.kind == "bridge" and route.destination == str(mine)
            if (
                not ours
                and not its_own
                and route.kind != "local"
                and mine.overlaps(ipaddress.ip_network(route.destination))
            ):
                goal = route.destination
                raise NslabError(
                    _(
                        "{cidr} lies in {mine}, which overlaps {goal}, a route of this machine by {name}.",
                        cidr=cidr,
                        mine=mine,
                        goal=goal,
                        name=interface.name,
                    )
                    if interface
                    else _(
                        "{cidr} lies in {mine}, which overlaps {goal}, a route of this machine as {kind}.",
                        cidr=cidr,
                        mine=mine,
                        goal=goal,
                        kind=route.kind,
                    ),
                    _("Choose another subnet; `ip route` shows those in use."),
                )

    def _parameter(self, name: str, value: str, namespace: str) -> None:
        if namespace != HOST:
            self._inside(namespace)
        elif name not in FORWARDING.values():
            raise NslabError(
                _("{name} is a setting of this machine, so it stays as it is.", name=name), _("Set it in a namespace.")
            )
        elif (name, value) == (FORWARDING[6], "1") and _is_advertised(default_route(self.network.host, 6)):
            raise NslabError(
                _(
                    "This machine's IPv6 default route comes by router advertisements, which a "
                    "router ignores: with IPv6 forwarding it would lose that route."
                ),
                _("Give the bridge an IPv4 address alone."),
            )

    def _rules(self, commands: str, namespace: str) -> None:
        if namespace != HOST:
            return self._inside(namespace)
        own = {
            address.ip
            for place in self.network.namespaces
            if place.name in self.namespaces
            for interface in place.interfaces
            for address in interface.addresses
        }
        for line in commands.splitlines():
            words = line.replace(",", " ").split()
            if words[3:4] != [TABLE]:
                raise NslabError(
                    _("Rules in other tables of this machine stay as they are."), _("`sudo nft` changes them.")
                )
            if words[:4] == ["add", "rule", "inet", TABLE] and not own.intersection(words):
                raise NslabError(
                    _("A rule for all packets of this machine could cut your own connection to it."),
                    _("Say which namespace it is about: `--from ns1` or `--to ns1`."),
                )
        return None


def is_tagged(interface: Interface | None) -> bool:
    """Whether the lab made an interface."""
    return interface is not None and interface.alias == TAG


def _is_advertised(route: Route | None) -> bool:
    """Whether a router announced it (RFC 4861)."""
    return route is not None and route.protocol == "ra"


def _holds(subnet: str, ip: str) -> bool:
    try:
        return ipaddress.ip_address(ip) in ipaddress.ip_network(subnet)
    except ValueError:
        return False


def guarded(network: Network, actions: Sequence[Action], around: MachineFacts) -> tuple[Action, ...]:
    """The same plan, with a mark on everything that it makes.

    Raises
    ------
    NslabError
        If it would touch anything that the lab didn't make; it says what.
    """
    guard = Guard(network, around)
    for action in actions:
        if isinstance(action, DeleteNamespace):
            guard.check(action)  # first: a foreign namespace is to be told by its name, not by a cable of it
    marked: list[Action] = []
    for action in actions:
        guard.check(action)
        marked.append(action)
        match action:
            case AddNamespace(name):
                marked.append(SetAlias("lo", TAG, name))
            case AddVeth(_, name, namespace, there) if namespace == HOST != there:
                marked.append(SetAlias(name, TAG))
            case AddBridge(name, namespace) | AddVeth(name, _, _, namespace):
                marked.append(SetAlias(name, TAG, namespace))
    return tuple(marked)


def reset(network: Network, remains: Mapping[str, Remains]) -> tuple[Action, ...]:
    """Remove what the lab made, and nothing else; forwarding that it switched on goes off again."""
    ours = sorted(own_namespaces(network))
    left = {name: remains.get(name, Remains()) for name in ours}
    planned: list[Action] = []
    for name in ours:
        planned += ending(name, left[name])
    planned += [DeleteInterface(interface.name) for interface in removable(network) if is_tagged(interface)]
    planned += [DeleteNamespace(name) for name in ours]
    for name in ours:
        planned += forgetting(name, left[name])
    tables = dict.fromkeys(chain.family for chain in network.host.firewall.chains if chain.table == TABLE)
    planned += [Nft(f"delete table {family} {TABLE}") for family in tables if family in ("ip", "inet")]
    planned += switched_off(network.host, remembered(network.host))
    return tuple(planned)
