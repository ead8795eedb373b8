"""Journeys in sentences, English and Chinese.

Backticks mark what the kernel or a command says, ``**`` what matters most.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .explain import Notice, Outcome, Rewrite, Ruling, Step, Story
from .naming import name, summary

_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")

_EN = {
    # what became of it
    "delivered": "arrived",
    "flooded": "flooded to {names}",
    "ignored": "ignored there: it is addressed to `{mac}`, an interface of {owner}",
    "left": "left by `{interface}`, whose other end this lab can't see",
    "unrecorded": "not recorded any further",
    "dropped": "**dropped** by {ruling}",
    "rejected": "**rejected** by {ruling}",
    "unsent": "**never sent** by any interface",
    # why it went no further
    "no-route": "**no route** to {ip} in {where}",
    "unreachable": "**unreachable**: {where} has a route that says so, or doesn't forward to {ip}",
    "prohibit": "**prohibited**: {where} has a `prohibit` route to {ip}",
    "blackhole": "**lost in a blackhole route** to {ip} in {where}",
    "not-forwarding": "**not forwarded**: `{sysctl}` is 0 in {where}",
    "rp-filter": "**dropped by rp_filter** in {where}: the way back to {source} doesn't lead through `{interface}`",
    "martian": "**dropped as martian** in {where}: {source} or {ip} can't come from outside",
    "ttl": "**TTL exceeded** in {where}",
    "mtu": "**too big**: {size} bytes, but the MTU of `{interface}` is {mtu}",
    "no-neighbour": "**nobody answers ARP** for {ip}, so {where} can't address a frame",
    "interface-down": "**stopped**: `{interface}` in {where} is down",
    "no-carrier": "**stopped**: `{interface}` in {where} has no carrier",
    "far-down": "**lost in the cable**: `{far}` in {there} is down",
    "far-mtu": "**too big for the other end of the cable**: {size} bytes, but the MTU of `{far}` in {there} is {mtu}",
    "cable": "**lost in the cable** to `{far}` in {there}",
    "wrong-mac": "**nobody has the MAC address** `{mac}` that it is addressed to",
    "nobody-has": "flooded to {names}, but **nobody has {ip}**",
    "other-segment": "flooded to {names}, but {owner}, which has {ip}, is **on another network**",
    "bridge-down": "**stopped**: the bridge `{bridge}` is down",
    "port-blocked": "**stopped**: the bridge port `{port}` is {state}",
    "port-down": "**stopped**: the bridge port `{out}` is down or has no carrier",
    "isolated": "**stopped**: the bridge ports `{port}` and `{out}` are isolated from each other",
    "no-flooding": "**stopped**: the bridge port `{out}` doesn't flood, and the bridge hasn't learned the address",
    "same-port": "**stopped**: it would have to leave by the port it came by, `{port}` (hairpin mode is off)",
    "other-bridge": "**stopped**: `{mac}` belongs to {owner}, which isn't on the bridge `{bridge}`",
    "in-bridge": "**lost in the bridge** `{bridge}`",
    "queue": "**lost in a full queue** of {where}",
    "unknown": "**lost** in {where}; nothing shows why",
    # arrived and not answered
    "arp-ignored": "{where} doesn't answer ARP for {ip}",
    "no-listener": "nothing listens on {protocol} port {port} in {where}",
    "no-way-back": "{where} has **no route back** to {ip}",
    "echo-ignored": "{where} ignores pings: `{sysctl}` is 1",
    "accept-queue": "the accept queue of port {port} in {where} is full",
    "socket-full": "a socket of {where} had no room for what arrived",
    "silent": "no answer was seen",
    # parts
    "answered": "answered by {name} after {time} ms",
    "unanswered": "not answered: {reason}",
    "about": "about {name}",
    "source": "source rewritten to {new}",
    "destination": "destination rewritten to {new}",
    "source port": "source port to {new}",
    "destination port": "port to {new}",
    "rule": "`{place}` rule {number} `{text}`",
    "policy": "the policy of `{place}`",
    "a rule": "a rule of `{place}` (handle {handle})",
    "copies": "also seen by {names}",
    "nobody": "nobody else",
    "tunnelled": "through a tunnel",
    "evidence": "Evidence: {text}",
    # the whole
    "nothing": "No packet was seen.",
    "hidden": "{count} housekeeping packets hidden (IPv6 multicast listeners, router solicitation, and the like)",
    "more": "and {count} more packets: `.journeys` has them all",
    "notice": "{where} sent nothing to {ip}: {reason}",
    "notice other": "{reason}",
    "ended packets": "Recording ended after {count} sightings, its bound; the command went on.",
    "ended bytes": "Recording ended because it had kept as much as its bound allows; the command went on.",
    "ended time": "Recording ended after {seconds} s, its bound.",
    "dropped packets": "{count} packets weren't recorded: they came faster than they could be read ({names}).",
    "events lost": "The trace of rules has gaps in {names}: rules may be missing below.",
    "unseen": "{names} went away meanwhile, or couldn't be recorded.",
    "disagree": "`%netns_why` disagrees with the packets. It predicts: {predicted} Please report this fault of nslab.",
    "columns": "packet|way|result|after",
}

_ZH = {
    "delivered": "到达",
    "flooded": "泛洪到 {names}",
    "ignored": "在那里被忽略：帧的目的 MAC 是 `{mac}`，属于 {owner}",
    "left": "从 `{interface}` 离开，对端不在本实验环境内",
    "unrecorded": "之后没有记录",
    "dropped": "被 {ruling} **丢弃**",
    "rejected": "被 {ruling} **拒绝**",
    "unsent": "**没有从任何接口发出**",
    "no-route": "{where} **没有到 {ip} 的路由**",
    "unreachable": "**不可达**：{where} 的路由表这样规定，或不向 {ip} 转发",
    "prohibit": "**被禁止**：{where} 有一条到 {ip} 的 `prohibit` 路由",
    "blackhole": "{where} 的**黑洞路由**丢弃了发往 {ip} 的包",
    "not-forwarding": "**未转发**：{where} 的 `{sysctl}` 为 0",
    "rp-filter": "**被 {where} 的 rp_filter 丢弃**：到 {source} 的回程不经过 `{interface}`",
    "martian": "**被 {where} 当作 martian 丢弃**：{source} 或 {ip} 不可能来自外部",
    "ttl": "**TTL 在 {where} 耗尽**",
    "mtu": "**包太大**：{size} 字节，而 `{interface}` 的 MTU 是 {mtu}",
    "no-neighbour": "**没有人应答 {ip} 的 ARP**，{where} 不知道帧该发给哪个 MAC",
    "interface-down": "**中断**：{where} 的 `{interface}` 处于 down 状态",
    "no-carrier": "**中断**：{where} 的 `{interface}` 无载波",
    "far-down": "**在网线上丢失**：{there} 的 `{far}` 处于 down 状态",
    "far-mtu": "**对网线对端来说太大**：{size} 字节，而 {there} 的 `{far}` 的 MTU 是 {mtu}",
    "cable": "**在通往 {there} 的 `{far}` 的网线上丢失**",
    "wrong-mac": "**没有接口使用目的 MAC** `{mac}`",
    "nobody-has": "泛洪到 {names}，但**没有人使用 {ip}**",
    "other-segment": "泛洪到 {names}，但使用 {ip} 的 {owner} **在另一个网络**",
    "bridge-down": "**中断**：网桥 `{bridge}` 处于 down 状态",
    "port-blocked": "**中断**：网桥端口 `{port}` 处于 {state} 状态",
    "port-down": "**中断**：网桥端口 `{out}` 处于 down 状态或无载波",
    "isolated": "**中断**：网桥端口 `{port}` 与 `{out}` 互相隔离（isolated）",
    "no-flooding": "**中断**：网桥端口 `{out}` 不泛洪，而网桥还没有学到这个地址",
    "same-port": "**中断**：它必须从进来的端口 `{port}` 再出去（hairpin 模式未开启）",
    "other-bridge": "**中断**：`{mac}` 属于 {owner}，它不在网桥 `{bridge}` 上",
    "in-bridge": "**在网桥 `{bridge}` 中丢失**",
    "queue": "**在 {where} 的队列中因队满丢失**",
    "unknown": "**在 {where} 丢失**，没有线索说明原因",
    "arp-ignored": "{where} 不应答 {ip} 的 ARP",
    "no-listener": "{where} 没有程序监听 {protocol} 端口 {port}",
    "no-way-back": "{where} **没有到 {ip} 的回程路由**",
    "echo-ignored": "{where} 忽略 ping：`{sysctl}` 为 1",
    "accept-queue": "{where} 端口 {port} 的 accept 队列已满",
    "socket-full": "{where} 的套接字接收缓冲区已满",
    "silent": "没有看到应答",
    "answered": "{time} 毫秒后由 {name} 应答",
    "unanswered": "没有应答：{reason}",
    "about": "关于 {name}",
    "source": "源地址改写为 {new}",
    "destination": "目的地址改写为 {new}",
    "source port": "源端口改写为 {new}",
    "destination port": "目的端口改写为 {new}",
    "rule": "`{place}` 第 {number} 条规则 `{text}`",
    "policy": "`{place}` 的默认策略",
    "a rule": "`{place}` 的一条规则（handle {handle}）",
    "copies": "{names} 也收到了副本",
    "nobody": "没有其他接口",
    "tunnelled": "经过隧道",
    "evidence": "依据：{text}",
    "nothing": "没有看到任何数据包。",
    "hidden": "另有 {count} 个例行报文未显示（组播侦听、路由器请求、重复地址检测）",
    "more": "另有 {count} 个数据包，全部在 `.journeys` 中",
    "notice": "{where} 没有向 {ip} 发出任何包：{reason}",
    "notice other": "{reason}",
    "ended packets": "记录了 {count} 次后达到上限，记录结束；命令继续运行。",
    "ended bytes": "记录的数据量达到上限，记录结束；命令继续运行。",
    "ended time": "记录 {seconds} 秒后达到上限，记录结束。",
    "dropped packets": "有 {count} 个包没有记录下来：来得太快，来不及读取（{names}）。",
    "events lost": "{names} 的规则跟踪有缺失，下面可能少列了规则。",
    "unseen": "{names} 在此期间消失，或无法记录。",
    "disagree": "`%netns_why` 与实际的数据包不一致：它预测“{predicted}”。请把这当作 nslab 的缺陷报告。",
    "columns": "数据包|路径|结果|耗时",
}

WORDS = {"en": _EN, "zh": _ZH}


def sentence(story: Story, language: str) -> str:
    """One packet's journey in a sentence."""
    words = WORDS[language]
    colon, comma, stop = (": ", ", ", ".") if language == "en" else ("：", "，", "。")
    who = title(story, language)
    end = outcome(story.outcome, language, listed(story.copies, language) or words["nobody"])
    stopped = story.outcome.lost or story.outcome.code in ("left", "unrecorded")
    told = f"{way(story.steps, language)}{' → ' if stopped else comma}{end}"
    if story.answer and not story.outcome.lost:
        after = milliseconds(story.answer.journey.when - story.journey.when)
        told += comma + words["answered"].format(name=name(story.answer.packet), time=after)
    elif story.unanswered:
        reason = outcome(story.unanswered, language)
        told += comma + (reason if story.unanswered.code == "silent" else words["unanswered"].format(reason=reason))
    if story.copies and story.outcome.code == "delivered":
        told += comma + words["copies"].format(names=listed(story.copies, language))
    if story.outcome.evidence and story.outcome.lost and not story.outcome.ruling:
        told += f" (`{story.outcome.evidence}`)" if language == "en" else f"（`{story.outcome.evidence}`）"
    return _close(f"{who}{colon}{told}{stop}", language)


