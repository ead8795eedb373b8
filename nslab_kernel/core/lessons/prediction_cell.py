"""A question that a student answers before a command runs, and what then happened.

A cell of a prediction holds choices and commands. Which choices are right isn't written down: each names what it would
show, and that is tested after the run::

    %%netns_predict Will ns2 answer?
    - Yes | prints 1 received
    - No: the bridge is down | mydocker0 is down
    sudo ip netns exec ns1 ping -c 1 172.16.1.2
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..checks.parse import parse as parse_claims
from ..errors import NslabError
from ..translation import _

_CHOICE = re.compile(r"- (.+?) \| (\S.*)")
_PRINTS = re.compile(r"(?:(?P<not>does not |doesn't )print|prints) (?P<text>\S.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PossibleAnswer:
    """One answer that can be chosen.

    Parameters
    ----------
    label
        What the student reads.
    claim
        What would show that it's right: a claim about the network; empty if it's about what the commands print.
    printed
        What the commands print then.
    prints
        Whether they print it, or don't.
    """

    label: str
    claim: str = ""
    printed: str = ""
    prints: bool = True


@dataclass(frozen=True, slots=True)
class Prediction:
    """A question, its choices, and the commands (shell lines in the host) that settle it."""

    question: str
    choices: tuple[PossibleAnswer, ...]
    commands: str

    @property
    def claims(self) -> str:
        """The choices' claims, one a line, in their order."""
        return "\n".join(choice.claim for choice in self.choices if choice.claim)

    def outcome(self, printed: str, verdicts: Sequence[bool]) -> tuple[bool, ...]:
        """Which choices turned out right.

        Parameters
        ----------
        printed
            What the commands printed.
        verdicts
            For each line of `claims`, whether it holds.
        """
        left = iter(verdicts)
        return tuple(
            next(left) if choice.claim else (choice.printed in printed) == choice.prints for choice in self.choices
        )


def prediction(question: str, cell: str) -> Prediction:
    """The prediction that a cell holds.

    Parameters
    ----------
    question
        What stands beside the magic's name.
    cell
        The lines below it: those that begin with ``- `` are choices, the others commands.

    Raises
    ------
    NslabError
        If there is no question, no command, fewer than two choices, or a choice that can't be tested.
    """
    lines = cell.splitlines()
    choices = tuple(_choice(line.strip()) for line in lines if line.startswith("- "))
    commands = "\n".join(line for line in lines if not line.startswith("- ")).strip()
    if not question.strip():
        raise NslabError(
            _("There is no question."), _("Write it beside the magic: `%%netns_predict Will ns2 answer?`.")
        )
    if len(choices) < 2:
        raise NslabError(
            _("A prediction needs two choices at least."),
            _("Write each on a line of its own, with what would show it: `- Yes | prints 1 received`."),
        )
    if not commands:
        raise NslabError(_("There is nothing to predict: no command."), _("Write the commands below the choices."))
    return Prediction(question.strip(), choices, commands)


def _choice(line: str) -> PossibleAnswer:
    found = _CHOICE.fullmatch(line)
    if not found:
        raise NslabError(
            _('The choice "{line}" doesn\'t say what would show it.', line=line),
            _("Write that behind a bar: `- Yes | prints 1 received`, or a claim: `- Yes | ns1 can ping 172.16.1.2`."),
        )
    label, test = found.groups()
    printed = _PRINTS.fullmatch(test)
    if printed:
        return PossibleAnswer(label, printed=printed["text"], prints=printed["not"] is None)
    parse_claims(test)
    return PossibleAnswer(label, claim=test)
