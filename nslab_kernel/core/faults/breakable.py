"""Whether a lab is whole, so that there is something to break."""

from __future__ import annotations

from collections.abc import Sequence

from ..checks.pings import Ping, everybody
from ..errors import NslabError
from ..model.network import Network
from ..model.subnets import Subnet, subnet_of
from ..translation import _


def pings(network: Network) -> tuple[Ping, ...]:
    """The pings by which a lab's work is judged; none that can't be answered, as to oneself while ``lo`` is down."""
    return tuple(ping for ping in everybody(network) if ping.source != ping.destination or _has_loopback(network, ping))


def refuse_broken(network: Network, working: Sequence[Ping], sent: Sequence[Ping]) -> None:
    """Refuse a lab in which nothing works, or two neighbours don't reach each other.

    Raises
    ------
    NslabError
        With what to do first.
    """
    if not any(ping.source != ping.destination for ping in working):
        raise NslabError(
            _("Nobody in this lab reaches anybody, so there is nothing to break."),
            _(
                "Build it first: `%netns_bridge mydocker0`, then `%netns_attach mydocker0 ns1 "
                "172.16.1.1/16` and another."
            ),
        )
    answered = set(working)
    for ping in sent:
        if ping not in answered and ping.source != ping.destination and _are_neighbours(network, ping):
            raise NslabError(
                _(
                    "{source} doesn't reach {destination} at {ip}, though both are in one subnet: "
                    "something is broken already.",
                    source=ping.source,
                    destination=ping.destination,
                    ip=ping.ip,
                ),
                _("`%netns_why {source} {ip}` explains; fix that first.", source=ping.source, ip=ping.ip),
            )


def _has_loopback(network: Network, ping: Ping) -> bool:
    namespace = network.get(ping.source)
    return bool(namespace and any(interface.is_loopback and interface.up for interface in namespace.interfaces))


def _are_neighbours(network: Network, ping: Ping) -> bool:
    return bool(_subnets(network, ping.source) & _subnets(network, ping.destination, ping.ip))


def _subnets(network: Network, name: str, ip: str = "") -> set[Subnet]:
    namespace = network.get(name)
    return {
        subnet_of(address.cidr)
        for interface in (namespace.interfaces if namespace else ())
        for address in interface.addresses
        if address.scope == "global" and not interface.is_loopback and ip in ("", address.ip)
    }
