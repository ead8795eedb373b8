"""What this machine permits, tried for real, each refusal with its cure."""

from __future__ import annotations

import os

from ..core.errors import NslabError


def explain(step: str, number: int, detail: str) -> NslabError:
    """Why this machine refused a step of making a private host, and the cure."""
    if step == "command":
        return NslabError(f"{detail}: {os.strerror(number)}")
    return NslabError(f"this machine refused the private host's {step} ({detail})")
