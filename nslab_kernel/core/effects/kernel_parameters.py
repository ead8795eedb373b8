"""Kernel parameters, and what happens at once when one is set (ip-sysctl in the kernel's documentation)."""

from __future__ import annotations

from .addressing import lose_ipv6, regain_addresses
from .sketch import Sketch

_FORWARDING = {"net.ipv4.ip_forward": "net.ipv4.conf", "net.ipv6.conf.all.forwarding": "net.ipv6.conf"}
_DISABLE = ".disable_ipv6"
_CONF6 = "net.ipv6.conf."


def set_parameter(sketch: Sketch, where: str, name: str, value: str) -> None:
    """Set a kernel parameter, and do what the kernel then does to those of the interfaces."""
    _set(sketch, where, name, value)
    interfaces = [interface.name for interface in sketch.space(where).interfaces]
    if name in _FORWARDING:
        for interface in interfaces:
            _set(sketch, where, f"{_FORWARDING[name]}.{interface}.forwarding", value)
    if name.startswith(_CONF6) and name.endswith(_DISABLE):
        chosen = name.removeprefix(_CONF6).removesuffix(_DISABLE)
        for interface in interfaces if chosen == "all" else [chosen]:
            _switch_ipv6(sketch, where, interface, value)


def _switch_ipv6(sketch: Sketch, where: str, interface: str, off: str) -> None:
    _set(sketch, where, f"{_CONF6}{interface}{_DISABLE}", off)
    if off == "1":
        lose_ipv6(sketch, where, interface)
    elif sketch.interface(where, interface).up:
        regain_addresses(sketch, where, interface)


def _set(sketch: Sketch, where: str, name: str, value: str) -> None:
    values = dict(sketch.space(where).sysctls) | {name: value}
    sketch.set_space(where, sysctls=tuple(sorted(values.items())))
