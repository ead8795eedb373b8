"""rtnetlink's answers as values of `core.model.network` (rtnetlink(7), linux/if_link.h, linux/rtnetlink.h)."""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, partial
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

from ...core.model.network import (
    FULL_MASK,
    PAIRS,
    Address,
    Bridge,
    BridgePort,
    ForwardingEntry,
    Interface,
    Neighbour,
    Nexthop,
    PolicyRule,
    ProxyNeighbour,
    Route,
    Tunnel,
)
from .dump import ATTRIBUTE, TYPE_MASK, Message, attributes

Wanted: TypeAlias = "Mapping[int, str | Wanted]"


class CachedParser:
    """Reads some values of messages that have many attributes and are mostly laid out alike, such as links.

    Where each value lies is remembered by the lengths of the message and of its first attribute (of a link the name),
    and taken again where it fits: where the header of each attribute is what it was. So a message takes two calls.

    Parameters
    ----------
    offset
        Where the attributes begin.
    wanted
        For each attribute that is read the form of its value (as of `struct`; ``"s"`` for all of its bytes), or what is
        wanted of the attributes in it.
    """

    def __init__(self, offset: int, wanted: Wanted) -> None:
        self._offset = offset
        self._wanted = wanted
        self._layouts: dict[tuple[int, bytes], _Layout] = {}

    def values(self, data: bytes) -> tuple[Any, ...]:
        """The values in the order in which they are wanted; None where the attribute is missing or too short."""
        key = len(data), data[self._offset : self._offset + 4]
        layout = self._layouts.get(key)
        found = layout.read(data) if layout else None
        if found is None:
            layout = self._layouts[key] = _Layout(data, self._offset, self._wanted)
            found = layout.read(data)
            assert found is not None
        return found


class _Layout:
    """Where the values of a message are that consists of nothing but attributes from an offset on."""

    def __init__(self, data: bytes, offset: int, wanted: Wanted) -> None:
        self._headers_form = self._values_form = f"={offset}x"
        self._found: dict[tuple[int, ...], int] = {}  # by the way to an attribute, where its values are among all
        self._count = 0
        self._walk(data, offset, len(data), wanted, ())
        self._headers, self._values = struct.Struct(self._headers_form), struct.Struct(self._values_form)
        self._seen = self._headers.unpack(data)
        self._ordered = itemgetter(*self._order(wanted, ()))

    def read(self, data: bytes) -> tuple[Any, ...] | None:
        """The values; None if they are laid out in another way."""
        if self._headers.unpack(data) != self._seen:
            return None
        found: tuple[Any, ...] = self._ordered((*self._values.unpack(data), None))
        return found

    def _walk(self, data: bytes, offset: int, end: int, wanted: Wanted, way: tuple[int, ...]) -> None:
        while offset + 4 <= end:
            length, kind = ATTRIBUTE.unpack_from(data, offset)
            if length < 4:
                break
            inner, following = offset + length, min(offset + ((length + 3) & ~3), end)
            form = wanted.get(kind & TYPE_MASK, "")
            self._headers_form += "I"
            self._values_form += "4x"
            if isinstance(form, str):
                self._take(form, length - 4, (*way, kind & TYPE_MASK))
            else:
                self._walk(data, offset + 4, inner, form, (*way, kind & TYPE_MASK))
            self._skip(following - inner)
            offset = following
        self._skip(end - offset)

    def _take(self, form: str, length: int, way: tuple[int, ...]) -> None:
        size, count = _measures(f"{length}s" if form == "s" else form)
        self._headers_form += f"{length}x"
        if form and size <= length:
            self._values_form += (f"{length}s" if form == "s" else form) + f"{length - size}x"
            self._found[way] = self._count
            self._count += count
        else:
            self._values_form += f"{length}x"

    def _skip(self, length: int) -> None:
        self._headers_form += f"{length}x"
        self._values_form += f"{length}x"

    def _order(self, wanted: Wanted, way: tuple[int, ...]) -> Iterator[int]:
        for kind, form in wanted.items():
            here = *way, kind
            if not isinstance(form, str):
                yield from self._order(form, here)
            elif here in self._found:
                yield from range(self._found[here], self._found[here] + _measures(form)[1])
            else:
                yield from [-1] * _measures(form)[1]  # what stands behind all values: None


@cache
def _measures(form: str) -> tuple[int, int]:
    """How many bytes a form takes, and how many values it gives."""
    one = struct.Struct(f"={form}")
    return one.size, len(one.unpack(bytes(one.size)))


RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH, RTM_GETRULE, RTM_GETNETCONF = 18, 22, 26, 30, 34, 82
RTM_GETQDISC, RTM_GETNEXTHOP = 38, 106

_LINK = struct.Struct("=BxHiII")
_ADDRESS = struct.Struct("=BBBBI")
_ROUTE = struct.Struct("=BBBBBBBBI")
_NEIGHBOUR = struct.Struct("=BxxxiHBB")
_U32 = struct.Struct("=I")
_S32 = struct.Struct("=i")
_NEXTHOP = struct.Struct("=HBBi")
_NEXTHOP_OBJECT = struct.Struct("=BBBBI")
_NEXTHOP_MEMBER = struct.Struct("=IBBH")
_QDISC = struct.Struct("=BxHiIII")
_U16 = struct.Struct("=H")
_PORT_RANGE = struct.Struct("=HH")

_RTEXT_FILTER_SKIP_STATS = 1 << 3
_IFLA_EXT_MASK = 29
_LOOPBACK = 772
_IFF_UP, _IFF_NOARP, _IFF_LOWER_UP = 0x1, 0x80, 0x10000
_IFA_F_DADFAILED, _IFA_F_DEPRECATED, _IFA_F_TENTATIVE = 0x08, 0x20, 0x40
_IFA_F_PERMANENT, _IFA_F_NOPREFIXROUTE = 0x80, 0x200
_NUD_NOARP, _NUD_PERMANENT = 0x40, 0x80
_NTF_PROXY = 8
_NTF_STICKY = 64
_AF_BRIDGE = 7
_RTNH_F_ONLINK = 4
_ETHERNET_GROUP = 0x01  # of a MAC address's first byte: for a group

LINKS = _LINK.pack(0, 0, 0, 0, 0) + struct.pack("=HHI", 8, _IFLA_EXT_MASK, _RTEXT_FILTER_SKIP_STATS)
ADDRESSES = _ADDRESS.pack(0, 0, 0, 0, 0)
ROUTES = RULES = _ROUTE.pack(0, 0, 0, 0, 0, 0, 0, 0, 0)
NEIGHBOURS = _NEIGHBOUR.pack(0, 0, 0, 0, 0)
PROXIES = _NEIGHBOUR.pack(0, 0, 0, _NTF_PROXY, 0)
FORWARDING = _NEIGHBOUR.pack(_AF_BRIDGE, 0, 0, 0, 0)
NEXTHOPS = _NEXTHOP_OBJECT.pack(0, 0, 0, 0, 0)
QDISCS = _QDISC.pack(0, 0, 0, 0, 0, 0)
OVERALL = tuple(
    struct.pack("=Bxxx", family) + struct.pack("=HHi", 8, 1, -1)  # NETCONFA_IFINDEX: all
    for family in (socket.AF_INET, socket.AF_INET6)
)
"""Requests for the settings that hold for all interfaces of a family, one after the other (linux/netconf.h)."""

