"""Bring a built topology's nodes to life: their files, and their shell lines, all nodes at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..core.model.network import HOST
from ..core.topology.model import Node, Topology
from ..core.topology.plan import settings_lines
from . import namespaces, nodes, processes
from .topology_files import files_of

_LONGEST = 120.0  # seconds that a node's shell lines may take
_START = "/etc/nslab-startup"
# Quagga's configuration as FRR reads it: the version that its defaults are those of, which announced routes by BGP
# without being asked for a filter, and its own names for folders and services.
_QUAGGA = r"""
for old in /etc/quagga /etc/zebra; do
    [ -d "$old" ] || continue
    for file in "$old"/*; do
        name=${file##*/}
        case $name in
            *.conf)
                { [ "$name" = vtysh.conf ] || printf 'frr version 6.0\nfrr defaults traditional\n'
                sed -e 's|/var/log/\(quagga\|zebra\)/|/var/log/frr/|' -e '/^password/d; /^enable password/d' "$file"
                } >"/etc/frr/$name" ;;
            daemons)
                { sed -n 's/^\([a-z0-9]*\) *= *\(yes\|no\).*/\1=\2/p' "$file";
                echo vtysh_enable=yes; } >/etc/frr/daemons ;;
        esac
    done
    rm -f /etc/frr/frr.conf /etc/frr/vtysh.conf
    chown -R --reference=/etc/frr /etc/frr/. 2>/dev/null
    ln -sfn frr "/etc/init.d/${old##*/}"; ln -sfn frr /etc/init.d/quagga; ln -sfn frr /etc/init.d/zebra
done
"""


@dataclass(frozen=True, slots=True)
class Startup:
    """How a node's shell lines ended."""

    node: str
    returncode: int
    said: str  # on standard error, or what it printed last
    timed_out: bool = False


def has_feature(trial: str) -> bool:
    """Whether shell lines succeed in a network namespace of their own."""
    return processes.run(HOST, ["unshare", "--net", "sh", "-ec", trial], timeout=10).returncode == 0


def give_files(folder: str, topology: Topology) -> None:
    """Give each node its files and its hostname."""
    nodes.make([(namespaces.find(name), files) for name, files in files_of(folder, topology)])


def start(topology: Topology, on_end: Callable[[Startup], None] | None = None) -> tuple[Startup, ...]:
    """Run the shell lines of all nodes at once, as containers start.

    Parameters
    ----------
    topology
        What was built.
    on_end
        Called as each node's have ended.
    """

    def run(node: Node) -> Startup:
        ended = _run(node, topology)
        if on_end:
            on_end(ended)
        return ended

    with ThreadPoolExecutor(2 * (os.cpu_count() or 1), "nslab-start") as workers:
        return tuple(workers.map(run, topology.hosts))


def _run(node: Node, topology: Topology) -> Startup:
    lines = "\n".join(
        [
            "cd /",
            settings_lines(topology, node.name),
            _QUAGGA if node.suite in ("quagga", "") else "",
            node.script,
        ]
    )
    result = processes.run(node.name, ["bash", "-c", lines], timeout=_LONGEST)
    said = [line for line in result.stderr.splitlines() if line.strip() and not _is_noise(line)]
    return Startup(node.name, result.returncode, "\n".join(said[-5:]), result.timed_out)


def _is_noise(line: str) -> bool:
    return "Disabling MPLS support" in line or "set_caps" in line
