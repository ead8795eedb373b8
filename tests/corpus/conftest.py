"""The corpus is built in a lab's own host, as tests/lab is."""

from __future__ import annotations

from ..lab.conftest import lab, private_host

__all__ = ["lab", "private_host"]
