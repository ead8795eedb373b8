"""Nobody has an address: somebody on the link has lost it, or what asks for it is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.network import Address, Interface, Namespace, Route
from ..model.subnets import subnet_of
from ..operations.actions import AddAddress, AddRoute, DeleteAddress, SetMaster, SetSysctl, SetUp
from . import tunnels
from .cabling import is_opaque, master_of
from .findings import Place
from .owners import family_of, global_ones, holders, inside, is_local, usable
from .packet import Packet
from .remedies import change_address, change_prefix, ends_on, free_address, new_routes, subnets_on, votes_of_routes
from .routing import Query, lookup
from .sysctls import forwards, ipv6_off
from .walk import Cause, Repair, StoppedError, Walk


def nowhere(walk: Walk, here: Namespace, out: Interface, ip: str, packet: Packet) -> Cause:
    """Nobody has the address: somebody on the link has lost it, or the route names a wrong gateway."""
    family = family_of(ip)
    gateway = ip != packet.destination
    found = lookup(here, Query(packet.destination, packet.source))
    route = found.routes[0] if found.routes else None
    if route and not gateway and route.protocol != "kernel" and any(holders(walk.network, ip)):
        repairs = new_routes(walk, here, ip, route)
        if repairs:
            facts = {"ip": ip, "route": f"{route.destination} dev {out.name}"}
            return Cause("no-gateway", Place(here.name, out.name), facts, repairs)
    prefix = next((a.prefix for a in global_ones(out, family) if inside(ip, a.network)), None)
    odd = list(_odd(walk, here, out, ip)) if prefix else []
    if gateway:
        odd = [end for end in odd if forwards(*end[:2], family)]
    suspects = list(_bare(walk, here, out, ip))
    routers = [end for end in suspects if end[1].kind != "bridge" and forwards(*end, family)]
    if gateway and (len(routers) == 1 or _has_better(walk, here, out, ip)):
        suspects = routers  # a bridge may never have had an address
    loser = _loser(suspects, gateway=gateway, otherwise=bool(odd))
    if loser and prefix:
        return _lost_address(*loser, ip, prefix)
    facts = {"ip": ip, "interface": out.name}
    twins = list(_twins(walk, here, out, family)) if prefix and not gateway else []
    if len(twins) == 1:
        there, interface, address = twins[0]
        facts |= {"ip": address.ip, "others": f"{here.title}, {there.title}"}
        repair = change_address(there, interface, address, f"{ip}/{prefix}")
        return Cause("duplicate-address", Place(there.name, interface.name), facts, (repair,))
    if len(odd) == 1:
        there, interface, address = odd[0]
        repair = change_address(there, interface, address, f"{ip}/{prefix}")
        facts |= {"address": address.cidr, "subnet": str(subnet_of(f"{ip}/{prefix}"))}
        return Cause("other-subnet", Place(there.name, interface.name), facts, (repair,))
    if gateway:
        repairs = new_routes(walk, here, packet.destination, route) if route else ()
        if not prefix and not ip.startswith("fe80:"):
            # A gateway that a route alone puts on the link: a router there may be given the address.
            full = f"{ip}/{128 if family == 6 else 32}"
            ends = [end for end in ends_on(walk, here, out) if end[0] is not here and forwards(*end, family)]
            repairs += tuple((AddAddress(far.name, full, there.name),) for there, far in ends)
        return Cause("wrong-gateway", Place(here.name, out.name), facts, repairs)
    return Cause("nobody-has-it", Place(here.name, out.name), facts)


def _twins(walk: Walk, here: Namespace, out: Interface, family: int) -> Iterator[tuple[Namespace, Interface, Address]]:
    """Those on a link who have nothing but an address that the asker has, too."""
    own = {address.ip for address in global_ones(out, family)}
    for there, interface in ends_on(walk, here, out):
        addresses = global_ones(interface, family)
        if there is not here and len(addresses) == 1 and addresses[0].ip in own:
            yield there, interface, addresses[0]


def _has_better(walk: Walk, here: Namespace, out: Interface, ip: str) -> bool:
    """Whether nobody else on a link takes ``ip`` for a gateway, and there is a router beside it."""
    family = family_of(ip)
    own = sum(1 for route in here.routes if route.gateway == ip)
    if votes_of_routes(walk, here, out, family)[ip] > own:
        return False
    subnets = [address.network for address in global_ones(out, family)]
    return any(
        inside(address.ip, subnet)
        for there, interface in ends_on(walk, here, out)
        if there is not here and forwards(there, interface, family)
        for address in global_ones(interface, family)
        for subnet in subnets
    )


def _loser(
    suspects: list[tuple[Namespace, Interface]], *, gateway: bool, otherwise: bool
) -> tuple[Namespace, Interface] | None:
    """Who has lost an address, of those on a link that have none; a bridge may do without, so it comes last.

    Parameters
    ----------
    gateway
        Whether it was the address of a gateway, as bridges have.
    otherwise
        Whether there is somebody else to blame.
    """
    rooms = [end for end in suspects if end[1].kind != "bridge"]
    likely = rooms if len(rooms) == 1 and not gateway else suspects
    if len(likely) != 1 or (otherwise and likely[0][1].kind == "bridge"):
        return None
    return likely[0]


def _bare(walk: Walk, here: Namespace, out: Interface, ip: str) -> Iterator[tuple[Namespace, Interface]]:
    """Interfaces on the link, of others, that have no address of the family; those that are all a namespace has."""
    family = family_of(ip)
    gateways = {*votes_of_routes(walk, here, out, family), *_firsts(out, family)}
    for there, interface in ends_on(walk, here, out):
        if there is here or global_ones(interface, family):
            continue
        speaks = any(global_ones(i, family) for i in there.interfaces)
        if interface.kind == "bridge" and not (speaks or ip in gateways):
            continue  # a bridge that only switches needs no address
        yield there, interface


def _firsts(out: Interface, family: int) -> Iterator[str]:
    """The first address of each subnet that an interface is in: a bridge's, as a rule."""
    for address in global_ones(out, family):
        yield str(subnet_of(address.cidr).network_address + 1)


