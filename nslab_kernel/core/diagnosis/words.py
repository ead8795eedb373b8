"""Causes, stops and unknowns put into words, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..model.network import HOST, Network
from ..operations.actions import DeleteAddress
from . import causes_en, causes_zh
from .evidence import KINDS, command_of
from .findings import Finding, Hop, Place
from .packet import NEIGHBOUR_PACKETS
from .repairs import Obstacle
from .walk import Choice, Facts, Step

_PACKETS_ZH = {
    "echo-request": "echo-request（ping 请求）",
    "echo-reply": "echo-reply（ping 应答）",
    "arp-request": "ARP 询问",
    "arp-reply": "ARP 回答",
}
_PACKETS_EN = {"arp-request": "ARP question", "arp-reply": "ARP answer"}
_STEPS = {
    "en": {
        "asked-name": "{where} asks the name server {ip} for {name}",
        "sent": "{where} sends the {packet} from {source} to {ip} by {interface}",
        "sent-via": "{where} sends the {packet} from {source} to {ip} by {interface}, to the gateway {gateway}",
        "forwarded": "{where} takes it in by {into} and passes it on by {interface}",
        "forwarded-via": "{where} takes it in by {into} and passes it on by {interface}, to the gateway {gateway}",
        "encapsulated": "{interface} (vxlan {id}) puts it in a packet to {remote}",
        "bridged": "{interface} takes the {packet} from its port {inward} to its port {outward}",
        "translated-source": "{where} translates the source {before} to {after}",
        "translated-destination": "{where} translates the destination {before} to {after}",
        "delivered": "{where} gets the {packet} for {ip} by {interface}",
        "looped": "{where} gets the {packet} for {ip} from itself, by lo",
    },
    "zh": {
        "asked-name": "{where} 向域名服务器 {ip} 查询 {name}",
        "sent": "{where} 从 {interface} 发出 {packet}：{source} → {ip}",
        "sent-via": "{where} 从 {interface} 发出 {packet}：{source} → {ip}，交给网关 {gateway}",
        "forwarded": "{where} 从 {into} 收到，从 {interface} 转发",
        "forwarded-via": "{where} 从 {into} 收到，从 {interface} 转发给网关 {gateway}",
        "encapsulated": "{interface}（vxlan {id}）把它装进发往 {remote} 的数据包",
        "bridged": "{interface} 把 {packet} 从端口 {inward} 送到端口 {outward}",
        "translated-source": "{where} 把源地址 {before} 转换为 {after}",
        "translated-destination": "{where} 把目的地址 {before} 转换为 {after}",
        "delivered": "{where} 从 {interface} 收到发给 {ip} 的 {packet}",
        "looped": "{where} 通过 lo 收到自己发给 {ip} 的 {packet}",
    },
}
_UNKNOWN = {
    "en": {
        "unread-rule": "the firewall rule `{rule}` in {where}",
        "unread-nat": "where the rule `{rule}` in {where} sends the packet",
        "several-routes": "which of several equal routes {where} takes to {ip}",
        "several-answer": "which of several namespaces answers first for {ip}, asked by {where}",
        "same-mac": "which of several interfaces with the MAC address {mac} gets the frame",
        "mark": "whether a firewall rule in {where} marks the packet with {mark}, for the routing policy",
        "several-targets": "which of its goals the rule `{rule}` in {where} picks",
        "shaping": "traffic control on {interface} in {where} (`{what}`)",
        "encap": "the packets into which a route of {where} puts those for {ip}",
        "vrf": "the VRFs of {where}",
        "macvlan-source": "from which MAC addresses {interface} in {where}, a macvlan in source mode, takes frames",
        "answers-from": "the address that the program on UDP port {port} in {where} answers from",
        "vlans": "the VLANs of the ports of {interface} in {where}",
        "beyond": "what is beyond {interface} ({interface_kind}) in {where}",
        "broadcast": "who answers to {ip}, which is for many",
        "too-many": "all the ways in which what isn't understood could turn out",
        "name": "the name {name}: only a running lab can look it up",
    },
    "zh": {
        "unread-rule": "{where} 的防火墙规则 `{rule}`",
        "unread-nat": "{where} 的规则 `{rule}` 会把数据包送到哪里",
        "several-routes": "{where} 到 {ip} 会走几条相同路由中的哪一条",
        "several-answer": "{where} 询问 {ip} 时，几个命名空间中谁先应答",
        "same-mac": "几个接口都有 MAC 地址 {mac}，谁会收到这个帧",
        "mark": "{where} 的防火墙规则会不会给数据包打上标记 {mark}，供策略路由使用",
        "several-targets": "{where} 的规则 `{rule}` 会选哪一个目标",
        "shaping": "{where} 的 {interface} 上的流量控制（`{what}`）",
        "encap": "{where} 的路由把发往 {ip} 的数据包装进了什么",
        "vrf": "{where} 的 VRF",
        "macvlan-source": "{where} 的 {interface}（source 模式的 macvlan）接收来自哪些 MAC 地址的帧",
        "answers-from": "{where} 的 UDP 端口 {port} 上的程序从哪个地址应答",
        "vlans": "{where} 的 {interface} 各端口的 VLAN",
        "beyond": "{where} 的 {interface}（{interface_kind}）之外是什么",
        "broadcast": "谁会应答 {ip}，它是发给许多接收者的",
        "too-many": "没有看懂的部分的所有可能组合",
        "name": "名字 {name}：只有运行中的实验环境才能查询",
    },
}
STEPS, UNKNOWNS = tuple(_STEPS["en"]), tuple(_UNKNOWN["en"])


def step_words(kind: str, language: str, facts: dict[str, str]) -> str:
    """One stop on the way."""
    key = f"{kind}-via" if facts.get("gateway") else kind
    packet = facts.get("packet", "")
    shown = (_PACKETS_ZH if language == "zh" else _PACKETS_EN).get(packet, packet)
    return _STEPS[language][key].format(**(facts | {"packet": shown}))


def unknown_words(kind: str, language: str, facts: dict[str, str]) -> str:
    """Something that wasn't evaluated."""
    return _UNKNOWN[language][kind].format(**facts)


