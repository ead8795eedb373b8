"""What the magics of one IPython shell share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ..lab import Lab

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .automatic_picture import Follower
    from .channel import Channel


@dataclass(frozen=True, slots=True)
class Session:
    """The lab that a shell's magics act on, the picture that follows it, and the way to JupyterLab's interface."""

    shell: InteractiveShell
    lab: Lab
    follower: Follower
    channel: Channel


_sessions: WeakKeyDictionary[InteractiveShell, Session] = WeakKeyDictionary()


def open_session(shell: InteractiveShell) -> Session:
    """The shell's session, made on first use."""
    from .automatic_picture import Follower
    from .channel import Channel

    if shell not in _sessions:
        lab = Lab()
        lab.on_wait = print
        follower = Follower(shell, lab)
        _sessions[shell] = Session(shell, lab, follower, Channel(shell, lab, follower))
    return _sessions[shell]


def close_session(shell: InteractiveShell) -> None:
    """Let go of what the session holds; the network stays as it is."""
    session = _sessions.pop(shell, None)
    if session:
        session.channel.close()
        session.follower.stop()
        session.lab.close()
