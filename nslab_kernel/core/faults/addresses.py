"""Faults of addresses and their prefix lengths."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from random import Random

from ..diagnosis.findings import Place
from ..diagnosis.owners import global_ones, inside
from ..model.network import Address, Interface, Namespace, Network
from ..model.subnets import subnet_of
from ..operations.actions import AddAddress, DeleteAddress, SetSysctl
from .fault import Break, kind
from .places import addressed, links, neighbours, subnets

_PREFIXES = (30, 29, 28, 26, 25, 24, 20)
_SHORTEST = 8
_TRIES = 8


@kind("no-address", 1, "addresses", "no-address", "no-owner")
def no_address(network: Network, dice: Random) -> Iterator[Break]:
    for family in (4, 6):
        for space, interface, address in addressed(network, family):
            gone = DeleteAddress(interface.name, address.cidr, space.name)
            yield Break(Place(space.name, interface.name), (gone,), (("address", address.cidr),))


@kind("other-subnet", 1, "addresses")
def other_subnet(network: Network, dice: Random) -> Iterator[Break]:
    taken = subnets(network, 4)
    for space, interface, address in addressed(network, 4):
        wrong = _elsewhere(address, taken, dice)
        if wrong and _is_only(interface):
            yield _instead(space, interface, address, wrong)


@kind("prefix-too-narrow", 1, "addresses")
def prefix_too_narrow(network: Network, dice: Random) -> Iterator[Break]:
    for space, interface, address, theirs in neighbours(network, 4):
        longer = [prefix for prefix in _PREFIXES if prefix > address.prefix and not _reaches(address, prefix, theirs)]
        if longer and _is_only(interface):
            yield _instead(space, interface, address, f"{address.ip}/{dice.choice(longer)}")


@kind("prefix-too-wide", 2, "addresses")
def prefix_too_wide(network: Network, dice: Random) -> Iterator[Break]:
    for space, interface, address in addressed(network, 4):
        others = (subnet for subnet in subnets(network, 4) if subnet != address.network)
        prefixes = {_common(address.network, other) for other in others}
        wide = sorted(prefix for prefix in prefixes if _SHORTEST <= prefix < address.prefix)
        if wide and _is_only(interface):
            yield _instead(space, interface, address, f"{address.ip}/{dice.choice(wide)}")


@kind("duplicate-address", 2, "addresses")
def duplicate_address(network: Network, dice: Random) -> Iterator[Break]:
    for space, interface, address, theirs in neighbours(network, 4):
        added = AddAddress(interface.name, f"{theirs.ip}/{address.prefix}", space.name)
        yield Break(Place(space.name, interface.name), (added,), (("address", theirs.ip),))


@kind("ipv6-off", 2, "settings")
def ipv6_off(network: Network, dice: Random) -> Iterator[Break]:
    for space, interface in links(network):
        if interface.up and global_ones(interface, 6):
            setting = f"net.ipv6.conf.{interface.name}.disable_ipv6"
            yield Break(Place(space.name, interface.name), (SetSysctl(setting, "1", space.name),))


def _instead(space: Namespace, interface: Interface, right: Address, wrong: str) -> Break:
    """The new one comes first: with its last address an interface loses its routes."""
    actions = (AddAddress(interface.name, wrong, space.name), DeleteAddress(interface.name, right.cidr, space.name))
    return Break(Place(space.name, interface.name), actions, (("address", wrong), ("right", right.cidr)))


def _is_only(interface: Interface) -> bool:
    return len(global_ones(interface, 4)) == 1


def _elsewhere(address: Address, taken: set[str], dice: Random) -> str:
    """An address with the same host part in a subnet nearby that nobody uses; empty if chance finds none."""
    size = subnet_of(address.cidr).num_addresses
    for _ in range(_TRIES):
        number = int(ipaddress.ip_address(address.ip)) + size * dice.choice((-2, -1, 1, 2, 3))
        if 0 < number < 0xE0000000:
            wrong = f"{ipaddress.ip_address(number)}/{address.prefix}"
            if not any(subnet_of(wrong).overlaps(subnet_of(subnet)) for subnet in taken):
                return wrong
    return ""


def _reaches(address: Address, prefix: int, other: Address) -> bool:
    return inside(other.ip, str(subnet_of(f"{address.ip}/{prefix}")))


def _common(one: str, other: str) -> int:
    """The length of the longest prefix that two IPv4 subnets share."""
    differing = int(subnet_of(one).network_address) ^ int(subnet_of(other).network_address)
    return 32 - differing.bit_length()