__all__ = ["KINDS", "finding", "hops", "unevaluated"]

_CAUSES = {"en": causes_en.WORDS, "zh": causes_zh.WORDS}
_HOST = {"en": "the host", "zh": "主机"}


def finding(network: Network, obstacle: Obstacle, language: str) -> Finding:
    """An obstacle, for a person to read."""
    cause = replace(obstacle.cause, place=_place(obstacle))
    said, matters = _CAUSES[language][cause.kind]
    facts = _facts(network, cause.place, language, cause.facts)
    return Finding(
        cause.kind,
        cause.place,
        obstacle.leg,
        command_of(cause),
        _put_in(said, facts),
        _put_in(matters, facts),
        "\n".join(action.command() for action in obstacle.repair),
        obstacle.repair,
    )


def _place(obstacle: Obstacle) -> Place:
    """Where it is; of two who have one address, with the one who is to lose it."""
    first = next(iter(obstacle.repair), None)
    if obstacle.cause.kind == "duplicate-address" and isinstance(first, DeleteAddress):
        return Place(first.namespace, first.interface)
    return obstacle.cause.place


def hops(network: Network, steps: Sequence[Step], language: str) -> tuple[Hop, ...]:
    """The stops on the way, for a person to read.

    How a neighbour was found is told only where the packet got no further.
    """
    found = []
    for number, step in enumerate(steps):
        looking = step.facts.get("packet") in NEIGHBOUR_PACKETS
        if looking and any(later.facts.get("packet") not in NEIGHBOUR_PACKETS for later in steps[number:]):
            continue
        text = _close_up(step_words(step.kind, language, _facts(network, step.place, language, step.facts)))
        found.append(Hop(step.place, step.leg, text, _through(step)))
    return tuple(found)


def _through(step: Step) -> tuple[str, ...]:
    facts = step.facts
    if step.kind == "bridged":
        return facts["inward"], facts["outward"]
    return (facts["into"], step.place.interface) if step.kind == "forwarded" else ()


def unevaluated(network: Network, choice: Choice, language: str) -> str:
    """What wasn't understood, for a person to read."""
    return _close_up(unknown_words(choice.kind, language, _facts(network, choice.place, language, choice.facts)))


def _put_in(text: str, facts: Facts) -> str:
    return _close_up(text.format(**facts))


def _close_up(text: str) -> str:
    """Chinese has spaces around names in Latin letters, and none around its own word for the host."""
    return text.replace(f"{_HOST['zh']} ", _HOST["zh"]).replace(f" {_HOST['zh']}", _HOST["zh"])


def _facts(network: Network, place: Place, language: str, facts: Facts) -> Facts:
    namespace = network.get(place.namespace)
    where = _HOST[language] if place.namespace == HOST else namespace.title if namespace else place.namespace
    capital = where[:1].upper() + where[1:] if place.namespace == HOST else where
    return {"interface": place.interface, **facts, "where": where, "Where": capital}
