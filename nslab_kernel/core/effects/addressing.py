"""Addresses, routes and routing policy, and what the kernel makes of an address by itself."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

from ..model.network import Address, Interface, Route
from ..model.subnets import subnet_of
from .sketch import LOOPBACK_ADDRESSES, Sketch

LOCAL_TABLE = 255
_KERNEL_METRIC = {4: 0, 6: 256}


def lose_routes_of(sketch: Sketch, where: str, interface: Interface, gone: Address, left: tuple[Address, ...]) -> None:
    """With an address goes its subnet's route; with the last IPv4 address everything IPv4 of the interface."""
    last = gone.family == 4 and not any(a.family == 4 for a in left)
    kept_subnet = any(a.network == gone.network for a in left)
    still_ours = any(a.ip == gone.ip for i in sketch.space(where).interfaces for a in i.addresses)

    def stays(route: Route) -> bool:
        ours = route.interface == interface.index and route.family == gone.family
        made_by_it = ours and route.protocol == "kernel" and route.destination == gone.network and not kept_subnet
        return not (ours and last) and not made_by_it and not (route.source == gone.ip and not still_ours)

    sketch.keep_routes(where, stays)


def is_primary(interface: Interface, address: Address) -> bool:
    """Whether an IPv4 address is the first of its subnet, with which those go that came later (promote_secondaries)."""
    beside = (a for a in interface.addresses if a.family == 4 and a.network == address.network)
    return address.family == 4 and next(beside, None) == address


def regain_addresses(sketch: Sketch, where: str, name: str) -> None:
    """What appears when an interface comes up: lo's addresses, link-local ones, the subnets' routes."""
    interface = sketch.interface(where, name)
    born: tuple[Address, ...] = ()
    if interface.is_loopback:
        born = LOOPBACK_ADDRESSES
    elif interface.master is None and not ipv6_is_off(sketch, where, name):
        born = (_link_local(interface.mac),)
    for address in (*interface.addresses, *born):
        gain(sketch, where, name, address)


def lose_addresses(sketch: Sketch, where: str, name: str) -> None:
    """What goes when an interface goes down: its routes, and its IPv6 addresses (IPv4 ones stay)."""
    interface = sketch.interface(where, name)
    kept = tuple(a for a in interface.addresses if a.family == 4)
    sketch.set_interface(where, name, addresses=kept)
    sketch.keep_routes(where, lambda route: route.interface != interface.index)


def lose_ipv6(sketch: Sketch, where: str, name: str) -> None:
    """``disable_ipv6`` takes the IPv6 addresses and routes of an interface."""
    interface = sketch.interface(where, name)
    sketch.set_interface(where, name, addresses=tuple(a for a in interface.addresses if a.family == 4))
    sketch.keep_routes(where, lambda route: (route.family, route.interface) != (6, interface.index))


def ipv6_is_off(sketch: Sketch, where: str, name: str) -> bool:
    """Whether an interface has no IPv6 at all."""
    return sketch.space(where).sysctl(f"net.ipv6.conf.{name}.disable_ipv6") == "1"


def gain(sketch: Sketch, where: str, name: str, address: Address) -> None:
    """An address, with the route that it makes on an interface that is up."""
    interface = sketch.interface(where, name)
    if not any(a.cidr == address.cidr for a in interface.addresses):
        interface = sketch.set_interface(where, name, addresses=(*interface.addresses, address))
    whole = 32 if address.family == 4 else 128
    if interface.up and address.prefix < whole and not interface.is_loopback:
        scope, source = ("link", address.ip) if address.family == 4 else ("global", None)
        metric = _KERNEL_METRIC[address.family]
        route = Route(address.network, address.family, None, interface.index, source, metric, scope=scope)
        sketch.add_route(where, replace(route, protocol="kernel"))


def way_to(sketch: Sketch, where: str, gateway: str) -> int | None:
    """The interface on whose subnet a gateway is."""
    ip = ipaddress.ip_address(gateway)
    for route in sketch.space(where).routes:
        on_link = route.gateway is None and route.interface is not None and route.destination != "default"
        if on_link and route.family == ip.version and ip in subnet_of(route.destination):
            return route.interface
    return None


def _link_local(mac: str) -> Address:
    """The address that an interface makes from its MAC address (RFC 4291, appendix A)."""
    octets = [int(octet, 16) for octet in mac.split(":")]
    octets[0] ^= 2
    words = [*octets[:3], 0xFF, 0xFE, *octets[3:]]
    ip = ipaddress.IPv6Address(b"\xfe\x80" + bytes(6) + bytes(words))
    return Address(str(ip), 64, "link")
