"""Faults of kernel parameters."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from ..diagnosis.findings import Place
from ..diagnosis.owners import global_ones
from ..model.network import Network
from ..operations.actions import SetSysctl
from ..operations.nat import FORWARDING
from .fault import Break, kind
from .places import spaces

_ECHO = {4: "net.ipv4.icmp_echo_ignore_all", 6: "net.ipv6.icmp.echo_ignore_all"}
_RP_FILTER = "net.ipv4.conf.all.rp_filter"


@kind("not-forwarding", 2, "settings", "not-forwarding", "gateway-no-router")
def not_forwarding(network: Network, dice: Random) -> Iterator[Break]:
    for space in spaces(network):
        for setting in FORWARDING.values():
            if space.sysctl(setting) == "1":
                off = SetSysctl(setting, "0", space.name, "1")
                yield Break(Place(space.name), (off,), (("setting", setting),))


@kind("echo-ignored", 2, "settings")
def echo_ignored(network: Network, dice: Random) -> Iterator[Break]:
    for space in spaces(network):
        for family, setting in _ECHO.items():
            answers = any(global_ones(interface, family) for interface in space.interfaces)
            if answers and space.sysctl(setting) == "0":
                yield Break(Place(space.name), (SetSysctl(setting, "1", space.name),), (("setting", setting),))


@kind("rp-filter", 2, "settings")
def rp_filter(network: Network, dice: Random) -> Iterator[Break]:
    for space in spaces(network):
        joined = [interface for interface in space.interfaces if interface.up and global_ones(interface, 4)]
        if len([i for i in joined if not i.is_loopback]) >= 2 and space.sysctl(_RP_FILTER) == "0":
            yield Break(Place(space.name), (SetSysctl(_RP_FILTER, "1", space.name),), (("setting", _RP_FILTER),))
