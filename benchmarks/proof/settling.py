"""Wait until the kernel is done with what it does by itself after a change."""

from __future__ import annotations

import time
from collections.abc import Callable

from nslab_kernel.core.model.network import Interface, Network

_LINKS = 1.5  # seconds in which the kernel may notice a fresh cable's carrier
_TREES = 6.0  # seconds for a spanning tree: twice the forward delay, and a little
_DECIDED = ("forwarding", "blocking")


def settle(read: Callable[[], Network]) -> None:
    """Wait, at most some seconds, until nothing is on its way any more."""
    network = read()
    deadline = time.monotonic() + (_TREES if _spans(network) else _LINKS)
    while not _is_settled(network) and time.monotonic() < deadline:
        time.sleep(0.02)
        network = read()


def _spans(network: Network) -> bool:
    """Whether a bridge has a spanning tree to settle."""
    return any(i.bridge is not None and i.bridge.stp for space in network.everywhere for i in space.interfaces)


def _is_settled(network: Network) -> bool:
    """Whether the kernel has noticed every carrier, and is done with spanning trees and checking IPv6 addresses."""
    for space in network.everywhere:
        for interface in space.interfaces:
            if any(address.tentative for address in interface.addresses) and interface.carrier:
                return False
            far = network.peer(interface)
            if far and interface.up and far[1].up and not interface.carrier:
                return False
            stp = interface.bridge is not None and interface.bridge.stp
            if stp and any(_is_coming(port) for port in space.ports(interface)):
                return False
            passing = any(port.port and port.port.state == "forwarding" for port in space.ports(interface))
            if interface.kind == "bridge" and interface.up and passing and not interface.carrier:
                return False
    return True


def _is_coming(port: Interface) -> bool:
    """Whether the spanning tree has not decided about a port that works."""
    return port.up and port.carrier and port.port is not None and port.port.state not in _DECIDED
