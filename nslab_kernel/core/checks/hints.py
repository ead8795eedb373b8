"""Hints for a claim that doesn't hold: first where to look, then what to compare, last the command."""

from __future__ import annotations

from ..model.network import HOST, Network
from ..operations.actions import AddNamespace
from .parse import (
    AnswersFrom,
    Claim,
    Exists,
    Forwards,
    GoesVia,
    HasAddress,
    HasCarrier,
    IsPort,
    IsUp,
    Masquerades,
    Overhears,
    Reaches,
    Resolves,
    RoutesVia,
    Says,
    Sees,
    Sends,
)

_WORDS = {
    "en": {
        "namespace": ("Look at the list of namespaces.", "`ip netns list` shows no {0}."),
        "exists": ("Look at the list of namespaces, and of the host's interfaces.", "`ip netns list`, `ip -br link`"),
        "up": ("Look at the interface {0}.", "Compare the word after `state`: `{1} link show {0}`"),
        "carrier": ("Look at both ends of the cable at {0}.", "Which of the two is down? `ip -br link` on both sides"),
        "address": ("Look at the addresses of {0}.", "Compare with {1}, the prefix length with it: `{2} -br address`"),
        "route": ("Look at the routing table of {0}.", "Compare the gateway with {1}: `{2} route`"),
        "port": ("Look at what is connected to the bridge {0}.", "`ip link show master {0}` lists its ports."),
        "masquerade": (
            "Look at where the source address of packets from {0} is rewritten.",
            "Which rules are there at the hook postrouting? `nft list ruleset`",
        ),
        "forward": ("Is {0} a router?", "Compare with 1: `{1}`"),
        "reach": (
            "Follow the packet from {0} to {1}: link, address, route, neighbour, bridge, router, firewall; then back.",
            "Watch where it is seen last: `tcpdump -n -i any` in {0}, in the host, at the target.",
        ),
        "no reach": (
            "Packets from {0} still reach {1}. Which way do they take?",
            "At which place on the way can they be stopped, and nothing else with them?",
        ),
        "sees": (
            "Look at where the source address of packets from {0} is rewritten, and where it isn't.",
            "Compare the addresses at both ends: `tcpdump -n icmp` in {0} and in {1}.",
        ),
        "overhears": (
            "Look at where packets of {0} are forwarded: does the bridge know behind which port its partner is?",
            "`bridge fdb show` lists what it has learned; `tcpdump -n icmp` in {1} shows what comes by.",
        ),
        "says": (
            "Look at who answers at {0}, and whether anybody does.",
            "Compare: which server listens where (`ss -ltn`), and where is the connection sent (`nft list ruleset`)?",
        ),
        "resolves": (
            "Look at which server the programs of {0} ask.",
            "`ip netns exec {0} cat /etc/resolv.conf` shows it; the file is /etc/netns/{0}/resolv.conf.",
        ),
        "sends": (
            "Look at what size each interface on the way accepts.",
            "Compare the numbers after `mtu` in `ip link`, on both sides of every cable.",
        ),
        "via": ("Look at the routes on the way from {0}.", "`ip route get {1}` in each namespace names the next hop."),
        "answers": (
            "Look at where the question is sent, and which process takes it.",
            "Compare: who listens at that port (`ss -ltn` in each namespace), and which rule leads there?",
        ),
    },
    "zh": {
        "namespace": ("看看命名空间的列表。", "`ip netns list` 里没有 {0}。"),
        "exists": ("看看命名空间的列表和主机的接口列表。", "`ip netns list`、`ip -br link`"),
        "up": ("看看接口 {0}。", "看 `state` 后面的词：`{1} link show {0}`"),
        "carrier": ("看看 {0} 所在网线的两端。", "哪一端没有启用？在两边分别运行 `ip -br link`"),
        "address": ("看看 {0} 的地址。", "和 {1} 对照，前缀长度也要对照：`{2} -br address`"),
        "route": ("看看 {0} 的路由表。", "网关和 {1} 对照：`{2} route`"),
        "port": ("看看网桥 {0} 上接了什么。", "`ip link show master {0}` 列出它的端口。"),
        "masquerade": ("看看来自 {0} 的包在哪里改写源地址。", "postrouting 钩子上有哪些规则？`nft list ruleset`"),
        "forward": ("{0} 会转发吗？", "和 1 对照：`{1}`"),
        "reach": (
            "跟踪从 {0} 到 {1} 的数据包：链路、地址、路由、邻居、网桥、路由器、防火墙，然后是回程。",
            "看看最后在哪里见到它：分别在 {0}、主机和目标处运行 `tcpdump -n -i any`。",
        ),
        "no reach": ("{0} 的包仍然能到达 {1}。它们走的是哪条路？", "在途中哪个位置能只拦住它们，不影响别的？"),
        "sees": (
            "看看来自 {0} 的包在哪里改写了源地址，在哪里没有改写。",
            "对照两端的地址：在 {0} 和 {1} 里运行 `tcpdump -n icmp`。",
        ),
        "overhears": (
            "看看 {0} 的包被转发到哪里：网桥知道对方在哪个端口后面吗？",
            "`bridge fdb show` 列出它学到的地址；在 {1} 里运行 `tcpdump -n icmp` 看有什么经过。",
        ),
        "says": (
            "看看 {0} 是谁在应答，到底有没有应答。",
            "对照：哪个服务器在哪里监听（`ss -ltn`），连接又被转发到哪里（`nft list ruleset`）？",
        ),
        "resolves": (
            "看看 {0} 里的程序询问哪台服务器。",
            "`ip netns exec {0} cat /etc/resolv.conf` 会显示；对应的文件是 /etc/netns/{0}/resolv.conf。",
        ),
        "sends": ("看看途中每个接口允许多大的包。", "对照每根网线两端 `ip link` 里 `mtu` 后面的数字。"),
        "via": ("看看从 {0} 出发途中的路由。", "在每个命名空间里运行 `ip route get {1}`，会显示下一跳。"),
        "answers": (
            "看看请求被送到哪里，由哪个进程处理。",
            "对照：谁在监听那个端口（在各命名空间里运行 `ss -ltn`），哪条规则指向那里？",
        ),
    },
}


