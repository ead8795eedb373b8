"""The programs that answer in the world outside: dnsmasq, and Python's own servers (see `servers`)."""

from __future__ import annotations

import sys
import time

from ..core.errors import NslabError
from ..core.operations.internet import DNS, ECHOING, FAMOUS, PEER, RESOLVERS, SERVERS, WEB
from ..core.translation import _
from . import certificate, listening, namespaces, processes
from .interrupts import Held
from .servers import ECHO_PORT, WEB_PORT

_DNS_PORT = 53
_PATIENCE = 5.0  # seconds for the programs to listen


def start_servers(pending: Held) -> None:
    """Start every program and wait until it listens.

    Parameters
    ----------
    pending
        An interrupt that comes meanwhile ends the wait.

    Raises
    ------
    NslabError
        If dnsmasq isn't installed, or a program doesn't come up.
    """
    python = [sys.executable, "-m", "nslab_kernel.linux.servers"]
    trusted = certificate.trusted_by_the_lab((WEB.name, *FAMOUS, *ECHOING))
    for server, command, port in (
        (DNS, _dnsmasq(), _DNS_PORT),
        (WEB, [*python, "web", *trusted], WEB_PORT),
        (PEER, [*python, "echo"], ECHO_PORT),
    ):
        processes.start(server.namespace, command, keep_output=False)
        _await(server.namespace, port, pending)


def _dnsmasq() -> list[str]:
    records = [f"--host-record={','.join((server.name, *map(_ip, server.addresses)))}" for server in SERVERS]
    records += [f"--host-record={name},{','.join(map(_ip, WEB.addresses))}" for name in (*FAMOUS, *ECHOING)]
    google, cloudflare = (RESOLVERS[0], RESOLVERS[3]), (RESOLVERS[2], RESOLVERS[4])
    records += [f"--host-record=dns.google,{','.join(google)}", f"--host-record=one.one.one.one,{','.join(cloudflare)}"]
    # In the foreground it keeps its user: a rootless lab has no other.
    return ["dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", *records]


def _ip(cidr: str) -> str:
    return cidr.partition("/")[0]


def _await(namespace: str, port: int, pending: Held) -> None:
    place = namespaces.find(namespace)
    deadline = time.monotonic() + _PATIENCE
    while not any(listener.port == port for listener in namespaces.entered(place, listening.read)):
        if pending.arrived:
            raise KeyboardInterrupt
        if time.monotonic() > deadline:
            raise NslabError(
                _("The server in {namespace} doesn't answer.", namespace=namespace),
                _("`nslab check` says what is missing."),
            )
        time.sleep(0.01)
