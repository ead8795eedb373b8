"""Why a packet doesn't arrive: its way is followed through one reading of a network, there and back."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..errors import NslabError
from ..model.network import Network
from ..operations import plans
from ..translation import _
from . import words
from .branching import settle
from .evidence import KINDS
from .findings import Diagnosis, Finding, Hop, Place
from .questions import Question
from .repairs import Obstacle, obstacles, oddities
from .walk import Cause, Choice, WalkStep

__all__ = ["KINDS", "Diagnosis", "Finding", "Hop", "Place", "why"]

_DNS = 53  # RFC 1035
_MOST_DATA = 65507  # bytes in one IPv4 packet of UDP or a ping


def why(
    network: Network,
    source: str,
    destination: str,
    *,
    tcp: int | None = None,
    udp: int | None = None,
    size: int = 0,
    resolve: Callable[[str], Sequence[str]] | None = None,
    servers: Sequence[str] = (),
) -> Diagnosis:
    """Why a ping, a connection or a message doesn't get to its destination, or by which way it does.

    Parameters
    ----------
    network
        A reading of the lab that knows of listeners and learnt neighbours (``volatile``).
    source
        The namespace that sends; ``"host"`` for the host.
    destination
        A namespace, an address (a link-local one with its interface, ``fe80::1%eth0``) or a name to be looked up.
    tcp, udp
        The port to be reached; without either, it is a ping.
    size
        Bytes of data, as ``ping -s`` counts them; 0 for as few as usual.
    resolve
        Looks a name up as the source would, and returns its addresses; without it, names aren't evaluated.
    servers
        The name servers that the source asks.

    Raises
    ------
    NslabError
        For a source that isn't there, or a port that is none.
    """
    here = plans.find_namespace(network, source)
    protocol, port = _protocol(tcp, udp)
    if not 0 <= size <= _MOST_DATA:
        raise NslabError(
            _("A packet can't have {size} bytes of data.", size=size),
            _("Name 1 to {most}: `--size 1472`.", most=_MOST_DATA),
        )
    target, zone = _target(network, destination)
    if zone and here.interface(zone) is None:
        raise NslabError(
            _("{title} has no interface {zone}.", title=here.title, zone=zone), _("`%netns` lists the interfaces.")
        )
    if not target and resolve:
        target = next(iter(resolve(destination)), "")
    if target:
        found = _diagnosis(network, Question(here.name, target, protocol, port, zone, size))
    elif resolve:
        found = _of_unknown(network, source, destination, servers)
    else:
        unknown = Choice("name", Place(source), {"name": destination}, 1)
        found = Diagnosis(source, "", None, unevaluated=(words.unevaluated(network, unknown),))
    return replace(found, protocol=protocol, port=port, asked=destination)


def _diagnosis(network: Network, asked: Question) -> Diagnosis:
    settled = settle(network, asked)
    walk = settled.told.walk
    met = oddities(network, asked, settled) if settled.arrives else obstacles(network, asked, settled)
    return Diagnosis(
        asked.source,
        walk.goal,
        settled.arrives,
        tuple(words.finding(network, obstacle) for obstacle in met),
        words.hops(network, walk.steps),
        tuple(dict.fromkeys(words.unevaluated(network, choice) for choice in settled.unknown)),
    )


def _protocol(tcp: int | None, udp: int | None) -> tuple[str, int]:
    if tcp is not None and udp is not None:
        raise NslabError(_("A packet is either TCP or UDP."), _("Name one port: `--tcp 80` or `--udp 53`."))
    for protocol, port in (("tcp", tcp), ("udp", udp)):
        if port is not None:
            if not 1 <= port <= 65535:
                raise NslabError(
                    _("{port} is not a port: ports go from 1 to 65535.", port=port),
                    _("Write `--{protocol} 80`.", protocol=protocol),
                )
            return protocol, port
    return "icmp", 0


def _target(network: Network, destination: str) -> tuple[str, str]:
    """The destination, if it can be understood without asking anybody, and its zone."""
    if network.get(destination):
        return destination, ""
    text, _percent, zone = destination.partition("%")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "", ""
    if address.is_unspecified:
        raise NslabError(
            _("{destination} is nobody's address.", destination=destination),
            _("Name a namespace, or one of the addresses in `%netns`."),
        )
    return str(address), zone


def _of_unknown(network: Network, source: str, name: str, servers: Sequence[str]) -> Diagnosis:
    """What to say of a name that was looked up in vain: the name server can't be reached, or doesn't know it."""
    place = Place(source)
    for server in servers[:1] if "." in name else ():
        way = _diagnosis(network, Question(source, server, "udp", _DNS))
        if way.arrives is False:
            asking = WalkStep("asked-name", place, "there", {"ip": server, "name": name})
            return replace(way, destination="", path=(*words.hops(network, [asking]), *way.path))
    obstacle = Obstacle(Cause("unknown-name", place, {"name": name}), "there")
    return Diagnosis(source, "", False, (words.finding(network, obstacle),))