_OPERSTATES = ("UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP")
_PORT_STATES = ("disabled", "listening", "learning", "forwarding", "blocking")
_SCOPES = {0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"}
_ROUTE_KINDS = (
    "unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit", "throw",
)  # fmt: skip
_PROTOCOLS = {
    0: "unspec", 1: "redirect", 2: "kernel", 3: "boot", 4: "static", 8: "gated", 9: "ra", 10: "mrt", 11: "zebra",
    12: "bird", 13: "dnrouted", 14: "xorp", 15: "ntk", 16: "dhcp", 18: "keepalived", 42: "babel", 186: "bgp",
    187: "isis", 188: "ospf", 189: "rip", 192: "eigrp",
}  # fmt: skip
_IP_PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 58: "ipv6-icmp", 132: "sctp"}
_ENCAPSULATIONS = ("", "mpls", "ip", "ila", "ip6", "seg6", "bpf", "seg6local", "rpl", "ioam6", "xfrm")
_ROUTE_METRICS = {
    2: "mtu", 3: "window", 6: "ssthresh", 7: "cwnd", 8: "advmss", 9: "reordering", 10: "hoplimit", 11: "initcwnd",
    13: "rto_min", 14: "initrwnd", 15: "quickack",
}  # fmt: skip
_PREFERENCES = {1: "high", 3: "low"}  # of an IPv6 route (RFC 4191)
_MACVLAN_MODES = {1: "private", 2: "vepa", 4: "bridge", 8: "passthru", 16: "source"}
_IPVLAN_MODES = ("l2", "l3", "l3s")
_TUN_TYPES = {1: "tun", 2: "tap"}
_ORDINARY_QDISCS = ("noqueue", "noop", "pfifo_fast", "mq", "fq_codel")
_RULE_ACTIONS = {1: "table", 2: "goto", 3: "nop", 6: "blackhole", 7: "unreachable", 8: "prohibit"}
_NEIGHBOUR_STATES = {
    0x01: "INCOMPLETE", 0x02: "REACHABLE", 0x04: "STALE", 0x08: "DELAY", 0x10: "PROBE", 0x20: "FAILED",
    0x80: "PERMANENT", 0x00: "NONE",
}  # fmt: skip
_SETTINGS = tuple(
    f"net.ipv4.conf.{{}}.{key}"
    for key in (
        "forwarding",
        "proxy_arp",
        "rp_filter",
        "arp_filter",
        "arp_ignore",
        "accept_local",
        "src_valid_mark",
        "proxy_arp_pvlan",
        "route_localnet",
    )
)
_SETTINGS += tuple(f"net.ipv6.conf.{{}}.{key}" for key in ("forwarding", "hop_limit", "proxy_ndp", "disable_ipv6"))
_PORT = {  # IFLA_BRPORT_*, in the order of the fields of `BridgePort`
    1: "B", 33: "B", 4: "B", 8: "B", 9: "B", 27: "B", 30: "B", 28: "B", 5: "B", 6: "B", 7: "B", 32: "B", 39: "B",
    10: "B", 12: "B", 3: "I", 2: "H",
}  # fmt: skip
_links = CachedParser(
    _LINK.size,
    {
        1: "s",  # IFLA_ADDRESS
        3: "s",  # IFLA_IFNAME
        4: "I",  # IFLA_MTU
        5: "I",  # IFLA_LINK
        10: "I",  # IFLA_MASTER
        16: "B",  # IFLA_OPERSTATE
        18: {1: "s", 2: "s", 4: "s", 5: _PORT},  # IFLA_LINKINFO: kind, data, the kind as a port, data of that
        20: "s",  # IFLA_IFALIAS
        # IFLA_AF_SPEC: of each family's parameters (linux/ip.h, linux/ipv6.h) those of _SETTINGS
        26: {socket.AF_INET: {1: "i4xi16xi16xi20xi12xiiii"}, socket.AF_INET6: {2: "ii80xi12xi"}},
        27: "I",  # IFLA_GROUP
        37: "i",  # IFLA_LINK_NETNSID
    },
)


