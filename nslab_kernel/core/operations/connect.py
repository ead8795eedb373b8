"""Join what isn't joined: a cable between namespaces, a router between bridges, an address, a route, a resolver."""

from __future__ import annotations

import ipaddress
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import NslabError
from ..model import names
from ..model.network import HOST, Interface, Namespace, Network, Route
from ..model.subnets import AddressBook
from ..translation import _, joined
from .actions import Action, AddAddress, AddNamespace, AddRoute, AddVeth, SetMaster, SetSysctl, SetUp
from .nat import FORWARDING
from .plans import find_bridge, find_namespace

if TYPE_CHECKING:
    from ..effects.sketch import Sketch


@dataclass(frozen=True, slots=True)
class SetResolver:
    """Name the DNS server that programs of a namespace ask (resolv.conf(5), ip-netns(8))."""

    server: str
    namespace: str = HOST

    def command(self) -> str:
        line = f"echo nameserver {self.server} | sudo tee"
        if self.namespace == HOST:  # which is a link on many machines, out of the lab into /run
            return f"sudo rm -f /etc/resolv.conf && {line} /etc/resolv.conf"
        folder = shlex.quote(f"/etc/netns/{self.namespace}")
        return f"sudo mkdir -p {folder} && {line} {folder}/resolv.conf"

    def undo(self) -> Action:
        return UnsetResolver(self.namespace)

    def effect(self, sketch: Sketch) -> None:
        raise LookupError("its effect on a network isn't modelled")


@dataclass(frozen=True, slots=True)
class UnsetResolver:
    """Take back what `SetResolver` did."""

    namespace: str = HOST

    def command(self) -> str:
        folder = "/etc" if self.namespace == HOST else shlex.quote(f"/etc/netns/{self.namespace}")
        return f"sudo rm {folder}/resolv.conf"

    def undo(self) -> None:
        return None

    def effect(self, sketch: Sketch) -> None:
        raise LookupError("its effect on a network isn't modelled")


def cable(network: Network, one: str, other: str, addresses: tuple[str, str]) -> tuple[Action, ...]:
    """A veth pair straight between two namespaces, each end with an address of one subnet.

    Parameters
    ----------
    network
        The lab as it is.
    one, other
        Two namespaces; ``"host"`` may be one of them.
    addresses
        The address of each end, with its prefix length.
    """
    places = [find_namespace(network, name) for name in (one, other)]
    if one == other:
        raise NslabError(_("A cable from {one} to {one} would join nothing.", one=one), _("Name two namespaces."))
    ends = (_end_towards(places[0], other), _end_towards(places[1], one))
    book = AddressBook(network)
    taken = [book.take(text, end, name) for text, end, name in zip(addresses, ends, (one, other), strict=True)]
    _refuse_apart(taken[0].cidr, taken[1].cidr)
    return (
        AddVeth(ends[0], ends[1], other, one),
        AddAddress(ends[0], taken[0].cidr, one),
        AddAddress(ends[1], taken[1].cidr, other),
        SetUp(ends[0], one),
        SetUp(ends[1], other),
    )


def router(network: Network, one: str, other: str, addresses: tuple[str, str], name: str) -> tuple[Action, ...]:
    """A namespace that passes packets on between two bridges of the host.

    Parameters
    ----------
    network
        The lab as it is.
    one, other
        Two bridges of the host.
    addresses
        The router's address on each.
    name
        The router's name.
    """
    bridges = [find_bridge(network, bridge).name for bridge in (one, other)]
    names.new_namespace_name(name)
    if network.get(name):
        raise NslabError(
            _('The namespace "{name}" exists already.', name=name), _("`%netns_detach {name}` removes it.", name=name)
        )
    book = AddressBook(network)
    families = {6 if ":" in address else 4 for address in addresses}
    planned: list[Action] = [AddNamespace(name), SetUp("lo", name)]
    for number, (bridge, text) in enumerate(zip(bridges, addresses, strict=True)):
        outer, inner = names.interface_name(f"{name}-{number}"), f"eth{number}"
        _refuse_taken(network.host, outer)
        planned += (AddVeth(outer, inner, name), AddAddress(inner, book.take(text, inner, name).cidr, name))
        planned += (SetUp(inner, name), SetUp(outer), SetMaster(outer, bridge))
    planned += [SetSysctl(FORWARDING[family], "1", name, "0") for family in sorted(families)]
    return tuple(planned)


