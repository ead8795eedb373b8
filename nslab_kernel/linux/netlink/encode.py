"""Messages about links, addresses and neighbours, packed by hand (rtnetlink(7)).

Building a large lab consists of them, and pyroute2 takes about 40 us for one, which would be half of the time. It
packs routes and policy rules, and is the judge of these here in the tests.
"""

from __future__ import annotations

import os
import socket
import struct

from .dump import HEADER, attribute
from .socket import NLM_F_CREATE, NLM_F_EXCL

RTM_NEWLINK, RTM_DELLINK, RTM_SETLINK, RTM_NEWADDR, RTM_DELADDR, RTM_NEWNEIGH, RTM_DELNEIGH = 16, 17, 19, 20, 21, 28, 29
IFLA_IFNAME, IFLA_MASTER, IFLA_LINKINFO, IFLA_IFALIAS, IFLA_GROUP, IFLA_NET_NS_FD = 3, 10, 18, 20, 27, 28
IFLA_INFO_KIND, IFLA_INFO_DATA, VETH_INFO_PEER = 1, 2, 1
IFA_ADDRESS, IFA_LOCAL, IFA_FLAGS = 1, 2, 8
IFA_F_NODAD = 0x02
NDA_DST = 1
IFF_UP = 1

LINK = struct.Struct("=BxHiII")  # family, type, index, flags, mask of the flags that are set
_ADDRESS = struct.Struct("=BBBBI")  # family, prefix length, flags, scope, index
NEIGHBOUR = struct.Struct("=BxxxiHBB")  # family, index, state, flags, type


def bridge(name: str) -> bytes:
    """Make a bridge."""
    body = LINK.pack(0, 0, 0, 0, 0) + _text(IFLA_IFNAME, name)
    body += attribute(IFLA_LINKINFO, attribute(IFLA_INFO_KIND, b"bridge"))
    return _message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, body)


def veth(name: str, peer: str, peer_namespace: int, *, up: bool = False, master: int = 0, alias: str = "") -> bytes:
    """Make a veth pair whose other end is born in another namespace.

    Parameters
    ----------
    peer_namespace
        An open file of that namespace.
    up
        Whether to bring the near end up; the far end can't be, as its peer isn't there yet (ENOTCONN).
    master
        The index of the bridge that the near end becomes a port of, after it came up.
    """
    far = LINK.pack(0, 0, 0, 0, 0) + _text(IFLA_IFNAME, peer) + _number(IFLA_NET_NS_FD, peer_namespace)
    pair = attribute(IFLA_INFO_KIND, b"veth") + attribute(IFLA_INFO_DATA, attribute(VETH_INFO_PEER, far))
    near = LINK.pack(0, 0, 0, up, up) + _text(IFLA_IFNAME, name)
    near += _number(IFLA_MASTER, master) if master else b""
    near += _text(IFLA_IFALIAS, alias) if alias else b""
    return _message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, near + attribute(IFLA_LINKINFO, pair))


def set_up(index: int, up: bool = True) -> bytes:
    """Bring an interface up or down."""
    return _message(RTM_NEWLINK, 0, LINK.pack(0, 0, index, up, IFF_UP))


def set_master(index: int, master: int) -> bytes:
    """Make an interface a port of a bridge; 0 takes it out."""
    return _message(RTM_NEWLINK, 0, LINK.pack(0, 0, index, 0, 0) + _number(IFLA_MASTER, master))


def set_alias(index: int, alias: str) -> bytes:
    """Write a note on an interface; an empty one removes it."""
    note = _text(IFLA_IFALIAS, alias) if alias else attribute(IFLA_IFALIAS, b"")
    return _message(RTM_NEWLINK, 0, LINK.pack(0, 0, index, 0, 0) + note)


def set_group(index: int, group: int) -> bytes:
    """Put an interface into a group (ip-link(8)), so that one message can act on all of it."""
    return _message(RTM_SETLINK, 0, LINK.pack(0, 0, index, 0, 0) + _number(IFLA_GROUP, group))


def delete_group(group: int) -> bytes:
    """Remove every interface of a group at once."""
    return _message(RTM_DELLINK, 0, LINK.pack(0, 0, 0, 0, 0) + _number(IFLA_GROUP, group))


def delete_link(index: int) -> bytes:
    """Remove an interface."""
    return _message(RTM_DELLINK, 0, LINK.pack(0, 0, index, 0, 0))


def add_address(index: int, cidr: str) -> bytes:
    """Give an interface an address; an IPv6 one without duplicate address detection."""
    ip, _, prefix = cidr.partition("/")
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    packed = socket.inet_pton(family, ip)
    body = _ADDRESS.pack(family, int(prefix), 0, 0, index)
    body += attribute(IFA_LOCAL, packed) + attribute(IFA_ADDRESS, packed)
    body += _number(IFA_FLAGS, IFA_F_NODAD) if family == socket.AF_INET6 else b""
    return _message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, body)


def delete_address(index: int, cidr: str) -> bytes:
    """Take an address away from an interface."""
    ip, _, prefix = cidr.partition("/")
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    packed = socket.inet_pton(family, ip)
    body = _ADDRESS.pack(family, int(prefix), 0, 0, index)
    return _message(RTM_DELADDR, 0, body + attribute(IFA_LOCAL, packed) + attribute(IFA_ADDRESS, packed))


def delete_neighbour(index: int, ip: str) -> bytes:
    """Forget which MAC address a neighbour of an interface has."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    body = NEIGHBOUR.pack(family, index, 0, 0, 0) + attribute(NDA_DST, socket.inet_pton(family, ip))
    return _message(RTM_DELNEIGH, 0, body)


def _message(kind: int, flags: int, body: bytes) -> bytes:
    return HEADER.pack(HEADER.size + len(body), kind, flags, 0, 0) + body


def _text(kind: int, text: str) -> bytes:
    return attribute(kind, os.fsencode(text) + b"\0")


def _number(kind: int, number: int) -> bytes:
    return attribute(kind, struct.pack("=I", number))
