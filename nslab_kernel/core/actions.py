"""What an operation does, as data: each action is one `ip` command and one request to the kernel.

`nslab_kernel.linux.netlink.apply` carries actions out, `Action.command` says what they stand
for: one source for what is shown and what is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Action(Protocol):
    """One elementary step of an operation."""

    def command(self) -> str:
        """The command that does the same by hand."""
        ...


@dataclass(frozen=True)
class Operation:
    """What was done, to be shown."""

    actions: tuple[Action, ...] = ()

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands that the operation stands for, in order."""
        return tuple(action.command() for action in self.actions)
