"""The real uplink: the lab joined to its machine's own network by pasta(1), which needs no privilege.

The addresses are those that QEMU's user network made usual. Connections go out as those of an ordinary program on the
machine; none comes in. IPv4 alone: a machine's IPv6 addresses can't be shared with namespaces behind a router.
"""

from __future__ import annotations

from dataclasses import dataclass

from .actions import Action, DeleteInterface
from .errors import NslabError
from .joining import SetResolver, UnsetResolver
from .network import Network
from .outside import UPLINK, refuse_existing

ADDRESS, PREFIX = "10.0.2.15", 24
MACHINE = "10.0.2.2"
"""The gateway, which also leads to what listens on the machine's own loopback."""
RESOLVER = "10.0.2.3"
"""Leads to the DNS server that the machine itself asks."""

REQUESTS = "/etc/nslab/uplink"
"""The unix socket in the lab on which its launcher, outside, waits to be asked for the uplink."""


@dataclass(frozen=True, slots=True)
class JoinMachine:
    """Have the launcher join the lab to the machine's network; it ends with the interface, or with the lab."""

    def command(self) -> str:
        return f"{' '.join(pasta_words())} PID  # outside, where PID is that of the lab"

    def undo(self) -> Action:
        return DeleteInterface(UPLINK)


def pasta_words() -> tuple[str, ...]:
    """The pasta(1) command, but for the namespace that it is to join.

    No port is forwarded, either way: by default pasta would open the lab's ports on the machine.
    """
    addresses = ("-a", ADDRESS, "-n", str(PREFIX), "-g", MACHINE, "--dns-forward", RESOLVER)
    ports = ("-t", "none", "-u", "none", "-T", "none", "-U", "none")
    return ("pasta", "--config-net", "-4", "-I", UPLINK, *addresses, *ports)


def uplink(network: Network) -> tuple[Action, ...]:
    """Join the host to the network of the machine that the lab runs on.

    Raises
    ------
    NslabError
        Where the host has an ``eth0``, or the made-up world outside, already.
    """
    refuse_existing(network)
    return (JoinMachine(), SetResolver(RESOLVER))


def uplink_off(network: Network) -> tuple[Action, ...]:
    """Take the real uplink away."""
    if not is_up(network):
        raise NslabError("There is no uplink to this machine's network.", "`%netns_internet --real` makes one.")
    return (DeleteInterface(UPLINK), UnsetResolver())


def is_up(network: Network) -> bool:
    """Whether the host has a real uplink: pasta's end of it is the only ``tun`` interface of that name."""
    interface = network.host.interface(UPLINK)
    return interface is not None and interface.kind == "tun"
