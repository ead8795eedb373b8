"""Which magics there are: register them with a shell, and take them away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.errors import NslabError
from .. import completion, preloading
from ..frontend import keep_version_out_of_notebooks
from ..help_option import add_help
from ..session import close_session, open_session
from ..trace_offer import TraceOffer
from .breaks import BreakingMagics
from .build import BuildMagics
from .check import CheckMagics
from .live import LiveMagics
from .look import LookMagics
from .open import OpeningMagics
from .play import PlayMagics
from .predict import PredictMagics
from .reach import ReachingMagics
from .run import RunMagics
from .trace import TraceMagics
from .why import WhyMagics

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_MAGICS = (
    RunMagics,
    BuildMagics,
    OpeningMagics,
    LookMagics,
    CheckMagics,
    LiveMagics,
    PlayMagics,
    PredictMagics,
    ReachingMagics,
    WhyMagics,
    TraceMagics,
    BreakingMagics,
)


def load(shell: InteractiveShell) -> None:
    """Register the magics, their completion, and the picture that follows each cell."""
    session = open_session(shell)
    NslabError.language = session.lab.language
    for magics in _MAGICS:
        shell.register_magics(magics(session))
    add_help(shell)
    completion.register(shell, session.lab)
    session.forms.register()
    preloading.begin(shell)
    offer = TraceOffer(session)
    offer.start()
    session.on_close.append(offer.stop)
    if session.lab.sandboxed:
        keep_version_out_of_notebooks(shell)
        session.follower.start()
    session.channel.open()


def unload(shell: InteractiveShell) -> None:
    """Take away what `load` hooked into the shell; the network stays."""
    completion.unregister(shell)
    close_session(shell)
