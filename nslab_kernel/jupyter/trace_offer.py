"""After a ping or a check that failed: one click traces it (``%netns_trace --again``)."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from IPython.display import display

from ..core.translation import _, translated
from .display import run_button
from .frontend import cell_tags
from .messages import CommandFailedError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult

    from .session import Session

_AGAIN = "%netns_trace --again"
_SAID = {"shows": _("`%netns_trace --again` shows where the packets went."), "button": _("Trace it")}
_PING = re.compile(r"^\s*(?P<line>!?)\s*(?:sudo\s+)?ip netns exec (?P<namespace>\S+) (?P<command>ping6?\s[^|&;<>]*)")


class TraceOffer:
    """Looks after each cell whether a ping or a check failed, and offers to trace it.

    Parameters
    ----------
    session
        Its ``repeated`` is what will be traced.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def start(self) -> None:
        """Look from here on."""
        self._session.shell.events.register("post_run_cell", self._after_cell)

    def stop(self) -> None:
        """Look no longer."""
        self._session.shell.events.unregister("post_run_cell", self._after_cell)

    def _after_cell(self, result: ExecutionResult) -> None:
        if self._session.playing:
            return  # the player reads the exit status afterwards
        exit_code = self._session.shell.user_ns.pop("_exit_code", None)
        if not self._failed(result, exit_code) or "predict" in cell_tags(self._session.shell):
            return
        display(_offer(self._session.lab.language), raw=True)

    def _failed(self, result: ExecutionResult, exit_code: object) -> bool:
        """Whether there is something to trace; a ping by a shell line is remembered for it."""
        error, repeated = result.error_in_exec, self._session.repeated
        if isinstance(error, CommandFailedError):
            return bool(error.hint) and "%netns_why" in error.hint
        if isinstance(error, AssertionError) and hasattr(error, "nslab_traceable"):
            return bool(error.nslab_traceable)
        ping = pinged(result.info.raw_cell if result.info else "")
        if ping is None or (error is not None and not isinstance(error, subprocess.CalledProcessError)):
            return False
        by_line, repeated.namespace, repeated.command = ping
        return exit_code not in (None, 0) if by_line else error is not None


def pinged(cell: str) -> tuple[bool, str, str] | None:
    """The last ping that a cell sends from a namespace.

    Returns
    -------
    tuple
        Whether it is a line of its own that begins with ``!``, the namespace, and the command; None without a ping.
    """
    found = [match for line in cell.splitlines() if (match := _PING.match(line))]
    if not found:
        return None
    return bool(found[-1]["line"]), found[-1]["namespace"], found[-1]["command"].strip()


def _offer(language: str) -> dict[str, str]:
    sentence = translated(_SAID["shows"], language)
    button = run_button(language, translated(_SAID["button"], language))
    code = sentence.replace(f"`{_AGAIN}`", f"<code>{_AGAIN}</code>")
    return {
        "text/html": f'<p class="nslab-offer" lang="{language}" data-nslab-text="{_AGAIN}">{button} {code}</p>',
        "text/plain": sentence.replace("`", ""),
    }
