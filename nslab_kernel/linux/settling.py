"""Wait for a lab to come to rest, and know what may change it soon."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from ..core.model.network import Network
from ..core.model.rest import longest, pending

Read = Callable[[], Network]
OnWait = Callable[[str, Network], None]
"""Called with what is waited for (see `nslab_kernel.core.waiting.words`) and the network."""

NOTICED = 0.5
"""Seconds after which a person wants to know what is being waited for."""

_PAUSE = 0.01  # seconds between two readings


def settle(read: Read, on_wait: OnWait | None = None, *, six: bool = True) -> Network:
    """Wait until a lab is at rest, and give its last reading.

    A lab that doesn't come to rest in the time that the kernel needs for it is given as it is then.

    Parameters
    ----------
    read
        Reads the lab.
    on_wait
        Called once where it takes longer than half a second.
    six
        Whether IPv6 matters (see `pending`).
    """
    network = read()
    begun = time.monotonic()
    while (what := pending(network, six=six)) and (waited := time.monotonic() - begun) < longest(network):
        if on_wait and waited > NOTICED:
            on_wait(what, network)
            on_wait = None
        time.sleep(_PAUSE)
        network = read()
    return network


def youngest_process() -> float:
    """How many seconds ago the youngest process beside this one was started: it may be about to listen."""
    now, ticks, ages = time.clock_gettime(time.CLOCK_BOOTTIME), os.sysconf("SC_CLK_TCK"), []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                with open(f"/proc/{entry}/stat") as stat:
                    fields = stat.read().rpartition(")")[2].split()  # proc_pid_stat(5), from the third field on
            except OSError:
                continue  # it ended meanwhile
            ages.append(now - int(fields[19]) / ticks)
    return min(ages, default=now)
