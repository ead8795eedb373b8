"""Containerlab's labs: NAME.clab.yml with nodes of kind linux, and bridges (containerlab.dev, topology definition)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..translation import _
from .images import Images
from .model import BRIDGE_KIND, HOST_KIND, End, Link, Node, Topology

_KINDS = {"linux": HOST_KIND, "bridge": BRIDGE_KIND}
# What Docker sets in each container.
_ALWAYS = (("net.ipv4.ip_forward", "1"), ("net.ipv6.conf.all.forwarding", "1"))
_DONE = frozenset(
    {"kind", "image", "exec", "binds", "env", "sysctls", "cmd", "group", "labels", "mgmt-ipv4", "mgmt-ipv6"}
)
_MEANINGLESS = frozenset({"memory", "cpu", "cpu-set", "ports", "network-mode", "runtime", "user", "position", "type"})


def parse(given: Any) -> Topology:
    """A lab of containerlab's.

    Parameters
    ----------
    given
        What its YAML file says, as dictionaries, lists and words.
    """
    topology = given.get("topology") if isinstance(given, Mapping) else None
    if not isinstance(topology, Mapping) or not isinstance(topology.get("nodes"), Mapping):
        return Topology(refused=(_("there is no list of nodes under topology"),))
    reader = _ContainerlabReader(topology)
    nodes = tuple(node for name, said in topology["nodes"].items() if (node := reader.node(str(name), said or {})))
    links = tuple(reader.links(topology.get("links") or ()))
    known = {node.name for node in nodes} | reader.images.left_out
    for link in links:
        reader.refused += [
            _("a link leads to {node}, which is no node", node=end.node) for end in link.ends if end.node not in known
        ]
    return Topology(
        title=str(given.get("name", "")),
        nodes=tuple(node for node in nodes if node.name not in reader.images.left_out),
        links=links,
        refused=(*dict.fromkeys(reader.refused), *reader.images.refused()),
        notes=(*reader.images.notes(), _("there is no management network, so nodes have no eth0 beside their links")),
    )


class _ContainerlabReader:
    """Reads nodes and links, and keeps why something can't be built."""

    def __init__(self, topology: Mapping[str, Any]) -> None:
        self._defaults = _mapping(topology.get("defaults"))
        self._kinds = _mapping(topology.get("kinds"))
        self._groups = _mapping(topology.get("groups"))
        self.refused: list[str] = []
        self.images = Images()

    def node(self, name: str, own: Any) -> Node | None:
        own = _mapping(own)
        group = _mapping(self._groups.get(own.get("group", "")))
        kind = str(own.get("kind") or group.get("kind") or self._defaults.get("kind") or "")
        said = {**self._defaults, **_mapping(self._kinds.get(kind)), **group, **own}
        if kind not in _KINDS:
            self.refused.append(_("{node} is of kind {kind}; nslab has linux and bridge", node=name, kind=kind or "?"))
            return None
        if _KINDS[kind] == BRIDGE_KIND:
            return Node(name, BRIDGE_KIND)
        for option in sorted(said.keys() - _DONE - _MEANINGLESS):
            self.refused.append(_("{node} has an option that nslab doesn't know: {option}", node=name, option=option))
        self.images.add(name, str(said.get("image", "")))
        suite = self.images.suite(name)
        lines = [
            *(f"export {key}={value!r}" for key, value in _mapping(said.get("env")).items()),
            *(["systemctl start frr"] if suite == "frr" else []),
            *([f"{said['cmd']} &"] if said.get("cmd") else []),
            *map(str, _list(said.get("exec"))),
        ]
        return Node(
            name,
            files=tuple(self._bound(str(bind)) for bind in _list(said.get("binds"))),
            settings=(*_ALWAYS, *((str(key), str(value)) for key, value in _mapping(said.get("sysctls")).items())),
            script="\n".join(lines),
            suite=suite,
        )

    def _bound(self, bind: str) -> tuple[str, str]:
        source, _colon, rest = bind.partition(":")
        target = rest.partition(":")[0]
        if source.startswith(("/", "~")) or ".." in source.split("/") or not target.startswith("/"):
            self.refused.append(_("{bind} doesn't lie in the lab's folder", bind=bind))
        return source.removeprefix("./"), target

    def links(self, said: Iterable[Any]) -> Iterable[Link]:
        for number, link in enumerate(said, 1):
            ends = _list(_mapping(link).get("endpoints")) or _list(_mapping(link).get("endpoint"))
            kind = str(_mapping(link).get("type", "veth"))
            found = [end for end in map(_end, ends) if end]
            if kind != "veth" or len(found) != 2 or any(end.node in ("host", "mgmt-net", "macvlan") for end in found):
                self.refused.append(_("link {number} doesn't join two nodes: {link}", number=number, link=str(link)))
            else:
                yield Link(f"link{number}", tuple(found))


def _end(said: Any) -> End | None:
    if isinstance(said, Mapping) and {"node", "interface"} <= said.keys():
        return End(str(said["node"]), str(said["interface"]), str(said.get("mac", "")))
    node, colon, interface = str(said).partition(":")
    return End(node, interface) if colon and node and interface else None


def _mapping(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, Mapping) else {}


def _list(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list) else []
