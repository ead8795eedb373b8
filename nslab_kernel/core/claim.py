"""What can be claimed about a network, as values: what a checkpoint's lines become."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reaches:
    """A packet from ``source`` gets an answer from ``target``, or doesn't.

    ``protocol`` is icmp (an echo), tcp (a connection) or udp (a datagram); ``port`` is 0 for icmp.
    """

    text: str
    source: str
    target: str
    expected: bool = True
    protocol: str = "icmp"
    port: int = 0


@dataclass(frozen=True, slots=True)
class IsUp:
    """An interface is up, or down; an empty ``namespace`` means wherever it is, the host first."""

    text: str
    interface: str
    namespace: str = ""
    expected: bool = True


@dataclass(frozen=True, slots=True)
class HasAddress:
    """An interface of the namespace has this address with this prefix length."""

    text: str
    namespace: str
    cidr: str
    expected: bool = True


@dataclass(frozen=True, slots=True)
class RoutesVia:
    """The namespace has a route to ``destination`` (``default`` or a CIDR) by this gateway."""

    text: str
    namespace: str
    destination: str
    gateway: str


@dataclass(frozen=True, slots=True)
class IsPort:
    """An interface is plugged into a bridge of the same namespace."""

    text: str
    interface: str
    bridge: str
    expected: bool = True


@dataclass(frozen=True, slots=True)
class Masquerades:
    """What leaves the namespace with a source in this subnet gets another source address."""

    text: str
    namespace: str
    subnet: str
    expected: bool = True


@dataclass(frozen=True, slots=True)
class Forwards:
    """The namespace passes on packets of this family (4 or 6) that are not for itself."""

    text: str
    namespace: str
    family: int
    expected: bool = True


@dataclass(frozen=True, slots=True)
class Exists:
    """There is a namespace, or an interface of the host, of this name."""

    text: str
    name: str
    expected: bool = True


Claim = Reaches | IsUp | HasAddress | RoutesVia | IsPort | Masquerades | Forwards | Exists
