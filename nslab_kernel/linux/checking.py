"""Send the packets that claims are judged by, and tell what became of each (icmp(7), tcp(7), udp(7), raw(7))."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
import socket
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from ..core.checks.evaluate import Answer, Probe
from . import namespaces, pinging, resolvers

PATIENCE = 1.5
"""Seconds to try. The kernel may take a second to see that a fresh cable has a carrier (net/core/link_watch.c)."""

_PAUSE = 0.2  # seconds between two tries
_MOST_AT_ONCE = 32
_ICMP = {4: socket.IPPROTO_ICMP, 6: socket.IPPROTO_ICMPV6}
_RECVERR = {4: (socket.IPPROTO_IP, 11), 6: (socket.IPPROTO_IPV6, 25)}  # ip(7), ipv6(7); not in Python's socket
# A question for the root's name servers (RFC 1035): a name server answers it, an echo service sends it back.
_DATAGRAM = bytes.fromhex("6e73 0100 0001 0000 0000 0000 00 0002 0001")


def probe_all(probes: Iterable[Probe]) -> dict[Probe, Answer]:
    """Send all probes at once and wait for their answers, at most `PATIENCE` seconds."""
    wanted = list(dict.fromkeys(probes))
    if not wanted:
        return {}
    with ThreadPoolExecutor(min(len(wanted), _MOST_AT_ONCE), "nslab-probe") as threads:
        return dict(zip(wanted, threads.map(_probe, wanted), strict=True))


def _probe(probe: Probe) -> Answer:
    """Send one probe; this thread stays in the probe's namespace until the next."""
    address = _resolved(probe)
    if not address:
        return Answer("unknown name")
    namespaces.enter(namespaces.find(probe.source))
    refused = _refused_by_routing(address)
    if refused:
        return Answer(refused)
    send = {"icmp": _echo, "tcp": _connect, "udp": _datagram}[probe.protocol]
    with contextlib.closing(send(address, probe.port)) as tries:
        return _persevere(tries)


def _resolved(probe: Probe) -> str:
    """The address itself, or the first that the namespace's own resolver knows for the name."""
    try:
        return str(ipaddress.ip_address(probe.address))
    except ValueError:
        return next(iter(resolvers.lookup(probe.source, probe.address)), "")


def _refused_by_routing(address: str) -> str:
    """Why no packet can go there at all; connecting a datagram socket looks up the route and sends nothing."""
    with _socket(address, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((address, 9))
        except OSError as error:
            return "prohibited" if error.errno in (errno.EACCES, errno.EPERM) else "no route"
    return ""


def _persevere(tries: Iterator[str]) -> Answer:
    """Try until it is answered or patience ends; then the last thing heard: refusals are rationed (icmp(7))."""
    begun = time.monotonic()
    how = "silence"
    while time.monotonic() - begun < PATIENCE:
        tried = time.monotonic()
        outcome = next(tries)
        took = time.monotonic() - tried
        if outcome == "answered":
            return Answer(outcome, took)
        how = outcome if outcome != "silence" else how
        time.sleep(max(0.0, min(_PAUSE - took, begun + PATIENCE - time.monotonic())))
    return Answer(how)


def _connect(address: str, port: int) -> Generator[str, None, None]:
    """Try to connect, each time anew: a server may just be starting."""

    def ask() -> None:
        with _socket(address, socket.SOCK_STREAM) as calling:
            calling.settimeout(PATIENCE)
            calling.connect((address, port))

    while True:
        yield _outcome(ask)


def _datagram(address: str, port: int) -> Generator[str, None, None]:
    """Send datagrams and wait for any that comes back."""
    with _socket(address, socket.SOCK_DGRAM) as calling:
        calling.settimeout(_PAUSE)
        calling.connect((address, port))

        def ask() -> None:
            calling.send(_DATAGRAM)
            calling.recv(pinging.LARGEST)

        while True:
            yield _outcome(ask)


def _echo(address: str, _: int) -> Generator[str, None, None]:
    """Send echo requests and wait for a reply to any of them."""
    version = ipaddress.ip_address(address).version
    token = os.urandom(8)
    with _socket(address, socket.SOCK_RAW, _ICMP[version]) as calling:
        calling.settimeout(_PAUSE)
        level, option = _RECVERR[version]
        calling.setsockopt(level, option, 1)  # what a router refuses comes as an error of this socket
        calling.connect((address, 0))

        def ask() -> None:
            calling.send(pinging.echo_request(version, 0, token))
            while pinging.echo_answered(version, calling.recv(pinging.LARGEST), token) is None:
                pass

        while True:
            yield _outcome(ask)


def _outcome(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except TimeoutError:
        return "silence"
    except ConnectionRefusedError:
        return "refused"
    except PermissionError:
        return "prohibited"
    except OSError as error:
        return "unreachable" if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH) else "failed"
    return "answered"


def _socket(address: str, kind: int, protocol: int = 0) -> socket.socket:
    return socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind, protocol)