def _lost_address(there: Namespace, interface: Interface, ip: str, prefix: int) -> Cause:
    place = Place(there.name, interface.name)
    facts = {"ip": ip}
    if not interface.up:
        return Cause("interface-down", place, facts, ((SetUp(interface.name, there.name),),))
    repair: Repair = (AddAddress(interface.name, f"{ip}/{prefix}", there.name),)
    if family_of(ip) == 6 and ipv6_off(there, interface):
        return Cause("ipv6-off", place, facts, ((*switch_ipv6_on(there, interface), *repair),))
    return Cause("no-address", place, {"family": str(family_of(ip))}, (repair,))


def switch_ipv6_on(there: Namespace, interface: Interface) -> Repair:
    """Undo ``disable_ipv6``, for all interfaces where it was set for all."""
    settings = [f"net.ipv6.conf.{place}.disable_ipv6" for place in ("all", interface.name)]
    return tuple(SetSysctl(s, "0", there.name, "1") for s in settings if there.sysctl(s) == "1")


def _odd(walk: Walk, here: Namespace, out: Interface, ip: str) -> Iterator[tuple[Namespace, Interface, Address]]:
    """The addresses on a link that share no subnet with the asker's."""
    family = family_of(ip)
    own = [address.network for address in global_ones(out, family)]
    for there, interface in ends_on(walk, here, out):
        addresses = global_ones(interface, family)
        if there is not here and not any(inside(a.ip, subnet) for a in addresses for subnet in own):
            yield from ((there, interface, address) for address in addresses)


def nobody(walk: Walk, here: Namespace, out: Interface, ip: str, packet: Packet) -> Cause:
    """Why ``ip``, the next hop of a packet, has no neighbour on the link of ``out``."""
    on_port = address_on_port(here, out)
    if on_port and on_port.repairs[0]:
        return on_port
    if is_opaque(walk.network, out) and not out.carrier:
        return Cause("no-carrier", Place(here.name, out.name))
    leave_if_opaque(walk, here, out, ip)
    for there, interface in holders(walk.network, ip):
        if there.local_routes and not is_local(there, ip) and (there, interface) in ends_on(walk, here, out):
            return without_local_route(there, interface, ip)
        cause = _elsewhere(walk, here, out, ip, there, interface)
        if cause:
            return cause
    return nowhere(walk, here, out, ip, packet)


def address_on_port(here: Namespace, out: Interface) -> Cause | None:
    """That an address is on a port of a bridge, which takes what comes in there; None where there is no bridge."""
    bridge = master_of(here, out)
    if bridge is None:
        return None
    moved = [
        action
        for address in out.addresses
        if address.scope == "global"
        for action in (
            DeleteAddress(out.name, address.cidr, here.name),
            AddAddress(bridge.name, address.cidr, here.name),
        )
    ]
    return Cause("address-on-port", Place(here.name, out.name), {"bridge": bridge.name}, (tuple(moved),))


