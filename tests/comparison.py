"""How tests compare labs, so that a difference can be read."""

from __future__ import annotations

import time
from collections.abc import Callable

from nslab_kernel.core.lessons.drift import comparable
from nslab_kernel.core.model.network import Network
from nslab_kernel.core.model.rest import TREES, pending

PATIENCE = 10.0  # seconds for carriers, and the addresses that wait for them, to come


def facts(network: Network) -> set[str]:
    """Everything that a comparable network says, a line each."""
    found = set()
    for namespace in comparable(network).everywhere:
        for kind in ("interfaces", "routes", "rules", "neighbours", "sysctls"):
            found |= {f"{namespace.name}: {fact}" for fact in getattr(namespace, kind)}
        found |= {f"{namespace.name}: {chain}" for chain in namespace.firewall.chains}
        found.add(f"{namespace.name}: {namespace.kind}")
    return found


def assert_becomes(read: Callable[[], Network], expected: Network) -> None:
    """Wait until a lab is equal to a network, and fail with the difference if it never is."""
    wanted = facts(expected)
    deadline = time.monotonic() + PATIENCE
    while facts(read()) != wanted and time.monotonic() < deadline:
        time.sleep(0.02)
    now = facts(read())
    assert now == wanted, "\n".join(["is now:", *sorted(now - wanted), "should be:", *sorted(wanted - now)])


def settled(read: Callable[[], Network]) -> Network:
    """A snapshot once nothing is on its way and two in a row are equal; a spanning tree may go on for half a minute."""
    before = read()
    while True:
        time.sleep(0.05)
        after = read()
        if after == before and pending(after) in ("", TREES):
            return after
        before = after