def title(story: Story, language: str) -> str:
    """What a packet is called, and what an ICMP error is about."""
    packet = story.packet
    said = name(packet)
    if packet.kind == "arp" or (packet.kind == "icmp" and packet.type in (135, 136)):
        said += f" ({summary(packet).split(', ', 1)[-1]})"
    if packet.about:
        about = WORDS[language]["about"].format(name=name(packet.about))
        said += f", {about}" if language == "en" else f"（{about}）"
    return said


def way(steps: Iterable[Step], language: str) -> str:
    """The places, with what was rewritten where."""
    parts = []
    for step in steps:
        changed = [rewritten(each, language) for each in step.rewrites]
        label = label_of(step, language)
        joined = ("; " if language == "en" else "；").join(changed)
        brackets = "{} ({})" if language == "en" else "{}（{}）"
        parts.append(brackets.format(label, joined) if joined else label)
    return " → ".join(parts)


def label_of(step: Step, language: str) -> str:
    """The place's name; the host has one in each language."""
    return "主机" if language == "zh" and step.label == "host" else step.label


def rewritten(change: Rewrite, language: str) -> str:
    """What NAT did to a field."""
    return WORDS[language][change.field].format(old=change.before, new=change.after)


def outcome(found: Outcome, language: str, names: str = "") -> str:
    """What became of a packet, or why it wasn't answered; ``names`` are those that a broadcast came to."""
    values = {"names": names, "where": _where(found.namespace, language), "interface": found.interface, **found.values}
    if found.ruling:
        values["ruling"] = ruling(found.ruling, language)
    return WORDS[language][found.code].format(**values)


