"""The real uplink: the lab joined to its machine's own network by pasta(1), which needs no privilege."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import NslabError
from ..model.network import Network
from ..translation import _
from . import pasta_command
from .actions import Action, DeleteInterface
from .connect import SetResolver, UnsetResolver
from .internet import is_real, refuse_existing

if TYPE_CHECKING:
    from ..effects.sketch import Sketch


@dataclass(frozen=True, slots=True)
class JoinMachine:
    """Have the launcher join the lab to the machine's network; it ends with the interface, or with the lab."""

    def command(self) -> str:
        return f"{' '.join(pasta_command.COMMAND)} PID  # outside, where PID is that of the lab"

    def undo(self) -> Action:
        return DeleteInterface(pasta_command.INTERFACE)

    def effect(self, sketch: Sketch) -> None:
        raise LookupError("its effect on a network isn't modelled")


def uplink(network: Network) -> tuple[Action, ...]:
    """Join the host to the network of the machine that the lab runs on.

    Raises
    ------
    NslabError
        Where the host has an ``eth0``, or the made-up world outside, already.
    """
    refuse_existing(network)
    return (JoinMachine(), SetResolver(pasta_command.RESOLVER))


def uplink_off(network: Network) -> tuple[Action, ...]:
    """Take the real uplink away."""
    if not is_real(network):
        raise NslabError(_("There is no uplink to this machine's network."), _("`%netns_internet --real` makes one."))
    return (DeleteInterface(pasta_command.INTERFACE), UnsetResolver())
