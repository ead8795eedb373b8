"""The tc(8) commands that build the queues of a network."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model.network import Namespace, Network, Qdisc, TrafficFilter
from .interfaces import line, rebuilt

_PLAIN = ("clsact", "ingress", "tbf", "pfifo", "bfifo", "pfifo_head_drop", "pfifo_fast", "fq_codel", "noqueue")
_OWN_HANDLE = re.compile(r"^[89a-f][0-9a-f]{3}:$")  # the kernel numbers queues from 8000 on by itself
_BYTECODE = re.compile(r"(direct-action)?.*bytecode ('[^']*')")


def queues(network: Network) -> Iterator[str]:
    """The queueing disciplines that a person set, and the filters that drop or pass by a program of their own."""
    for namespace in rebuilt(network):
        for queue in namespace.qdiscs:
            if queue.kind in _PLAIN and queue.parent in ("root", "clsact", "ingress"):
                yield _queue(namespace, queue)
        for one in namespace.filters:
            program = _program(one)
            if program:
                yield _filter(namespace, one, program)


def left_out(network: Network) -> Iterator[str]:
    """Comments about queues and filters that aren't in the script."""
    for namespace in rebuilt(network):
        for queue in namespace.qdiscs:
            if queue.kind not in _PLAIN or queue.parent not in ("root", "clsact", "ingress"):
                yield f"# left out: qdisc {queue.kind} of {_name(namespace, queue)} in {namespace.name}"
        for one in namespace.filters:
            if not _program(one):
                yield f"# left out: filter {one.kind} of {_name(namespace, one)} in {namespace.name}"


def _name(namespace: Namespace, thing: Qdisc | TrafficFilter) -> str:
    interface = namespace.interface(thing.interface)
    return interface.name if interface else "?"


def _queue(namespace: Namespace, queue: Qdisc) -> str:
    where = ("root",) if queue.parent == "root" else ()
    handle = ("handle", queue.handle) if where and not _OWN_HANDLE.match(queue.handle) else ()
    options = _typed(queue.options).split()
    words = ("qdisc", "add", "dev", _name(namespace, queue), *where, *handle, queue.kind, *options)
    return line(namespace.name, *words, tool="tc")


def _typed(options: str) -> str:
    """What tc(8) prints, as it reads it: packets without a unit, and a limit where there is no latency."""
    bare = re.sub(r"\blimit (\d+)p\b", r"limit \1", options)
    return re.sub(r"\bburst ([^/ ]+)(.*)\blat 0us\b", r"burst \1\2limit \1", bare)


def _program(one: TrafficFilter) -> tuple[str, ...]:
    """The words of a filter that is a program typed as numbers; empty for others."""
    found = _BYTECODE.search(one.text) if one.kind == "bpf" else None
    if found is None or " action " in one.text:
        return ()
    return (*(("direct-action",) if found[1] else ()), "bytecode", found[2].strip("'") + ",")


def _filter(namespace: Namespace, one: TrafficFilter, program: tuple[str, ...]) -> str:
    words = ("filter", "add", "dev", _name(namespace, one), *one.side.split(), "protocol", one.protocol)
    return line(namespace.name, *words, "pref", str(one.priority), one.kind, *program, tool="tc")
