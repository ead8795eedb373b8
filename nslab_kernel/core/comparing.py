"""When two labs are the same network, although built at different times."""

from __future__ import annotations

from dataclasses import replace

from .firewall import Ruleset
from .network import Address, Interface, Namespace, Network


def comparable(network: Network) -> Network:
    """The same network without what the kernel chooses anew each time it is built.

    Two labs that were built alike are equal in this form. Left out are interface indexes (numbered by name
    instead), MAC addresses and the link-local addresses made from them, inodes, rule handles, learnt neighbours,
    listeners, the host's name, and passing states: duplicate address detection, what a bridge port is just doing,
    and the operstate, which says no more than up and carrier do, but later and not always (RFC 2863's "unknown").
    """
    numbers = {
        namespace.name: {interface.index: number for number, interface in enumerate(_by_name(namespace), start=1)}
        for namespace in network.everywhere
    }
    namespaces = tuple(_namespace(namespace, numbers) for namespace in network.namespaces)
    return Network(_namespace(network.host, numbers), tuple(sorted(namespaces, key=lambda n: n.name)), "")


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


def _namespace(namespace: Namespace, numbers: dict[str, dict[int, int]]) -> Namespace:
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
    )


def _interface(interface: Interface, own: dict[int, int], numbers: dict[str, dict[int, int]]) -> Interface:
    there = numbers.get(interface.peer_namespace or "", {})
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
        addresses=tuple(sorted(addresses, key=repr)),
        port=replace(interface.port, state="") if interface.port else None,
    )


def _ruleset(ruleset: Ruleset) -> Ruleset:
    return Ruleset(
        tuple(replace(chain, rules=tuple(replace(rule, handle=0) for rule in chain.rules)) for chain in ruleset.chains)
    )
