"""The only place that starts processes: in a namespace, streamed, interruptible, with nothing left behind."""

from __future__ import annotations

import codecs
import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO

from ..core.errors import NslabError
from . import namespaces, surroundings

OnOutput = Callable[[str, str], None]
"""Called with ``"stdout"`` or ``"stderr"`` and a piece of text as it comes."""

_PACKAGES = {"nft": "nftables", "iptables-save": "iptables", "ip6tables-save": "iptables"}
_GRACE = 0.3  # seconds between asking a process group to end and ending it
_QUIET = 0.1  # seconds without output after which a finished cell no longer waits for what it left running
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended."""

    returncode: int  # negative: ended by that signal
    stdout: str
    stderr: str
    timed_out: bool = False


def run(
    namespace: str,
    command: str | Sequence[str],
    *,
    timeout: float | None = None,
    on_output: OnOutput | None = None,
) -> Result:
    """Run a command in a namespace and wait for it.

    Its standard input is closed. What it starts in the background and leaves behind goes on running; its further
    output is read and thrown away, so that it can't block.

    Parameters
    ----------
    namespace
        Where to run; ``"host"`` for the host.
    command
        Shell lines for bash, or a command's words, which no shell sees.
    timeout
        Seconds after which the whole process group is ended; None waits for ever.
    on_output
        Gets each piece of output as it comes.

    Raises
    ------
    NslabError
        If there is no such namespace or no such command.
    KeyboardInterrupt
        After an interrupt, when the whole process group is gone.
    """
    process = start(namespace, command)
    reading = _Reading(process, on_output)
    try:
        timed_out = reading.until_end(None if timeout is None else time.monotonic() + timeout)
    except BaseException:
        end(process, signal.SIGINT)
        reading.close()
        raise
    return Result(process.returncode, reading.text("stdout"), reading.text("stderr"), timed_out)


def start(namespace: str, command: str | Sequence[str], *, keep_output: bool = True) -> subprocess.Popen[bytes]:
    """Start a command in a namespace, as a process group of its own, and don't wait for it.

    Parameters and errors are those of `run`, and

    Parameters
    ----------
    keep_output
        Whether the process's ``stdout`` and ``stderr`` are to be read; otherwise they lead nowhere.
    """
    output = subprocess.PIPE if keep_output else subprocess.DEVNULL
    place = namespaces.find(namespace)
    words = ["bash", "-c", command] if isinstance(command, str) else list(command)

    def spawn() -> subprocess.Popen[bytes]:
        surroundings.settle(place)
        return subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )

    try:
        with ThreadPoolExecutor(1, "nslab-start") as worker:
            return worker.submit(spawn).result()
    except FileNotFoundError:
        raise _not_installed(words[0]) from None


def end(process: subprocess.Popen[bytes], first: signal.Signals = signal.SIGTERM) -> None:
    """End a process and all of its group: by ``first``, and after a moment by SIGKILL."""
    for number, patience in ((first, _GRACE), (signal.SIGKILL, None)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # whoever is left in the group


def output_of(*command: str, given: str | None = None) -> str:
    """What a command prints, run in the namespace that this thread is in.

    Parameters
    ----------
    command
        The command's words; no shell sees them.
    given
        What it reads from its standard input.

    Raises
    ------
    NslabError
        If it isn't installed, or fails.
    """
    stdin = subprocess.DEVNULL if given is None else None
    try:
        done = subprocess.run(command, input=given, stdin=stdin, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise _not_installed(command[0]) from None
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise NslabError(f"`{' '.join(command)}` failed: {said[0]}")
    return done.stdout


def _not_installed(command: str) -> NslabError:
    package = _PACKAGES.get(command, command)
    return NslabError(f"{command} isn't installed.", f"`sudo apt-get install {package}` brings it.")


class _Reading:
    """A process's output, while it comes."""

    def __init__(self, process: subprocess.Popen[bytes], on_output: OnOutput | None) -> None:
        self._process = process
        self._on_output = on_output
        self._texts: dict[str, list[str]] = {"stdout": [], "stderr": []}
        self._decoders = {name: codecs.getincrementaldecoder("utf-8")("replace") for name in self._texts}
        self._selector = selectors.DefaultSelector()
        self._ended = os.pidfd_open(process.pid)
        self._selector.register(self._ended, selectors.EVENT_READ, None)
        for name, pipe in (("stdout", process.stdout), ("stderr", process.stderr)):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, selectors.EVENT_READ, name)

    def text(self, name: str) -> str:
        """All that came on one stream."""
        return "".join(self._texts[name])

    def until_end(self, deadline: float | None) -> bool:
        """Read until the process has ended and its output with it; True where the deadline ended it."""
        timed_out = False
        while self._open():
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                timed_out = True
                end(self._process)
                deadline = None
            elif not self._step(left):
                break
        self._process.wait()
        self._leave()
        return timed_out

    def close(self) -> None:
        """Let go of the pipes."""
        for key in list(self._selector.get_map().values()):
            self._selector.unregister(key.fileobj)
        self._selector.close()
        os.close(self._ended)
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe:
                pipe.close()

    def _open(self) -> bool:
        """Whether anything can still come."""
        return bool(self._selector.get_map())

    def _step(self, patience: float | None) -> bool:
        """Take what there is; False when the process has ended and what it left running is quiet."""
        ended = self._process.returncode is not None
        ready = self._selector.select(_QUIET if ended else patience)
        if ended and not ready:
            return False
        for key, _ in ready:
            if key.data is None:
                self._process.wait()
                self._selector.unregister(self._ended)
            else:
                self._take(key.fileobj, key.data)  # type: ignore[arg-type]
        return True

    def _take(self, pipe: IO[bytes], name: str) -> None:
        try:
            piece = os.read(pipe.fileno(), _PIECE)
        except BlockingIOError:
            return
        if not piece:
            self._selector.unregister(pipe)
        text = self._decoders[name].decode(piece, final=not piece)
        if text:
            self._texts[name].append(text)
            if self._on_output:
                self._on_output(name, text)

    def _leave(self) -> None:
        """Let go, but keep reading for what was left running: a full or broken pipe would stop it."""
        orphans = [key.fileobj for key in self._selector.get_map().values() if key.data]
        if not orphans:
            self.close()
            return
        self._selector.close()
        os.close(self._ended)
        for pipe in orphans:
            os.set_blocking(pipe.fileno(), True)  # type: ignore[union-attr]
            threading.Thread(target=_drain, args=(pipe,), name="nslab-drain", daemon=True).start()


def _drain(pipe: IO[bytes]) -> None:
    with pipe:
        while pipe.read(_PIECE):
            pass
