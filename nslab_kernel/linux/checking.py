"""Send the packets that claims are judged by, and tell what became of each (icmp(7), tcp(7), udp(7), raw(7))."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property, partial
from threading import Lock

from ..core.checks.evaluate import Probe, ProbeAnswer
from ..core.model.network import Network
from ..core.model.rest import delays_packets, pending
from ..core.operations import internet
from . import namespaces, pinging, resolvers
from .settling import OnWait, Read, settle, youngest_process

Ask = Callable[[float], None]
"""Sends once and waits so many seconds at most; raises OSError where no answer comes."""

PATIENCE = 1.5
"""Seconds to try where an answer may be long in coming: from the real network, or from a server that has just begun."""

PROMPT = 0.3
"""Seconds to try in a lab at rest, where packets take less than a millisecond."""

_PAUSE = 0.1  # seconds between two tries
_MOST_AT_ONCE = 32
_ICMP = {4: socket.IPPROTO_ICMP, 6: socket.IPPROTO_ICMPV6}
_RECVERR = {4: (socket.IPPROTO_IP, 11), 6: (socket.IPPROTO_IPV6, 25)}  # ip(7), ipv6(7); not in Python's socket
# A question for the root's name servers (RFC 1035): a name server answers it, an echo service sends it back.
_DATAGRAM = bytes.fromhex("6e73 0100 0001 0000 0000 0000 00 0002 0001")


def probe_all(probes: Iterable[Probe], read: Read, on_wait: OnWait | None = None) -> dict[Probe, ProbeAnswer]:
    """Send all probes at once and wait for their answers.

    Silence counts where it lasts in a lab at rest: as long as addresses are checked, say, probes are sent anew.

    Parameters
    ----------
    probes
        What to send.
    read
        Reads the lab.
    on_wait
        Called where it takes a while until the lab is at rest (see `settle`).
    """
    wanted = list(dict.fromkeys(probes))
    if not wanted:
        return {}
    network = read()
    answers = _send(wanted, network)
    unsure = [probe for probe in wanted if answers[probe].how != "answered"]
    six = any(_may_be_six(probe.address) for probe in unsure)
    if unsure and pending(network, six=six):
        answers |= _send(unsure, settle(read, on_wait, six=six))
    return answers


def _may_be_six(address: str) -> bool:
    """Whether a probe to this address or name may go by IPv6."""
    try:
        return ipaddress.ip_address(address).version == 6
    except ValueError:
        return True


def _send(probes: list[Probe], network: Network) -> dict[Probe, ProbeAnswer]:
    limit = _Limit(network)
    threads = ThreadPoolExecutor(min(len(probes), _MOST_AT_ONCE), "nslab-probe")
    try:
        return dict(zip(probes, threads.map(partial(_probe, limit), probes), strict=True))
    finally:
        # After an interrupt nobody waits for the others, and those that haven't begun don't begin.
        threads.shutdown(wait=False, cancel_futures=True)


class _Limit:
    """How long an answer may take; found out once, when the first has taken long."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._lock = Lock()

    def seconds(self) -> float:
        """Seconds to wait for an answer in this lab as it is."""
        with self._lock:
            return self._seconds

    @cached_property
    def _seconds(self) -> float:
        may_come_late = (
            internet.is_real(self._network) or youngest_process() < PATIENCE or delays_packets(self._network)
        )
        return PATIENCE if may_come_late else PROMPT


def _probe(limit: _Limit, probe: Probe) -> ProbeAnswer:
    """Send one probe; this thread stays in the probe's namespace until the next."""
    address = _resolved(probe)
    if not address:
        return ProbeAnswer("unknown name")
    namespaces.enter(namespaces.find(probe.source))
    refused = _refused_by_routing(address)
    if refused:
        return ProbeAnswer(refused, address=address)
    asking = {"icmp": _echo, "tcp": _connect, "udp": _datagram}[probe.protocol]
    with asking(address, probe.port) as ask:
        return replace(_persevere(ask, limit), address=address)


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


def _persevere(ask: Ask, limit: _Limit) -> ProbeAnswer:
    """Ask until it is answered or patience ends; then the last thing heard: refusals are rationed (icmp(7))."""
    begun, how = time.monotonic(), "silence"
    for late in (False, True):
        patience = limit.seconds() if late else PROMPT
        while (left := begun + patience - time.monotonic()) > 0:
            tried = time.monotonic()
            outcome = _outcome(partial(ask, left if late else _PAUSE))
            took = time.monotonic() - tried
            if outcome == "answered":
                return ProbeAnswer(outcome, took)
            how = outcome if outcome != "silence" else how
            time.sleep(max(0.0, min(_PAUSE - took, begun + patience - time.monotonic())))
    return ProbeAnswer(how)


@contextlib.contextmanager
def _connect(address: str, port: int) -> Iterator[Ask]:
    """Connect, each time anew: a server may just be starting."""

    def ask(seconds: float) -> None:
        with _socket(address, socket.SOCK_STREAM) as calling:
            calling.settimeout(seconds)
            calling.connect((address, port))

    yield ask


@contextlib.contextmanager
def _datagram(address: str, port: int) -> Iterator[Ask]:
    """Send datagrams and wait for any that comes back."""
    with _socket(address, socket.SOCK_DGRAM) as calling:
        calling.connect((address, port))

        def ask(seconds: float) -> None:
            calling.settimeout(min(seconds, _PAUSE))
            calling.send(_DATAGRAM)
            calling.recv(pinging.LARGEST)

        yield ask


@contextlib.contextmanager
def _echo(address: str, _: int) -> Iterator[Ask]:
    """Send echo requests and wait for a reply to any of them."""
    version = ipaddress.ip_address(address).version
    token = os.urandom(8)
    with _socket(address, socket.SOCK_RAW, _ICMP[version]) as calling:
        level, option = _RECVERR[version]
        calling.setsockopt(level, option, 1)  # what a router refuses comes as an error of this socket
        calling.connect((address, 0))

        def ask(seconds: float) -> None:
            calling.settimeout(min(seconds, _PAUSE))
            calling.send(pinging.echo_request(version, 0, token))
            while pinging.echo_answered(version, calling.recv(pinging.LARGEST), token) is None:
                pass

        yield ask


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
