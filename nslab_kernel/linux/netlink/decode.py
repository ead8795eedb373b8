"""rtnetlink's answers as values of `core.model.network` (rtnetlink(7), linux/if_link.h, linux/rtnetlink.h)."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache, partial
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

from ...core.model.network import Address, Bridge, BridgePort, Interface, Neighbour, PolicyRule, Route
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

_LINK = struct.Struct("=BxHiII")
_ADDRESS = struct.Struct("=BBBBI")
_ROUTE = struct.Struct("=BBBBBBBBI")
_NEIGHBOUR = struct.Struct("=BxxxiHBB")
_U32 = struct.Struct("=I")
_S32 = struct.Struct("=i")
_NEXTHOP = struct.Struct("=HBBi")

_RTEXT_FILTER_SKIP_STATS = 1 << 3
_IFLA_EXT_MASK = 29
_MAIN, _LOCAL = 254, 255
_LOOPBACK = 772
_IFF_UP, _IFF_NOARP, _IFF_LOWER_UP = 0x1, 0x80, 0x10000
_IFA_F_DADFAILED, _IFA_F_TENTATIVE = 0x08, 0x40
_NUD_NOARP = 0x40

LINKS = _LINK.pack(0, 0, 0, 0, 0) + struct.pack("=HHI", 8, _IFLA_EXT_MASK, _RTEXT_FILTER_SKIP_STATS)
ADDRESSES = _ADDRESS.pack(0, 0, 0, 0, 0)
ROUTES = RULES = _ROUTE.pack(0, 0, 0, 0, 0, 0, 0, 0, 0)
NEIGHBOURS = _NEIGHBOUR.pack(0, 0, 0, 0, 0)
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
_PROTOCOLS = {0: "unspec", 1: "redirect", 2: "kernel", 3: "boot", 4: "static", 9: "ra", 16: "dhcp"}
_RULE_ACTIONS = {1: "table", 2: "goto", 3: "nop", 6: "blackhole", 7: "unreachable", 8: "prohibit"}
_NEIGHBOUR_STATES = {
    0x01: "INCOMPLETE", 0x02: "REACHABLE", 0x04: "STALE", 0x08: "DELAY", 0x10: "PROBE", 0x20: "FAILED",
    0x80: "PERMANENT", 0x00: "NONE",
}  # fmt: skip
_SETTINGS = tuple(f"net.ipv4.conf.{{}}.{key}" for key in ("forwarding", "rp_filter", "arp_ignore", "accept_local"))
_SETTINGS += tuple(f"net.ipv6.conf.{{}}.{key}" for key in ("forwarding", "disable_ipv6"))
_links = CachedParser(
    _LINK.size,
    {
        1: "s",  # IFLA_ADDRESS
        3: "s",  # IFLA_IFNAME
        4: "I",  # IFLA_MTU
        5: "I",  # IFLA_LINK
        10: "I",  # IFLA_MASTER
        16: "B",  # IFLA_OPERSTATE
        # IFLA_LINKINFO: kind, data, the kind as a port; as a port its state, hairpin, learning, flooding, isolation
        18: {1: "s", 2: "s", 4: "s", 5: {1: "B", 4: "B", 8: "B", 9: "B", 33: "B"}},
        20: "s",  # IFLA_IFALIAS
        # IFLA_AF_SPEC: of each family's parameters (linux/ip.h, linux/ipv6.h) those of _SETTINGS
        26: {socket.AF_INET: {1: "i24xi40xi12xi"}, socket.AF_INET6: {2: "i100xi"}},
        27: "I",  # IFLA_GROUP
        37: "i",  # IFLA_LINK_NETNSID
    },
)


class Link(NamedTuple):
    """An interface as the kernel tells it: whose namespace its peer is in is still a number."""

    own_index: int
    up: bool
    carrier: bool
    peer_index: int | None
    peer_id: int | None  # IFLA_LINK_NETNSID: an id of this namespace's own table; None: in this namespace
    settings: tuple[tuple[str, str], ...]
    interface: Callable[[str | None], Interface]  # made when it is known which namespace its peer is in


def links(messages: Iterable[Message], addresses: dict[int, tuple[Address, ...]]) -> tuple[Link, ...]:
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
    """The routes of every table but ``local``, which the kernel fills from the addresses; one for each next hop."""
    return tuple(route for _, body in messages if body[4] != _LOCAL for route in _routes(body))


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


def _link(body: bytes, addresses: dict[int, tuple[Address, ...]]) -> Link:
    _, hardware, index, flags, _ = _LINK.unpack_from(body)
    values = _links.values(body)
    mac, named, mtu, peer, master, state, kind, data, port_kind = values[:9]
    alias, *settings, group, peer_id = values[14:]
    up, carrier, name = bool(flags & _IFF_UP), bool(flags & _IFF_LOWER_UP), _text(named)
    kind = "loopback" if hardware == _LOOPBACK else _text(kind)
    interface = partial(
        Interface,
        index,
        name,
        kind,
        (mac or b"").hex(":"),
        mtu,
        up,
        carrier,
        _OPERSTATES[state],
        master,
        peer,
        addresses=addresses.get(index, ()),
        bridge=_bridge(attributes(data or b"")) if kind == "bridge" else None,
        port=_port(*values[9:14]) if _text(port_kind) == "bridge" else None,
        alias=_text(alias),
        group=group or 0,
        noarp=bool(flags & _IFF_NOARP),
    )
    return Link(index, up, carrier, peer, peer_id, _settings(name, *settings), interface)


def _text(value: bytes | None) -> str:
    return value.rstrip(b"\0").decode(errors="replace") if value else ""


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
    return Address(_ip(family, raw), prefix, _SCOPES.get(scope, str(scope)), tentative, failed)


def _bridge(data: dict[int, bytes]) -> Bridge:
    delay = _U32.unpack(data[1])[0] / 100  # the kernel counts in hundredths of a second (USER_HZ)
    return Bridge(data[5] != bytes(4), data.get(7, b"\0") != b"\0", delay)


@_once
def _port(state: int, hairpin: int | None, learning: int | None, flood: int | None, isolated: int | None) -> BridgePort:
    return BridgePort(_PORT_STATES[state], bool(isolated), bool(hairpin), bool(learning), bool(flood))


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
    family, bits, _, _, table, protocol, scope, kind, flags = _ROUTE.unpack_from(body)
    if family not in (socket.AF_INET, socket.AF_INET6):
        return
    known = attributes(body, _ROUTE.size)
    number = _U32.unpack(known[15])[0] if 15 in known else table
    if number == _LOCAL:
        return
    base = {
        "destination": f"{_ip(family, known[1])}/{bits}" if 1 in known and bits else "default",
        "family": 4 if family == socket.AF_INET else 6,
        "source": _ip(family, known[7]) if 7 in known else None,
        "metric": _U32.unpack(known[6])[0] if 6 in known else 0,
        "table": number,
        "kind": _ROUTE_KINDS[kind],
        "scope": _SCOPES.get(scope, str(scope)),
        "protocol": _PROTOCOLS.get(protocol, str(protocol)),
    }
    hops = _hops(known[9]) if 9 in known else [(flags, _U32.unpack(known[4])[0] if 4 in known else None, known)]
    for flag, interface, own in hops:
        yield Route(
            **base,
            gateway=_gateway(family, own),
            interface=interface,
            onlink=bool(flag & 4),
            dead=bool(flag & 1),
            linkdown=bool(flag & 16),
        )


def _hops(data: bytes) -> Iterator[tuple[int, int, dict[int, bytes]]]:
    """The next hops of a multipath route (``struct rtnexthop``)."""
    offset = 0
    while offset + _NEXTHOP.size <= len(data):
        length, flags, _, index = _NEXTHOP.unpack_from(data, offset)
        yield flags, index, attributes(data[offset + _NEXTHOP.size : offset + length])
        offset += (length + 3) & ~3


def _gateway(family: int, known: dict[int, bytes]) -> str | None:
    if 5 in known:
        return _ip(family, known[5])
    if 18 in known:  # RTA_VIA: a gateway of the other family
        return _ip(int.from_bytes(known[18][:2], "little"), known[18][2:])
    return None


@_once
def _rule(body: bytes) -> PolicyRule:
    family, to_bits, from_bits, _, table, _, _, action, flags = _ROUTE.unpack_from(body)
    known = attributes(body, _ROUTE.size)
    number = lambda key: _U32.unpack(known[key])[0] if key in known else 0  # noqa: E731
    word = lambda key: known[key].rstrip(b"\0").decode() if key in known else None  # noqa: E731
    return PolicyRule(
        number(6),
        4 if family == socket.AF_INET else 6,
        f"{_ip(family, known[2])}/{from_bits}" if 2 in known else None,
        f"{_ip(family, known[1])}/{to_bits}" if 1 in known else None,
        number(15) or table,
        _RULE_ACTIONS.get(action, str(action)),
        word(3),
        word(17),
        number(10),
        bool(flags & 2),
    )


@_once
def _ip(family: int, raw: bytes) -> str:
    return socket.inet_ntop(family, raw)
