"""A lab of another program as values: its nodes, their links, and what can't be built of it."""

from __future__ import annotations

from dataclasses import dataclass

HOST_KIND, BRIDGE_KIND = "node", "bridge"


@dataclass(frozen=True, slots=True)
class Node:
    """A machine of the lab, which becomes a namespace; or a bridge, which becomes one of the host.

    Parameters
    ----------
    name
        Its name, which becomes the namespace's.
    kind
        `HOST_KIND` or `BRIDGE_KIND`.
    files
        Path in the lab's folder and path in the node of each file or folder that it gets.
    settings
        Kernel parameters and their values, as sysctl(8) names them.
    script
        Shell lines that run in it at the end.
    suite
        The routing suite whose files it has: ``""``, ``"frr"`` or ``"quagga"``.
    """

    name: str
    kind: str = HOST_KIND
    files: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    script: str = ""
    suite: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """An end of a link: an interface of a node, with a MAC address where the lab says which."""

    node: str
    interface: str
    mac: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """What joins interfaces: two by a veth pair, any other number by a bridge of the host."""

    name: str
    ends: tuple[End, ...]


@dataclass(frozen=True, slots=True)
class Topology:
    """A lab of another program.

    Parameters
    ----------
    title
        What its author calls it.
    nodes, links
        What is to be built.
    refused
        Why it can't be built, a sentence each; empty where it can.
    notes
        What is built in another way, or left out.
    packages
        Debian's packages that bring a part of what is refused.
    """

    title: str = ""
    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()
    refused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()

    @property
    def hosts(self) -> tuple[Node, ...]:
        """The nodes that become namespaces."""
        return tuple(node for node in self.nodes if node.kind == HOST_KIND)
