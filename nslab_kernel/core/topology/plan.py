"""The actions that build a lab of another program, and those that take it away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..errors import NslabError
from ..model import names
from ..model.network import HOST, Network
from ..operations.actions import (
    Action,
    AddBridge,
    AddNamespace,
    AddVeth,
    DeleteInterface,
    DeleteNamespace,
    SetMaster,
    SetSysctl,
    SetUp,
)
from ..operations.plans import Remains, ending, forgetting
from ..translation import _
from .model import BRIDGE_KIND, End, Link, Topology

# Set by plain actions; what a kernel may lack, or what has an interface's name, is left to the node's own shell lines.
_COMMON = ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding")


def build(network: Network, topology: Topology) -> tuple[Action, ...]:
    """Make a topology's namespaces and links.

    Parameters
    ----------
    network
        The lab as it is.
    topology
        What is to be built.

    Raises
    ------
    NslabError
        Where a name is taken, or can't be one.
    """
    planned: list[Action] = []
    for node in topology.nodes:
        if node.kind == BRIDGE_KIND:
            planned += _bridge(network, names.bridge_name(node.name))
            continue
        names.new_namespace_name(node.name)
        if network.get(node.name):
            raise NslabError(
                _('The namespace "{name}" exists already.', name=node.name), _("`%netns_reset` makes room for the lab.")
            )
        planned += [AddNamespace(node.name), SetUp("lo", node.name)]
        planned += [
            SetSysctl(name, "1", node.name, "0") for name, value in node.settings if name in _COMMON and value == "1"
        ]
    for link in topology.links:
        planned += _link(network, topology, link)
    return tuple(planned)


def clear(network: Network, topology: Topology, remains: Mapping[str, Remains]) -> tuple[Action, ...]:
    """Take away what `build` made, as far as it is there."""
    hosts = [node.name for node in topology.hosts]
    bridges = {node.name for node in topology.nodes if node.kind == BRIDGE_KIND}
    bridges |= {_short(f"lan-{link.name}") for link in topology.links}
    planned: list[Action] = []
    for name in hosts:
        planned += ending(name, remains.get(name, Remains()))
    for interface in network.host.interfaces:
        far = network.peer(interface)
        # A cable would go with its namespace, but some time after that.
        if (far and far[0].name in hosts) or (interface.kind == "bridge" and interface.name in bridges):
            planned.append(DeleteInterface(interface.name))
    planned += [DeleteNamespace(name) for name in hosts if network.get(name)]
    for name in hosts:
        planned += forgetting(name, remains.get(name, Remains()))
    return tuple(planned)


def settings_lines(topology: Topology, node: str) -> str:
    """The shell lines that set those kernel parameters and MAC addresses of a node that no action of `build` sets."""
    of = next(found for found in topology.nodes if found.name == node)
    lines = [
        f"sysctl -qw {name}={value} 2>/dev/null || echo 'this kernel has no {name}' >&2"
        for name, value in of.settings
        if name not in _COMMON or value != "1"
    ]
    for link in topology.links:
        lines += [f"ip link set {end.interface} address {end.mac}" for end in link.ends if end.node == node and end.mac]
    return "\n".join(lines)


def _link(network: Network, topology: Topology, link: Link) -> Iterator[Action]:
    bridges = {node.name for node in topology.nodes if node.kind == BRIDGE_KIND}
    joined = [end for end in link.ends if end.node in bridges]
    if joined:
        for end in link.ends:
            if end.node not in bridges:
                yield from _port(network, end, joined[0].node)
        return
    if len(link.ends) == 2 and link.ends[0].node != link.ends[1].node:
        one, other = link.ends
        for end in link.ends:
            names.interface_name(end.interface)
        yield AddVeth(one.interface, other.interface, other.node, one.node)
        yield SetUp(one.interface, one.node)
        yield SetUp(other.interface, other.node)
        return
    bridge = _short(f"lan-{link.name}")
    yield from _bridge(network, bridge)
    for end in link.ends:
        yield from _port(network, end, bridge)


def _bridge(network: Network, name: str) -> list[Action]:
    if network.host.interface(name):
        raise NslabError(
            _("{title} has an interface {name} already.", title=HOST, name=name),
            _("`%netns_reset` makes room for the lab."),
        )
    return [AddBridge(name), SetUp(name)]


def _port(network: Network, end: End, bridge: str) -> Iterator[Action]:
    outer = _short(f"{end.node}-{end.interface.removeprefix('eth')}")
    yield AddVeth(outer, names.interface_name(end.interface), end.node)
    yield SetUp(end.interface, end.node)
    yield SetUp(outer)
    yield SetMaster(outer, bridge)


def _short(name: str) -> str:
    """An interface's name made from a longer one: its beginning and its end, which differ."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "-", name)
    return plain if len(plain) <= names.LONGEST_INTERFACE else f"{plain[:8]}{plain[-7:]}"
