"""A network as a networkx graph: what the layout reads, and what anybody can compute with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..core.model.diff import changes, condition
from ..core.model.network import Interface, Namespace, Network
from .diff_status import Fates

if TYPE_CHECKING:
    import networkx


def graph(network: Network, before: Network | None = None) -> networkx.MultiGraph:
    """Make a multigraph of a network.

    Nodes are namespaces, named as in the lab (``"host"``, ``"ns1"``), and interfaces,
    named ``"NAMESPACE/INTERFACE"`` (``"ns1/eth00-ns1"``, ``"host/mydocker0"``).

    A namespace has the attributes ``what="namespace"``, ``kind`` (host, named, process), ``label``, ``inode``.
    An interface has ``what="interface"``, ``namespace``, ``name``, ``kind`` (veth, bridge, loopback, ...; empty
    for hardware), ``index``, ``mac``, ``mtu`` (bytes), ``state`` (up, down, no-carrier) and ``addresses``
    (a tuple of CIDRs).

    Edges have the attribute ``what``, which is their key too:

    - ``"in"``: an interface and the namespace that it is in;
    - ``"cable"``: the two ends of a veth pair; ``alive`` is true while both ends are up;
    - ``"port"``: an interface and the bridge (or bond, vrf) that it is a port of; ``state`` is the
      bridge port's state (forwarding, blocking, ...), where it has one;
    - ``"over"``: an interface and the one that it is stacked on, such as a macvlan or vxlan and its parent.

    Nodes and cables have a ``status``: ``""``, or with an earlier snapshot ``"new"``, ``"changed"``, ``"moved"`` or
    ``"removed"``.

    Parameters
    ----------
    network
        The snapshot.
    before
        An earlier one. What it has and ``network`` lacks is in the graph, too, with the status ``"removed"``.

    Examples
    --------
    The way between two containers on one bridge, and who is in one broadcast domain::

        interfaces = lab.graph().subgraph(n for n, data in lab.graph().nodes(data=True) if data["what"] == "interface")
        networkx.shortest_path(interfaces, "ns1/eth00-ns1", "ns2/eth00-ns2")
        list(networkx.connected_components(interfaces))

    As JSON: ``json.dumps(networkx.node_link_data(lab.graph()))``. Drawn by networkx itself, where the picture has it:
    ``networkx.draw(lab.graph(), lab.picture().positions())``.
    """
    import networkx

    fates = Fates(changes(before, network) if before else ())
    found = networkx.MultiGraph(hostname=network.hostname)
    for namespace in network.everywhere:
        _add_namespace(found, namespace, fates.namespace(namespace.name))
        for interface in namespace.interfaces:
            _add_interface(found, namespace, interface, _status(fates, namespace, interface))
    gone = _add_removed(found, before, fates) if before else []
    for namespace in network.everywhere:
        for interface in namespace.interfaces:
            _add_links(found, network, namespace, interface, fates)
    for namespace, interface in gone:
        _add_links(found, before or network, namespace, interface, fates)
    return found


def node(namespace: Namespace, interface: Interface) -> str:
    """The name of an interface's node."""
    return f"{namespace.name}/{interface.name}"


def _status(fates: Fates, namespace: Namespace, interface: Interface) -> str:
    whole = fates.namespace(namespace.name)
    return whole if whole == "new" else fates.interface(namespace.name, interface.name)


def _add_removed(found: networkx.MultiGraph, before: Network, fates: Fates) -> list[tuple[Namespace, Interface]]:
    """Add what the earlier snapshot has alone; return its interfaces."""
    gone = []
    for namespace in before.everywhere:
        whole = namespace.name not in found
        if whole:
            _add_namespace(found, namespace, "removed")
        for interface in namespace.interfaces:
            if node(namespace, interface) not in found and (whole or fates.removed(namespace.name, interface.name)):
                _add_interface(found, namespace, interface, "removed")
                gone.append((namespace, interface))
    return gone


def _add_namespace(found: networkx.MultiGraph, namespace: Namespace, status: str) -> None:
    found.add_node(
        namespace.name,
        what="namespace",
        kind=namespace.kind,
        label=namespace.title,
        inode=namespace.inode,
        status=status,
    )


def _add_interface(found: networkx.MultiGraph, namespace: Namespace, interface: Interface, status: str) -> None:
    name = node(namespace, interface)
    found.add_node(
        name,
        what="interface",
        namespace=namespace.name,
        name=interface.name,
        kind=interface.kind,
        index=interface.index,
        mac=interface.mac,
        mtu=interface.mtu,
        state=condition(interface),
        addresses=tuple(address.cidr for address in interface.addresses),
        status=status,
    )
    found.add_edge(name, namespace.name, key="in", what="in")


def _add_links(
    found: networkx.MultiGraph, network: Network, namespace: Namespace, interface: Interface, fates: Fates
) -> None:
    name = node(namespace, interface)
    master = namespace.interface(interface.master)
    if master is not None and node(namespace, master) in found:
        state = interface.port.state if interface.port else ""
        found.add_edge(name, node(namespace, master), key="port", what="port", state=state)
    below = network.lower(interface)
    if below is not None and node(*below) in found:
        found.add_edge(name, node(*below), key="over", what="over")
    far = network.peer(interface)
    if far is None or node(*far) not in found:
        return
    other = node(*far)
    if not found.has_edge(name, other, key="cable"):
        ends = ((namespace, interface), far)
        replugged = any(fates.cable(where.name, end.name) for where, end in ends)
        status = _cable_status({found.nodes[name]["status"], found.nodes[other]["status"]}, replugged)
        alive = interface.up and far[1].up and status != "removed"
        found.add_edge(name, other, key="cable", what="cable", alive=alive, status=status)


def _cable_status(ends: set[str], replugged: bool) -> str:
    """The status of a cable from those of its ends."""
    decisive = next((status for status in ("removed", "new", "moved") if status in ends), "")
    return decisive or ("changed" if replugged else "")


def across(lab: networkx.MultiGraph, node: str, what: str) -> Iterator[str]:
    """The nodes at the other ends of a node's edges of one kind."""
    return (other for other, edges in lab.adj[node].items() if what in edges)