class LinkMessage(NamedTuple):
    """An interface as the kernel tells it: whose namespace its peer is in is still a number."""

    own_index: int
    name: str
    kind: str
    mac: str
    up: bool
    carrier: bool
    peer_index: int | None  # of the other end of a cable, or of the lower device
    peer_id: int | None  # IFLA_LINK_NETNSID: an id of this namespace's own table; None: in this namespace
    settings: tuple[tuple[str, str], ...]
    interface: Callable[[str | None], Interface]  # made when it is known which namespace that is in


def links(messages: Iterable[Message], addresses: dict[int, tuple[Address, ...]]) -> tuple[LinkMessage, ...]:
    """The interfaces, with their addresses as the function `addresses` gives them."""
    return tuple(_link(body, addresses) for _, body in messages)


def addresses(messages: Iterable[Message]) -> dict[int, tuple[Address, ...]]:
    """The addresses, by the index of their interface."""
    found: dict[int, list[Address]] = {}
    for _, body in messages:
        address = _address(body)
        if address:
            found.setdefault(_ADDRESS.unpack_from(body)[4], []).append(address)
    return {index: tuple(own) for index, own in found.items()}


def routes(messages: Iterable[Message]) -> tuple[Route, ...]:
    """The routes of every table, one for each next hop."""
    return tuple(route for _, body in messages for route in _routes(body))


def rules(messages: Iterable[Message]) -> tuple[PolicyRule, ...]:
    """The routing policy for IPv4 and IPv6."""
    return tuple(_rule(body) for _, body in messages if body[0] in (socket.AF_INET, socket.AF_INET6))


def neighbours(messages: Iterable[Message]) -> tuple[Neighbour, ...]:
    """The neighbour tables, without the entries that need no resolution (multicast, loopback)."""
    found = []
    for _, body in messages:
        family, index, state, _, _ = _NEIGHBOUR.unpack_from(body)
        if state & _NUD_NOARP or family not in (socket.AF_INET, socket.AF_INET6):
            continue
        known = attributes(body, _NEIGHBOUR.size)
        mac = known.get(2, b"").hex(":")
        found.append(Neighbour(_ip(family, known[1]), index, mac, _NEIGHBOUR_STATES.get(state, str(state))))
    return tuple(sorted(found, key=lambda neighbour: (neighbour.interface, neighbour.ip)))


def proxies(messages: Iterable[Message]) -> tuple[ProxyNeighbour, ...]:
    """The addresses that are answered for, from the answers to `PROXIES`."""
    found = []
    for _, body in messages:
        family, index, _, flags, _ = _NEIGHBOUR.unpack_from(body)
        if flags & _NTF_PROXY and family in (socket.AF_INET, socket.AF_INET6):
            found.append(ProxyNeighbour(_ip(family, attributes(body, _NEIGHBOUR.size)[1]), index or None))
    return tuple(sorted(found, key=lambda proxy: (proxy.interface or 0, proxy.ip)))


def forwarding(messages: Iterable[Message], links: Iterable[LinkMessage]) -> tuple[ForwardingEntry, ...]:
    """The forwarding tables of bridges and vxlans, without the entries for interfaces' own addresses."""
    known = {link.own_index: link for link in links}
    found = []
    for _, body in messages:
        family, index, state, flags, _ = _NEIGHBOUR.unpack_from(body)
        link = known.get(index)
        values = attributes(body, _NEIGHBOUR.size)
        if family != _AF_BRIDGE or link is None or 2 not in values:
            continue
        mac, master = values[2].hex(":"), 9 in values
        if mac == link.mac or values[2][0] & _ETHERNET_GROUP or not (master or link.kind == "vxlan"):
            continue
        word = "permanent" if state & _NUD_PERMANENT else "static" if state & _NUD_NOARP else "learnt"
        found.append(
            ForwardingEntry(
                mac,
                index,
                word,
                master,
                _U16.unpack(values[5])[0] if 5 in values else None,
                _address_of(values[1]) if 1 in values else "",
                _U32.unpack(values[7])[0] if 7 in values else None,
                int.from_bytes(values[6], "big") if 6 in values else None,
                bool(flags & _NTF_STICKY),
            )
        )
    return tuple(sorted(found, key=lambda entry: (entry.interface, entry.mac, entry.remote, entry.vlan or 0)))


