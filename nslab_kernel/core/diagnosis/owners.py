"""Which addresses and interfaces are whose."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from functools import lru_cache

from ..model.network import Address, Interface, Namespace, Network, Route
from ..model.subnets import subnet_of

_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)  # RFC 1918, 6598, 4193


@lru_cache(maxsize=1 << 14)
def parsed(ip: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(ip)


@lru_cache(maxsize=1 << 14)
def inside(ip: str, subnet: str) -> bool:
    """Whether an address lies in a subnet, such as ``172.16.0.0/16``, or is that address."""
    return parsed(ip) in subnet_of(subnet)


@lru_cache(maxsize=1 << 12)
def is_private(ip: str) -> bool:
    """Whether an address means something only in its own site."""
    return any(parsed(ip) in network for network in _PRIVATE)


def family_of(ip: str) -> int:
    return 6 if ":" in ip else 4


def usable(interface: Interface, family: int) -> list[Address]:
    """The addresses that an interface can send from, or can in a moment: the kernel asks for neighbours three times."""
    return [a for a in interface.addresses if a.family == family and not a.dadfailed]


def global_ones(interface: Interface, family: int | None = None) -> list[Address]:
    """An interface's addresses that are good beyond its link."""
    return [a for a in interface.addresses if a.scope == "global" and family in (None, a.family)]


def is_local(here: Namespace, ip: str) -> bool:
    """Whether a packet to ``ip`` is for this namespace: what the kernel's table ``local`` says.

    An IPv4 address counts even on an interface that is down; an IPv6 address must be up and nobody else's.
    """
    return holder(here, ip) is not None


def holder(here: Namespace, ip: str) -> Interface | None:
    """The interface that has an address; for lo, the whole subnet."""
    if here.local_routes:
        route = local_route(here, ip)
        return here.interface(route.interface) if route and route.kind == "local" else None
    for interface in here.interfaces:
        for address in interface.addresses:
            if address.ip == ip and _counts(interface, address):
                return interface
            if interface.is_loopback and address.family == family_of(ip) and inside(ip, address.network):
                return interface
    return None


def local_route(here: Namespace, ip: str) -> Route | None:
    """What the table ``local`` has for an address, where it was read."""
    single, wide = here.local_table
    found = single.get(ip)
    if found is None:
        family = family_of(ip)
        found = next((route for route in wide if route.family == family and inside(ip, route.destination)), None)
    return found


def _counts(interface: Interface, address: Address) -> bool:
    return address.family == 4 or (interface.up and not address.dadfailed)


def holders(network: Network, ip: str) -> Iterator[tuple[Namespace, Interface]]:
    """Every interface that has an address, whatever its state; everybody has those of scope host, as 127.0.0.1."""
    for namespace in network.everywhere:
        for interface in namespace.interfaces:
            if any(address.ip == ip and address.scope != "host" for address in interface.addresses):
                yield namespace, interface


def is_broadcast(here: Namespace, ip: str) -> bool:
    """Whether an IPv4 address is a subnet's last one, or for everybody."""
    if family_of(ip) == 6:
        return False
    if ip == "255.255.255.255":
        return True
    own = (a for i in here.interfaces for a in i.addresses if a.family == 4 and a.prefix < 31)
    return any(str(subnet_of(a.cidr).broadcast_address) == ip for a in own)
