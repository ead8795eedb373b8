"""``%%netns_check``: claims, tried out; ``%netns_check``: what ``%netns_break`` broke, tried out."""

from __future__ import annotations

from inspect import cleandoc
from typing import TYPE_CHECKING

from IPython.core.magic import line_cell_magic, magics_class
from IPython.display import display

from ...core.checks.evaluate import command_of
from ...core.checks.parse import listed_forms
from ...core.checks.parse import parse as parse_claims
from ...core.errors import NslabError
from ...core.translation import _
from ..messages import say, worded
from ..parsing import NslabMagics

if TYPE_CHECKING:
    from ...core.checks.evaluate import Verdict


@magics_class
class CheckMagics(NslabMagics):
    """Checkpoints."""

    @line_cell_magic
    def netns_check(self, line: str, cell: str | None = None) -> None:
        """Try out claims about the network, one a line, on the real thing::

            %%netns_check
            mydocker0 is up
            ns1 can ping 172.16.1.2
            ns1 cannot reach ns3

        Each is shown with a tick or a cross and the reason. If one fails, the cell raises an AssertionError, so
        that nbclient, nbmake and nbgrader see it, and ``%netns_hint`` helps, more exactly each time.

        While something is broken by ``%netns_break``, a line ``%netns_check`` tries whether it is fixed.

        The forms of claims:
        """
        if line.strip():
            raise NslabError(
                _('"{line}" stands beside %%netns_check.', line=line.strip()), _("Write claims below it, one a line.")
            )
        if cell is None:
            self._check_break()
        else:
            self._check_claims(cell)

    netns_check.__doc__ = f"{cleandoc(netns_check.__doc__ or '')}\n\n{listed_forms()}\n"

    def _check_claims(self, cell: str) -> None:
        from .. import verdicts

        judged = self.lab.check(cell)
        self.session.hints.begin(judged)
        metadata = {verdicts.MIME_METADATA: [_shown(verdict) for verdict in judged]}
        display(verdicts.bundle(judged, self.lab.language), raw=True, metadata=metadata)
        if not all(verdict.holds for verdict in judged):
            raise _failed(verdicts.failure(judged, self.lab.language), traceable=self._remember(cell, judged))

    def _remember(self, cell: str, judged: tuple[Verdict, ...]) -> bool:
        """Let ``%netns_trace --again`` send what the first failed claim about packets is about, if there is one."""
        network, repeated = self.lab.snapshot(), self.session.repeated
        for claim, verdict in zip(parse_claims(cell), judged, strict=True):
            namespace, command = ("", "") if verdict.holds else command_of(claim, network)
            if command:
                repeated.namespace, repeated.command = namespace, command
                return True
        return False

    def _check_break(self) -> None:
        from .. import break_words

        if self.lab.exercise is None:
            raise NslabError(
                _("There is nothing to check: nothing has been broken, and no claims are given."),
                _("`%netns_break` breaks something; claims stand below a line `%%netns_check`."),
            )
        faults, attempt = self.lab.exercise.faults, self.lab.attempt()
        if not attempt.fixed:
            raise _failed(worded(break_words.not_yet(attempt)))
        say(break_words.fixed(attempt, faults))


def _shown(verdict: Verdict) -> dict[str, object]:
    """A verdict as data, without its hints: those come when they are asked for."""
    return {"claim": verdict.claim, "holds": verdict.holds, "reason": worded(verdict.reason)}


def _failed(said: str, *, traceable: bool = False) -> AssertionError:
    """An AssertionError, which front ends show without a traceback: the claims say it all."""
    error = AssertionError(said)
    error.nslab_traceable = traceable  # type: ignore[attr-defined]  # `trace_offer` looks for it
    error._render_traceback_ = lambda: [f"AssertionError: {said}"]  # type: ignore[attr-defined]
    return error
