"""The cells and lines that run in a namespace, as shell or as Python."""

from __future__ import annotations

import ast
import contextlib
import contextvars
import ctypes
import socket
import sys
import threading
from collections.abc import Callable
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

from ..linux import namespaces, processes
from ..linux.namespaces import Place

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_PATIENCE = 0.3  # seconds that an interrupted thread gets to end by itself
_MISSING = {"brctl": "bridge-utils", "conntrack": "conntrack", "dig": "dnsutils", "nc": "netcat-openbsd"}


class CommandFailedError(Exception):
    """A command in a namespace ended with another status than 0.

    Parameters
    ----------
    message
        How it ended, in a sentence.
    hint
        What to do next; empty where there is nothing to say.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows instead of a traceback."""
        return [str(self), *([self.hint] if self.hint else [])]


def explain_failure(
    namespace: str, command: str, result: processes.Result, timeout: float | None
) -> CommandFailedError:
    """The error for a command that failed, with what helps on."""
    if result.timed_out:
        return CommandFailedError(f"Ended after {timeout:g} s, with everything that it had started.")
    message = f"The command ended with status {result.returncode}."
    if result.returncode < 0:
        message = f"The command was ended by signal {-result.returncode}."
    return CommandFailedError(message, _hint(namespace, command, result))


def _hint(namespace: str, command: str, result: processes.Result) -> str:
    if result.returncode == 127:
        missing = next((name for name in _MISSING if f"{name}: command not found" in result.stderr), "")
        if missing:
            return f"`sudo apt-get install {_MISSING[missing]}` on the machine itself brings {missing}."
    goal = _ping_goal(command)
    return f"`%netns_why {namespace} {goal}` explains." if goal and result.returncode in (1, 2) else ""


def _ping_goal(command: str) -> str:
    """Whom the last ping of a command was for."""
    for line in reversed(command.splitlines()):
        words = line.split()
        if words and words[0] in ("ping", "ping6"):
            plain = [
                word for word in words[1:] if (word[:1].isalnum() and not word.isdigit() and "." in word) or ":" in word
            ]
            return plain[-1] if plain else ""
    return ""


def run_python(shell: InteractiveShell, namespace: str, source: str) -> Any:
    """Run a cell's Python with the notebook's own variables, its sockets in a namespace.

    The code runs in a thread of its own that enters the namespace; the kernel's thread waits and can be interrupted.

    Parameters
    ----------
    shell
        Whose variables it has.
    namespace
        Where its sockets are.
    source
        The cell.

    Returns
    -------
    Any
        The value of its last expression, as for any cell, or None.
    """
    place = namespaces.find(namespace)
    transformed = shell.transform_cell(source)
    name = shell.compile.cache(transformed, shell.execution_count, raw_code=source)
    body, last = _compiled(transformed, name)
    return _Thread(shell, place, body, last).result()


def _compiled(source: str, name: str) -> tuple[CodeType, CodeType | None]:
    """The cell, and its last expression apart, whose value is the cell's."""
    tree = ast.parse(source, name)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        expression = tree.body.pop()
        assert isinstance(expression, ast.Expr)
        last = compile(ast.Expression(expression.value), name, "eval")
    return compile(tree, name, "exec"), last


class _Thread:
    """One cell in its namespace."""

    def __init__(self, shell: InteractiveShell, place: Place, body: CodeType, last: CodeType | None) -> None:
        self._shell = shell
        self._place = place
        self._run: Callable[[], Any] = lambda: _evaluate(shell, body, last)
        self._value: Any = None
        self._error: BaseException | None = None
        context = contextvars.copy_context()  # so that prints go to this cell
        self._thread = threading.Thread(target=context.run, args=(self._work,), name="nslab-python", daemon=True)

    def result(self) -> Any:
        """Wait for the value; raises what the cell raised."""
        self._thread.start()
        try:
            while self._thread.is_alive():
                self._thread.join(0.05 if threading.current_thread() is threading.main_thread() else None)
        except KeyboardInterrupt:
            self._interrupt()
            raise
        if self._error:
            raise _shown(self._shell, self._error)
        return self._value

    def _work(self) -> None:
        try:
            namespaces.enter(self._place)
            self._value = self._run()
        except BaseException as error:
            self._error = error

    def _interrupt(self) -> None:
        """Raise KeyboardInterrupt in the thread; where it waits in a socket, wake that."""
        ident = ctypes.c_ulong(self._thread.ident or 0)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, ctypes.py_object(KeyboardInterrupt))
        self._thread.join(_PATIENCE)
        frame = sys._current_frames().get(self._thread.ident or 0)
        for waiting in _sockets(frame):
            with contextlib.suppress(OSError):
                waiting.shutdown(socket.SHUT_RDWR)
        self._thread.join(_PATIENCE)


def _evaluate(shell: InteractiveShell, body: CodeType, last: CodeType | None) -> Any:
    exec(body, shell.user_global_ns, shell.user_ns)
    return eval(last, shell.user_global_ns, shell.user_ns) if last else None


def _sockets(frame: FrameType | None) -> list[socket.socket]:
    """The sockets that a thread's innermost calls can see: one of them is what it waits in."""
    found = []
    for _ in range(2):
        if frame is None:
            break
        names = {name: frame.f_globals.get(name) for name in frame.f_code.co_names} | frame.f_locals
        found += [value for value in names.values() if isinstance(value, socket.socket)]
        frame = frame.f_back
    return found


def _shown(shell: InteractiveShell, error: BaseException) -> BaseException:
    """The error with a traceback of the cell alone, without the thread that ran it."""
    if not hasattr(error, "_render_traceback_"):
        trace = error.__traceback__
        while trace and trace.tb_next and trace.tb_frame.f_code.co_filename == __file__:
            trace = trace.tb_next
        lines = shell.InteractiveTB.structured_traceback(type(error), error, trace, tb_offset=0)
        error._render_traceback_ = lambda: lines  # type: ignore[attr-defined]
    return error