def address(network: Network, place: str, interface: str, cidr: str) -> tuple[Action, ...]:
    """Give an interface one more address."""
    found = _interface(find_namespace(network, place), interface)
    wanted = AddressBook(network).take(cidr, found.name, place, alone=place == HOST)
    return (AddAddress(found.name, wanted.cidr, place),)


def route(network: Network, place: str, destination: str, gateway: str) -> tuple[Action, ...]:
    """Send a namespace's packets for a destination to a gateway.

    Parameters
    ----------
    network
        The lab as it is.
    place
        The namespace.
    destination
        ``"default"`` or a subnet, such as ``10.1.0.0/16``.
    gateway
        The address of a neighbour; it has to lie in a subnet of one of the namespace's interfaces.
    """
    namespace = find_namespace(network, place)
    via = _ip(gateway)
    _refuse_far(namespace, via)
    goal = destination if destination == "default" else _subnet(destination)
    for present in namespace.routes:
        if (present.destination, present.family, present.metric) == (goal, via.version, 0) and present.table == 254:
            raise NslabError(
                _(
                    "{title} has a route to {goal} already, via {gateway}.",
                    title=namespace.title,
                    goal=goal,
                    gateway=present.gateway or _("its own link"),
                ),
                _("`%netns {place} ip route del {goal}` removes it.", place=place, goal=goal),
            )
    return (AddRoute(Route(goal, via.version, str(via)), "", place),)


def resolver(network: Network, place: str, server: str) -> tuple[Action, ...]:
    """Name the DNS server that programs of a namespace ask."""
    return (SetResolver(str(_ip(server)), find_namespace(network, place).name),)


def _end_towards(place: Namespace, other: str) -> str:
    name = names.interface_name(f"to-{other}")
    _refuse_taken(place, name)
    return name


def _refuse_taken(place: Namespace, name: str) -> None:
    if place.interface(name):
        at = "" if place.name == HOST else f"-n {place.name} "
        raise NslabError(
            _("{title} has an interface {name} already.", title=place.title, name=name),
            _("`sudo ip {at}link del {name}` removes it.", at=at, name=name),
        )


def _refuse_apart(one: str, other: str) -> None:
    here, there = ipaddress.ip_interface(one), ipaddress.ip_interface(other)
    if here.network != there.network:
        example = next((ip for ip in here.network.hosts() if ip != here.ip), there.ip)
        raise NslabError(
            _(
                "{one} and {other} lie in different subnets, so the two ends couldn't speak to each other.",
                one=one,
                other=other,
            ),
            _("Choose {example}/{prefixlen} for the other end.", example=example, prefixlen=here.network.prefixlen),
        )


def _interface(namespace: Namespace, name: str) -> Interface:
    found = namespace.interface(name)
    if found is None:
        names.interface_name(name)
        near = names.did_you_mean(name, [interface.name for interface in namespace.interfaces])
        raise NslabError(
            _('{title} has no interface "{name}".', title=namespace.title, name=name),
            joined(near, _("`%netns` lists them.")),
        )
    return found


def _refuse_far(namespace: Namespace, gateway: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    own = [a for i in namespace.interfaces if not i.is_loopback for a in i.addresses]
    subnets = [ipaddress.ip_network(a.network) for a in own if a.family == gateway.version]
    if any(str(gateway) == a.ip for a in own):
        raise NslabError(
            _(
                "{gateway} is {title}'s own address: it can't be its own gateway.",
                gateway=gateway,
                title=namespace.title,
            ),
            _("Name the neighbour that passes packets on, such as the bridge's address."),
        )
    if not any(gateway in subnet for subnet in subnets):
        near = ", ".join(str(subnet) for subnet in subnets) or _("none")
        raise NslabError(
            _(
                "{gateway} is no neighbour of {title}: its subnets are {near}.",
                gateway=gateway,
                title=namespace.title,
                near=near,
            ),
            _("A gateway has to lie in one of them."),
        )


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise NslabError(
            _('"{text}" is not an IP address.', text=text), _("Write it like 172.16.0.1, without a prefix.")
        ) from None


def _subnet(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise NslabError(
            _('"{text}" is not a subnet.', text=text), _("Write it like 10.1.0.0/16, or `default`.")
        ) from None
