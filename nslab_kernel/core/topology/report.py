"""What is said of a lab of another program: what it has, what isn't built as written, how its start went."""

from __future__ import annotations

from collections.abc import Iterable

from ..translation import _, translated
from .model import Topology


def overview(topology: Topology, language: str) -> str:
    """Nodes, links and notes of a topology, and what can't be built of it."""
    lines = [topology.title] if topology.title else []
    for node in topology.nodes:
        ends = [f"{end.interface} {link.name}" for link in topology.links for end in link.ends if end.node == node.name]
        lines.append(f"{node.name:12} {', '.join(ends)}")
    lines += [f"- {translated(note, language)}" for note in topology.notes]
    if topology.refused:
        lines.append(translated(_("This can't be built here:"), language))
        lines += [f"- {translated(why, language)}" for why in topology.refused]
    if topology.packages:
        lines.append(f"sudo apt install {' '.join(topology.packages)}")
    return "\n".join(lines)


def ended(node: str, returncode: int, said: str, *, timed_out: bool, language: str) -> Iterable[str]:
    """What is to be said of a node's start; nothing where it went well."""
    if timed_out:
        yield translated(_("{node}: its shell lines were ended, as they went on for two minutes", node=node), language)
    elif said:
        yield from (f"{node}: {line}" for line in said.splitlines())
    elif returncode:
        yield translated(
            _("{node}: its last command ended with status {status}", node=node, status=returncode), language
        )
