"""The world outside, offline and always the same: a provider's router and servers behind it.

The addresses are those reserved for documentation (RFC 5737, RFC 3849), so they can be mistaken for nobody's. Only
what every second tutorial pings, 8.8.8.8 and a few more, answers here under its real address. The provider has no route
to private addresses: an answer to 172.16.1.1 ends there, as it does in the real world.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import NslabError
from ..model.network import Network, Route
from ..translation import _
from . import pasta_command
from .actions import (
    Action,
    AddAddress,
    AddBridge,
    AddNamespace,
    AddRoute,
    AddVeth,
    DeleteInterface,
    DeleteNamespace,
    EndProcesses,
    Nft,
    SetMaster,
    SetSysctl,
    SetUp,
)
from .connect import SetResolver, UnsetResolver
from .nat import FORWARDING
from .plans import Remains

PROVIDER = "isp"
UPLINK = pasta_command.INTERFACE
HOST_ADDRESSES = ("192.0.2.2/24", "2001:db8:2::2/64")
PROVIDER_ADDRESSES = ("192.0.2.1/24", "2001:db8:2::1/64")
SHARED = "100.64.0.0/10"
"""The addresses that a provider gives customers who share its own public one (RFC 6598): carrier-grade NAT."""
SHARED_HOST_ADDRESS, SHARED_PROVIDER_ADDRESS = "100.64.0.2/24", "100.64.0.1/24"
DELEGATED = "2001:db8:172::/48"
"""The IPv6 prefix that the provider routes to the host: namespaces with addresses in it need no NAT."""


@dataclass(frozen=True, slots=True)
class WorldServer:
    """A machine of the outside world."""

    namespace: str
    addresses: tuple[str, ...]
    name: str  # its DNS name
    network: str  # the provider's bridge that it is plugged into


@dataclass(frozen=True, slots=True)
class Segment:
    """A network of servers at the provider's."""

    bridge: str
    addresses: tuple[str, ...]  # the provider's, which are the servers' gateways


SEGMENTS = (
    Segment("net203", ("203.0.113.1/24", "2001:db8:113::1/64")),
    Segment("net198", ("198.51.100.1/24", "2001:db8:198::1/64")),
)
WEB = WorldServer("inet-web", ("203.0.113.10/24", "2001:db8:113::10/64"), "www.example.com", "net203")
DNS = WorldServer("inet-dns", ("203.0.113.53/24", "2001:db8:113::53/64"), "dns.example.com", "net203")
PEER = WorldServer("inet-peer", ("198.51.100.7/24", "2001:db8:198::7/64"), "peer.example.com", "net198")
SERVERS = (WEB, DNS, PEER)
RESOLVERS = ("8.8.8.8", "8.8.4.4", "1.1.1.1", "2001:4860:4860::8888", "2606:4700:4700::1111")
"""Public DNS servers that tutorials ping and ask; the offline DNS server has their addresses, too, on its ``lo``."""
FAMOUS = ("example.com", "google.com", "www.google.com", "github.com", "www.cloudflare.com")
"""Names that tutorials look up; the offline web server answers for them."""
ECHOING = ("ifconfig.me", "icanhazip.com", "api.ipify.org", "checkip.amazonaws.com")
"""Names that tutorials ask for their own public address; the offline web server answers with that alone."""
NAMESPACES = (PROVIDER, *(server.namespace for server in SERVERS))


_RESERVED = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", *RESOLVERS)


# Nobody outside has a route to a shared address: a connection from there is refused as a router without one does.
_CARRIER_GRADE = f"""add table ip cgnat
add chain ip cgnat postrouting {{ type nat hook postrouting priority 100 ; policy accept ; }}
add rule ip cgnat postrouting ip saddr {SHARED} oifname != "customer1" masquerade
add chain ip cgnat forward {{ type filter hook forward priority 0 ; policy accept ; }}
add rule ip cgnat forward ip daddr {SHARED} ct state new reject with icmp type net-unreachable
"""


def internet(network: Network, *, cgnat: bool = False) -> tuple[Action, ...]:
    """Give the host an uplink, a provider, and servers to talk to.

    Parameters
    ----------
    network
        The lab as it is.
    cgnat
        Whether the provider gives the host an IPv4 address of `SHARED` and translates it to its own.

    Raises
    ------
    NslabError
        Where the host has an ``eth0`` or a namespace of one of these names already.
    """
    refuse_existing(network)
    planned: list[Action] = [AddNamespace(PROVIDER), SetUp("lo", PROVIDER)]
    planned += _uplink(cgnat=cgnat)
    for segment in SEGMENTS:
        planned.append(AddBridge(segment.bridge, PROVIDER))
        planned += [AddAddress(segment.bridge, cidr, PROVIDER) for cidr in segment.addresses]
        planned.append(SetUp(segment.bridge, PROVIDER))
    for server in SERVERS:
        planned += _server(server)
    planned += _resolvers()
    return (*planned, SetResolver(_ip(DNS.addresses[0])))


