"""A shell with the magics, as a notebook's kernel has it, and what counts as an error of ours."""

from __future__ import annotations

import contextlib
import io
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

import nslab_kernel
from nslab_kernel.core.errors import NslabError
from nslab_kernel.lab import Lab


def shell_with_magics() -> InteractiveShell:
    """A shell with the extension loaded, and ``lab``; pictures are made as for a notebook, and not kept."""
    shell = InteractiveShell.instance()
    nslab_kernel.load_ipython_extension(shell)
    shell.user_ns["lab"] = Lab("en")
    shell.history_manager.enabled = False
    return shell


def run(shell: InteractiveShell, cell: str) -> ExecutionResult:
    """Run a cell; what it prints is dropped, since only its outcome counts."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return shell.run_cell(cell)


def ours(error: BaseException) -> bool:
    """Whether an error is one that we raise on purpose, which is shown as a sentence."""
    known: tuple[Any, ...] = (NslabError, UsageError)
    return isinstance(error, known) or hasattr(error, "_render_traceback_")
