"""What a cell puts out while a widget runs it: as it comes, and all of it afterwards."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

MOST_TEXT = 200_000
"""Characters of one cell's text that are kept: more would only make the page slow."""

_SETTLE = 0.01  # seconds for the thread that reads the file descriptor to bring what a child process wrote last
_FLUSH = 0.05  # seconds that text is held back, so that many small writes make one message
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")


@dataclass(frozen=True, slots=True)
class Output:
    """One piece of output.

    Parameters
    ----------
    kind
        ``stdout``, ``stderr``, or ``display`` for a rich one.
    text
        The text of a stream, without colour codes; of a rich output its plain text.
    data
        A rich output's MIME bundle.
    metadata
        A rich output's metadata.
    """

    kind: str
    text: str
    data: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] | None = None


class OutputCapture:
    """Takes what is put out, by whatever thread or child process, until it is closed.

    Output of a cell that a widget runs belongs to no cell of the notebook, so the front end would drop it.

    Parameters
    ----------
    shell
        Whose output.
    on_text
        Called with kind and text soon after they come, from any thread.
    """

    def __init__(self, shell: InteractiveShell, on_text: Callable[[str, str], None]) -> None:
        self._shell = shell
        self._on_text = on_text
        self._lock = threading.Lock()
        self._outputs: list[Output] = []
        self._room = MOST_TEXT
        self._held: list[tuple[str, str]] = []
        self._timer: threading.Timer | None = None
        self._streams = {"stdout": sys.stdout, "stderr": sys.stderr}

    def __enter__(self) -> OutputCapture:
        # ipykernel's streams are written to by print as well as by the thread that reads what child processes write
        # to the file descriptor. So the method is replaced, not sys.stdout.
        for kind, stream in self._streams.items():
            stream.write = self._writer(kind)  # type: ignore[method-assign]
        self._shell.display_pub.register_hook(self._display)
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(_SETTLE)
        for stream in self._streams.values():
            del stream.write
        self._shell.display_pub.unregister_hook(self._display)
        self._flush()

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Everything so far, neighbouring pieces of one stream joined."""
        with self._lock:
            return tuple(self._outputs)

    def add_value(self, value: object) -> None:
        """Take the value of a cell's last expression as a rich output."""
        data, metadata = self._shell.display_formatter.format(value)
        if data:
            self._append(Output("display", str(data.get("text/plain", "")), data, metadata))

    def _writer(self, kind: str) -> Callable[[str], int]:
        def write(text: str) -> int:
            self._write(kind, text)
            return len(text)

        return write

    def _write(self, kind: str, text: str) -> None:
        plain = _ESCAPES.sub("", text)
        with self._lock:
            if self._room <= 0 or not plain:
                return
            kept = plain[: self._room]
            self._room -= len(kept)
            if self._room <= 0:
                kept += f"\n… only the first {MOST_TEXT} characters are shown\n"
            last = self._outputs[-1] if self._outputs else None
            if last and last.kind == kind:
                self._outputs[-1] = Output(kind, last.text + kept)
            else:
                self._outputs.append(Output(kind, kept))
            self._held.append((kind, kept))
            if self._timer is None:
                self._timer = threading.Timer(_FLUSH, self._flush)
                self._timer.daemon = True
                self._timer.start()

    def _flush(self) -> None:
        with self._lock:
            held, self._held, timer, self._timer = self._held, [], self._timer, None
        if timer:
            timer.cancel()
        for kind in dict.fromkeys(kind for kind, _ in held):
            self._on_text(kind, "".join(text for held_kind, text in held if held_kind == kind))

    def _display(self, message: Mapping[str, Any]) -> None:
        """Called by the display publisher; giving None back keeps the message from being sent."""
        content = message["content"]
        if message["header"]["msg_type"] == "display_data":
            data = content["data"]
            self._append(Output("display", str(data.get("text/plain", "")), data, content["metadata"]))

    def _append(self, output: Output) -> None:
        with self._lock:
            self._outputs.append(output)


class Uncaptured:
    """The same for a front end that shows what is put out by itself: lets everything pass."""

    outputs: tuple[Output, ...] = ()

    def __enter__(self) -> Uncaptured:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def add_value(self, value: object) -> None:
        """The shell shows it already."""
