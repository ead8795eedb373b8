"""Start ipykernel in a private host: what the kernelspec's command does.

The launcher stays outside, in the machine's network. It relays the front end's connections
into the host, hands signals on, and ends the host when the process that started the kernel ends. The
front end sees a child process that behaves as ipykernel itself would.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from ..core.errors import NslabError
from ..core.language import language_of
from . import folders, lab_metadata, uplink_service
from .connection import INNER_FILE, Connection
from .environment import CELL_VARIABLE, ID_VARIABLE, PRIVATE_DIRECTORY, REFUSAL_VARIABLE
from .host import start
from .init import Order
from .parent_watch import Starter
from .refusal import RefusedError
from .relay import Relay
from .supervise import hold_signals, restore_signals, supervise

TYPE_CHECKING = False  # typing takes long to import
if TYPE_CHECKING:
    from typing import NoReturn

_EXTENSION = "--ext=nslab_kernel"  # by this alias, so that a --ext of the caller adds to it


def main(arguments: Sequence[str]) -> int:
    """Run a kernel for a connection file and return its exit status.

    Parameters
    ----------
    arguments
        ``-f FILE`` and whatever else ipykernel takes, which is passed on.
    """
    parser = argparse.ArgumentParser(prog="nslab_kernel.sandbox", allow_abbrev=False)
    parser.add_argument("-f", "--f", dest="file", required=True, metavar="CONNECTION_FILE")
    options, passed_on = parser.parse_known_args(arguments)
    starter = Starter()
    NslabError.language = language_of(os.environ)
    try:
        connection = Connection(options.file)
        try:
            return _run(connection, passed_on, starter)
        except RefusedError as refused:
            _explain_instead(refused, options.file, passed_on)
        finally:
            connection.close(orphaned=starter.is_server and starter.has_ended())
    except NslabError as error:
        print(f"nslab: {error}", file=sys.stderr)
        return 1


def _run(connection: Connection, passed_on: Sequence[str], starter: Starter) -> int:
    order = Order(
        command=_ipykernel(f"{PRIVATE_DIRECTORY}/{INNER_FILE}", _EXTENSION, *passed_on),
        files={INNER_FILE: connection.inner(), **lab_metadata.write(connection.label, connection.identity)},
        # Inside, 1 is what never goes away: ipykernel then has no parent to watch, as we do that.
        variables={"JPY_PARENT_PID": "1", CELL_VARIABLE: "1", ID_VARIABLE: connection.identity},
        kept=folders.kept_now(),
        own_session=True,
    )
    hold_signals()
    host = start(order)
    try:
        # Listening is set up in the time that the host takes to start.
        relay = Relay(connection.listen(), host.inside)
        host.confirm()
        uplink_service.offer(host)
        starter.when_ended(lambda: host.send_signal(signal.SIGKILL))
        status = supervise(host.pid, host.send_signal, shares_terminal=False)
        relay.drain()
    finally:
        host.send_signal(signal.SIGKILL)
        host.clean_up()
    return status


def _ipykernel(connection_file: str, *arguments: str) -> list[str]:
    interpreter = [f"-X{name}" if value is True else f"-X{name}={value}" for name, value in sys._xoptions.items()]
    return [sys.executable, *interpreter, "-m", "ipykernel_launcher", "-f", connection_file, *arguments]


def _explain_instead(refused: RefusedError, connection_file: str, passed_on: Sequence[str]) -> NoReturn:
    """Become a kernel that answers every cell with why there is no lab.

    A kernel that dies at its start shows as "kernel died" in every front end, with no word
    of the reason; a kernel that answers shows the sentence and the fix in the notebook.
    """
    from ..linux.refusals import explain, read_machine

    sentence = str(explain(refused.step, refused.number, refused.detail, read_machine()))
    print(f"nslab: {sentence}", file=sys.stderr, flush=True)
    restore_signals()
    kernel_class = "--IPKernelApp.kernel_class=nslab_kernel.sandbox.refusal_kernel.ExplainingKernel"
    command = _ipykernel(connection_file, kernel_class, *passed_on)
    os.execve(command[0], command, {**os.environ, REFUSAL_VARIABLE: sentence})
