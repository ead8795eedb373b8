"""Where each kind of action says what it does."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from .sketch import Sketch


@singledispatch
def take(action: Any, sketch: Sketch) -> None:
    """Do to a sketch what an action does to a network."""
    raise TypeError(f"nobody knows what {action} does")
