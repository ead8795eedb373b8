"""What the magics of one IPython shell share."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ..core.translation import translated
from ..lab import Lab
from .lesson_file import notebook_language

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..core.checks.evaluate import Verdict
    from .automatic_picture import Follower
    from .channel import Channel
    from .picture_forms import PictureForms


@dataclass(slots=True)
class CheckHints:
    """The hints for the first claim of the last checkpoint that doesn't hold, given one by one."""

    claim: str = ""
    left: tuple[str, ...] = ()

    def begin(self, verdicts: Sequence[Verdict]) -> None:
        """Take the hints of a checkpoint; a claim that failed before goes on where it was."""
        failed = next((verdict for verdict in verdicts if not verdict.holds), None)
        if failed is None:
            self.claim, self.left = "", ()
        elif failed.claim != self.claim:
            self.claim, self.left = failed.claim, failed.hints

    def take(self) -> str:
        """The next hint; the last one stays."""
        hint, self.left = self.left[0], self.left[1:] or self.left
        return hint


@dataclass(slots=True)
class Repeated:
    """What ``%netns_trace --again`` traces: the last command that ran in a namespace, or ping that a check made."""

    namespace: str = ""
    command: str = ""


@dataclass(slots=True, weakref_slot=True)
class Session:
    """The lab that a shell's magics act on, what shows it, and whether a player is running a step."""

    shell: InteractiveShell
    lab: Lab
    follower: Follower
    channel: Channel
    forms: PictureForms
    hints: CheckHints = field(default_factory=CheckHints)
    repeated: Repeated = field(default_factory=Repeated)
    on_close: list[Callable[[], None]] = field(default_factory=list)
    playing: bool = False


_sessions: WeakKeyDictionary[InteractiveShell, Session] = WeakKeyDictionary()


def open_session(shell: InteractiveShell) -> Session:
    """The shell's session, made on first use."""
    from .automatic_picture import Follower
    from .channel import Channel
    from .picture_forms import PictureForms

    if shell not in _sessions:
        lab = Lab(notebook_language())
        os.environ["NSLAB_LANG"] = lab.language  # what runs in cells speaks it, too
        lab.on_wait = lambda said: print(translated(said, lab.language))
        follower = Follower(shell, lab)
        _sessions[shell] = Session(shell, lab, follower, Channel(shell, lab, follower), PictureForms(shell))
    return _sessions[shell]


def close_session(shell: InteractiveShell) -> None:
    """Let go of what the session holds; the network stays as it is."""
    session = _sessions.pop(shell, None)
    if session:
        session.channel.close()
        session.follower.stop()
        for end in session.on_close:
            end()
        session.forms.unregister()
        session.lab.close()