def ruling(found: Ruling, language: str) -> str:
    """The rule that decided: table, chain, number and text."""
    words = WORDS[language]
    if found.number:
        return words["rule"].format(place=found.place, number=found.number, text=found.text)
    if found.handle is None:
        return words["policy"].format(place=found.place)
    return words["a rule"].format(place=found.place, handle=found.handle)


def notice(found: Notice, language: str) -> str:
    """What the counters show."""
    words = WORDS[language]
    where = _where(found.namespace, language)
    reason = words[found.code].format(where=where, **{"port": "", "interface": "", **found.values})
    form = words["notice" if "ip" in found.values else "notice other"]
    told = form.format(where=where, reason=reason, ip=found.values.get("ip", ""))
    evidence = f" (`{found.evidence}`)" if language == "en" else f"（`{found.evidence}`）"
    return _close(told + (evidence if found.evidence else "") + ("." if language == "en" else "。"), language)


def listed(names: Iterable[str], language: str, most: int = 6) -> str:
    """Names in a row, the last ones only counted where there are many."""
    every = [_where(each, language) for each in names]
    shown = (", " if language == "en" else "、").join(every[:most])
    return shown if len(every) <= most else f"{shown} +{len(every) - most}"


def milliseconds(nanoseconds: int) -> str:
    """A time as it is shown: three digits that count."""
    value = nanoseconds / 1e6
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _close(text: str, language: str) -> str:
    """No space is left between two Chinese words."""
    return _BETWEEN.sub("", text) if language == "zh" else text


def _where(namespace: str, language: str) -> str:
    return "主机" if language == "zh" and namespace == "host" else namespace
