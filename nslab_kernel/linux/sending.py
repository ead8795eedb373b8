"""Send messages that stand for actions, and tell which action was refused."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..core.actions import Action
from .doors import Doors
from .failures import ActionError
from .route_socket import NetlinkError, RouteSocket

_MOST_MESSAGES = 128


def send(
    messages: Sequence[tuple[bytes, list[Action]]],
    socket: RouteSocket,
    done: list[Action],
    *,
    passing: Collection[int] = (),
) -> None:
    """Send messages, each with the actions that it stands for.

    Parameters
    ----------
    done
        Grows by each action that was carried out, also when another is refused.
    passing
        The errnos that are no refusal, since they say that it is done already.

    Raises
    ------
    ActionError
        For the first action that was refused.
    """
    for start in range(0, len(messages), _MOST_MESSAGES):
        part = messages[start : start + _MOST_MESSAGES]
        try:
            socket.send([message for message, _ in part], passing=passing)
        except NetlinkError as error:
            for position, (_, actions) in enumerate(part):
                if position != error.position:
                    done += actions
            raise ActionError(part[error.position][1][0], error) from error
        for _, actions in part:
            done += actions


def socket_in(action: Action, namespace: str, doors: Doors) -> RouteSocket:
    """A socket in a namespace; raises `ActionError` where it can't be entered."""
    try:
        return doors.socket(namespace)
    except OSError as error:
        raise ActionError(action, error) from error


def index_of(action: Action, name: str, socket: RouteSocket) -> int:
    """The index of the interface ``name``; raises `ActionError` where there is none."""
    try:
        return socket.index(name)
    except OSError as error:
        raise ActionError(action, error) from error
