"""The only place that starts processes: in a namespace, streamed, interruptible, with nothing left behind."""

from __future__ import annotations

import _thread
import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from ..core.errors import NslabError
from ..core.model.network import HOST
from ..core.packages import package_of
from ..core.simple_command import simple_words
from ..core.translation import _
from . import mount_namespaces, namespaces
from .streaming import OnOutput, Streams

_GRACE = 0.3  # seconds between asking a process group to end and ending it


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended."""

    returncode: int  # negative: ended by that signal
    stdout: str
    stderr: str
    timed_out: bool = False


class Process(subprocess.Popen[bytes]):
    """A process that leads a group of its own: what is sent to it reaches all that it started."""

    def send_signal(self, sig: int) -> None:
        """Send a signal to the whole group; ``terminate`` and ``kill`` call this."""
        if self.poll() is None:
            os.killpg(self.pid, sig)


def run(
    namespace: str,
    command: str | Sequence[str],
    *,
    timeout: float | None = None,
    on_output: OnOutput | None = None,
) -> Result:
    """Run a command in a namespace and wait for it.

    Its standard input is closed. What it starts in the background and leaves behind goes on running; what that prints
    later is still handed to ``on_output``, by another thread.

    Parameters
    ----------
    namespace
        Where to run; ``"host"`` for the host.
    command
        Shell lines for bash, or a command's words, which no shell sees.
    timeout
        Seconds after which the whole process group is ended; None waits for ever.
    on_output
        Gets each piece of output as it comes; the result then holds only the last 64 KiB of each stream.

    Raises
    ------
    NslabError
        If there is no such namespace or no such command.
    KeyboardInterrupt
        After an interrupt, when the whole process group is gone.
    """
    process = start(namespace, command)
    streams = Streams(process, on_output)
    try:
        timed_out = not streams.until_end(timeout)
        if timed_out:
            _end(process, streams, signal.SIGTERM)
    except BaseException:
        _end(process, streams, signal.SIGINT)
        raise
    finally:
        streams.leave()
    return Result(process.returncode, streams.text("stdout"), streams.text("stderr"), timed_out)


def start(namespace: str, command: str | Sequence[str], *, keep_output: bool = True) -> Process:
    """Start a command in a namespace, as a process group of its own, and don't wait for it.

    Parameters and errors are those of `run`, and

    Parameters
    ----------
    keep_output
        Whether the process's ``stdout`` and ``stderr`` are to be read; otherwise they lead nowhere.
    """
    output = subprocess.PIPE if keep_output else subprocess.DEVNULL
    place = namespaces.find(namespace)
    program, words = _resolved(command)

    def spawn() -> Process:
        mount_namespaces.settle(place)
        return Process(
            words,
            executable=program,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )

    return spawn() if place.name == HOST else _in_passing(spawn)


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
    program = _found(command[0])
    # A session of its own: the interrupt that a terminal or a kernel sends to its whole group isn't meant for it.
    done = subprocess.run(
        command,
        executable=program,
        input=given,
        stdin=stdin,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
        start_new_session=True,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise NslabError(_("`{command}` failed: {said}", command=" ".join(command), said=said[-1]))
    return done.stdout


def hold(descriptors: Sequence[int]) -> int:
    """Start a process that keeps files open until `let_go`, and give its pid."""
    program = _found("sleep")
    held = subprocess.Popen(
        [program, "infinity"],
        pass_fds=descriptors,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    _holders[held.pid] = held
    return held.pid


def let_go(pid: int) -> None:
    """End a process that `hold` started, in this process or another."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    if pid in _holders:
        _holders.pop(pid).wait()


_holders: dict[int, subprocess.Popen[bytes]] = {}


def _in_passing(spawn: Callable[[], Process]) -> Process:
    """Start a process from a thread that does nothing else; one of `threading` would cost twice as much."""
    started: Future[Process] = Future()

    def work() -> None:
        try:
            started.set_result(spawn())
        except BaseException as error:
            started.set_exception(error)

    _thread.start_new_thread(work, ())
    try:
        return started.result()
    except KeyboardInterrupt:
        started.add_done_callback(_kill_late)
        raise


def _kill_late(started: Future[Process]) -> None:
    if not started.exception():
        started.result().kill()


def _end(process: Process, streams: Streams, first: signal.Signals) -> None:
    """End a process and all of its group: by ``first``, so that it may say a last word, then by SIGKILL."""
    try:
        process.send_signal(first)
        streams.until_end(_GRACE)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    streams.until_end(_GRACE)


def _resolved(command: str | Sequence[str]) -> tuple[str, Sequence[str]]:
    """What to start: for shell lines bash, or right away the one program that bash would become."""
    if isinstance(command, str):
        words = simple_words(command)
        program = shutil.which(words[0]) if words else None
        if program:
            return program, words
        command = ("bash", "-c", command)
    return _found(command[0]), command


def _found(command: str) -> str:
    """The file of a command. Searched for here: an exec that fails can't tell a missing file from a closed folder."""
    program = shutil.which(command)
    if program is None:
        cure = _("`sudo apt-get install {package}` brings it.", package=package_of(command) or command)
        raise NslabError(_("{command} isn't installed.", command=command), cure)
    return program


def pids() -> frozenset[int]:
    """The ids of all processes that this one can see."""
    return frozenset(int(entry) for entry in os.listdir("/proc") if entry.isdigit())
