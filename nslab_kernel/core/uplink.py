"""The real uplink: the lab joined to its machine's own network by pasta(1), which needs no privilege."""

from __future__ import annotations

from dataclasses import dataclass

from . import pasta
from .actions import Action, DeleteInterface
from .errors import NslabError
from .joining import SetResolver, UnsetResolver
from .network import Network
from .outside import is_real, refuse_existing


@dataclass(frozen=True, slots=True)
class JoinMachine:
    """Have the launcher join the lab to the machine's network; it ends with the interface, or with the lab."""

    def command(self) -> str:
        return f"{' '.join(pasta.COMMAND)} PID  # outside, where PID is that of the lab"

    def undo(self) -> Action:
        return DeleteInterface(pasta.INTERFACE)


def uplink(network: Network) -> tuple[Action, ...]:
    """Join the host to the network of the machine that the lab runs on.

    Raises
    ------
    NslabError
        Where the host has an ``eth0``, or the made-up world outside, already.
    """
    refuse_existing(network)
    return (JoinMachine(), SetResolver(pasta.RESOLVER))


def uplink_off(network: Network) -> tuple[Action, ...]:
    """Take the real uplink away."""
    if not is_real(network):
        raise NslabError("There is no uplink to this machine's network.", "`%netns_internet --real` makes one.")
    return (DeleteInterface(pasta.INTERFACE), UnsetResolver())
