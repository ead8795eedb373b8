"""Whether a lab is at rest: whether the kernel is done with what it does by itself after a change.

A packet that gets no answer proves something only in a lab at rest.
"""

from __future__ import annotations

from .network import Interface, Namespace, Network

CARRIER, ADDRESSES, TREES = "carrier", "addresses", "trees"
_LINKS = 4.0  # seconds: a second for a carrier (net/core/link_watch.c), two for an address (RFC 4862), and a little
_PROMPT = frozenset(
    ["noqueue", "mq", "pfifo", "bfifo", "pfifo_fast", "fq", "fq_codel", "codel", "sfq", "ingress", "clsact"]
)
_DECIDED = ("forwarding", "blocking")


def pending(network: Network, *, six: bool = True) -> str:
    """What the kernel is still busy with: ``CARRIER``, ``ADDRESSES`` or ``TREES``; empty for a lab at rest.

    Parameters
    ----------
    six
        Whether IPv6 matters. Every interface has a link-local address that is checked for a second or two.
    """
    for namespace in network.everywhere:
        for interface in namespace.interfaces:
            if interface.up and (_awaits_carrier(network, namespace, interface) or _is_not_active(interface)):
                return CARRIER
            if six and interface.carrier and any(one.tentative and not one.dadfailed for one in interface.addresses):
                return ADDRESSES
            if _has_tree(interface) and any(_is_coming(port) for port in namespace.ports(interface)):
                return TREES
    return ""


def longest(network: Network) -> float:
    """Seconds after which a lab that isn't at rest won't come to rest by itself any more."""
    delays = [one.bridge.forward_delay for space in network.everywhere for one in space.interfaces
              if one.bridge is not None and one.bridge.stp]  # fmt: skip
    return _LINKS + 2 * max(delays, default=0.0)  # listening, then learning


def delays_packets(network: Network) -> bool:
    """Whether an interface of the lab holds packets back on purpose (tc-netem(8), tc-tbf(8) and others)."""
    return any(queue.kind not in _PROMPT for namespace in network.everywhere for queue in namespace.qdiscs)


def _awaits_carrier(network: Network, namespace: Namespace, interface: Interface) -> bool:
    """Whether both ends of a cable are up, or a bridge has a port that works, and the kernel hasn't noticed."""
    if interface.carrier:
        return False
    far = network.peer(interface)
    if far and far[1].up:
        return True
    if interface.kind != "bridge":
        return False
    return any(one.carrier and one.port and one.port.state == "forwarding" for one in namespace.ports(interface))


def _is_not_active(interface: Interface) -> bool:
    """Whether a veth has a carrier, and still drops what it is given (``dev_activate`` comes with the operstate)."""
    return interface.kind == "veth" and interface.carrier and interface.state not in ("UP", "UNKNOWN")


def _has_tree(interface: Interface) -> bool:
    return interface.up and interface.bridge is not None and interface.bridge.stp


def _is_coming(port: Interface) -> bool:
    return port.up and port.carrier and port.port is not None and port.port.state not in _DECIDED
