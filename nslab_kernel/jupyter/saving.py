"""Say where a file was saved, and whether it stays there: a lab keeps the files of its notebook's folder only."""

from __future__ import annotations

import os
from pathlib import Path

from ..core.translation import _, joined
from .messages import say

_KEPT = "NSLAB_KEPT"  # set in a lab: its folders that are the machine's own, separated by colons


def say_saved(target: Path | str) -> None:
    """Print that a file was written.

    Parameters
    ----------
    target
        Its path.
    """
    saved = _("Saved as {target}", target=str(target))
    say(saved if _stays(target) else joined(saved, _goes_with_the_lab(), separator="\n"))


def _stays(target: Path | str) -> bool:
    if _KEPT not in os.environ:
        return True  # no lab: the machine itself
    path = os.path.realpath(target)
    return any(path.startswith(f"{os.path.realpath(folder)}/") for folder in _kept())


def _goes_with_the_lab() -> str:
    kept = _kept()
    if not kept:
        return _("It goes with the lab: put the notebook in a folder of its own, below your home, to keep files.")
    return _("It goes with the lab: only files below {folder} stay.", folder=kept[0])


def _kept() -> list[str]:
    return [folder for folder in os.environ[_KEPT].split(":") if folder]
