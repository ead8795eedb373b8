"""How a network differs from the one that was expected, when it was built at another time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from ..model.diff import Change, changes
from ..model.firewall import Ruleset
from ..model.network import Address, Interface, Namespace, Network

Line = TypeVar("Line", bound=Any)


def comparable(network: Network) -> Network:
    """The same network without what the kernel chooses anew each time it is built.

    Two labs that were built alike are equal in this form. Left out are interface indexes (numbered by name
    instead), MAC addresses and the link-local addresses made from them, inodes, rule handles, learnt neighbours,
    listeners, the host's name, the cost of a bridge port (from the speed that it had when it was plugged in),
    and passing states: duplicate address detection, what a bridge port is just doing, and the operstate, which says
    no more than up and carrier do, but later and not always (RFC 2863's "unknown").
    """
    numbers = {
        namespace.name: {interface.index: number for number, interface in enumerate(_by_name(namespace), start=1)}
        for namespace in network.everywhere
    }
    namespaces = tuple(_comparable_namespace(namespace, numbers) for namespace in network.namespaces)
    return Network(_comparable_namespace(network.host, numbers), tuple(sorted(namespaces, key=lambda n: n.name)), "")


def is_automatic(address: Address) -> bool:
    """Whether the kernel made an address from a MAC address: link-local, with ff:fe in its middle (RFC 4291, A)."""
    groups = address.ip.split(":")
    return (
        address.scope == "link"
        and address.prefix == 64
        and len(groups) >= 4
        and groups[-3].endswith("ff")
        and groups[-2].zfill(4).startswith("fe")
    )


def _by_name(namespace: Namespace) -> list[Interface]:
    return sorted(namespace.interfaces, key=lambda interface: interface.name)


def _comparable_namespace(namespace: Namespace, numbers: dict[str, dict[int, int]]) -> Namespace:
    own = numbers[namespace.name]
    return replace(
        namespace,
        inode=0,
        interfaces=tuple(_interface(interface, own, numbers) for interface in _by_name(namespace)),
        routes=tuple(
            sorted((replace(route, interface=own.get(route.interface or 0)) for route in namespace.routes), key=repr)
        ),
        rules=tuple(sorted(namespace.rules, key=repr)),
        neighbours=tuple(
            sorted(
                (
                    replace(neighbour, interface=own.get(neighbour.interface, 0))
                    for neighbour in namespace.neighbours
                    if neighbour.state == "PERMANENT"
                ),
                key=repr,
            )
        ),
        firewall=_ruleset(namespace.firewall),
        listeners=(),
        local_routes=_renumbered_lines(own, (r for r in namespace.local_routes if r.protocol != "kernel")),
        nexthops=_renumbered_lines(own, namespace.nexthops),
        proxies=_renumbered_lines(own, namespace.proxies),
        forwarding=_renumbered_lines(own, (e for e in namespace.forwarding if e.state != "learnt")),
        qdiscs=_renumbered_lines(own, namespace.qdiscs),
        filters=_renumbered_lines(own, namespace.filters),
    )


def _renumbered_lines(own: Mapping[int, int], lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines of a table that are each about an interface, with its new number and in a certain order."""
    return tuple(sorted((replace(line, interface=own.get(line.interface or 0)) for line in lines), key=repr))


def _interface(interface: Interface, own: dict[int, int], numbers: dict[str, dict[int, int]]) -> Interface:
    there, below = (numbers.get(name or "", {}) for name in (interface.peer_namespace, interface.lower_namespace))
    addresses = (
        replace(address, tentative=False, dadfailed=False)
        for address in interface.addresses
        if not is_automatic(address)
    )
    return replace(
        interface,
        index=own[interface.index],
        mac="",
        state="",
        master=own.get(interface.master or 0),
        peer_index=there.get(interface.peer_index or 0),
        lower_index=below.get(interface.lower_index or 0),
        addresses=tuple(sorted(addresses, key=repr)),
        port=replace(interface.port, state="", cost=0) if interface.port else None,
    )


def _ruleset(ruleset: Ruleset) -> Ruleset:
    return Ruleset(
        tuple(replace(chain, rules=tuple(replace(rule, handle=0) for rule in chain.rules)) for chain in ruleset.chains)
    )


Numbers = Mapping[str, Mapping[str, int]]
"""For each namespace, a number for each interface's name."""


def drift(expected: Network, found: Network) -> tuple[Change, ...]:
    """What was done to the expected network to make it the one found.

    Unlike `changes`, this compares by names: the two may have been built at different times, where the kernel gave
    other numbers and MAC addresses.
    """
    before, after = comparable(expected), comparable(found)
    if before == after:
        return ()
    numbers = _numbers(before, after)
    return changes(_renumbered(before, numbers), _renumbered(after, numbers))


def _numbers(*networks: Network) -> dict[str, dict[str, int]]:
    names: dict[str, dict[str, int]] = {}
    for network in networks:
        for namespace in network.everywhere:
            known = names.setdefault(namespace.name, {})
            for interface in namespace.interfaces:
                known.setdefault(interface.name, len(known) + 1)
    return names


def _renumbered(network: Network, numbers: Numbers) -> Network:
    host, *others = (_namespace(network, namespace, numbers) for namespace in network.everywhere)
    return Network(host, tuple(others), network.hostname)


def _namespace(network: Network, namespace: Namespace, numbers: Numbers) -> Namespace:
    interfaces = tuple(
        replace(
            interface,
            index=numbers[namespace.name][interface.name],
            master=_number(namespace, interface.master, numbers),
            peer_index=_number(network.get(interface.peer_namespace or ""), interface.peer_index, numbers),
            lower_index=_number(network.get(interface.lower_namespace or ""), interface.lower_index, numbers),
        )
        for interface in namespace.interfaces
    )
    routes = tuple(replace(r, interface=_number(namespace, r.interface, numbers)) for r in namespace.routes)
    neighbours = tuple(
        replace(neighbour, interface=_number(namespace, neighbour.interface, numbers) or 0)
        for neighbour in namespace.neighbours
    )
    return replace(namespace, interfaces=interfaces, routes=routes, neighbours=neighbours)


def _number(namespace: Namespace | None, index: int | None, numbers: Numbers) -> int | None:
    interface = namespace.interface(index) if namespace else None
    return numbers[namespace.name][interface.name] if namespace and interface else None
