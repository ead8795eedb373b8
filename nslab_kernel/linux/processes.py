"""The only place that starts processes."""

from __future__ import annotations

import subprocess

from ..core.errors import NslabError

PACKAGES = {"nft": "nftables", "iptables-save": "iptables", "ip6tables-save": "iptables"}


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
    try:
        done = subprocess.run(command, input=given, stdin=None if given is not None else subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)  # fmt: skip
    except FileNotFoundError:
        package = PACKAGES.get(command[0], command[0])
        raise NslabError(f"{command[0]} isn't installed.", f"`sudo apt-get install {package}` brings it.") from None
    if done.returncode:
        raise NslabError(f"`{' '.join(command)}` failed: {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout
