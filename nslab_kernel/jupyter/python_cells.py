"""Cells of Python that run in a namespace: with the notebook's own variables, but sockets in the namespace."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import contextvars
import inspect
import threading
import time
from types import CodeType
from typing import TYPE_CHECKING, Any

from ..core.translation import _
from ..linux import mount_namespaces, namespaces
from ..linux.namespaces import FoundNamespace
from .interrupting import interrupt
from .messages import told, worded

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class CellSyntaxError(Exception):
    """What stands in a cell isn't Python. For a `SyntaxError` IPython would show all the code that leads to here."""


def run_python(shell: InteractiveShell, namespace: str, source: str) -> Any:
    """Run a cell's Python with the notebook's own variables, its sockets in a namespace.

    The code runs in a thread of its own that enters the namespace, with its /sys and resolv.conf; threads and
    processes that it starts are there, too. The kernel's thread waits and can be interrupted.

    Parameters
    ----------
    shell
        Whose variables it has.
    namespace
        Where its sockets are.
    source
        The cell; it may ``await``.

    Returns
    -------
    Any
        The value of its last expression, as for any cell, or None.
    """
    return _Run(shell, namespaces.find(namespace), _compiled(shell, source)).result()


def _compiled(shell: InteractiveShell, source: str) -> list[CodeType]:
    """The cell, and its last expression apart, whose value is the cell's."""
    transformed = shell.transform_cell(source)
    name = shell.compile.cache(transformed, shell.execution_count, raw_code=source)
    try:
        tree = shell.transform_ast(ast.parse(transformed, name))
        parts: list[tuple[ast.Module | ast.Expression, str]] = [(tree, "exec")]
        if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
            parts.append((ast.Expression(tree.body.pop().value), "eval"))
        flags = shell.compile.flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        return [compile(part, name, mode, flags, dont_inherit=True) for part, mode in parts]
    except SyntaxError as error:
        raise told(CellSyntaxError(error), *shell.SyntaxTB.structured_traceback(type(error), error, [])) from None


class _Run:
    """One cell in its namespace."""

    def __init__(self, shell: InteractiveShell, place: FoundNamespace, codes: list[CodeType]) -> None:
        self._shell = shell
        self._place = place
        self._codes = codes
        self._value: Any = None
        self._error: BaseException | None = None
        self._ended = threading.Event()
        context = contextvars.copy_context()  # so that prints go to this cell
        self._thread = threading.Thread(target=context.run, args=(self._work,), name="nslab-python", daemon=True)

    def result(self) -> Any:
        """Wait for the value; raises what the cell raised."""
        self._thread.start()
        try:
            self._ended.wait()  # rather than join it: an interrupt there makes a thread seem to have ended
        except KeyboardInterrupt as interruption:
            ended = interrupt(self._thread, self._ended, __file__)
            left = (
                _("Interrupted.")
                if ended
                else _("Interrupted; what the cell waits for can't be, so it ends afterwards.")
            )
            told(interruption, worded(left))
            raise
        if self._error is not None:
            raise _shown(self._shell, self._error)
        return self._value

    def _work(self) -> None:
        try:
            mount_namespaces.settle(self._place)
            self._value = self._evaluate()
        except BaseException as error:
            self._error = error
        with contextlib.suppress(KeyboardInterrupt):
            time.sleep(0)  # an interrupt that is still pending must not hit threading's own code
        self._ended.set()

    def _evaluate(self) -> Any:
        value = None
        with asyncio.Runner() as runner:  # makes an event loop only for code that awaits
            for code in self._codes:
                value = eval(code, self._shell.user_ns)
                if code.co_flags & inspect.CO_COROUTINE:
                    value = runner.run(value)
        return value


def _shown(shell: InteractiveShell, error: BaseException) -> BaseException:
    """The error with a traceback of the cell alone, without the thread that ran it."""
    if hasattr(error, "_render_traceback_"):
        return error
    trace = error.__traceback__
    while trace and trace.tb_next and trace.tb_frame.f_code.co_filename in (__file__, asyncio.runners.__file__):
        trace = trace.tb_next
    return told(error, *shell.InteractiveTB.structured_traceback(type(error), error, trace, tb_offset=0))
