"""What a pointer over a thing shows."""

from __future__ import annotations

from ..core.model.diff import condition, route_text
from ..core.model.network import HOST, Address, Interface, Namespace
from .words import word


def shown_addresses(interface: Interface) -> list[Address]:
    """The addresses that somebody gave to an interface, without those that the kernel makes up."""
    return [a for a in interface.addresses if a.scope != "host" and not a.ip.lower().startswith("fe80:")]


def room_details(namespace: Namespace, title: str, language: str) -> str:
    """Its name and its main routing table."""
    routes = [route_text(namespace, route) for route in namespace.routes if route.table == 254]
    return "\n".join((title if namespace.name == HOST else f"{word('namespace', language)} {title}", *routes))


def socket_details(namespace: Namespace, interface: Interface, language: str) -> str:
    """Everything that `ip` would say about an interface, and whom it has met."""
    state = word(f"{condition(interface)}, full", language)
    lines = [interface.name, " · ".join(filter(None, (interface.kind, state, f"mtu {interface.mtu}")))]
    lines += [address.cidr for address in interface.addresses]
    lines += [interface.mac] if interface.mac else []
    lines += [f"{n.ip} → {n.mac or '?'} {n.state}" for n in namespace.neighbours if n.interface == interface.index][:8]
    return "\n".join(lines)
