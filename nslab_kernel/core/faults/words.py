"""What a person is told about a fault: hints from vague to exact, and what it was."""

from __future__ import annotations

from ..model.network import HOST
from ..operations.actions import bridge, ip, within
from .fault import Fault

_LAYERS = {
    "en": {
        "links": "Search among the links: interfaces, cables, bridges and their ports.",
        "addresses": "Search among the addresses and their prefix lengths.",
        "routes": "Search among the routes, and the rules that choose a routing table.",
        "neighbours": "The packet has its route. Search where an IP address becomes a MAC address.",
        "settings": "What `ip` lists is all right. Search among the kernel's parameters.",
        "firewall": "The packet has its way. Search for what filters or rewrites it.",
    },
    "zh": {
        "links": "在链路里找：接口、网线、网桥和它的端口。",
        "addresses": "在地址和前缀长度里找。",
        "routes": "在路由里找，也看看选择路由表的规则。",
        "neighbours": "路由没问题。看看 IP 地址是怎样变成 MAC 地址的。",
        "settings": "`ip` 列出来的都没问题。在内核参数里找。",
        "firewall": "路是通的。找找是什么在过滤或改写数据包。",
    },
}
_WHERE = {
    "en": "It is in {where}: `{look}` shows it.",
    "zh": "在{where}里：`{look}` 看得到它。",
}
_HOST = {"en": "the host", "zh": "主机"}
_NEAR = {"en": "Look in {where}.", "zh": "看看{where}。"}
_EXACT = {"en": "{title} This mends it:\n{commands}", "zh": "{title}这样修好：\n{commands}"}

