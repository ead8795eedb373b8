"""Ask the kernel by real packets, with nothing of nslab's own between."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from nslab_kernel.linux import namespaces

from .catalogue import Listening, Question

PATIENCE = 1  # seconds; nobody in a lab is farther away than a millisecond, but the machine may be busy
_AT_ONCE = 24
_FREEBIND = {False: (socket.IPPROTO_IP, 15), True: (socket.IPPROTO_IPV6, 78)}  # ip(7), ipv6(7)


def serve(servers: Iterable[Listening]) -> list[socket.socket]:
    """Start servers; a TCP connection is answered by the kernel, a UDP message by a thread of ours."""
    return [namespaces.entered(namespaces.find(one.namespace), _listening(one)) for one in servers]


def answers(questions: Iterable[Question]) -> dict[Question, bool]:
    """Which of some questions the kernel answers with yes, asked side by side."""
    wanted = list(dict.fromkeys(questions))
    with ThreadPoolExecutor(_AT_ONCE) as crew:
        return dict(zip(wanted, crew.map(answer, wanted), strict=True))


def answer(question: Question) -> bool:
    """Whether an answer comes back to a ping, a connection or a message."""
    if question.protocol == "icmp":
        return _pings(question)
    if question.protocol == "tcp":
        return namespaces.entered(namespaces.find(question.source), lambda: _connects(question))
    return namespaces.entered(namespaces.find(question.source), lambda: _exchanges(question))


def _pings(question: Question) -> bool:
    where = namespaces.find(question.source)
    words = ["ping", "-c1", "-n", "-q", f"-W{PATIENCE}", question.destination]
    enter = [] if where.kind == "host" else ["nsenter", f"--net={where.path}"]
    return subprocess.run([*enter, *words], capture_output=True).returncode == 0


def _connects(question: Question) -> bool:
    with socket.socket(_family(question.destination)) as calling:
        calling.settimeout(PATIENCE)
        try:
            calling.connect((question.destination, question.port))
        except OSError:
            return False
    return True


def _exchanges(question: Question) -> bool:
    with socket.socket(_family(question.destination), socket.SOCK_DGRAM) as calling:
        calling.settimeout(PATIENCE)
        try:
            calling.connect((question.destination, question.port))
            calling.send(b"?")
            return calling.recv(16) == b"!"
        except OSError:
            return False


def _family(ip: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in ip else socket.AF_INET


def _listening(server: Listening) -> Callable[[], socket.socket]:
    def listen() -> socket.socket:
        six = server.protocol.endswith("6") or ":" in server.ip
        datagrams = server.protocol.startswith("udp")
        one = socket.socket(
            socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM if datagrams else socket.SOCK_STREAM
        )
        one.setsockopt(*_FREEBIND[six], 1)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if six:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, server.protocol.endswith("6"))
        one.bind(("" if server.ip == "*" else server.ip, server.port))
        if datagrams:
            threading.Thread(target=_reply, args=(one,), daemon=True).start()
        else:
            one.listen(64)
        return one

    return listen


def _reply(one: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it was closed
        while True:
            _, sender = one.recvfrom(16)
            one.sendto(b"!", sender)
