"""``--help`` on every magic: it shows what ``?`` shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_OURS = "netns"
_ASKING = ("--help", "-h")
_RUN_COMMANDS = ("netns", "netns_trace", "netns_capture", "netns_predict")  # further words may be a command's own


def add_help(shell: InteractiveShell) -> None:
    """Have each of our magics show its help for ``--help``, in place of what it does."""
    for kind, prefix in (("line", "%"), ("cell", "%%")):
        magics = shell.magics_manager.magics[kind]
        for name, function in magics.items():
            if name.startswith(_OURS):
                magics[name] = _with_help(shell, name, prefix, function)


def _with_help(shell: InteractiveShell, name: str, prefix: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def called(line: str, *cell: str) -> Any:
        words = line.split()[:1] if name in _RUN_COMMANDS else line.split()
        if not any(word in _ASKING for word in words):
            return function(line, *cell)
        shell.run_line_magic("pinfo", prefix + name)
        return None

    return called