def nexthops(messages: Iterable[Message]) -> tuple[Nexthop, ...]:
    """The nexthop objects, by id."""
    return tuple(_nexthop(body) for _, body in messages)


def has_own_qdiscs(messages: Iterable[Message]) -> bool:
    """Whether any interface has another queueing discipline than it is born with."""
    for _, body in messages:
        if _QDISC.unpack_from(body)[3] or _text(attributes(body, _QDISC.size)[1]) not in _ORDINARY_QDISCS:
            return True
    return False


def overall(messages: Iterable[Message]) -> tuple[tuple[str, str], ...]:
    """The kernel parameters that hold for a whole namespace, from the answers to `OVERALL`."""
    found = []
    for _, body in messages:
        known = attributes(body, 4)
        forwarding = str(_S32.unpack(known[2])[0])
        if body[0] == socket.AF_INET:
            found += [("net.ipv4.ip_forward", forwarding)]
            found += [("net.ipv4.conf.all.rp_filter", str(_S32.unpack(known[3])[0]))]
        else:
            found += [("net.ipv6.conf.all.forwarding", forwarding)]
    return tuple(found)


# The same answers come again and again: policy rules and the addresses of lo are alike in every namespace, and most of
# a namespace is as it was at the last reading. So each message is decoded once, as long as the memory for it stays
# small. Links count packets: each is another.
_once = lru_cache(maxsize=1 << 11)


def _link(body: bytes, addresses: dict[int, tuple[Address, ...]]) -> LinkMessage:
    _, hardware, index, flags, _ = _LINK.unpack_from(body)
    values = _links.values(body)
    mac, named, mtu, far, master, state, kind, data, port_kind = values[:9]
    port, (alias, *settings, group, far_id) = values[9 : 9 + len(_PORT)], values[9 + len(_PORT) :]
    up, carrier, name = bool(flags & _IFF_UP), bool(flags & _IFF_LOWER_UP), _text(named)
    kind = "loopback" if hardware == _LOOPBACK else _text(kind)
    particular: dict[str, Any] = {}
    if kind == "bridge":
        particular["bridge"] = _bridge(attributes(data or b""))
    elif data and kind in _PARTICULAR:
        particular, lower = _PARTICULAR[kind](data)
        far = lower or far
    if _text(port_kind) == "bridge":
        particular["port"] = _port(*port)
    address = (mac or b"").hex(":")
    interface = partial(
        Interface,
        index,
        name,
        kind,
        address,
        mtu,
        up,
        carrier,
        _OPERSTATES[state],
        master,
        addresses=addresses.get(index, ()),
        alias=_text(alias),
        group=group or 0,
        noarp=bool(flags & _IFF_NOARP),
        **particular,
    )
    if kind in PAIRS:
        made = partial(_with_peer, interface, far)
    else:
        made = partial(_with_lower, interface, far, tunnel="tunnel" in particular)
    return LinkMessage(index, name, kind, address, up, carrier, far, far_id, _settings(name, *settings), made)


def _with_peer(interface: Callable[..., Interface], far: int | None, namespace: str | None) -> Interface:
    return interface(peer_index=far, peer_namespace=None if far is None else namespace)


def _with_lower(
    interface: Callable[..., Interface], far: int | None, namespace: str | None, *, tunnel: bool
) -> Interface:
    """A tunnel's packets leave from the namespace that it was made in, even by no certain device of it."""
    return interface(lower_index=far, lower_namespace=namespace if far is not None or tunnel else None)


