"""Kathará's labs: lab.conf, beside it NODE.startup, shared.startup, and a folder NODE for each machine."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ..translation import _
from .images import Images
from .model import End, Link, Node, Topology

_LINE = re.compile(r"^([A-Za-z0-9_-]+)\[([A-Za-z0-9_]+)\]\s*=\s*(.*)$")
_ABOUT = re.compile(r"^LAB_([A-Z]+)\s*=\s*(.*)$")
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")
_MEANINGLESS = frozenset({"mem", "cpus", "shell", "num_terms", "privileged", "ulimit", "entrypoint", "args"})
# What Kathará sets in each container.
_ALWAYS = (
    ("net.ipv4.ip_forward", "1"),
    ("net.ipv4.conf.all.rp_filter", "0"),
    ("net.ipv4.conf.default.rp_filter", "0"),
)
_WITH_IPV6 = (("net.ipv6.conf.all.forwarding", "1"),)
_WITHOUT_IPV6 = (("net.ipv6.conf.all.disable_ipv6", "1"), ("net.ipv6.conf.default.disable_ipv6", "1"))


def parse(text: str, startups: Mapping[str, str], entries: Collection[str]) -> Topology:
    """A lab of Kathará's.

    Parameters
    ----------
    text
        Its lab.conf.
    startups
        Text of each file that ends in ``.startup``, by the file's name.
    entries
        The names of all that lies in the lab's folder.
    """
    reader = _KatharaReader()
    for number, line in enumerate(text.splitlines(), 1):
        reader.read(number, line.strip())
    if "lab.ext" in entries:
        reader.refused.append(_("lab.ext joins the lab to interfaces of the real machine."))
    nodes = tuple(reader.node(name, startups, entries) for name in reader.options if name not in reader.images.left_out)
    return Topology(
        title=reader.title,
        nodes=nodes,
        links=reader.links(),
        refused=(*reader.refused, *reader.images.refused()),
        notes=(*reader.images.notes(), *dict.fromkeys(reader.notes)),
    )


class _KatharaReader:
    """What the lines of a lab.conf say."""

    def __init__(self) -> None:
        self.title = ""
        self.options: dict[str, dict[str, list[str]]] = {}
        self.domains: dict[str, list[End]] = {}
        self.refused: list[str] = []
        self.notes: list[str] = []
        self.images = Images()

    def read(self, number: int, line: str) -> None:
        if not line or line.startswith("#"):
            return
        if about := _ABOUT.match(line):
            if about[1] in ("NAME", "DESCRIPTION"):
                self.title = self.title or _unquoted(about[2])
            return
        found = _LINE.match(line)
        if not found:
            self.refused.append(_("line {number} of lab.conf can't be read: {line}", number=number, line=line))
            return
        name, option, value = found[1], found[2], _unquoted(found[3])
        self.options.setdefault(name, {})
        if option.isdigit():
            self._interface(number, name, option, value)
        elif option == "image":
            self.images.add(name, value)
        elif option == "port":
            self.notes.append(_("port {port} of {node} isn't published: use `%netns_publish`", port=value, node=name))
        elif option == "bridged" and value.lower() == "true":
            self.notes.append(
                _(
                    "{node} isn't joined to the machine's own network; `%netns_internet` makes a world outside",
                    node=name,
                )
            )
        elif option in ("ipv6", "sysctl", "exec", "env"):
            self.options[name].setdefault(option, []).append(value)
        elif option not in _MEANINGLESS and option != "bridged":
            self.refused.append(
                _("line {number} of lab.conf has an unknown option: {option}", number=number, option=option)
            )

    def _interface(self, number: int, node: str, index: str, value: str) -> None:
        domain, _slash, mac = value.partition("/")
        if mac and not _MAC.fullmatch(mac):
            self.refused.append(_("line {number} of lab.conf has no MAC address: {line}", number=number, line=value))
        self.domains.setdefault(domain, []).append(End(node, f"eth{int(index)}", mac))

    def links(self) -> tuple[Link, ...]:
        away = self.images.left_out
        joined = {name: tuple(end for end in ends if end.node not in away) for name, ends in self.domains.items()}
        return tuple(Link(name, ends) for name, ends in joined.items() if ends)

    def node(self, name: str, startups: Mapping[str, str], entries: Collection[str]) -> Node:
        options = self.options[name]
        ipv6 = options.get("ipv6", ["true"])[-1].lower() != "false"
        wanted = (setting.partition("=") for setting in options.get("sysctl", ()))
        lines = [
            *(f"export {variable}" for variable in options.get("env", ())),
            startups.get("shared.startup", ""),
            startups.get(f"{name}.startup", ""),
            *options.get("exec", ()),
        ]
        files = [(name, "/")] if name in entries else []
        if "shared" in entries:
            files.append(("shared", "/shared"))
        return Node(
            name,
            files=tuple(files),
            settings=(
                *_ALWAYS,
                *(_WITH_IPV6 if ipv6 else _WITHOUT_IPV6),
                *((key.strip(), value.strip()) for key, _equals, value in wanted),
            ),
            script="\n".join(line.replace("\r", "").strip() for line in lines if line.strip()),
            suite=self.images.suite(name),
        )


def _unquoted(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
