"""Which addresses and subnets a lab uses, so that a new one clashes with none."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from ..errors import NslabError
from ..translation import Message, _
from .names import interface_address
from .network import HOST, Address, Namespace, Network

Subnet = ipaddress.IPv4Network | ipaddress.IPv6Network


@lru_cache(maxsize=4096)
def subnet_of(cidr: str) -> Subnet:
    """The subnet that an address with its prefix length, or a mask in its place, lies in."""
    ip, _, prefix = cidr.partition("/")
    if not prefix.isdigit():
        return ipaddress.ip_interface(cidr).network
    address = ipaddress.ip_address(ip)
    host_bits = address.max_prefixlen - int(prefix)
    return _subnet(address.version, int(address) >> host_bits << host_bits, int(prefix))


@lru_cache(maxsize=1024)
def _subnet(version: int, first: int, prefix: int) -> Subnet:
    """Most addresses of a lab lie in a few subnets, and to make one takes longer than all the rest."""
    kind = ipaddress.IPv4Network if version == 4 else ipaddress.IPv6Network
    return kind((first, prefix))


class AddressBook:
    """The addresses of a lab, those about to be given included.

    Link-local and loopback addresses are left out: every link has its own.
    """

    def __init__(self, network: Network) -> None:
        self._owners: dict[str, tuple[str, str]] = {}  # ip -> interface, namespace
        self._subnets: dict[Subnet, tuple[str, str]] = {}
        for namespace in network.everywhere:
            self._read(namespace)

    def take(self, text: str, interface: str, namespace: str, *, alone: bool = False) -> Address:
        """Check an address that ``interface`` in ``namespace`` is to have, and enter it.

        Parameters
        ----------
        alone
            Whether the host may reach no such subnet by another interface: two ways to the same addresses
            would leave the choice to the order of the routes.
        """
        address = interface_address(text)
        if address.scope == "global":
            self._refuse_used(address)
            self._refuse_overlap(address, interface, alone)
            self._enter(address, interface, namespace)
        return address

    def _read(self, namespace: Namespace) -> None:
        for interface in namespace.interfaces:
            for address in interface.addresses:
                if address.scope == "global" and not interface.is_loopback:
                    self._enter(address, interface.name, namespace.name)

    def _enter(self, address: Address, interface: str, namespace: str) -> None:
        self._owners.setdefault(address.ip, (interface, namespace))
        subnet = subnet_of(address.cidr)
        if subnet not in self._subnets or namespace == HOST:
            self._subnets[subnet] = (interface, namespace)

    def _refuse_used(self, address: Address) -> None:
        if address.ip in self._owners:
            free = self._free(address)
            raise NslabError(
                _already(address.ip, *self._owners[address.ip]),
                _("{free} is free.", free=free) if free else _("Choose another subnet."),
            )

    def _refuse_overlap(self, address: Address, interface: str, alone: bool) -> None:
        mine = subnet_of(address.cidr)
        for other, owner in self._subnets.items():
            same = other == mine
            if other.version != mine.version or not other.overlaps(mine):
                continue
            if same and not (alone and owner[1] == HOST and owner[0] != interface):
                continue
            inside = ipaddress.ip_address(address.ip) in other and not same
            raise NslabError(
                _same_subnet(address.cidr, mine, *owner) if same else _overlap(address.cidr, mine, other, *owner),
                _("Write {ip}/{prefixlen}.", ip=address.ip, prefixlen=other.prefixlen)
                if inside
                else _("Choose another subnet."),
            )

    def _free(self, address: Address) -> str:
        subnet = subnet_of(address.cidr)
        last = int(subnet.broadcast_address) - (subnet.num_addresses > 2)
        for number in range(int(ipaddress.ip_address(address.ip)) + 1, last + 1):
            candidate = ipaddress.ip_address(number.to_bytes(subnet.max_prefixlen // 8))
            if str(candidate) not in self._owners:
                return f"{candidate}/{subnet.prefixlen}"
        return ""


def _already(ip: str, interface: str, namespace: str) -> Message:
    if namespace == HOST:
        return _("{ip} is the address of {interface} in the host already.", ip=ip, interface=interface)
    return _(
        "{ip} is the address of {interface} in {namespace} already.", ip=ip, interface=interface, namespace=namespace
    )


def _same_subnet(cidr: str, mine: Subnet, interface: str, namespace: str) -> Message:
    if namespace == HOST:
        return _(
            "{cidr} lies in {mine}, which is also the subnet of {interface} in the host.",
            cidr=cidr,
            mine=mine,
            interface=interface,
        )
    return _(
        "{cidr} lies in {mine}, which is also the subnet of {interface} in {namespace}.",
        cidr=cidr,
        mine=mine,
        interface=interface,
        namespace=namespace,
    )


def _overlap(cidr: str, mine: Subnet, other: Subnet, interface: str, namespace: str) -> Message:
    if namespace == HOST:
        return _(
            "{cidr} lies in {mine}, which overlaps {other}, the subnet of {interface} in the host.",
            cidr=cidr,
            mine=mine,
            other=other,
            interface=interface,
        )
    return _(
        "{cidr} lies in {mine}, which overlaps {other}, the subnet of {interface} in {namespace}.",
        cidr=cidr,
        mine=mine,
        other=other,
        interface=interface,
        namespace=namespace,
    )
