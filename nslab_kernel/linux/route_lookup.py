"""Ask the kernel which way a packet goes (ip-route(8), get), as if it had come by an interface."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from ..core.errors import NslabError
from ..core.journeys.evidence import RouteAnswer, RouteQuestion
from . import namespaces
from .netlink.dump import AskingSocket, attribute, attributes

_RTM_GETROUTE = 26
_RTA_DST, _RTA_SRC, _RTA_IIF, _RTA_OIF, _RTA_GATEWAY, _RTA_VIA = 1, 2, 3, 4, 5, 18
_ROUTE = struct.Struct("=BBBBBBBBI")  # struct rtmsg
_KINDS = {1: "unicast", 2: "local", 3: "broadcast", 5: "multicast", 6: "blackhole", 7: "unreachable", 8: "prohibit"}


def ask(questions: Iterable[RouteQuestion]) -> dict[RouteQuestion, RouteAnswer]:
    """The kernel's answer to each question; a namespace that has gone answers none."""
    found: dict[RouteQuestion, RouteAnswer] = {}
    by_namespace: dict[str, list[RouteQuestion]] = {}
    for question in questions:
        by_namespace.setdefault(question.namespace, []).append(question)
    if by_namespace:
        with ThreadPoolExecutor(1) as worker:  # a thread that may leave its namespace for good
            for name, asked in by_namespace.items():
                found |= worker.submit(_ask, name, asked).result()
    return found


def _ask(name: str, questions: list[RouteQuestion]) -> dict[RouteQuestion, RouteAnswer]:
    try:
        namespaces.enter(namespaces.find(name))
    except (NslabError, OSError):
        return {}
    with AskingSocket() as asking:
        return {question: _answer(asking, question) for question in questions}


def _answer(asking: AskingSocket, question: RouteQuestion) -> RouteAnswer:
    family = socket.AF_INET6 if ":" in question.destination else socket.AF_INET
    bits = 128 if family == socket.AF_INET6 else 32
    body = _ROUTE.pack(family, bits, bits if question.source else 0, 0, 0, 0, 0, 0, 0)
    body += attribute(_RTA_DST, socket.inet_pton(family, question.destination))
    if question.source:
        body += attribute(_RTA_SRC, socket.inet_pton(family, question.source))
    if question.iif:
        body += attribute(_RTA_IIF, struct.pack("=I", question.iif))
    try:
        ((_, answer),) = asking.ask(_RTM_GETROUTE, body)
    except OSError as error:
        return RouteAnswer(error.errno or 0)
    kind = _ROUTE.unpack_from(answer)[7]
    known = attributes(answer, _ROUTE.size)
    oif = struct.unpack("=I", known[_RTA_OIF])[0] if _RTA_OIF in known else 0
    gateway = socket.inet_ntop(family, known[_RTA_GATEWAY]) if _RTA_GATEWAY in known else ""
    if _RTA_VIA in known and not gateway:  # a next hop of the other family
        gateway = socket.inet_ntop(socket.AF_INET6, known[_RTA_VIA][2:])
    return RouteAnswer(0, oif, gateway, _KINDS.get(kind, str(kind)))
