"""Queues and filters of the namespace that this thread is in, as tc(8) prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..core.model.network import Qdisc, TrafficFilter
from . import processes

_ORDINARY = ("noqueue", "noop", "pfifo_fast", "mq", "fq_codel")
_TWO_SIDED = {"clsact": ("ingress", "egress"), "ingress": ("ingress",)}
_QDISC = re.compile(r"qdisc (\S+) (\S+) dev (\S+) (?:parent (\S+)|(root))?\s*(?:refcnt \d+)?\s*(.*)")
_FILTER = re.compile(r"filter (?:parent \S+ )?protocol (\S+) pref (\d+) (\S+)")


def read(indexes: Mapping[str, int]) -> tuple[tuple[Qdisc, ...], tuple[TrafficFilter, ...]]:
    """The queueing disciplines that interfaces aren't born with, and the filters on them.

    Parameters
    ----------
    indexes
        Of the namespace's interfaces, by name.
    """
    qdiscs = tuple(_qdiscs(indexes))
    return qdiscs, tuple(one for queue in qdiscs for one in _filters(queue, indexes))


def _qdiscs(indexes: Mapping[str, int]) -> Iterator[Qdisc]:
    for line in processes.output_of("tc", "-d", "qdisc", "show").splitlines():
        found = _QDISC.match(line)
        if not found:
            continue
        kind, handle, device, parent, root, options = found.groups()
        if (kind in _ORDINARY and handle == "0:") or device not in indexes:
            continue
        where = kind if kind in _TWO_SIDED else parent or root or ""
        yield Qdisc(indexes[device], kind, handle, where, options.strip())


def _filters(queue: Qdisc, indexes: Mapping[str, int]) -> Iterator[TrafficFilter]:
    device = next(name for name, index in indexes.items() if index == queue.interface)
    for side in _TWO_SIDED.get(queue.kind, (f"parent {queue.handle}",)):
        text = processes.output_of("tc", "-d", "filter", "show", "dev", device, *side.split())
        for part in re.split(r"^(?=filter )", text, flags=re.MULTILINE):
            found = _FILTER.match(part)
            if found and "handle" in part:  # the first line of each kind and priority has none, and no filter
                protocol, priority, kind = found.groups()
                words = " ".join(part.split())
                yield TrafficFilter(queue.interface, side, kind, int(priority), protocol, words)
