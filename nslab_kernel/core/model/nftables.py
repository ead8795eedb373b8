"""What ``nft -j list ruleset`` prints, as a `Ruleset` (libnftables-json(5)).

What isn't understood stays in `Rule.unread`; it is never guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from . import iptables
from .firewall import Chain, Match, Rule, Ruleset, Verdict

_SILENT = ("counter", "log", "notrack")  # they don't decide where a packet goes
_PLAIN = ("accept", "drop", "return", "continue")


def ruleset_of(text: str, saved: Mapping[int, str] | None = None) -> Ruleset:
    """Read a ruleset.

    Parameters
    ----------
    text
        The output of ``nft -j list ruleset``.
    saved
        For 4 and 6, the output of ``iptables-save`` and ``ip6tables-save``, wanted where `needs_iptables` says so:
        nft prints parts of iptables' rules as an opaque ``xt``.
    """
    items = json.loads(text).get("nftables", [])
    sets = {(s["family"], s["table"], s["name"]): s for kind, s in _items(items) if kind in ("set", "map")}
    rules: dict[tuple[str, str, str], list[Rule]] = {}
    for kind, item in _items(items):
        if kind == "rule":
            key = (item["family"], item["table"], item["chain"])
            rules.setdefault(key, []).extend(_rules(item, sets))
    chains = [_chain(item, rules) for kind, item in _items(items) if kind == "chain"]
    return Ruleset(tuple(_with_iptables(chains, items, saved or {})))


def needs_iptables(text: str) -> tuple[int, ...]:
    """The families (4, 6) whose iptables rules nft can't print in full."""
    items = json.loads(text).get("nftables", [])
    return tuple(sorted({4 if family == "ip" else 6 for family, _ in _opaque_tables(items)}))


def tables(text: str) -> tuple[tuple[str, str, bool], ...]:
    """Family and name of each table, and whether iptables alone can print it in full."""
    items = json.loads(text).get("nftables", [])
    found = [(item["family"], item["name"]) for kind, item in _items(items) if kind == "table"]
    opaque = _opaque_tables(items)
    return tuple((*table, table in opaque) for table in found)


