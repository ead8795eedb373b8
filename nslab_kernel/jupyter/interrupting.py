"""Interrupt a thread, even one that waits in a socket: signals reach only Python's main thread."""

from __future__ import annotations

import contextlib
import ctypes
import dis
import socket
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

_PATIENCE = 0.1  # seconds that the thread gets to end after each attempt
_SLEEP = 1.0  # seconds that it may sleep on: many loops sleep for a second


def interrupt(thread: threading.Thread, ended: threading.Event, home: str) -> bool:
    """Raise KeyboardInterrupt in a thread, and wake the sockets that it waits in by shutting them down.

    Parameters
    ----------
    thread
        The thread.
    ended
        What it sets when it ends.
    home
        The source file that the thread began in: what lies above is what it runs.

    Returns
    -------
    bool
        Whether it has ended. One that sleeps, or waits for another thread, can't be woken; it ends when that does.
    """
    ident = thread.ident or 0
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(KeyboardInterrupt))
    ended.wait(_PATIENCE)
    frame = sys._current_frames().get(ident)
    while not ended.is_set() and frame is not None and frame.f_code.co_filename != home:
        for waiting in _sockets(frame):
            with contextlib.suppress(OSError):  # it is not connected
                waiting.shutdown(socket.SHUT_RDWR)
            ended.wait(_PATIENCE)
        frame = frame.f_back
    return ended.wait(_SLEEP)


def _sockets(frame: FrameType) -> Iterator[socket.socket]:
    """The sockets in the line that a frame is at, or in the objects there."""
    for name in _names(frame):
        value = frame.f_locals.get(name, frame.f_globals.get(name))
        for candidate in (value, *_attributes(value)):
            if isinstance(candidate, socket.socket):
                yield candidate


def _names(frame: FrameType) -> list[str]:
    """The variables that the line reads, the last first."""
    here = (
        instruction.argval
        for instruction in dis.get_instructions(frame.f_code)
        if instruction.positions and instruction.positions.lineno == frame.f_lineno
    )
    known = {*frame.f_code.co_names, *frame.f_code.co_varnames, *frame.f_code.co_freevars}
    return list(dict.fromkeys(name for name in reversed([*here]) if isinstance(name, str) and name in known))


def _attributes(value: Any) -> list[Any]:
    return list(getattr(value, "__dict__", {}).values())
