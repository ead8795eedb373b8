"""A namespace's own address or prefix length says otherwise than everybody else's on its link."""

from __future__ import annotations

from collections.abc import Iterator

from ..network import Address, Interface, Namespace
from ..subnets import subnet_of
from .addresses import family_of, global_ones, holders, inside, usable
from .findings import Place
from .packet import Packet
from .remedies import change_address, change_prefix, ends_on, free_address, subnets_on, votes_of_routes
from .walk import Cause, Walk

End = tuple[Namespace, Interface, Address]


def off_subnet(walk: Walk, here: Namespace, out: Interface, gateway: str) -> Cause | None:
    """A gateway that is on the link, but in no subnet of the sender's: the sender's own address or prefix is wrong."""
    own = global_ones(out, family_of(gateway))
    if not own or gateway.startswith("fe80:") or any(inside(gateway, address.network) for address in own):
        return None
    for _, far in ends_on(walk, here, out):
        for theirs in (address for address in far.addresses if address.ip == gateway):
            return _unlike(walk, (here, out, own[0]), theirs)
    return None


def other_prefix(walk: Walk, here: Namespace, links: list[Interface], packet: Packet) -> Cause | None:
    """The destination is on the same link, but this namespace's own address says otherwise."""
    for interface in links:
        for there, far, theirs in _on_link(walk, here, interface, packet.destination):
            if subnet_of(theirs.cidr).num_addresses == 1:
                continue  # an address of its own, in no subnet
            for ours in usable(interface, packet.family):
                if ours.scope != "global":
                    continue
                if inside(ours.ip, theirs.network):
                    return _unlike(walk, (here, interface, ours), theirs)
                return _other_subnet(walk, (here, interface, ours), (there, far, theirs))
    return None


def strayed(walk: Walk, here: Namespace, links: list[Interface], packet: Packet) -> Cause | None:
    """Nobody has the destination, and this namespace alone on its link is in another subnet: it may be its own."""
    if any(holders(walk.network, packet.destination)):
        return None
    for interface in links:
        common = subnets_on(walk, here, interface, packet.family)
        subnet = next((subnet for subnet in common if inside(packet.destination, subnet)), "")
        for ours in global_ones(interface, packet.family) if subnet else ():
            if ours.network not in common:
                cidrs = candidates(walk, subnet, packet.destination)
                repairs = tuple(change_address(here, interface, ours, cidr) for cidr in cidrs)
                facts = {"address": ours.cidr, "subnet": subnet}
                return Cause("other-subnet", Place(here.name, interface.name), facts, repairs)
    return None


def _unlike(walk: Walk, one: End, theirs: Address) -> Cause:
    """An address of the same link as another, by whose subnet it is told what is wrong with it."""
    here, interface, ours = one
    place = Place(here.name, interface.name)
    if inside(ours.ip, theirs.network):
        repair = change_prefix(here, interface, ours, theirs.prefix)
        return Cause("prefix-too-narrow", place, {"address": ours.cidr, "ip": theirs.ip}, (repair,))
    cidr = free_address(walk.network, theirs.network)
    repairs = (change_address(here, interface, ours, cidr),) if cidr else ()
    return Cause("other-subnet", place, {"address": ours.cidr, "subnet": theirs.network}, repairs)


def _other_subnet(walk: Walk, one: End, other: End) -> Cause:
    """Of two that share a link but no subnet, the one whose subnet fewer others are in is wrong."""
    here, interface, ours = one
    common = subnets_on(walk, here, interface, ours.family)
    common[ours.network] += 1
    for gateway, count in votes_of_routes(walk, here, interface, ours.family).items():
        for subnet in {ours.network, other[2].network}:
            common[subnet] += count if inside(gateway, subnet) else 0
    wrong, right = (one, other) if common[ours.network] <= common[other[2].network] else (other, one)
    return _unlike(walk, wrong, right[2])


def candidates(walk: Walk, subnet: str, destination: str) -> Iterator[str]:
    """Addresses of a subnet that may be given to somebody: a free one, or the destination if nobody has it."""
    cidr = free_address(walk.network, subnet)
    if cidr:
        yield cidr
    if inside(destination, subnet) and not any(holders(walk.network, destination)):
        yield f"{destination}/{subnet_of(subnet).prefixlen}"


def leads_to(walk: Walk, here: Namespace, interface: Interface, ip: str) -> bool:
    """Whether somebody else on the link of an interface has an address."""
    return any(_on_link(walk, here, interface, ip))


def _on_link(walk: Walk, here: Namespace, interface: Interface, ip: str) -> Iterator[End]:
    for there, far in ends_on(walk, here, interface):
        if there is not here:
            yield from ((there, far, address) for address in far.addresses if address.ip == ip)
