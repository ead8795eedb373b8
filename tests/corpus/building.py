"""Build a network of the corpus in this host, and wait until its kernel is done with it."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator

from nslab_kernel.core.lessons.drift import comparable
from nslab_kernel.core.model.network import Network
from nslab_kernel.lab import Lab

from . import probing
from .catalogue import Case

_LONGEST = 60  # seconds for a case's commands
_PATIENCE = 6.0  # seconds for carriers, spanning trees and addresses to come to rest
_PAUSE = 0.1
_PASSING = ("listening", "learning")


@contextlib.contextmanager
def built(lab: Lab, case: Case) -> Iterator[None]:
    """A bare host with the network of a case in it, its servers running; bare again afterwards."""
    lab.reset()
    run(case.commands)
    settle(lab)
    sockets = probing.serve(case.listeners)
    try:
        yield
    finally:
        for one in sockets:
            one.close()
        lab.reset()


def run(commands: str) -> None:
    """Run shell lines; the first that fails ends it all."""
    done = subprocess.run(["bash", "-ec", commands], capture_output=True, text=True, timeout=_LONGEST)
    assert done.returncode == 0, f"{commands}\nfailed: {done.stderr[-1000:]}"


def settle(lab: Lab) -> Network:
    """Wait until two snapshots in a row say the same and nothing is on its way; return the last one."""
    deadline = time.monotonic() + _PATIENCE
    before = lab.snapshot()
    while True:
        time.sleep(_PAUSE)
        network = lab.snapshot()
        if (comparable(network) == comparable(before) and not _is_coming(network)) or time.monotonic() > deadline:
            return network
        before = network


def _is_coming(network: Network) -> bool:
    for space in network.everywhere:
        for interface in space.interfaces:
            if any(a.tentative and a.scope == "global" for a in interface.addresses) and interface.carrier:
                return True
            if interface.port and interface.port.state in _PASSING and interface.carrier:
                return True
            far = network.peer(interface)
            if far and interface.up and far[1].up and not (interface.carrier and far[1].carrier):
                return True
    return False