_TITLES = {
    "en": {
        "interface-down": "{interface} in {where} is down.",
        "bridge-down": "The bridge {interface} in {where} is down.",
        "unplugged": "{interface} in {where} isn't plugged into {bridge}.",
        "other-bridge": "{interface} in {where} is plugged into {other} instead of {bridge}.",
        "lo-down": "lo in {where} is down, so it can't reach its own addresses.",
        "port-blocked": "{bridge}'s port {interface} in {where} is {state}.",
        "ports-isolated": "{bridge}'s ports {interface} and {other} in {where} are isolated from each other.",
        "arp-off": "{interface} in {where} has ARP switched off.",
        "mtu-too-small": "{interface} in {where} takes packets of {mtu} bytes at most.",
        "no-address": "{interface} in {where} has lost its address {address}.",
        "other-subnet": "{interface} in {where} has the address {address} instead of {right}.",
        "prefix-too-narrow": "{interface} in {where} has the prefix length of {address} instead of {right}.",
        "prefix-too-wide": "{interface} in {where} has the prefix length of {address} instead of {right}.",
        "duplicate-address": "{interface} in {where} has {address}, which is somebody else's.",
        "ipv6-off": "{interface} in {where} has IPv6 switched off, and has lost its addresses by it.",
        "no-route": "{where} has lost its route to {destination} via {gateway}.",
        "wrong-gateway": "{where} has {gateway} as gateway to {destination} instead of {right}.",
        "refusing-route": "{where} has a route that refuses: {route}.",
        "refusing-rule": "A rule of priority {priority} in {where} refuses packets to {destination}.",
        "refusing-table": "A rule in {where} sends packets to {destination} to table {table}, which refuses them.",
        "wrong-neighbour": "{where} has a fixed, wrong MAC address for {ip}: {mac}.",
        "arp-ignored": "{where} and {other} answer no ARP request: {setting} is 8.",
        "not-forwarding": "{where} passes no packets on: {setting} is off.",
        "echo-ignored": "{where} answers no ping: {setting} is on.",
        "rp-filter": "{where} drops what comes in by another way than the answer would take: {setting} is 1.",
        "no-masquerade": "{where} no longer masquerades: {rule} is missing.",
        "forward-drop": "{where} drops all packets that it should pass on: policy drop of {chain}.",
        "bridge-firewall": "In {where} the firewall drops even what only crosses a bridge: policy drop of {chain}.",
        "forward-rule": "{where} has a rule for packets to be passed on: {rule}.",
        "input-rule": "{where} has a rule for packets that come in: {rule}.",
        "output-rule": "{where} has a rule for packets that it sends: {rule}.",
    },
    "zh": {
        "interface-down": "{where}里的 {interface} 没有启用。",
        "bridge-down": "{where}里的网桥 {interface} 没有启用。",
        "unplugged": "{where}里的 {interface} 没有插在 {bridge} 上。",
        "other-bridge": "{where}里的 {interface} 插在了 {other} 上，而不是 {bridge}。",
        "lo-down": "{where}里的 lo 没有启用，所以连自己的地址都到不了。",
        "port-blocked": "{where}里 {bridge} 的端口 {interface} 处于 {state} 状态。",
        "ports-isolated": "{where}里 {bridge} 的端口 {interface} 和 {other} 互相隔离。",
        "arp-off": "{where}里的 {interface} 关掉了 ARP。",
        "mtu-too-small": "{where}里的 {interface} 最多只收 {mtu} 字节的包。",
        "no-address": "{where}里的 {interface} 丢了地址 {address}。",
        "other-subnet": "{where}里 {interface} 的地址是 {address}，而不是 {right}。",
        "prefix-too-narrow": "{where}里 {interface} 的前缀长度是 {address}，而不是 {right}。",
        "prefix-too-wide": "{where}里 {interface} 的前缀长度是 {address}，而不是 {right}。",
        "duplicate-address": "{where}里的 {interface} 用了别人的地址 {address}。",
        "ipv6-off": "{where}里的 {interface} 关掉了 IPv6，地址也因此没了。",
        "no-route": "{where}丢了经 {gateway} 到 {destination} 的路由。",
        "wrong-gateway": "{where}到 {destination} 的网关是 {gateway}，而不是 {right}。",
        "refusing-route": "{where}里有一条拒绝的路由：{route}。",
        "refusing-rule": "{where}里优先级 {priority} 的规则拒绝发往 {destination} 的包。",
        "refusing-table": "{where}里有条规则让发往 {destination} 的包去查表 {table}，那张表拒绝它们。",
        "wrong-neighbour": "{where}里 {ip} 的 MAC 地址被固定成了错的：{mac}。",
        "arp-ignored": "{where}和 {other} 不回答任何 ARP 请求：{setting} 是 8。",
        "not-forwarding": "{where}不转发：{setting} 是关的。",
        "echo-ignored": "{where}不应答 ping：{setting} 是开的。",
        "rp-filter": "{where}丢掉与回程不同路的来包：{setting} 是 1。",
        "no-masquerade": "{where}不再做地址伪装：少了 {rule}。",
        "forward-drop": "{where}把该转发的包全丢了：{chain} 的策略是 drop。",
        "bridge-firewall": "{where}的防火墙连只经过网桥的帧也丢：{chain} 的策略是 drop。",
        "forward-rule": "{where}对要转发的包有一条规则：{rule}。",
        "input-rule": "{where}对进来的包有一条规则：{rule}。",
        "output-rule": "{where}对自己发出的包有一条规则：{rule}。",
    },
}
_LOOKS = {
    "links": ("link",),
    "addresses": ("address",),
    "routes": ("route", "show", "table", "all"),
    "refusing-rule": ("rule",),
    "refusing-table": ("rule",),
    "neighbours": ("neigh",),
}
_OTHER_LOOKS = {
    "firewall": ("nft", "list", "ruleset"),
    "settings": ("sysctl", "-a"),
    "arp-ignored": ("sysctl", "-a"),
}
_OF_PORTS = ("port-blocked", "ports-isolated")


def title(fault: Fault, language: str) -> str:
    """What is broken, in one sentence."""
    text = _TITLES[language][fault.kind]
    said = text.format(where=_where(fault, language), interface=fault.place.interface, **dict(fault.facts))
    said = said.strip()
    begins_with_host = text.startswith("{where}") and fault.place.namespace == HOST
    return said[:1].upper() + said[1:] if begins_with_host else said


def hints(fault: Fault, language: str) -> tuple[str, ...]:
    """What helps to find it, from vague to exact: which layer, which namespace, what to look at, what it is."""
    where = _where(fault, language)
    commands = "\n".join(action.command() for action in fault.undo)
    return (
        _LAYERS[language][fault.layer],
        _NEAR[language].format(where=where),
        _WHERE[language].format(where=where, look=_look(fault)),
        _EXACT[language].format(title=title(fault, language), commands=commands),
    )


def _where(fault: Fault, language: str) -> str:
    name = fault.place.namespace
    return _HOST[language] if name == HOST else f" {name} " if language == "zh" else name


def _look(fault: Fault) -> str:
    place = fault.place.namespace
    if fault.kind in _OF_PORTS:
        return bridge(place, "-d", "link")
    for key in (fault.kind, fault.layer):
        if key in _OTHER_LOOKS:
            return within(place, *_OTHER_LOOKS[key])
        if key in _LOOKS:
            return ip(place, *_LOOKS[key])
    raise KeyError(fault.kind)
