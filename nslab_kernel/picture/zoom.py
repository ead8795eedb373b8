"""One namespace or bridge and its neighbourhood, cut out of a network."""

from __future__ import annotations

from dataclasses import replace

from ..core.errors import NslabError
from ..core.model.network import HOST, Interface, Namespace, Network
from ..core.translation import _


def zoom(network: Network, of: str) -> tuple[Network, dict[str, int]]:
    """The part of a network around one namespace or one bridge of the host.

    Around a namespace are the bridges that it is plugged into, without their other
    ports, and the namespaces that it is wired to directly; around a bridge are the
    namespaces plugged into it.

    Parameters
    ----------
    network
        The whole.
    of
        A namespace, ``host`` too, or a bridge of the host.

    Returns
    -------
    tuple
        The part, and how many ports of each bridge were left out.

    Raises
    ------
    NslabError
        If there is neither a namespace nor a bridge of that name.
    """
    bridge = network.host.interface(of)
    if network.get(of) is None and (bridge is None or bridge.kind != "bridge"):
        known = ", ".join([n.name for n in network.everywhere] + [b.name for b in _bridges(network)])
        raise NslabError(
            _("There is no namespace or bridge called {of!r}.", of=of), _("Choose one of: {known}", known=known)
        )
    kept = _kept(network, of)
    host_kept = {i.index for i in network.host.interfaces if _stays(network, i, kept, of)}
    hidden = {
        b.name: sum(1 for port in network.host.ports(b) if port.index not in host_kept)
        for b in _bridges(network)
        if b.index in host_kept
    }
    host = replace(network.host, interfaces=tuple(i for i in network.host.interfaces if i.index in host_kept))
    rooms = tuple(namespace for namespace in network.namespaces if namespace.name in kept)
    return replace(network, host=host, namespaces=rooms), {name: count for name, count in hidden.items() if count}


def _bridges(network: Network) -> list[Interface]:
    return [interface for interface in network.host.interfaces if interface.kind == "bridge"]


def _kept(network: Network, of: str) -> set[str]:
    """The names of the namespaces that stay."""
    if network.get(of) is None:
        bridge = network.host.interface(of)
        ends = [network.peer(port) for port in network.host.ports(bridge)] if bridge else []
        return {end[0].name for end in ends if end} | {HOST}
    namespace = network.get(of)
    around = _wired(network, namespace) if namespace and of != HOST else set()
    return around | {of, HOST}


def _wired(network: Network, namespace: Namespace) -> set[str]:
    return {peer[0].name for interface in namespace.interfaces if (peer := network.peer(interface))}


def _stays(network: Network, interface: Interface, kept: set[str], of: str) -> bool:
    """Whether an interface of the host belongs to the part."""
    if of in (HOST, interface.name):
        return True
    peer = network.peer(interface)
    if interface.kind == "bridge":
        ends = [network.peer(port) for port in network.host.ports(interface)]
        return network.get(of) is not None and any(end and end[0].name == of for end in ends)
    if peer is not None:
        return peer[0].name in kept - {HOST}
    return interface.kind in ("", "loopback")
