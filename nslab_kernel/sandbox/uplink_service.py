"""The launcher's side of the real uplink: a process that connects to a socket in the lab gets one, and nothing else.

Being asked is all that comes out of the lab: no byte of a request is read, so none can be wrong or hostile. A program
in the lab may ask, as it belongs to the user who may reach the machine's network anyway.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from threading import Thread

from ..core.operations.pasta_command import REQUESTS
from .host import Host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from subprocess import Popen


def offer(host: Host) -> None:
    """Wait, in a thread, to be asked for the uplink of a host that has been confirmed."""
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(host.inside(REQUESTS))
    except OSError:
        listener.close()
        return  # the host, which had a short command, has ended
    listener.listen()
    Thread(target=_answer, args=(listener, host.pid), daemon=True).start()


def _answer(listener: socket.socket, lab: int) -> None:
    holder: Popen[bytes] | None = None
    while True:
        asking, _ = listener.accept()
        with asking:
            if holder and holder.stdin:
                holder.stdin.close()  # one that ended with its interface; otherwise the lab would see it still
            holder, told = _start(lab)
            try:
                asking.sendall(told)
            except OSError:
                continue  # who asked is gone, and finds the interface when it looks again


def _start(lab: int) -> tuple[Popen[bytes] | None, bytes]:
    """Start a holder (see `pasta`), which lives until its stdin closes; give it with what it says first."""
    import subprocess  # here: hardly any lab asks, and it takes long to import

    command = [sys.executable, "-P", "-m", "nslab_kernel.sandbox.pasta", str(lab)]
    try:
        # Its own session, since Ctrl-C in the terminal of `nslab run` isn't meant for it.
        holder = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, cwd=os.sep
        )
    except OSError as error:
        return None, json.dumps([f"pasta can't be started: {error.strerror}.", ""]).encode()
    assert holder.stdout
    return holder, holder.stdout.readline()