def _items(items: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in items:
        yield from item.items()


def _opaque_tables(items: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {
        (item["family"], item["table"])
        for kind, item in _items(items)
        if kind == "rule" and item["family"] in ("ip", "ip6") and any("xt" in part for part in item["expr"])
    }


def _with_iptables(chains: list[Chain], items: list[dict[str, Any]], saved: Mapping[int, str]) -> Iterator[Chain]:
    """Put in iptables' own reading of the chains that nft can't print."""
    opaque = _opaque_tables(items)
    read = {family: iptables.rules_of(text) for family, text in saved.items()}
    for chain in chains:
        ours = read.get(4 if chain.family == "ip" else 6, {}).get((chain.table, chain.name), ())
        if (chain.family, chain.table) in opaque and len(ours) == len(chain.rules):
            handles = [rule.handle for rule in chain.rules]
            yield replace(chain, rules=tuple(r.numbered(h) for r, h in zip(ours, handles, strict=True)))
        else:
            yield chain


def _chain(item: dict[str, Any], rules: Mapping[tuple[str, str, str], list[Rule]]) -> Chain:
    family, table, name = item["family"], item["table"], item["name"]
    return Chain(
        family,
        table,
        name,
        tuple(rules.get((family, table, name), ())),
        item.get("hook", ""),
        item.get("type", ""),
        item.get("prio", 0),
        item.get("policy", "accept"),
        tuple(_list(item.get("dev", []))),
    )


def _rules(item: dict[str, Any], sets: Mapping[tuple[str, str, str], dict[str, Any]]) -> Iterator[Rule]:
    """The rule, or, for a verdict map, one rule for each of its entries, which is what it means."""
    place = (item["family"], item["table"])
    matches: list[Match] = []
    verdict = Verdict("continue")
    unread: list[str] = []
    for part in item["expr"]:
        ((kind, body),) = part.items()
        if kind == "match" and (found := _match(body, place, sets)):
            matches.append(found)
        elif kind == "vmap" and (branches := _branches(body, place, sets)):
            for match, choice in branches:
                yield _rule(item, (*matches, match), choice, unread)
            return
        elif (decided := _verdict(kind, body)) is not None:
            verdict = decided
        elif kind not in _SILENT:
            unread.append(json.dumps(part, sort_keys=True))
    yield _rule(item, tuple(matches), verdict, unread)


def _rule(item: dict[str, Any], matches: tuple[Match, ...], verdict: Verdict, unread: list[str]) -> Rule:
    return Rule(
        matches, verdict, item["handle"], item.get("comment", ""), _text(matches, verdict, unread), tuple(unread)
    )


def _match(body: dict[str, Any], place: tuple[str, str], sets: Mapping[Any, dict[str, Any]]) -> Match | None:
    field = _field(body["left"])
    values = _values(body["right"], place, sets)
    if field is None or values is None or body["op"] not in ("==", "!=", "in"):
        return None
    return Match(field, values, body["op"] == "!=")


def _field(left: Any) -> str | None:
    if not isinstance(left, dict):
        return None
    ((kind, body),) = left.items()
    match kind:
        case "payload" if "protocol" in body:
            return f"{body['protocol']} {body['field']}"
        case "meta":
            return body["key"] if body["key"] in ("iifname", "oifname", "iif", "oif") else f"meta {body['key']}"
        case "ct" if "dir" not in body:
            return f"ct {body['key']}"
        case "fib":
            return f"fib {' '.join(_list(body['flags']))} {body['result']}"
    return None


def _values(right: Any, place: tuple[str, str], sets: Mapping[Any, dict[str, Any]]) -> tuple[str, ...] | None:
    if isinstance(right, str) and right.startswith("@"):
        named = sets.get((*place, right[1:]))
        return None if named is None else _values(named.get("elem", []), place, sets)
    if isinstance(right, dict):
        ((kind, body),) = right.items()
        match kind:
            case "set":
                return _values(body, place, sets)
            case "prefix":
                return (f"{body['addr']}/{body['len']}",)
            case "range":
                return (f"{body[0]}-{body[1]}",)
            case "elem":
                return _values(body["val"], place, sets)
        return None
    if isinstance(right, list):
        parts = [_values(part, place, sets) for part in right]
        return None if None in parts else tuple(value for part in parts if part for value in part)
    return (str(right),)


def _branches(
    body: dict[str, Any], place: tuple[str, str], sets: Mapping[Any, dict[str, Any]]
) -> list[tuple[Match, Verdict]] | None:
    field = _field(body["key"])
    data = body["data"]
    if isinstance(data, str):
        data = {"set": sets.get((*place, data[1:]), {}).get("elem")}
    if field is None or not isinstance(data, dict) or not isinstance(data.get("set"), list):
        return None
    branches = []
    for key, choice in data["set"]:
        values = _values(key, place, sets)
        ((kind, goal),) = choice.items()
        verdict = _verdict(kind, goal)
        if values is None or verdict is None:
            return None
        branches.append((Match(field, values), verdict))
    return branches


def _verdict(kind: str, body: Any) -> Verdict | None:
    if kind in _PLAIN or kind == "reject":
        return Verdict(kind)
    if kind in ("jump", "goto"):
        return Verdict(kind, body["target"])
    if kind in ("masquerade", "redirect"):
        return Verdict(kind, "", _number((body or {}).get("port", "")))
    if kind in ("snat", "dnat") and isinstance(body.get("addr", ""), str):
        return Verdict(kind, body.get("addr", ""), _number(body.get("port", "")))
    return None


def _number(port: Any) -> str:
    if isinstance(port, dict):
        low, high = port["range"]
        return f"{low}-{high}"
    return str(port)


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _text(matches: tuple[Match, ...], verdict: Verdict, unread: list[str]) -> str:
    """The rule in nft's words, as evidence."""
    words = []
    for match in matches:
        values = match.values[0] if len(match.values) == 1 else "{ " + ", ".join(match.values) + " }"
        words.append(f"{match.field} {'!= ' if match.negated else ''}{values}")
    words += unread
    goal = f"{verdict.target}{':' if verdict.target and verdict.port else ''}{verdict.port}"
    if verdict.kind in ("snat", "dnat", "redirect") and goal:
        words.append(f"{verdict.kind} to {goal}")
    elif verdict.kind != "continue":
        words.append(f"{verdict.kind} {goal}".strip())
    return " ".join(words)
