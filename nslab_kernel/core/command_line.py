"""What argparse says of a wrong command line, as messages."""

from __future__ import annotations

import re

from .translation import Message, _

# What argparse says, in English always, and the message with the same values.
_ARGPARSE = tuple(
    (re.compile(pattern, re.DOTALL), form)
    for pattern, form in (
        (
            r"the following arguments are required: (?P<arguments>.*)",
            _("The following arguments are required: {arguments}."),
        ),
        (r"unrecognized arguments: (?P<arguments>.*)", _("Unrecognized arguments: {arguments}.")),
        (r"argument (?P<argument>.*): expected one argument", _("Argument {argument}: expected one argument.")),
        (
            r"argument (?P<argument>.*): invalid int value: (?P<value>.*)",
            _("Argument {argument}: invalid int value: {value}."),
        ),
        (
            r"argument (?P<argument>.*): invalid seconds value: (?P<value>.*)",
            _("Argument {argument}: invalid seconds value: {value}."),
        ),
        (
            r"argument (?P<argument>.*): invalid variable value: (?P<value>.*)",
            _("Argument {argument}: invalid variable value: {value}."),
        ),
        (
            r"argument (?P<argument>.*): invalid choice: (?P<value>.*) \(choose from (?P<choices>.*)\)",
            _("Argument {argument}: invalid choice: {value} (choose from {choices})."),
        ),
        (
            r"argument (?P<argument>.*): ignored explicit argument (?P<value>.*)",
            _("Argument {argument}: ignored explicit argument {value}."),
        ),
        (
            r"ambiguous option: (?P<option>.*) could match (?P<options>.*)",
            _("Ambiguous option: {option} could match {options}."),
        ),
    )
)


def understood(said: str) -> str:
    """A sentence of argparse's as a message."""
    said = said.strip().rstrip(".")
    for pattern, form in _ARGPARSE:
        if found := pattern.fullmatch(said):
            return Message(form.msgid, **found.groupdict())
    return f"{said[:1].upper()}{said[1:]}."
