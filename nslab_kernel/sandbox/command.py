"""Run one command in a private host of its own: what ``nslab run`` does."""

from __future__ import annotations

import os
from collections.abc import Sequence

from . import lab_metadata, uplink_service
from .folders import kept_now
from .host import start
from .init import Order
from .supervise import hold_signals, supervise


def run(command: Sequence[str], label: str = "") -> int:
    """Run ``command`` in a fresh private host, which is gone afterwards.

    The command sees the machine's files, the caller's environment and working directory,
    and a network of its own. Root's host isolates network and mounts, not privileges.

    Parameters
    ----------
    command
        Program and arguments.
    label
        What ``nslab list`` calls it; by default the command.

    Returns
    -------
    int
        The command's exit status, 128 + n when signal n ended it.

    Raises
    ------
    RefusedError
        The machine does not permit a private host, or the command can't be started.
    """
    on_terminal = os.isatty(0)
    files = lab_metadata.write(label or " ".join(command))
    order = Order(command, files, kept=kept_now(), own_session=not on_terminal)
    hold_signals()
    host = start(order)
    host.confirm()
    uplink_service.offer(host)
    status = supervise(host.pid, host.send_signal, shares_terminal=on_terminal)
    host.clean_up()
    return status


def try_host() -> None:
    """Make a private host and let it go, to find out whether this machine permits one.

    Raises
    ------
    RefusedError
        It doesn't.
    """
    host = start(Order(["true"]))
    host.confirm()
    os.waitpid(host.pid, 0)
    host.clean_up()
