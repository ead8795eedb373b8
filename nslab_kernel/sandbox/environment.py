"""The environment variables of everything that runs in a lab."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..linux.node_handles import PROGRAMS

HOSTNAME = "docker-host1"
PRIVATE_DIRECTORY = "/etc/nslab"
# Carries the sentence to the kernel that explains why there is no lab.
REFUSAL_VARIABLE = "NSLAB_REFUSAL"
# Set for what a notebook's cells start, and taken away by an interactive shell: no one can press Ctrl-C there.
CELL_VARIABLE = "NSLAB_CELL"
# The lab's id as `nslab list` shows it, which is the kernel's: what a widget asks the server to interrupt.
ID_VARIABLE = "NSLAB_ID"
SHIMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "shims")
_SYSTEM_DIRECTORIES = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def _shims() -> list[str]:
    may_make_tun = os.access("/dev/net/tun", os.R_OK | os.W_OK)
    return [PROGRAMS, SHIMS] if may_make_tun else [PROGRAMS, f"{SHIMS}/without-tun", SHIMS]


def environment(outside: Mapping[str, str]) -> dict[str, str]:
    """The environment inside a lab, made from the one outside.

    The shims come first on PATH, and the directories of system commands are added, since
    an ordinary user's PATH lacks them on Debian and a tutorial's ``brctl`` is there.

    Parameters
    ----------
    outside
        The variables of the process that starts the lab, such as ``os.environ``.
    """
    searched = [
        d for d in outside.get("PATH", os.defpath).split(os.pathsep) if d and not d.startswith((SHIMS, PROGRAMS))
    ]
    searched += [d for d in _SYSTEM_DIRECTORIES if d not in searched]
    return {
        **outside,
        "PATH": os.pathsep.join([*_shims(), *searched]),
        "NSLAB": "1",
        # iptables' legacy backend locks a file in /run, where an ordinary user may not write.
        "XTABLES_LOCKFILE": f"{PRIVATE_DIRECTORY}/xtables.lock",
    }