def leave_if_opaque(walk: Walk, here: Namespace, out: Interface, ip: str = "") -> None:
    """Raise `LostError` where a link has an end that this lab can't see: someone there may answer.

    Raises
    ------
    StoppedError
        Where the link goes on in a tunnel, and ``ip`` isn't reached by it.
    """
    for edge in walk.edges(here, out):
        interface = edge.interface
        if interface.kind == "vxlan":
            if not ip or any(holders(walk.network, ip)):
                cause = tunnels.unreached(walk, edge.namespace, interface)
                if cause:
                    raise StoppedError(cause)
                raise walk.lost("beyond", Place(edge.namespace.name, interface.name), interface_kind=interface.kind)
        elif interface.carrier:
            kind = interface.kind or "hardware"
            raise walk.lost("beyond", Place(edge.namespace.name, interface.name), interface_kind=kind)


def without_local_route(there: Namespace, interface: Interface, ip: str) -> Cause:
    """A namespace has an address, and its table ``local`` doesn't: it takes packets for it for somebody else's."""
    bits = 128 if ":" in ip else 32
    route = Route(f"{ip}/{bits}", family_of(ip), None, source=ip, table=255, kind="local", scope="host")
    repair = (AddRoute(route, interface.name, there.name),)
    return Cause("no-local-route", Place(there.name, interface.name), {"ip": ip}, (repair,))


def _elsewhere(
    walk: Walk, here: Namespace, out: Interface, ip: str, there: Namespace, interface: Interface
) -> Cause | None:
    """The owner is on another link: a cable is plugged in wrongly, or the subnet is meant to be smaller."""
    plug = _unplugged(walk, (here, out), (there, interface)) or _unplugged(walk, (there, interface), (here, out))
    if plug:
        return plug
    theirs = next(address for address in interface.addresses if address.ip == ip)
    ours = [address for address in usable(out, theirs.family) if address.scope == "global"]
    if any(address.network == theirs.network for address in ours):
        return _other_bridge(walk, (here, out), (there, interface), theirs)
    wide = [address for address in ours if inside(ip, address.network) and address.prefix < theirs.prefix]
    if wide:
        return _too_wide(walk, here, out, wide[0], theirs)
    return None


def _unplugged(walk: Walk, one: tuple[Namespace, Interface], other: tuple[Namespace, Interface]) -> Cause | None:
    """Whether the cable of one ends loose beside the bridge of the other."""
    far = walk.network.peer(one[1])
    if far is None or far[1].master is not None or global_ones(far[1]) or far[1].kind == "bridge":
        return None
    bridges = [i for ns, i in (*ends_on(walk, *other), other) if ns is far[0] and i.kind == "bridge"]
    repairs = tuple((SetMaster(far[1].name, bridge.name, far[0].name),) for bridge in bridges)
    if not repairs:
        return None
    facts = {"cable": one[1].name, "owner": one[0].title, "bridge": bridges[0].name}
    return Cause("unplugged", Place(far[0].name, far[1].name), facts, repairs)


def _other_bridge(
    walk: Walk, one: tuple[Namespace, Interface], other: tuple[Namespace, Interface], address: Address
) -> Cause | None:
    """Two ends of one subnet on two bridges: the one with fewer companions is plugged in wrongly, if it has a plug."""
    ports = []
    for end in (one, other):
        far = walk.network.peer(end[1])
        bridge = master_of(*far) if far else None
        companions = subnets_on(walk, *end, address.family)[address.network]
        ports.append((companions, end, far, bridge))
    ports.sort(key=lambda port: (port[0], port[2] is None))
    (_, wrong, far, bridge), (_, right, right_far, right_bridge) = ports
    goal = right_bridge or (right[1] if right[1].kind == "bridge" else None)
    goal_place = right_far[0] if right_far else right[0]
    if far is None or bridge is None or goal is None or goal_place is not far[0]:
        return None
    facts = {"owner": wrong[0].title, "bridge": bridge.name, "right": goal.name, "subnet": address.network}
    repair = (SetMaster(far[1].name, goal.name, far[0].name, bridge.name),)
    return Cause("other-bridge", Place(far[0].name, far[1].name), facts, (repair,))


def _too_wide(walk: Walk, here: Namespace, out: Interface, ours: Address, theirs: Address) -> Cause:
    usual = [subnet_of(subnet).prefixlen for subnet, _ in subnets_on(walk, here, out, ours.family).most_common()]
    prefixes = [prefix for prefix in dict.fromkeys((*usual, theirs.prefix)) if prefix > ours.prefix]
    repairs = tuple(change_prefix(here, out, ours, prefix) for prefix in prefixes)
    facts = {"address": ours.cidr, "ip": theirs.ip}
    return Cause("prefix-too-wide", Place(here.name, out.name), facts, repairs)


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
                if ours.scope != "global" or inside(packet.destination, ours.network):
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
    """An address of the same link as another, whose subnet shows what is wrong with it."""
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
