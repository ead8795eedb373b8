"""The card that each lab carries in its private file system: what a person knows the lab by."""

from __future__ import annotations

import json

from .environment import PRIVATE_DIRECTORY

_NAME = "lab.json"


def write(label: str, identity: str = "") -> dict[str, str]:
    """The card, as a file for the host's private directory.

    Parameters
    ----------
    label
        The path of the notebook, or the command, that the lab is for.
    identity
        The kernel's id; empty for a lab without one, which goes by its pid.
    """
    return {_NAME: json.dumps({"label": label, "id": identity})}


def read(root: str) -> tuple[str, str]:
    """Label and id on the card of the host whose file system is at ``root``.

    Raises
    ------
    OSError, ValueError, KeyError, TypeError
        There is none.
    """
    with open(f"{root}{PRIVATE_DIRECTORY}/{_NAME}") as file:
        told = json.load(file)
    return _printable(told["label"]), _printable(told["id"])


def _printable(text: str) -> str:
    """The text without control characters: any process in the lab can write the card."""
    return "".join(character for character in text if character.isprintable())
