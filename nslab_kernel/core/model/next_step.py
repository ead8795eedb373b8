"""The most obvious thing that still stands in the way, for the line below a picture.

This looks only at what the picture itself shows; the diagnosis follows a packet.
"""

from __future__ import annotations

from collections.abc import Iterator

from .network import HOST, Interface, Namespace, Network

_SENTENCES = {
    "en": {
        "bridge down": "{0} is down, so {1} can't reach each other yet",
        "bridge down, one": "{0} is down, so {1} can't reach anything through it yet",
        "end down": "{0} is down, so {1} is cut off",
        "unplugged": "{0} is plugged into no bridge and has no address, so {1} reaches nothing through it yet",
        "no address": "{0} has no address, so {1} can't be reached yet",
        "duplicate": "{1} both have {0}",
    },
    "zh": {
        "bridge down": "{0} 是 down 的，所以 {1} 还不能互相到达",
        "bridge down, one": "{0} 是 down 的，所以 {1} 还不能通过它到达任何地方",
        "end down": "{0} 是 down 的，所以 {1} 与外界断开",
        "unplugged": "{0} 没有插入网桥，也没有地址，所以 {1} 还不能通过它到达任何地方",
        "no address": "{0} 没有地址，所以还不能到达 {1}",
        "duplicate": "{1} 都有 {0}",
    },
}
_AND = {"en": (", ", " and ", "its {} namespaces"), "zh": ("、", " 和 ", "它的 {} 个命名空间")}
_FEW = 4  # namespaces; more of them are counted rather than named


def next_step(network: Network, language: str = "en") -> str:
    """One sentence, without a full stop, about the first obvious blocker; empty if there is none.

    Parameters
    ----------
    network
        The lab as it is now.
    language
        ``en`` or ``zh``.
    """
    for sentence, name, namespaces in _blockers(network):
        return _SENTENCES[language][sentence].format(name, _listed(namespaces, language))
    return ""


def _blockers(network: Network) -> Iterator[tuple[str, str, list[str]]]:
    for namespace in network.everywhere:
        for bridge in namespace.interfaces:
            if bridge.kind == "bridge" and not bridge.up:
                joined = [end[0].title for end in _plugged(network, namespace, bridge)]
                if joined:
                    yield "bridge down" if len(joined) > 1 else "bridge down, one", bridge.name, joined
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
    if not interface.up:
        yield "end down", interface.name, [namespace.title]
    elif not far[1].up:
        yield "end down", far[1].name, [namespace.title]
    elif far[0].name == HOST and far[1].master is None and not _has_address(far[1]):
        yield "unplugged", far[1].name, [namespace.title]
    elif not _has_address(interface):
        yield "no address", interface.name, [namespace.title]


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


def _listed(names: list[str], language: str) -> str:
    comma, and_, counted = _AND[language]
    if len(names) > _FEW:
        return counted.format(len(names))
    return and_.join(filter(None, (comma.join(names[:-1]), names[-1])))
