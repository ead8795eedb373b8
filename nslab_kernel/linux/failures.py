"""An action that the kernel refused."""

from __future__ import annotations

from ..core.actions import Action


class ActionError(Exception):
    """What couldn't be done, and why.

    Parameters
    ----------
    action
        The action.
    error
        The kernel's answer.
    """

    def __init__(self, action: Action, error: OSError) -> None:
        super().__init__(action, error)
        self.action = action
        self.error = error
