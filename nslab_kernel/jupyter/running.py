"""Shell lines that run in a namespace for a cell: where their output goes, and what is said when they fail."""

from __future__ import annotations

import atexit
import ipaddress
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakSet

from IPython.display import display

from ..core.errors import NslabError
from ..core.packages import package_of
from ..core.translation import _
from ..lab import Lab
from ..linux import namespaces
from ..linux.processes import Process, Result
from .frontend import can_ask
from .messages import CommandFailedError, told, worded
from .saving import say_saved

if TYPE_CHECKING:
    from ..picture.trace import TraceReport
    from .session import Session

_NOT_FOUND = 127  # a shell's exit status for a command that isn't there
_NO_ANSWER = (1, 2)  # ping's: silence, or an error
_MISSING = re.compile(r"([\w.+-]+): (?:command )?not found")
_UNANSWERED = re.compile(r"--- (\S+) ping statistics ---\n\d+ \w+ \w+, 0 ")
_ENTERED = re.compile(r"\bip netns exec (\S+)")
_left_running: WeakSet[Process] = WeakSet()


class LiveOutput:
    """Where a cell's output goes: each stream to the notebook, or into a variable.

    Parameters
    ----------
    variables
        For each stream that is wanted in a variable, its name.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._shown = {"stdout": sys.stdout, "stderr": sys.stderr}
        self._variables = variables
        self._taken: dict[str, list[str]] = {stream: [] for stream in variables}

    def __call__(self, stream: str, text: str) -> None:
        """Take a piece; the lab calls this while the command runs."""
        if stream in self._taken:
            self._taken[stream].append(text)
            return
        self._shown[stream].write(text)
        self._shown[stream].flush()

    @property
    def values(self) -> dict[str, str]:
        """The variables with what they got."""
        return {name: "".join(self._taken[stream]) for stream, name in self._variables.items()}


def run_command(lab: Lab, namespace: str, command: str, output: LiveOutput, timeout: float | None = None) -> Result:
    """Run shell lines in a namespace; an interrupt ends them all, and is reported in a sentence."""
    try:
        return lab.run(namespace, command, timeout=timeout, on_output=output)
    except KeyboardInterrupt as interrupt:
        told(interrupt, worded(_("Interrupted; what the cell had started has ended.")))
        raise


def follow(
    session: Session,
    namespace: str,
    command: str,
    run: Callable[[], object],
    *,
    save: str | None = None,
    predict: str | None = None,
    timeout: float | None = None,
) -> None:
    """Follow the packets of a command, and show what became of them, after an interrupt, too.

    Parameters
    ----------
    namespace, command
        What runs there.
    run
        Runs it.
    save
        A file for all packets, besides.
    predict
        The way that somebody predicts, such as ``ns1,br0,host``. Empty: the student is asked for it first, and what
        the command prints is shown below the question; where nobody can be asked, the command runs at once.
    timeout
        Seconds after which a command that waited for an answer is ended.
    """
    from ..core.journeys.prediction import predicted
    from ..picture.trace import capture_file  # not at the top: pictures would slow every kernel's start
    from .trace_view import AskedTraceView, TraceView

    session.repeated.namespace, session.repeated.command = namespace, command
    if save:
        capture_file(save)  # a bad name is refused before anything runs
    if predict == "" and not session.playing and can_ask(session.shell):
        namespaces.find(namespace)
        view = AskedTraceView(session.lab, namespace, command)

        def answered(places: tuple[str, ...]) -> None:
            with _followed(session, namespace, command, save, places, view.take):
                session.lab.run(namespace, command, timeout=timeout, on_output=view.print)

        view.answered = answered
        display(view)
        return
    places = predicted(predict, session.lab.snapshot()) if predict else ()
    with _followed(session, namespace, command, save, places, lambda trace: display(TraceView(trace))):
        run()


@contextmanager
def _followed(
    session: Session,
    namespace: str,
    command: str,
    save: str | None,
    places: tuple[str, ...],
    show: Callable[[TraceReport], object],
) -> Iterator[None]:
    """Follow the packets of what runs in the ``with`` block, and show what became of them."""

    def end() -> None:
        trace = session.lab.traced(capture, namespace, command, way_predicted=places)
        show(trace)
        if save:
            say_saved(trace.save(save))

    capture = session.lab.capture()
    try:
        yield
    except NslabError:  # nothing ran
        capture.abandon()
        raise
    except BaseException:
        end()
        raise
    end()


def start_command(lab: Lab, namespace: str, command: str, *, keep_output: bool, timeout: float | None) -> Process:
    """Start shell lines in a namespace and go on; what still runs when the kernel ends, ends with it."""
    process = lab.start(namespace, command, keep_output=keep_output)
    _left_running.add(process)
    if timeout is not None:
        timer = threading.Timer(timeout, process.kill)
        timer.daemon = True
        timer.start()
    return process


@atexit.register
def _end_what_is_left() -> None:
    for process in list(_left_running):
        process.terminate()


def failure(namespace: str, command: str, result: Result, timeout: float | None) -> CommandFailedError:
    """The error for a command that failed in a namespace, with what helps on."""
    if result.timed_out:
        message = _("Ended after {timeout:g} s, with everything that it had started.", timeout=timeout)
        return CommandFailedError(command, result, message)
    if result.returncode < 0:
        name = signal.Signals(-result.returncode).name
        return CommandFailedError(command, result, _("The command was ended by {name}.", name=name))
    message = _("The command ended with status {status}.", status=result.returncode)
    return CommandFailedError(command, result, message, _hint(namespace, command, result))


def _hint(namespace: str, command: str, result: Result) -> str:
    if result.returncode == _NOT_FOUND:
        for name in _MISSING.findall(result.stderr):
            if package_of(name):
                package = package_of(name)
                return _(
                    "`sudo apt-get install {package}` on the machine itself brings {name}.", package=package, name=name
                )
    target = _pinged_in_vain(command, result) if result.returncode in _NO_ANSWER else ""
    source = _pinging(namespace, command, target)
    if not target:
        return ""
    return _("`%netns_why {source} {target}` explains.", source=source, target=target)


def _pinged_in_vain(command: str, result: Result) -> str:
    """What a ping got no answer from; ping says so, unless it couldn't even send."""
    said = _UNANSWERED.search(result.stdout)
    if said:
        return said[1]
    words = [word for line in command.splitlines() if "ping" in line.split() for word in line.split()]
    return next(filter(_is_address, words), "")


def _pinging(namespace: str, command: str, target: str) -> str:
    """Where the ping to a target was sent from: a line may enter another namespace for it."""
    lines = [line for line in command.splitlines() if target in line.split()]
    entered = _ENTERED.search(lines[0]) if lines else None
    return entered[1] if entered else namespace


def _is_address(word: str) -> bool:
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True