@_once
def _macvlan(data: bytes) -> tuple[dict[str, Any], int | None]:
    return {"mode": _MACVLAN_MODES.get(_number(attributes(data), 1), "")}, None


@_once
def _ipvlan(data: bytes) -> tuple[dict[str, Any], int | None]:
    return {"mode": _IPVLAN_MODES[_number(attributes(data), 1)]}, None


@_once
def _vlan(data: bytes) -> tuple[dict[str, Any], int | None]:
    return {"vlan_id": _number(attributes(data), 1)}, None


@_once
def _vrf(data: bytes) -> tuple[dict[str, Any], int | None]:
    return {"table": _number(attributes(data), 1)}, None


@_once
def _tun(data: bytes) -> tuple[dict[str, Any], int | None]:
    return {"mode": _TUN_TYPES.get(_number(attributes(data), 3), "")}, None


@_once
def _vxlan(data: bytes) -> tuple[dict[str, Any], int | None]:
    known = attributes(data)
    tunnel = Tunnel(
        _number(known, 1),
        _address_of(known.get(2) or known.get(16)),
        _address_of(known.get(4) or known.get(17)),
        int.from_bytes(known.get(15, b""), "big"),
        _number(known, 5),
        bool(_number(known, 7)),
        bool(_number(known, 11)),
        bool(_number(known, 25)),
    )
    return {"tunnel": tunnel}, _number(known, 3) or None


@_once
def _geneve(data: bytes) -> tuple[dict[str, Any], int | None]:
    known = attributes(data)
    remote, port = _address_of(known.get(2) or known.get(7)), int.from_bytes(known.get(5, b""), "big")
    return {"tunnel": Tunnel(_number(known, 1), remote, "", port, _number(known, 3), external=6 in known)}, None


@_once
def _gre(data: bytes) -> tuple[dict[str, Any], int | None]:
    known = attributes(data)
    key = int.from_bytes(known[5], "big") if any(known.get(3, b"")) and 5 in known else None
    ends = _address_of(known.get(7)), _address_of(known.get(6))
    return {"tunnel": Tunnel(key, *ends, ttl=_number(known, 8), external=18 in known)}, _number(known, 1) or None


@_once
def _ip_in_ip(data: bytes) -> tuple[dict[str, Any], int | None]:
    known = attributes(data)
    ends = _address_of(known.get(3)), _address_of(known.get(2))
    return {"tunnel": Tunnel(None, *ends, ttl=_number(known, 4), external=19 in known)}, _number(known, 1) or None


_PARTICULAR: dict[str, Callable[[bytes], tuple[dict[str, Any], int | None]]] = {
    "macvlan": _macvlan, "macvtap": _macvlan, "ipvlan": _ipvlan, "ipvtap": _ipvlan, "vlan": _vlan, "vrf": _vrf,
    "tun": _tun, "vxlan": _vxlan, "geneve": _geneve, "gre": _gre, "gretap": _gre, "ip6gre": _gre, "ip6gretap": _gre,
    "ipip": _ip_in_ip, "sit": _ip_in_ip, "ip6tnl": _ip_in_ip,
}  # fmt: skip
"""How the data of an interface's kind is read: fields of `Interface`, and the lower device's index if it is there."""


def _number(known: dict[int, bytes], kind: int) -> int:
    return int.from_bytes(known.get(kind, b""), sys.byteorder)


def _address_of(raw: bytes | None) -> str:
    """An address by its length; empty for none, and for the unspecified one."""
    if not raw or not any(raw):
        return ""
    return _ip(socket.AF_INET6 if len(raw) == 16 else socket.AF_INET, raw)


def _text(value: bytes | None) -> str:
    return os.fsdecode(value.rstrip(b"\0")) if value else ""


