"""Tests of a whole lab: they build and reset the host they run on, so that host must be a lab's own."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from nslab_kernel.core.comparing import comparable
from nslab_kernel.core.network import Network
from nslab_kernel.lab import Lab

if os.environ.get("NSLAB") != "1":
    pytest.exit("These tests change the host's network: run `nslab run -- python -m pytest tests/lab`.", returncode=4)

PATIENCE = 5.0  # seconds for carriers and link-local addresses to come


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A bare host, which is bare again afterwards."""
    lab = Lab("en")
    lab.reset()
    yield lab
    lab.reset()
    lab.close()


@pytest.fixture
def shell() -> Callable[[str], str]:
    """Run shell lines on the host, failing loudly, and give what they print."""

    def run(lines: str) -> str:
        done = subprocess.run(["sh", "-e"], input=lines, text=True, capture_output=True, check=False)
        assert done.returncode == 0, f"{lines}\n{done.stderr}"
        return done.stdout

    return run


@pytest.fixture
def becomes(lab: Lab) -> Callable[[Network], None]:
    """Wait until the lab is equal to a network, and fail with the difference if it never is."""

    def wait(expected: Network) -> None:
        deadline = time.monotonic() + PATIENCE
        while comparable(lab.snapshot()) != comparable(expected) and time.monotonic() < deadline:
            time.sleep(0.02)
        is_now, wanted = facts(lab.snapshot()), facts(expected)
        assert sorted(is_now - wanted) == sorted(wanted - is_now) == []

    return wait


def facts(network: Network) -> set[str]:
    """Everything that a comparable network says, a line each: the difference of two sets can be read."""
    found = set()
    for namespace in comparable(network).everywhere:
        for kind in ("interfaces", "routes", "rules", "neighbours", "sysctls"):
            found |= {f"{namespace.name}: {fact}" for fact in getattr(namespace, kind)}
        found |= {f"{namespace.name}: {chain}" for chain in namespace.firewall.chains}
        found.add(f"{namespace.name}: {namespace.kind}")
    return found


def settled(lab: Lab) -> Network:
    """A snapshot once nothing changes by itself any more: two in a row, half a second apart, are equal."""
    before = lab.snapshot()
    while True:
        time.sleep(0.5)
        after = lab.snapshot()
        if comparable(after) == comparable(before):
            return after
        before = after
