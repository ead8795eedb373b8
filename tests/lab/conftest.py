"""Tests of a whole lab: they build and reset the host they run on, so that host must be a lab's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from nslab_kernel.core.model.network import Network
from nslab_kernel.lab import Lab

from ..comparison import assert_becomes


@pytest.fixture(scope="session", autouse=True)
def private_host() -> None:
    """Stop before the first test where this is a machine's own network."""
    if os.environ.get("NSLAB") != "1":
        pytest.exit(
            "These tests change the host's network: run `nslab run -- python -m pytest tests/lab`.", returncode=4
        )


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A bare host, which is bare again afterwards."""
    lab = Lab("en")
    lab.reset()
    yield lab
    lab.reset()
    lab.close()


@pytest.fixture
def becomes(lab: Lab) -> Callable[[Network], None]:
    """Wait until the lab is equal to a network, and fail with the difference if it never is."""
    return lambda expected: assert_becomes(lab.snapshot, expected)
