"""What traffic control does with a frame (tc(8)): queueing disciplines that drop, and filters with actions."""

from __future__ import annotations

import re

from ..model.network import Interface, Namespace, Qdisc, TrafficFilter
from ..operations.actions import DeleteQdisc, DeleteTrafficFilter
from .findings import Place
from .packet import Packet
from .walk import Cause, StoppedError, Walk

_PASSING = (
    "noqueue", "pfifo_fast", "pfifo", "bfifo", "fq", "fq_codel", "fq_pie", "codel", "cake", "sfq", "mq", "mqprio",
    "prio", "htb", "red", "pie", "hhf", "etf", "taprio", "multiq", "drr", "qfq",
)  # fmt: skip
"""Queueing disciplines that let a single packet through."""
_UNITS = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}
_SIZE = re.compile(r"\b(burst|limit|maxburst|buffer) ([\d.]+)([KMG]?b)", re.IGNORECASE)
_LOSS = re.compile(r"\bloss (?:random )?([\d.]+)%")
_RETURN = re.compile(r"bytecode '?1,6 0 0 (\d+)")
_HEADER = 14  # bytes of an Ethernet header, which a queue counts, too
_DROP = re.compile(r"\b(?:action|gact) (?:action )?drop\b|action order \d+: gact action drop")
_TC_ACT_SHOT = "2"


def check(walk: Walk, here: Namespace, interface: Interface, side: str, packet: Packet) -> None:
    """Take a frame through an interface's ``ingress`` or ``egress``.

    Raises
    ------
    StoppedError
        Where it is dropped for sure; where that can't be told, both are tried.
    """
    for line in here.filters:
        if line.interface == interface.index and line.side == side and _concerns(line, packet):
            _filter(walk, here, interface, line)
    if side == "egress":
        for qdisc in here.qdiscs:
            if qdisc.interface == interface.index and qdisc.parent not in ("ingress", "clsact"):
                _queue(walk, here, interface, qdisc, packet)


def _concerns(line: TrafficFilter, packet: Packet) -> bool:
    protocol = "arp" if packet.protocol == "arp" else "ipv6" if packet.family == 6 else "ip"
    return line.protocol in ("all", protocol)


def _filter(walk: Walk, here: Namespace, interface: Interface, line: TrafficFilter) -> None:
    place = Place(here.name, interface.name)
    returned = _RETURN.search(line.text)
    if line.kind == "bpf" and returned and "direct-action" in line.text:
        drops: bool | None = returned[1] == _TC_ACT_SHOT
    elif line.kind == "matchall":
        drops = bool(_DROP.search(line.text)) if "mirred" not in line.text else None
    else:
        drops = None if "action" in line.text or line.kind == "bpf" else False
    facts = {"side": line.side, "what": line.text}
    if drops or (drops is None and walk.choose("shaping", place, 2, **facts)):
        repair = (DeleteTrafficFilter(interface.name, line.side, line.priority, here.name),)
        raise StoppedError(Cause("filtered-by-tc", place, facts, (repair,)))


def _queue(walk: Walk, here: Namespace, interface: Interface, qdisc: Qdisc, packet: Packet) -> None:
    place = Place(here.name, interface.name)
    drops = _drops(qdisc, packet.length + _HEADER)
    facts = {"what": f"{qdisc.kind} {qdisc.options}".strip()}
    if drops or (drops is None and walk.choose("shaping", place, 2, side="egress", **facts)):
        repair = (DeleteQdisc(interface.name, qdisc.parent, here.name),)
        raise StoppedError(Cause("dropped-by-queue", place, facts, (repair,)))


def _drops(qdisc: Qdisc, length: int) -> bool | None:
    """Whether a queue drops a frame of so many bytes; None if that can't be told."""
    if qdisc.kind == "blackhole":
        return True
    if qdisc.kind == "netem":
        loss = _LOSS.search(qdisc.options)
        share = float(loss[1]) if loss else 0.0
        return False if not share else True if share == 100 else None
    if qdisc.kind == "tbf":
        sizes = {
            word.lower(): float(number) * _UNITS[unit.lower()] for word, number, unit in _SIZE.findall(qdisc.options)
        }
        return any(sizes.get(word, length) < length for word in ("burst", "buffer", "limit"))
    if qdisc.kind in ("pfifo", "bfifo") and re.search(r"\blimit 0[pb]\b", qdisc.options):
        return True
    return False if qdisc.kind in _PASSING else None
