"""What an operation will do, decided on a snapshot alone.

Each plan checks everything that can be checked and raises `NslabError` before anything is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..errors import NslabError
from ..model import names
from ..model.network import HOST, Interface, Namespace, Network
from ..model.subnets import AddressBook
from ..script.details import Setting, necessary
from ..translation import _, joined
from .actions import (
    Action,
    AddAddress,
    AddBridge,
    AddNamespace,
    AddVeth,
    DeleteAddress,
    DeleteFiles,
    DeleteInterface,
    DeleteNamespace,
    DeleteRoute,
    DeleteRule,
    EndProcesses,
    Nft,
    SetMaster,
    SetSysctl,
    SetUp,
)

BUILT_IN_RULES = {(4, 0), (4, 32766), (4, 32767), (6, 0), (6, 32766)}  # family and priority, see ip-rule(8)
_UNREMOVABLE = frozenset(
    ("lo", "tunl0", "sit0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "ip6tnl0", "ip6gre0")
)  # lo, and what tunnel drivers put into every namespace by themselves


@dataclass(frozen=True, slots=True)
class Remains:
    """What a namespace holds beyond its network, and what would outlive it."""

    processes: tuple[tuple[int, str], ...] = ()  # pid and name
    files: bool = False  # whether /etc/netns/NAME is there


def bridge(network: Network, name: str, addresses: tuple[str, ...] = ()) -> tuple[Action, ...]:
    """Make a bridge in the host, give it its addresses and bring it up."""
    names.bridge_name(name)
    _refuse_existing(network.host, name)
    book = AddressBook(network)
    wanted = [book.take(text, name, HOST, alone=True) for text in addresses]
    return (AddBridge(name), *(AddAddress(name, address.cidr) for address in wanted), SetUp(name))


def attach(network: Network, bridge: str, namespaces: Mapping[str, tuple[str, ...]]) -> tuple[Action, ...]:
    """Make namespaces and connect each to a bridge of the host, as the tutorial's script does.

    Beyond the script it brings ``lo`` up: without it a namespace neither reaches its own addresses nor gets its own
    kernel's ICMP errors, such as *Destination Host Unreachable*.
    """
    find_bridge(network, bridge)
    book = AddressBook(network)
    planned: list[Action] = []
    for name, addresses in namespaces.items():
        outer, inner = _new_ends(network, name)
        if not addresses:
            raise NslabError(
                _('"{name}" has no address.', name=name),
                _("Write `%netns_attach {bridge} {name} 172.16.1.1/16`.", bridge=bridge, name=name),
            )
        planned += (AddNamespace(name), AddVeth(outer, inner, name))
        planned += [AddAddress(inner, book.take(text, inner, name).cidr, name) for text in addresses]
        planned += (SetUp(inner, name), SetUp("lo", name), SetUp(outer), SetMaster(outer, bridge))
    return tuple(planned)


def detach(network: Network, name: str, remains: Remains) -> tuple[Action, ...]:
    """Remove a namespace, the veth pairs that lead into it, its processes and its files."""
    namespace = find_namespace(network, name)
    if namespace.kind != "named":
        raise NslabError(
            _("{title} has no name in /run/netns, so it can't be removed by one.", title=namespace.title),
            _("`%netns_reset` removes everything.") if name == HOST else _("It goes when its last process ends."),
        )
    outer_ends = [
        DeleteInterface(end.name, place.name)
        for interface in namespace.interfaces
        for place, end in [network.peer(interface) or (namespace, interface)]
        if place is not namespace
    ]
    return (*ending(name, remains), *outer_ends, DeleteNamespace(name), *forgetting(name, remains))


def reset(
    network: Network,
    remains: Mapping[str, Remains],
    settings: Iterable[Setting] = (),
    *,
    firewall: bool = True,
) -> tuple[Action, ...]:
    """Give a bare host back: what a lab is when its kernel starts.

    Parameters
    ----------
    network
        The lab as it is.
    remains
        What is left in each namespace.
    settings
        The host's kernel parameters that aren't at their default.
    firewall
        Whether the host has any table of nft or iptables: an empty one is in no snapshot.
    """
    named = [namespace.name for namespace in network.namespaces if namespace.kind == "named"]
    planned: list[Action] = []
    for name, left in remains.items():
        planned += ending(name, left)
    planned += [DeleteInterface(interface.name) for interface in removable(network)]
    planned += [DeleteNamespace(name) for name in named]
    for name, left in remains.items():
        planned += forgetting(name, left)
    own = [setting for setting in settings if setting.interface in ("", "lo")]
    planned += _bare(network.host)
    planned += [Nft("flush ruleset")] if firewall else []
    planned += [SetSysctl(setting.name, setting.default, HOST, setting.value) for setting in necessary(own)]
    return tuple(planned)


def find_namespace(network: Network, name: str) -> Namespace:
    """The namespace of this name, or an error that names the nearest one."""
    found = network.get(name)
    if found is None:
        names.namespace_name(name)
        known = [namespace.name for namespace in network.everywhere]
        raise NslabError(
            _('There is no namespace "{name}".', name=name),
            joined(names.did_you_mean(name, known), _("`%netns` lists them.")),
        )
    return found


def find_bridge(network: Network, name: str) -> Interface:
    """The host's bridge of this name, or an error that names the nearest one."""
    found = network.host.interface(name)
    bridges = [interface.name for interface in network.host.interfaces if interface.kind == "bridge"]
    if found is None:
        names.bridge_name(name)
        near = names.did_you_mean(name, bridges)
        raise NslabError(
            _('There is no bridge "{name}".', name=name),
            joined(near, _("`%netns_bridge {name}` makes it.", name=name)),
        )
    if found.kind != "bridge":
        known = (
            _("Bridges are {bridges}.", bridges=", ".join(bridges))
            if bridges
            else _("`%netns_bridge mydocker0` makes a bridge.")
        )
        if found.kind:
            raise NslabError(_('"{name}" is a {kind} interface, not a bridge.', name=name, kind=found.kind), known)
        raise NslabError(_('"{name}" is an interface, not a bridge.', name=name), known)
    return found