def internet_off(network: Network, remains: Mapping[str, Remains]) -> tuple[Action, ...]:
    """Take the world outside away.

    Parameters
    ----------
    network
        The lab as it is.
    remains
        What runs in each namespace.
    """
    present = [name for name in NAMESPACES if network.get(name)]
    if not present:
        raise NslabError(_("There is no world outside."), _("`%netns_internet` makes one."))
    running = [
        EndProcesses(remains[name].processes, name) for name in present if name in remains and remains[name].processes
    ]
    uplink = (DeleteInterface(UPLINK),) if network.host.interface(UPLINK) else ()
    return (*running, *uplink, *(DeleteNamespace(name) for name in present), UnsetResolver())


def is_real(network: Network) -> bool:
    """Whether the host's uplink is the machine's own network by pasta, whose end is a ``tun`` interface."""
    interface = network.host.interface(UPLINK)
    return interface is not None and interface.kind == "tun"


def _uplink(*, cgnat: bool) -> list[Action]:
    host, provider = HOST_ADDRESSES, PROVIDER_ADDRESSES
    if cgnat:
        host, provider = (SHARED_HOST_ADDRESS, host[1]), (SHARED_PROVIDER_ADDRESS, provider[1])
    return [
        AddVeth(UPLINK, "customer1", PROVIDER),
        *(AddAddress(UPLINK, cidr) for cidr in host),
        SetUp(UPLINK),
        *(AddAddress("customer1", cidr, PROVIDER) for cidr in provider),
        SetUp("customer1", PROVIDER),
        *(SetSysctl(name, "1", PROVIDER, "0") for name in FORWARDING.values()),
        *(AddRoute(_default(cidr)) for cidr in provider),
        AddRoute(Route(DELEGATED, 6, _ip(host[1])), "", PROVIDER),
        *([Nft(_CARRIER_GRADE, PROVIDER, "delete table ip cgnat")] if cgnat else []),
    ]


def _server(server: WorldServer) -> list[Action]:
    segment = next(segment for segment in SEGMENTS if segment.bridge == server.network)
    outer = server.namespace.removeprefix("inet-")
    return [
        AddNamespace(server.namespace),
        SetUp("lo", server.namespace),
        AddVeth(outer, "eth0", server.namespace, PROVIDER),
        SetMaster(outer, segment.bridge, PROVIDER),
        SetUp(outer, PROVIDER),
        *(AddAddress("eth0", cidr, server.namespace) for cidr in server.addresses),
        SetUp("eth0", server.namespace),
        *(AddRoute(_default(cidr), "", server.namespace) for cidr in segment.addresses),
    ]


def _resolvers() -> list[Action]:
    planned: list[Action] = []
    for ip in RESOLVERS:
        family = 6 if ":" in ip else 4
        length, gateway = (128, _ip(DNS.addresses[1])) if family == 6 else (32, _ip(DNS.addresses[0]))
        planned.append(AddAddress("lo", f"{ip}/{length}", DNS.namespace))
        planned.append(AddRoute(Route(f"{ip}/{length}", family, gateway), "", PROVIDER))
    return planned


def lacks(network: Network, namespace: str, ip: str) -> bool:
    """Whether a packet that ``namespace`` can't route is one to a machine that the made-up internet just hasn't."""
    if namespace != PROVIDER or not all(network.get(name) for name in NAMESPACES):
        return False
    address = ipaddress.ip_address(ip)
    # Of the addresses reserved for documentation the made-up world's own are: a missing one is a fault.
    return address.is_global and not any(address in ipaddress.ip_network(known) for known in _RESERVED)


def _default(gateway: str) -> Route:
    return Route("default", 6 if ":" in gateway else 4, _ip(gateway))


def _ip(cidr: str) -> str:
    return cidr.partition("/")[0]


def refuse_existing(network: Network) -> None:
    """Refuse an uplink where the host has one, made up or real."""
    if any(network.get(name) for name in NAMESPACES):
        raise NslabError(_("The world outside is there already."), _("`%netns_internet --off` takes it away."))
    if is_real(network):
        raise NslabError(_("The host has a real uplink already."), _("`%netns_internet --off` takes it away."))
    if network.host.interface(UPLINK):
        raise NslabError(
            _("The host has an {uplink} already, where the uplink would go.", uplink=UPLINK),
            _("`sudo ip link del {uplink}` removes it.", uplink=UPLINK),
        )
