"""What may come next in a claim that somebody is typing."""

from __future__ import annotations

from collections.abc import Sequence

from .network import Interface, Namespace, Network

_OF_A_NAMESPACE = (
    "can ping",
    "cannot reach",
    "has",
    "does not have",
    "default via",
    "masquerades",
    "forwards IPv4",
    "forwards IPv6",
    "exists",
    "does not exist",
)
_OF_AN_INTERFACE = ("is up", "is down", "is a port of", "is not a port of", "exists", "does not exist")


def next_words(typed: str, network: Network) -> list[str]:
    """The words, or phrases, that may follow.

    Parameters
    ----------
    typed
        The line up to the word that is being typed: complete words only.
    network
        The lab as it is now, whose names and addresses are offered.
    """
    words = typed.split()
    if not words:
        return [*_namespaces(network), *_interfaces(network), "tcp", "udp"]
    if words[0].lower() in ("tcp", "udp"):
        return _of_a_port(words, network)
    said = " ".join(words[1:]).lower()
    return _of_a_place(words[0], said, network)


def _of_a_port(words: Sequence[str], network: Network) -> list[str]:
    if len(words) == 1:
        return [f"{target}:" for target in [*_namespaces(network), *_addresses(network)] if target.count(":") == 0]
    if len(words) == 2:
        return ["answers", "does not answer"]
    return list(_namespaces(network)) if words[-1].lower() in ("answers", "answer") else []


def _of_a_place(name: str, said: str, network: Network) -> list[str]:
    namespace = network.get(name)
    if not said:
        phrases = _OF_A_NAMESPACE if namespace else ()
        return [*phrases, *(_OF_AN_INTERFACE if _is_interface(name, network) else ())]
    if said.endswith((" ping", " reach")):
        return [*_addresses(network), *(other for other in _namespaces(network) if other != name)]
    if said.endswith("a port of"):
        return [interface.name for _, interface in _everything(network) if interface.kind == "bridge"]
    if said.endswith(("has", "have")) and namespace:
        return [address.cidr for interface in namespace.interfaces for address in interface.addresses]
    if said.endswith(" via"):
        return list(_addresses(network))
    if said.endswith(("masquerades", "masquerade")) and namespace:
        bridges = [interface for interface in namespace.interfaces if interface.kind == "bridge"]
        return [address.network for bridge in bridges for address in bridge.addresses if address.scope == "global"]
    return _rest_of_a_phrase(said, namespace, name, network)


def _rest_of_a_phrase(said: str, namespace: Namespace | None, name: str, network: Network) -> list[str]:
    """What is left of a phrase whose beginning is typed: ``is a`` goes on with ``port of``."""
    phrases = [*(_OF_A_NAMESPACE if namespace else ()), *(_OF_AN_INTERFACE if _is_interface(name, network) else ())]
    return [phrase[len(said) + 1 :] for phrase in dict.fromkeys(phrases) if phrase.lower().startswith(said + " ")]


def _everything(network: Network) -> list[tuple[Namespace, Interface]]:
    return [(namespace, interface) for namespace in network.everywhere for interface in namespace.interfaces]


def _is_interface(name: str, network: Network) -> bool:
    return any(interface.name == name for _, interface in _everything(network))


def _namespaces(network: Network) -> dict[str, None]:
    return dict.fromkeys(namespace.name for namespace in network.everywhere)


def _interfaces(network: Network) -> dict[str, None]:
    return dict.fromkeys(interface.name for _, interface in _everything(network))


def _addresses(network: Network) -> dict[str, None]:
    found = [address for _, interface in _everything(network) for address in interface.addresses]
    return dict.fromkeys(address.ip for address in found if address.scope == "global")