def _new_ends(network: Network, name: str) -> tuple[str, str]:
    names.new_namespace_name(name)
    outer, inner = names.veth_names(name)
    if network.get(name):
        raise NslabError(
            _('The namespace "{name}" exists already.', name=name), _("`%netns_detach {name}` removes it.", name=name)
        )
    _refuse_existing(network.host, outer)
    return outer, inner


def _refuse_existing(host: Namespace, name: str) -> None:
    found = host.interface(name)
    if found:
        what = "a bridge" if found.kind == "bridge" else "an interface"
        raise NslabError(
            _('The host has {what} "{name}" already.', what=what, name=name),
            _("`sudo ip link del {name}` removes it.", name=name),
        )


def ending(name: str, remains: Remains) -> Iterator[Action]:
    """End what runs in a namespace that is about to go."""
    if remains.processes:
        yield EndProcesses(remains.processes, name)


def forgetting(name: str, remains: Remains) -> Iterator[Action]:
    """Remove the files of a namespace that has gone."""
    if remains.files:
        yield DeleteFiles(name)


def removable(network: Network) -> list[Interface]:
    """The host's interfaces, one of each veth pair, and what sits on another interface before it."""
    gone: set[int] = set()
    chosen = []
    for interface in network.host.interfaces:
        if interface.name in _UNREMOVABLE or not interface.kind or interface.index in gone:
            continue
        chosen.append(interface)
        if interface.kind == "veth" and interface.peer_namespace == HOST and interface.peer_index is not None:
            gone.add(interface.peer_index)
    return sorted(chosen, key=_removal_order)


def _removal_order(interface: Interface) -> tuple[bool, int]:
    """What sits on another interface came later than that one, and goes with it: so it is removed before."""
    is_ground = interface.kind in ("veth", "bridge")
    return is_ground, interface.index if is_ground else -interface.index


def _bare(host: Namespace) -> Iterator[Action]:
    loopback = host.interface("lo")
    if loopback and not loopback.up:
        yield SetUp("lo")
    if loopback:
        own = ("127.0.0.1/8", "::1/128")
        yield from (DeleteAddress("lo", address.cidr) for address in loopback.addresses if address.cidr not in own)
    for route in host.routes:
        stays = route.interface is not None and route.interface != (loopback.index if loopback else None)
        if route.protocol != "kernel" and not stays:
            yield DeleteRoute(route, "lo" if route.interface is not None else "")
    yield from (DeleteRule(rule) for rule in host.rules if (rule.family, rule.priority) not in BUILT_IN_RULES)