def hints(claim: Claim, command: str, network: Network, language: str) -> tuple[str, ...]:
    """Hints for a claim that doesn't hold, each more exact than the one before.

    Parameters
    ----------
    claim
        What doesn't hold.
    command
        What makes it so, or explains why it isn't so; empty if no one command does.
    network
        The lab as it is now.
    language
        ``en`` or ``zh``.
    """
    words = _WORDS[language]
    absent = next((name for name in _namespaces(claim) if network.get(name) is None), "")
    if absent:
        where, compare = words["namespace"]
        return where, compare.format(absent), f"`{AddNamespace(absent).command()}`"
    key, values = _key(claim)
    found = [text.format(*values) for text in words[key]]
    if command:
        found.append(f"`{command}`")
    return tuple(found)


def _namespaces(claim: Claim) -> tuple[str, ...]:
    match claim:
        case IsUp() | HasAddress() | RoutesVia() | Masquerades() | Forwards() | Resolves():
            return (claim.namespace,) if claim.namespace else ()
        case Sees() | Overhears():
            return claim.viewer, claim.source
        case Reaches() | Says() | Sends():
            return (claim.source,)
        case GoesVia():
            return claim.source, *claim.via
        case AnswersFrom():
            return claim.names
    return ()


def _key(claim: Claim) -> tuple[str, tuple[str, ...]]:
    """Which hints fit a claim, and the values that they name."""
    match claim:
        case IsUp():
            return "up", (claim.interface, _ip(claim.namespace))
        case HasCarrier():
            return "carrier", (claim.interface,)
        case HasAddress():
            return "address", (claim.namespace, claim.cidr, _ip(claim.namespace))
        case RoutesVia():
            return "route", (claim.namespace, claim.gateway, _ip(claim.namespace))
        case IsPort():
            return "port", (claim.bridge,)
        case Masquerades():
            return "masquerade", (claim.subnet,)
        case Forwards():
            family = "net.ipv4.ip_forward" if claim.family == 4 else "net.ipv6.conf.all.forwarding"
            place = "" if claim.namespace == HOST else f"ip netns exec {claim.namespace} "
            return "forward", (claim.namespace, f"{place}sysctl {family}")
        case Exists():
            return "exists", ()
        case Reaches():
            return "reach" if claim.expected else "no reach", (claim.source, claim.target)
        case Sees():
            return "sees", (claim.source, claim.viewer)
        case Overhears():
            return "overhears", (claim.source, claim.viewer)
        case Says():
            return "says", (claim.url,)
        case Resolves():
            return "resolves", (claim.namespace,)
        case Sends():
            return "sends", ()
        case GoesVia():
            return "via", (claim.source, claim.target)
        case AnswersFrom():
            return "answers", ()


def _ip(namespace: str) -> str:
    return "ip" if namespace in ("", HOST) else f"ip -n {namespace}"