@_once
def _address(body: bytes) -> Address | None:
    family, prefix, flags, scope, _ = _ADDRESS.unpack_from(body)
    known = attributes(body, _ADDRESS.size)
    raw = known.get(2) or known.get(1)  # IFA_LOCAL, else IFA_ADDRESS
    if raw is None:
        return None
    if 8 in known:  # IFA_FLAGS has all 32 bits
        flags = _U32.unpack(known[8])[0]
    tentative, failed = bool(flags & _IFA_F_TENTATIVE), bool(flags & _IFA_F_DADFAILED)
    far, label = known.get(1), _text(known.get(3))
    return Address(
        _ip(family, raw),
        prefix,
        _SCOPES.get(scope, str(scope)),
        tentative,
        failed,
        _ip(family, far) if far and far != raw else "",
        label if ":" in label else "",  # others are the interface's name, which has no colon
        _ip(family, known[4]) if 4 in known else "",
        bool(flags & _IFA_F_NOPREFIXROUTE),
        not flags & _IFA_F_PERMANENT,
        bool(flags & _IFA_F_DEPRECATED),
        _U32.unpack(known[9])[0] if 9 in known else 0,
    )


def _bridge(data: dict[int, bytes]) -> Bridge:
    """The settings of a bridge; the kernel counts time in hundredths of a second (USER_HZ)."""
    return Bridge(
        _number(data, 5) != 0,
        _number(data, 7) != 0,
        _number(data, 1) / 100,
        _number(data, 2) / 100,
        _number(data, 3) / 100,
        _number(data, 4) / 100,
        _number(data, 6),
        _number(data, 9),
        _number(data, 23) != 0,
        _number(data, 25) != 0,
        _number(data, 36) != 0,
        _number(data, 37) != 0,
        _number(data, 38) != 0,
    )


@_once
def _port(state: int, *values: int | None) -> BridgePort:
    settings: list[Any] = [bool(flag) for flag in values[:-2]]
    settings += [number or 0 for number in values[-2:]]  # cost and priority
    return BridgePort(_PORT_STATES[state], *settings)


@_once
def _settings(name: str, *values: int | None) -> tuple[tuple[str, str], ...]:
    """The interface's own kernel parameters that matter to a packet."""
    return tuple(
        (form.format(name), str(value)) for form, value in zip(_SETTINGS, values, strict=True) if value is not None
    )


@_once
def _routes(body: bytes) -> tuple[Route, ...]:
    return tuple(_next_hops(body))


def _next_hops(body: bytes) -> Iterator[Route]:
    family, bits, _, tos, table, protocol, scope, kind, flags = _ROUTE.unpack_from(body)
    if family not in (socket.AF_INET, socket.AF_INET6):
        return
    known = attributes(body, _ROUTE.size)
    number = _U32.unpack(known[15])[0] if 15 in known else table
    metrics = attributes(known.get(8, b""))
    base = {
        "destination": f"{_ip(family, known[1])}/{bits}" if 1 in known and bits else "default",
        "family": 4 if family == socket.AF_INET else 6,
        "source": _ip(family, known[7]) if 7 in known else None,
        "metric": _U32.unpack(known[6])[0] if 6 in known else 0,
        "table": number,
        "kind": _ROUTE_KINDS[kind],
        "scope": _SCOPES.get(scope, str(scope)),
        "protocol": _PROTOCOLS.get(protocol, str(protocol)),
        "nexthop": _number(known, 30) or None,
        "mtu": _number(metrics, 2) or None,
        "tos": tos,
        "metrics": tuple(_metrics(known, metrics)),
    }
    hops = _hops(known[9]) if 9 in known else [(flags, _U32.unpack(known[4])[0] if 4 in known else None, 1, known)]
    for flag, interface, weight, own in hops:
        yield Route(
            **base,
            gateway=_gateway(family, own),
            interface=interface,
            onlink=bool(flag & _RTNH_F_ONLINK),
            dead=bool(flag & 1),
            linkdown=bool(flag & 16),
            weight=weight,
            encap=_named(_ENCAPSULATIONS, _number(own, 21)),
        )


