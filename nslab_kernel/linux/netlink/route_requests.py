"""Routes and policy rules (ip-route(8), ip-rule(8)), packed by pyroute2: many attributes, and rarely set."""

from __future__ import annotations

import socket
from typing import Any

from ...core.model.network import FULL_MASK, PolicyRule, Route
from ...core.operations.actions import (
    AddRoute,
    AddRule,
    DeleteRoute,
    DeleteRule,
)
from .handles import Doors
from .socket import NLM_F_CREATE, NLM_F_EXCL

_RTM_NEWROUTE, _RTM_DELROUTE, _RTM_NEWRULE, _RTM_DELRULE = 24, 25, 32, 33
_RTN = {"unicast": 1, "local": 2, "broadcast": 3, "multicast": 5, "blackhole": 6, "unreachable": 7, "prohibit": 8}
_RTN["throw"] = 9
_FR_ACT = {"table": 1, "goto": 2, "nop": 3, "blackhole": 6, "unreachable": 7, "prohibit": 8}
_RT_SCOPE_UNIVERSE, _RT_SCOPE_LINK, _RT_SCOPE_NOWHERE = 0, 253, 255
_IP_PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "ipv6-icmp": 58, "sctp": 132}
_PROTOCOLS = {"redirect": 1, "kernel": 2, "boot": 3, "static": 4, "ra": 9, "dhcp": 16}
_RTNH_F_ONLINK = 4
_FIB_RULE_INVERT = 2


def add_route(action: AddRoute, doors: Doors) -> None:
    message = _route(action.route, action.interface, action.namespace, doors)
    message["type"] = _RTN[action.route.kind]
    message["proto"] = _PROTOCOLS.get(action.route.protocol, _PROTOCOLS["boot"])
    on_link = action.route.kind == "unicast" and not action.route.gateway and action.route.family == 4
    message["scope"] = _RT_SCOPE_LINK if on_link else _RT_SCOPE_UNIVERSE
    _send(doors, action.namespace, _RTM_NEWROUTE, message, NLM_F_CREATE | NLM_F_EXCL)


def delete_route(action: DeleteRoute, doors: Doors) -> None:
    message = _route(action.route, action.interface, action.namespace, doors)
    message["type"] = _RTN[action.route.kind] if action.route.kind != "unicast" else 0
    message["scope"] = _RT_SCOPE_NOWHERE  # any
    _send(doors, action.namespace, _RTM_DELROUTE, message)


def add_rule(action: AddRule, doors: Doors) -> None:
    _send(doors, action.namespace, _RTM_NEWRULE, _rule(action.rule), NLM_F_CREATE | NLM_F_EXCL)


def delete_rule(action: DeleteRule, doors: Doors) -> None:
    _send(doors, action.namespace, _RTM_DELRULE, _rule(action.rule))


def _send(doors: Doors, namespace: str, kind: int, message: Any, flags: int = 0) -> None:
    message["header"]["type"] = kind
    message["header"]["flags"] = flags
    message.encode()
    doors.socket(namespace).send([bytes(message.data)])


def _route(route: Route, interface: str, namespace: str, doors: Doors) -> Any:
    from pyroute2.netlink.rtnl.rtmsg import rtmsg

    destination, _, prefix = route.destination.partition("/")
    message = rtmsg()
    message["family"] = _family(route.family)
    message["table"] = route.table if route.table < 256 else 0
    message["flags"] = _RTNH_F_ONLINK if route.onlink else 0
    attributes: list[tuple[str, Any]] = [("RTA_TABLE", route.table)]
    if destination != "default":
        message["dst_len"] = int(prefix) if prefix else (128 if route.family == 6 else 32)
        attributes.append(("RTA_DST", destination))
    message["tos"] = route.tos
    if route.gateway and route.family == 4 and ":" in route.gateway:
        attributes.append(("RTA_VIA", {"family": socket.AF_INET6, "addr": route.gateway}))
    elif route.gateway:
        attributes.append(("RTA_GATEWAY", route.gateway))
    if route.source:
        attributes.append(("RTA_PREFSRC", route.source))
    if route.mtu:
        attributes.append(("RTA_METRICS", {"attrs": [("RTAX_MTU", route.mtu)]}))
    if interface:
        attributes.append(("RTA_OIF", doors.socket(namespace).index(interface)))
    if route.metric:
        attributes.append(("RTA_PRIORITY", route.metric))
    message["attrs"] = attributes
    return message


def _rule(rule: PolicyRule) -> Any:
    from pyroute2.netlink.rtnl.fibmsg import fibmsg

    message = fibmsg()
    message["family"] = _family(rule.family)
    message["action"] = _FR_ACT[rule.action]
    message["flags"] = _FIB_RULE_INVERT if rule.inverted else 0
    attributes: list[tuple[str, Any]] = [("FRA_PRIORITY", rule.priority), ("FRA_TABLE", rule.table)]
    for name, length, value in (("FRA_SRC", "src_len", rule.source), ("FRA_DST", "dst_len", rule.destination)):
        if value:
            ip, _, prefix = value.partition("/")
            message[length] = int(prefix) if prefix else (128 if rule.family == 6 else 32)
            attributes.append((name, ip))
    message["tos"] = rule.tos
    for name, text in (("FRA_IIFNAME", rule.iif), ("FRA_OIFNAME", rule.oif), ("FRA_FWMARK", rule.mark)):
        if text:
            attributes.append((name, text))
    if rule.mask != FULL_MASK:
        attributes.append(("FRA_FWMASK", rule.mask))
    if rule.protocol:
        attributes.append(("FRA_IP_PROTO", _IP_PROTOCOLS.get(rule.protocol) or int(rule.protocol)))
    for name, span in (("FRA_SPORT_RANGE", rule.sport), ("FRA_DPORT_RANGE", rule.dport), ("FRA_UID_RANGE", rule.users)):
        if span:
            attributes.append((name, dict(zip(("start", "end"), span, strict=True))))
    for name, number in (
        ("FRA_GOTO", rule.goto),
        ("FRA_SUPPRESS_PREFIXLEN", rule.suppress_prefixlength),
        ("FRA_SUPPRESS_IFGROUP", rule.suppress_group),
        ("FRA_L3MDEV", 1 if rule.vrf else None),
    ):
        if number is not None:
            attributes.append((name, number))
    message["attrs"] = attributes
    return message


def _family(version: int) -> int:
    return socket.AF_INET6 if version == 6 else socket.AF_INET
