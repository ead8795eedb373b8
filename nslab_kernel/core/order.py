"""The order in which a person would list names."""

from __future__ import annotations

import re

_NUMBERS = re.compile(r"(\d+)")


def natural(name: str) -> tuple[tuple[str, int], ...]:
    """A key that sorts ``ns2`` before ``ns10``."""
    parts = _NUMBERS.split(name)
    numbers = [int(number) for number in parts[1::2]] + [-1]
    return tuple(zip(parts[::2], numbers, strict=True))