def _metrics(known: dict[int, bytes], metrics: dict[int, bytes]) -> Iterator[tuple[str, str]]:
    locked = _number(metrics, 1)
    for kind, word in _ROUTE_METRICS.items():
        if kind in metrics and (value := _number(metrics, kind)):
            if word == "rto_min":
                yield word, f"{value}ms"  # always locked
            else:
                yield f"{word} lock" if locked & 1 << kind else word, str(value)
    if 11 in known:
        yield "realms", str(_number(known, 11))
    if preference := _PREFERENCES.get(_number(known, 20)):
        yield "pref", preference


def _hops(data: bytes) -> Iterator[tuple[int, int, int, dict[int, bytes]]]:
    """The next hops of a multipath route (``struct rtnexthop``): flags, interface, weight and attributes."""
    offset = 0
    while offset + _NEXTHOP.size <= len(data):
        length, flags, hops, index = _NEXTHOP.unpack_from(data, offset)
        yield flags, index, hops + 1, attributes(data[offset + _NEXTHOP.size : offset + length])
        offset += (length + 3) & ~3


def _gateway(family: int, known: dict[int, bytes]) -> str | None:
    if 5 in known:
        return _ip(family, known[5])
    if 18 in known:  # RTA_VIA: a gateway of the other family
        return _ip(int.from_bytes(known[18][:2], "little"), known[18][2:])
    return None


@_once
def _rule(body: bytes) -> PolicyRule:
    family, to_bits, from_bits, tos, table, _, _, action, flags = _ROUTE.unpack_from(body)
    known = attributes(body, _ROUTE.size)
    number = lambda key: _U32.unpack(known[key])[0] if key in known else None  # noqa: E731
    word = lambda key: _text(known[key]) if key in known else None  # noqa: E731
    protocol = _number(known, 22)
    return PolicyRule(
        number(6) or 0,
        4 if family == socket.AF_INET else 6,
        f"{_ip(family, known[2])}/{from_bits}" if 2 in known else None,
        f"{_ip(family, known[1])}/{to_bits}" if 1 in known else None,
        number(15) or table,
        _RULE_ACTIONS.get(action, str(action)),
        word(3),
        word(17),
        number(10) or 0,
        bool(flags & 2),
        _number(known, 16) if 16 in known else FULL_MASK,
        _IP_PROTOCOLS.get(protocol, str(protocol)) if protocol else "",
        _PORT_RANGE.unpack(known[23]) if 23 in known else None,
        _PORT_RANGE.unpack(known[24]) if 24 in known else None,
        tos,
        number(4),
        _unless_full(number(14)),
        _unless_full(number(13)),
        struct.unpack("=II", known[20]) if 20 in known else None,
        19 in known and known[19] != b"\0",
    )


def _unless_full(value: int | None) -> int | None:
    """The kernel writes all ones where nothing is suppressed."""
    return None if value == FULL_MASK else value


@_once
def _nexthop(body: bytes) -> Nexthop:
    family, _, protocol, _, flags = _NEXTHOP_OBJECT.unpack_from(body)
    known = attributes(body, _NEXTHOP_OBJECT.size)
    members = (_NEXTHOP_MEMBER.unpack_from(known.get(2, b""), at) for at in range(0, len(known.get(2, b"")), 8))
    return Nexthop(
        _number(known, 1),
        6 if family == socket.AF_INET6 else 4,
        _ip(family, known[6]) if 6 in known else None,
        _number(known, 5) or None,
        tuple((member, (high << 8 | low) + 1) for member, low, high, _ in members),
        4 in known,
        bool(flags & _RTNH_F_ONLINK),
        _PROTOCOLS.get(protocol, str(protocol)),
    )


def _named(names: Sequence[str], number: int) -> str:
    return names[number] if number < len(names) else str(number)


@_once
def _ip(family: int, raw: bytes) -> str:
    return socket.inet_ntop(family, raw)
