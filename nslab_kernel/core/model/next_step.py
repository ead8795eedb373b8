"""The most obvious thing that still stands in the way, for the line below a picture.

This looks only at what the picture itself shows; the diagnosis follows a packet. So what can't be reached is only said
of a namespace that has one single way; of others it is said what is down.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..translation import Message, _, joined
from .network import HOST, Interface, Namespace, Network, Route

_SENTENCES = {
    "bridge down": _("{name} is down, so {namespaces} can't reach each other yet"),
    "bridge down, one": _("{name} is down, so {namespaces} can't reach anything through it yet"),
    "end down": _("{name} is down, so {namespaces} is cut off"),
    "down": _("{name} in {namespaces} is down"),
    "unplugged": _(
        "{name} is plugged into no bridge and has no address, so {namespaces} reaches nothing through it yet"
    ),
    "no address": _("{name} has no address, so {namespaces} can't be reached yet"),
    "duplicate": _("{namespaces} both have {name}"),
}
_FEW = 4  # namespaces; more of them are counted rather than named


def next_step(network: Network) -> Message | None:
    """One sentence, without a full stop, about the first obvious blocker; None if there is none.

    Parameters
    ----------
    network
        The lab as it is now.
    """
    for sentence, name, namespaces in _blockers(network):
        return _SENTENCES[sentence].filled(name=name, namespaces=_listed(namespaces))
    return None


def _blockers(network: Network) -> Iterator[tuple[str, str, list[str]]]:
    for namespace in network.everywhere:
        for bridge in namespace.interfaces:
            if bridge.kind == "bridge" and not bridge.up:
                ends = [end[0] for end in _plugged(network, namespace, bridge)]
                if not all(_has_one_way(end) for end in ends):
                    yield "down", bridge.name, [_host_name(network, namespace)]
                elif ends:
                    sentence = "bridge down" if len(ends) > 1 else "bridge down, one"
                    yield sentence, bridge.name, [end.title for end in ends]
    for namespace in network.namespaces:
        for interface in namespace.interfaces:
            yield from _cable_blockers(network, namespace, interface)
    for bridge in network.host.interfaces:
        if bridge.kind == "bridge":
            yield from _duplicates(network, bridge)


def _cable_blockers(
    network: Network, namespace: Namespace, interface: Interface
) -> Iterator[tuple[str, str, list[str]]]:
    far = network.peer(interface)
    if far is None or interface.master is not None:
        return
    alone = _has_one_way(namespace)
    for place, end in ((namespace, interface), far):
        if not end.up:
            if alone:
                yield "end down", end.name, [namespace.title]
            else:
                yield "down", end.name, [_host_name(network, place)]
            return
    if not alone or network.uppers(namespace, interface) or network.uppers(*far):
        return  # a macvlan or a VLAN on one of the ends may well carry packets
    if far[0].name == HOST and far[1].master is None and not _has_address(far[1]) and not _is_routed(*far):
        yield "unplugged", far[1].name, [namespace.title]
    elif not any(_has_address(own) for own in namespace.interfaces):
        yield "no address", interface.name, [namespace.title]


def _has_one_way(namespace: Namespace) -> bool:
    """Whether a namespace has no interface but lo and one more."""
    return sum(not interface.is_loopback for interface in namespace.interfaces) == 1


def _is_routed(namespace: Namespace, interface: Interface) -> bool:
    """Whether packets are sent by an interface without an address: routes lead by it (Calico)."""
    return any(route.interface == interface.index for route in _global(namespace))


def _global(namespace: Namespace) -> Iterator[Route]:
    """The routes that aren't about link-local addresses, which IPv6 gives to all."""
    return (route for route in namespace.routes if not route.destination.startswith(("fe80:", "ff00:")))


def _host_name(network: Network, namespace: Namespace) -> str:
    return network.hostname if namespace.name == HOST else namespace.title


def _has_address(interface: Interface) -> bool:
    """Whether it has one beside the link-local address that IPv6 gives to all."""
    return any(address.scope == "global" for address in interface.addresses)


def _duplicates(network: Network, bridge: Interface) -> Iterator[tuple[str, str, list[str]]]:
    owners: dict[str, list[str]] = {}
    for namespace, interface in _plugged(network, network.host, bridge):
        for address in interface.addresses:
            if address.scope == "global":
                owners.setdefault(address.ip, []).append(namespace.title)
    for ip, names in owners.items():
        if len(names) > 1:
            yield "duplicate", ip, names


def _plugged(network: Network, namespace: Namespace, bridge: Interface) -> list[tuple[Namespace, Interface]]:
    """The far ends, in other namespaces, of the cables plugged into a bridge."""
    ends = [network.peer(port) for port in namespace.ports(bridge)]
    return [end for end in ends if end and end[0].name != namespace.name]


def _listed(names: list[str]) -> Message:
    if len(names) > _FEW:
        return _("its {count} namespaces", count=len(names))
    return joined(joined(*names[:-1], separator=_(", ")), names[-1], separator=_(" and "))
