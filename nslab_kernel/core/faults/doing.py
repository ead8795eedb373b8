"""What actions would do to a network, as far as breaking and fixing ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..effects import after
from ..model.diff import changes
from ..model.firewall import Rule
from ..model.network import Network
from ..operations.actions import Action, AddAddress, AddRoute
from ..operations.firewall_actions import AddFilterRule, DeleteFilterRule


def lost_things(before: Network, now: Network) -> Iterator[Action]:
    """The addresses and routes that are there no more."""
    for space in before.everywhere:
        left = now.get(space.name)
        assert left is not None
        for interface in space.interfaces:
            there = left.interface(interface.name)
            kept = {address.cidr for address in there.addresses} if there else set()
            for address in interface.addresses:
                if address.scope == "global" and address.cidr not in kept:
                    yield AddAddress(interface.name, address.cidr, space.name)
        for route in space.routes:
            if route.protocol != "kernel" and route not in left.routes:
                out = space.interface(route.interface)
                yield AddRoute(route, out.name if out else "", space.name)


def changes_something(network: Network, action: Action) -> bool:
    """Whether an action would change anything in a network."""
    if isinstance(action, AddFilterRule):  # which would add it a second time
        return not _has_rule(network, action)
    try:
        changed = after(network, (action,))
    except LookupError:
        return True  # what it is about is gone: that is not fixed yet
    return bool(changes(network, changed)) or _switches(network) != _switches(changed)


def _switches(network: Network) -> list[object]:
    """What `changes` leaves out: kernel parameters without events, and what bridge ports are doing."""
    return [
        ([pair for pair in space.sysctls if pair[1] != "0"], [i.port.state for i in space.interfaces if i.port])
        for space in network.everywhere
    ]


def _has_rule(network: Network, action: AddFilterRule) -> bool:
    return any(rule.text == action.rule.text for rule in _rules_like(network, action))


def with_handle(network: Network, action: Action) -> Action:
    """The same action, with the handle that its rule has now."""
    if not isinstance(action, DeleteFilterRule):
        return action
    now = next((rule for rule in _rules_like(network, action) if rule.text == action.rule.text), action.rule)
    return replace(action, rule=now)


def _rules_like(network: Network, action: AddFilterRule | DeleteFilterRule) -> Iterator[Rule]:
    """The rules of the chain that an action is about."""
    space, like = network.get(action.namespace), action.chain
    for chain in space.firewall.chains if space else ():
        if (chain.family, chain.table, chain.name) == (like.family, like.table, like.name):
            yield from chain.rules
