"""What a repair would break: other pairs that reach each other, a network without loops, the made-up internet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..model.network import HOST, Interface, Namespace, Network, Route
from ..operations import internet
from ..operations.actions import (
    Action,
    AddAddress,
    DeleteAddress,
    DeleteQdisc,
    DeleteRoute,
    DeleteTrafficFilter,
    SetBridge,
    SetLink,
    SetMaster,
    SetPort,
    SetUp,
)
from ..operations.firewall_actions import DeleteFilterRule, SetPolicy
from .branching import attempt
from .cabling import master_of, reach
from .owners import family_of, global_ones, holders
from .questions import Question
from .walk import Ways

_MOST_PAIRS = 8  # that are followed again for one repair
_LINKING = (SetPort, SetBridge, SetMaster, SetUp)
_LOOSENING = (SetPolicy, DeleteFilterRule, DeleteQdisc, DeleteTrafficFilter, SetPort, SetLink, SetUp)
"""Actions that only let more pass."""
_ISP = [address.partition("/")[0] for address in (*internet.PROVIDER_ADDRESSES, internet.SHARED_PROVIDER_ADDRESS)]


class Harm:
    """What repairs break in a network, beside what they are for."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._reached: dict[tuple[str, str], bool] = {}
        self._known: Ways = {}

    def by(self, repaired: Network, cleared: Iterable[Any]) -> bool:
        """Whether a network after some repairs is worse than the one before.

        Parameters
        ----------
        cleared
            The obstacles with their repairs.
        """
        actions = [action for obstacle in cleared for action in obstacle.repair]
        linking = any(isinstance(action, _LINKING) for action in actions)
        if linking and _goes_round(_settled(repaired)) and not _goes_round(self._network):
            return True
        touched = {getattr(action, "namespace", HOST) for action in actions if not self._is_loosening(action)}
        if not touched:
            return False
        known: Ways = {}
        return any(
            attempt(repaired, Question(*pair), (), known).arrives is False and self._reaches(*pair)
            for pair in _pairs(self._network, touched)
        )

    def _is_loosening(self, action: Action) -> bool:
        """Whether an action only lets more pass; so does an address that nobody has, where none and no route is yet."""
        if not isinstance(action, AddAddress):
            return isinstance(action, _LOOSENING)
        space, ip = self._network.get(action.namespace), action.cidr.partition("/")[0]
        family = family_of(ip)
        if space is None or any(holders(self._network, ip)):
            return False
        bare = not any(global_ones(interface, family) for interface in space.interfaces)
        return bare and not any(route.family == family and not _is_born(route) for route in space.routes)

    def _reaches(self, source: str, target: str) -> bool:
        pair = source, target
        if pair not in self._reached:
            self._reached[pair] = attempt(self._network, Question(source, target), (), self._known).arrives is True
        return self._reached[pair]


def _pairs(network: Network, touched: set[str]) -> list[tuple[str, str]]:
    """Who might notice, with the address that each is asked for: those that are changed and all others, each way."""
    own = {space.name: address for space in network.everywhere if (address := _address(space))}
    near = [name for name in own if name in touched]
    far = [name for name in own if name not in touched]
    pairs = [pair for one in near for other in far for pair in ((one, own[other]), (other, own[one]))]
    pairs += [(one, own[other]) for one in far for other in far if one != other]
    return pairs[:_MOST_PAIRS]


def _is_born(route: Route) -> bool:
    """Whether the kernel made a route by itself, for the addresses that every interface has (fe80::/64, ff00::/8)."""
    return route.protocol == "kernel" and route.destination in ("fe80::/64", "ff00::/8")


def _address(space: Namespace) -> str:
    addresses = (a.ip for i in space.interfaces if not i.is_loopback for a in global_ones(i))
    return next(addresses, "")


def _settled(network: Network) -> Network:
    """The network when ports of bridges without a spanning tree no longer wait."""
    spaces = [
        replace(space, interfaces=tuple(_waited(space, i) for i in space.interfaces)) for space in network.everywhere
    ]
    return replace(network, host=spaces[0], namespaces=tuple(spaces[1:]))


def _waited(space: Namespace, interface: Interface) -> Interface:
    bridge = master_of(space, interface)
    if interface.port and interface.port.state in ("listening", "learning") and bridge and bridge.bridge:
        state = interface.port.state if bridge.bridge.stp else "forwarding"
        return replace(interface, port=replace(interface.port, state=state))
    return interface


def _goes_round(network: Network) -> bool:
    """Whether frames can go round in a circle of bridges, one of which has no spanning tree to prevent it."""
    return any(
        interface.bridge and not interface.bridge.stp and reach(network, space, interface).round
        for space in network.everywhere
        for interface in space.interfaces
        if sum(1 for port in space.ports(interface) if _leads_to_bridge(network, space, port)) > 1
    )


def _leads_to_bridge(network: Network, space: Namespace, port: Any) -> bool:
    far = network.peer(port)
    return far is not None and master_of(*far) is not None and master_of(space, port) is not None


def touches_internet(network: Network, action: Action) -> bool:
    """Whether an action changes what `%netns_internet` made: it is right, so the cause is elsewhere."""
    if not all(network.get(name) for name in internet.NAMESPACES):
        return False
    if getattr(action, "namespace", HOST) in internet.NAMESPACES:
        return True
    if isinstance(action, DeleteAddress):
        return action.cidr in (*internet.HOST_ADDRESSES, internet.SHARED_HOST_ADDRESS)
    return isinstance(action, DeleteRoute) and action.route.gateway in _ISP
