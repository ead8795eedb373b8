"""A network as a networkx graph, for whoever wants to compute with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.model.diff import PAIRS, condition
from ..core.model.network import Interface, Namespace, Network

if TYPE_CHECKING:
    import networkx


def graph(network: Network) -> networkx.MultiGraph:
    """The network as a multigraph.

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

    So two containers on one bridge are joined by the path
    ``ns1/eth00 - cable - host/veth-ns1 - port - host/mydocker0 - port - host/veth-ns2 - cable - ns2/eth00``,
    which networkx finds in the subgraph of interfaces.
    """
    import networkx

    found = networkx.MultiGraph(hostname=network.hostname)
    for namespace in network.everywhere:
        found.add_node(
            namespace.name, what="namespace", kind=namespace.kind, label=namespace.title, inode=namespace.inode
        )
        for interface in namespace.interfaces:
            _add_interface(found, namespace, interface)
    for namespace in network.everywhere:
        for interface in namespace.interfaces:
            _add_links(found, network, namespace, interface)
    return found


def _node(namespace: Namespace, interface: Interface) -> str:
    return f"{namespace.name}/{interface.name}"


def _add_interface(found: networkx.MultiGraph, namespace: Namespace, interface: Interface) -> None:
    node = _node(namespace, interface)
    found.add_node(
        node,
        what="interface",
        namespace=namespace.name,
        name=interface.name,
        kind=interface.kind,
        index=interface.index,
        mac=interface.mac,
        mtu=interface.mtu,
        state=condition(interface),
        addresses=tuple(address.cidr for address in interface.addresses),
    )
    found.add_edge(node, namespace.name, key="in", what="in")


def _add_links(found: networkx.MultiGraph, network: Network, namespace: Namespace, interface: Interface) -> None:
    node = _node(namespace, interface)
    master = namespace.interface(interface.master)
    if master is not None:
        state = interface.port.state if interface.port else ""
        found.add_edge(node, _node(namespace, master), key="port", what="port", state=state)
    far = network.peer(interface)
    if far is None:
        return
    other = _node(*far)
    if interface.kind not in PAIRS:
        found.add_edge(node, other, key="over", what="over")
    elif not found.has_edge(node, other, key="cable"):
        found.add_edge(node, other, key="cable", what="cable", alive=interface.up and far[1].up)
