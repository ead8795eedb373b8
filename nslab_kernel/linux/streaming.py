"""What a process prints, while it comes: both streams, in pieces, until it has ended and its output with it."""

from __future__ import annotations

import codecs
import contextvars
import math
import os
import selectors
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import IO

OnOutput = Callable[[str, str], None]
"""Called with ``"stdout"`` or ``"stderr"`` and a piece of text as it comes."""

_QUIET = 0.1  # seconds without output after which a finished process's output is not waited for
_LONGEST = 0.5  # seconds after which it is not waited for though it never ends
_PIECE = 1 << 16  # bytes
_TAIL = 1 << 16  # characters kept of a text that was handed out piece by piece
_LATE = 1 << 16  # bytes handed out of what was left running; a terminal would be flooded, too


class Streams:
    """The two streams of a process.

    Parameters
    ----------
    process
        Started with pipes for both.
    on_output
        Gets every piece. `text` then has only the last 64 KiB of each stream, otherwise all.
    """

    def __init__(self, process: subprocess.Popen[bytes], on_output: OnOutput | None) -> None:
        self._process = process
        self._on_output = on_output
        self._texts = {name: _Text(None if on_output is None else _TAIL) for name in ("stdout", "stderr")}
        self._latest = math.inf
        self._selector = selectors.DefaultSelector()
        self._ended = os.pidfd_open(process.pid)
        self._selector.register(self._ended, selectors.EVENT_READ, None)
        for name, pipe in (("stdout", process.stdout), ("stderr", process.stderr)):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, selectors.EVENT_READ, name)

    def text(self, name: str) -> str:
        """What came on one stream."""
        return str(self._texts[name])

    def until_end(self, patience: float | None = None) -> bool:
        """Read until the process has ended and its output with it; False where that takes longer than ``patience``."""
        deadline = math.inf if patience is None else time.monotonic() + patience
        while self._selector.get_map():
            left = min(deadline, self._latest) - time.monotonic()
            if left <= 0 or not self._wait(min(left, _QUIET) if self._has_ended else left):
                return self._has_ended
        return True

    @property
    def _has_ended(self) -> bool:
        return self._process.returncode is not None

    def _wait(self, patience: float) -> bool:
        """Take what comes; False where nothing does."""
        ready = self._selector.select(None if patience == math.inf else patience)
        for key, _ in ready:
            self._take(key)
        return bool(ready)

    def leave(self) -> None:
        """Let go, and keep reading for what the process left running: a full or broken pipe would stop it.

        What comes late is still handed out, by a thread that has this one's context, up to 64 KiB.
        """
        left = [key for key in self._selector.get_map().values() if key.data]
        if self._ended in self._selector.get_map():
            self._selector.unregister(self._ended)
        self._selector.close()
        os.close(self._ended)
        for key in left:
            work = contextvars.copy_context().run
            threading.Thread(target=work, args=(self._drain, key), name="nslab-late", daemon=True).start()

    def _take(self, key: selectors.SelectorKey) -> None:
        if key.data is None:
            self._process.wait()
            self._latest = time.monotonic() + _LONGEST
            self._selector.unregister(key.fileobj)
            return
        piece = os.read(key.fd, _PIECE)
        if not piece:
            self._selector.unregister(key.fileobj)
            key.fileobj.close()  # type: ignore[union-attr]
        self._hand_out(key.data, piece)

    def _hand_out(self, name: str, piece: bytes) -> None:
        text = self._texts[name].add(piece)
        if text and self._on_output:
            self._on_output(name, text)

    def _drain(self, key: selectors.SelectorKey) -> None:
        pipe: IO[bytes] = key.fileobj  # type: ignore[assignment]
        os.set_blocking(key.fd, True)
        with pipe:
            late = 0
            while piece := os.read(key.fd, _PIECE):
                if late < _LATE:
                    self._hand_out(key.data, piece)
                late += len(piece)


class _Text:
    """Decoded pieces, all or only the last."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._pieces: deque[str] = deque()
        self._length = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def add(self, piece: bytes) -> str:
        """Decode a piece, an empty one at the end, and keep it."""
        text = self._decoder.decode(piece, final=not piece)
        self._pieces.append(text)
        self._length += len(text)
        while self._most is not None and self._length - len(self._pieces[0]) > self._most:
            self._length -= len(self._pieces.popleft())
        return text

    def __str__(self) -> str:
        return "".join(self._pieces)
