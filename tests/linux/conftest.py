"""Tests of what talks to the kernel: they change the host they run on, so that host must be a lab's own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from nslab_kernel.lab import Lab
from nslab_kernel.linux.reading import Reader


@pytest.fixture(scope="session", autouse=True)
def private_host() -> None:
    """Stop before the first test where this is a machine's own network."""
    if os.environ.get("NSLAB") != "1":
        pytest.exit(
            "These tests change the host's network: run `nslab run -- python -m pytest tests/linux`.", returncode=4
        )


@pytest.fixture
def bare() -> Iterator[None]:
    """A bare host, which is bare again afterwards."""
    lab = Lab("en")
    lab.reset()
    yield
    lab.reset()
    lab.close()


@pytest.fixture
def reader(bare: None) -> Iterator[Reader]:
    """A reader on a bare host."""
    reader = Reader()
    yield reader
    reader.close()
