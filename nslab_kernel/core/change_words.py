"""Changes in words, English and Chinese."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .changes import Change

_PHRASES = {
    "en": {
        "added namespace": "namespace {name} added",
        "removed namespace": "namespace {name} removed",
        "added interface": "interface {name} added in {namespace}",
        "removed interface": "interface {name} removed from {namespace}",
        "moved interface": "interface {name} moved from {before} to {after}",
        "changed name": "interface {before} in {namespace} renamed to {after}",
        "added address": "address {after} added to {name} in {namespace}",
        "removed address": "address {before} removed from {name} in {namespace}",
        "added port": "{name} plugged into {after}",
        "removed port": "{name} unplugged from {before}",
        "changed port": "{name} moved from {before} to {after}",
        "added route": "route added in {namespace}: {after}",
        "removed route": "route removed from {namespace}: {before}",
        "changed route": "route in {namespace}: {before} → {after}",
        "added rule": "firewall rule added in {namespace}, {name}: {after}",
        "removed rule": "firewall rule removed from {namespace}, {name}: {before}",
        "added chain": "firewall chain added in {namespace}: {name}",
        "removed chain": "firewall chain removed from {namespace}: {name}",
        "added policy rule": "routing rule added in {namespace}: {after}",
        "removed policy rule": "routing rule removed from {namespace}: {before}",
        "added neighbour": "permanent neighbour added in {namespace}: {after}",
        "removed neighbour": "permanent neighbour removed from {namespace}: {before}",
        "changed hostname": "hostname: {before} → {after}",
        "changed state": "{name} in {namespace}: {before} → {after}",
        "changed sysctl": "{name} in {namespace}: {before} → {after}",
        "changed": "{name} in {namespace}: {what} {before} → {after}",
    },
    "zh": {
        "added namespace": "新增命名空间 {name}",
        "removed namespace": "移除命名空间 {name}",
        "added interface": "{namespace} 新增接口 {name}",
        "removed interface": "{namespace} 移除接口 {name}",
        "moved interface": "接口 {name} 从 {before} 移到 {after}",
        "changed name": "{namespace} 的接口 {before} 改名为 {after}",
        "added address": "{namespace} 的 {name} 新增地址 {after}",
        "removed address": "{namespace} 的 {name} 移除地址 {before}",
        "added port": "{name} 插入 {after}",
        "removed port": "{name} 从 {before} 拔出",
        "changed port": "{name} 从 {before} 移到 {after}",
        "added route": "{namespace} 新增路由：{after}",
        "removed route": "{namespace} 移除路由：{before}",
        "changed route": "{namespace} 的路由：{before} → {after}",
        "added rule": "{namespace} 的 {name} 新增防火墙规则：{after}",
        "removed rule": "{namespace} 的 {name} 移除防火墙规则：{before}",
        "added chain": "{namespace} 新增防火墙链：{name}",
        "removed chain": "{namespace} 移除防火墙链：{name}",
        "added policy rule": "{namespace} 新增策略路由规则：{after}",
        "removed policy rule": "{namespace} 移除策略路由规则：{before}",
        "added neighbour": "{namespace} 新增永久邻居：{after}",
        "removed neighbour": "{namespace} 移除永久邻居：{before}",
        "changed hostname": "主机名：{before} → {after}",
        "changed state": "{namespace} 的 {name}：{before} → {after}",
        "changed sysctl": "{namespace} 的 {name}：{before} → {after}",
        "changed": "{namespace} 的 {name}：{what} {before} → {after}",
    },
}
_STATES = {"en": {"no-carrier": "up without carrier"}, "zh": {"no-carrier": "up 但无载波"}}
_VERBS = {
    "en": {"added": "added", "removed": "removed", "changed": "changed", "moved": "moved"},
    "zh": {"added": "新增", "removed": "移除", "changed": "改变", "moved": "移动"},
}
_COUNTED = {
    "en": {
        "namespace": "{} namespaces",
        "interface": "{} cables and interfaces",
        "address": "{} addresses",
        "route": "{} routes",
        "rule": "{} firewall rules",
        "chain": "{} firewall chains",
    },
    "zh": {
        "namespace": "{} 个命名空间",
        "interface": "{} 根网线和接口",
        "address": "{} 个地址",
        "route": "{} 条路由",
        "rule": "{} 条防火墙规则",
        "chain": "{} 条防火墙链",
    },
}
_OTHERS = {"en": "{} more", "zh": "另外 {} 项"}
_MARKS = {"en": (": ", ", ", "; "), "zh": ("：", "、", "；")}
_FEW = 4  # of one kind; more of them are counted rather than named
_FEWER = {"route": 2, "rule": 1, "chain": 2}  # of what takes long to say
_LONGEST = 60  # characters of a firewall rule


def words(change: Change, language: str) -> str:
    """One change as a phrase."""
    phrases = _PHRASES[language]
    phrase = phrases.get(f"{change.verb} {change.what}", phrases["changed"])
    states = _STATES[language] if change.what == "state" else {}
    return phrase.format(
        name=change.name,
        namespace=change.namespace,
        what=change.what,
        before=states.get(change.before, change.before),
        after=states.get(change.after, change.after),
    )


def summary(changes: Iterable[Change], language: str = "en") -> str:
    """All changes as one line, ``added: ns2, veth-ns2 ⇄ eth00-ns2, 172.16.1.2/16``; empty if there are none.

    More than a few of one kind are counted, and what goes without saying (the port that a new
    interface is, the addresses of a removed one) isn't said.
    """
    told = _without_the_obvious(tuple(changes))
    colon, comma, semicolon = _MARKS[language]
    parts = []
    for verb in ("added", "moved", "changed", "removed"):
        items = _items([change for change in told if change.verb == verb], language)
        if items:
            parts.append(_VERBS[language][verb] + colon + comma.join(items))
    return semicolon.join(parts)


def _without_the_obvious(changes: tuple[Change, ...]) -> list[Change]:
    """Leave out the port that a new interface is, and the chain that a rule is in."""
    fresh = {(c.namespace, c.name) for c in changes if c.what == "interface" and c.verb == "added"}
    ruled = {(c.verb, c.namespace, c.name) for c in changes if c.what == "rule"}
    return [
        c
        for c in changes
        if not (c.what == "port" and c.verb == "added" and (c.namespace, c.name) in fresh)
        and not (c.what == "chain" and (c.verb, c.namespace, c.name) in ruled)
    ]


def _items(changes: list[Change], language: str) -> list[str]:
    kinds: dict[str, list[str]] = {"namespace": [], "interface": [], "address": []}
    told: set[frozenset[tuple[str, str]]] = set()
    for change in changes:
        cable = frozenset({(change.namespace, change.name), change.peer or ("", "")})
        if change.what != "interface" or cable not in told:
            kinds.setdefault(change.what, []).append(_item(change, language))
        told.add(cable)
    items: list[str] = []
    for kind, texts in kinds.items():
        few = _FEWER.get(kind, _FEW)
        if len(texts) <= few:
            items += texts
        elif kind in _COUNTED[language]:
            items.append(_COUNTED[language][kind].format(len(texts)))
        else:
            items += [*texts[: few - 1], _OTHERS[language].format(len(texts) - few + 1)]
    return items


def _item(change: Change, language: str) -> str:
    value = change.after or change.before
    if change.what == "namespace":
        return change.name
    if change.what == "interface":
        return f"{change.name} ⇄ {change.peer[1]}" if change.peer and change.verb != "moved" else change.name
    if change.what in ("address", "chain", "rule", "policy rule", "neighbour") and change.verb != "changed":
        return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
    if change.what == "route" and change.verb != "changed":
        return f"{value} ({change.namespace})"
    if change.what == "port" and change.verb != "changed":
        return f"{change.name} → {value}"
    if change.what in ("state", "sysctl", "name"):
        states = _STATES[language]
        subject = "" if change.what == "name" else change.name.removeprefix("net.ipv4.") + " "
        return f"{subject}{states.get(change.before, change.before)} → {states.get(change.after, change.after)}"
    return words(change, language)
