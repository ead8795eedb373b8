"""What ``nft -j list ruleset`` prints, as a `Ruleset` (libnftables-json(5)).

What isn't understood stays in `Rule.unread`; it is never guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from . import iptables
from .firewall import Chain, Match, Rule, Ruleset, RuleVerdict

_SILENT = (
    "counter",
    "log",
    "flow",
    "dup",
    "set",
    "map",
    "last",
    "secmark",
    "ct helper",
    "ct timeout",
    "ct expectation",
)
"""Statements that don't decide where a packet goes."""
_CONDITIONS = ("match", "vmap", "limit", "ct count", "quota", "xt")
_SETTABLE = ("meta mark", "ct mark", "ct zone", "ip ttl", "ip6 hoplimit")
_HARMLESS_TO_SET = (
    "meta priority",
    "meta nftrace",
    "meta pkttype",
    "ip dscp",
    "ip6 dscp",
    "ip ecn",
    "ct event",
    "ct label",
)
_DEVICES = re.compile(r"hook (?:ingress|egress) devices? (?:= )?(\{[^}]*\}|\S+) priority")
_TABLE, _CHAIN = re.compile(r"^table (\S+) (\S+) \{"), re.compile(r"^\s*chain (\S+) \{")
TRACING_TABLE = "nslab-trace-"
"""What the name of a table begins with that nslab makes while it records packets: it is nobody's firewall."""

_PLAIN = ("accept", "drop", "return", "continue")


def ruleset_of(text: str, saved: Mapping[str, str] | None = None, listed: str = "") -> Ruleset:
    """Read a ruleset.

    Parameters
    ----------
    text
        The output of ``nft -j list ruleset``.
    saved
        For the families ``ip``, ``ip6`` and ``bridge``, the output of ``iptables-save``, ``ip6tables-save`` and
        ``ebtables-save``, wanted where `needs_iptables` says so: nft prints parts of their rules as an opaque ``xt``.
    listed
        The output of ``nft list ruleset``, wanted where `needs_devices` says so: the JSON form has no devices.
    """
    items = _listed(text)
    sets = {(s["family"], s["table"], s["name"]): s for kind, s in _items(items) if kind in ("set", "map")}
    rules: dict[tuple[str, str, str], list[Rule]] = {}
    for kind, item in _items(items):
        if kind == "rule":
            key = (item["family"], item["table"], item["chain"])
            rules.setdefault(key, []).extend(_rules(item, sets))
    devices = _devices(listed)
    chains = [_chain(item, rules, devices) for kind, item in _items(items) if kind == "chain"]
    return Ruleset(tuple(_with_iptables(chains, items, saved or {})))


def needs_iptables(text: str) -> tuple[str, ...]:
    """The families (ip, ip6, bridge) whose iptables or ebtables rules nft can't print in full."""
    items = _listed(text)
    return tuple(sorted({family for family, _ in _opaque_tables(items)}))


def needs_devices(text: str) -> bool:
    """Whether there is a chain that belongs to devices."""
    items = _listed(text)
    return any(item.get("hook") in ("ingress", "egress") for kind, item in _items(items) if kind == "chain")


def _devices(listed: str) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """The devices of each chain that has some."""
    found: dict[tuple[str, str, str], tuple[str, ...]] = {}
    place, chain = ("", ""), ""
    for line in listed.splitlines():
        if head := _TABLE.match(line):
            place = head[1], head[2]
        elif head := _CHAIN.match(line):
            chain = head[1]
        elif names := _DEVICES.search(line):
            found[(*place, chain)] = tuple(name.strip('"') for name in re.split(r"[{},\s]+", names[1]) if name)
    return found


def tables(text: str) -> tuple[tuple[str, str, bool], ...]:
    """Family and name of each table, and whether iptables or ebtables alone can print it in full."""
    items = _listed(text)
    found = [(item["family"], item["name"]) for kind, item in _items(items) if kind == "table"]
    opaque = _opaque_tables(items)
    return tuple((*table, table in opaque) for table in found)


def _listed(text: str) -> list[dict[str, Any]]:
    """The items of a listing, without the tables that nslab itself has while it records packets."""
    items: list[dict[str, Any]] = json.loads(text).get("nftables", [])
    return [item for item in items if not any(_traces(kind, body) for kind, body in item.items())]


def _traces(kind: str, body: dict[str, Any]) -> bool:
    return str(body.get("name" if kind == "table" else "table", "")).startswith(TRACING_TABLE)


def sets_of(text: str) -> tuple[tuple[str, str, str], ...]:
    """Family, table and name of each set and map."""
    items = _listed(text)
    return tuple((s["family"], s["table"], s["name"]) for kind, s in _items(items) if kind in ("set", "map"))


def _items(items: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in items:
        yield from item.items()


def _opaque_tables(items: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {
        (item["family"], item["table"])
        for kind, item in _items(items)
        if kind == "rule" and item["family"] in ("ip", "ip6", "bridge") and any("xt" in part for part in item["expr"])
    }


def _with_iptables(chains: list[Chain], items: list[dict[str, Any]], saved: Mapping[str, str]) -> Iterator[Chain]:
    """Put in iptables' own reading of the chains that nft can't print."""
    opaque = _opaque_tables(items)
    read = {family: iptables.rules_of(text) for family, text in saved.items()}
    for chain in chains:
        ours = read.get(chain.family, {}).get((chain.table, chain.name), ())
        if (chain.family, chain.table) in opaque and len(ours) == len(chain.rules):
            handles = [rule.handle for rule in chain.rules]
            yield replace(chain, rules=tuple(r.numbered(h) for r, h in zip(ours, handles, strict=True)))
        else:
            yield chain


def _chain(
    item: dict[str, Any],
    rules: Mapping[tuple[str, str, str], list[Rule]],
    devices: Mapping[tuple[str, str, str], tuple[str, ...]],
) -> Chain:
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
        devices.get((family, table, name), tuple(_list(item.get("dev", [])))),
    )


def _rules(item: dict[str, Any], sets: Mapping[tuple[str, str, str], dict[str, Any]]) -> Iterator[Rule]:
    """The rule, or, for a map of verdicts or goals, one rule for each of its entries, which is what it means."""
    reading = _RulesetReading((item["family"], item["table"]), sets)
    for part in item["expr"]:
        ((kind, body),) = part.items()
        reading.take(kind, body)
    for matches, verdict in reading.branches or (((), reading.verdict),):
        found = (*reading.matches, *matches)
        yield Rule(
            found,
            verdict,
            item["handle"],
            item.get("comment", ""),
            _text(found, verdict, [*reading.unread, *reading.unread_statements], reading.sets),
            tuple(reading.unread),
            tuple(reading.unread_statements),
            tuple(reading.sets),
        )


_Branch = tuple[tuple[Match, ...], RuleVerdict]


class _RulesetReading:
    """One rule, while its parts are read."""

    def __init__(self, place: tuple[str, str], sets: Mapping[tuple[str, str, str], dict[str, Any]]) -> None:
        self.matches: list[Match] = []
        self.verdict = RuleVerdict("continue")
        self.branches: tuple[_Branch, ...] = ()
        self.unread: list[str] = []
        self.unread_statements: list[str] = []
        self.sets: list[tuple[str, str]] = []
        self._place = place
        self._sets = sets

    def take(self, kind: str, body: Any) -> None:
        """Understand one part, or keep it as unread."""
        match kind:
            case "match" if found := _match(body, self._place, self._sets):
                self.matches.append(found)
            case "limit" | "ct count":
                self.matches.append(Match(kind, (str(body.get("rate", body.get("val"))),), bool(body.get("inv"))))
            case "vmap" if branches := _branches(body, self._place, self._sets):
                self.branches = branches
            case "snat" | "dnat" | "redirect" | "masquerade" if branches := self._translation(kind, body or {}):
                self.branches = branches if len(branches) > 1 or branches[0][0] else ()
                self.verdict = branches[0][1]
            case "mangle" | "notrack":
                self._set(kind, body)
            case _ if (decided := _verdict(kind, body)) is not None:
                self.verdict = decided
            case _ if kind not in _SILENT:
                does = kind not in _CONDITIONS or (kind == "xt" and body.get("type") == "target")
                (self.unread_statements if does else self.unread).append(json.dumps({kind: body}, sort_keys=True))

    def _set(self, kind: str, body: Any) -> None:
        if kind == "notrack":
            self.sets.append(("notrack", "1"))
            return
        field = _field(body["key"])
        if field in _SETTABLE and (value := _new_value(field, body["value"])):
            self.sets.append((field, value))
        elif field in ("meta mark", "ct mark"):
            self.sets.append((field, "?"))
        elif field not in _HARMLESS_TO_SET and "tcp option" not in body["key"]:
            self.unread_statements.append(json.dumps({kind: body}, sort_keys=True))

    def _translation(self, kind: str, body: dict[str, Any]) -> tuple[_Branch, ...]:
        """Where a rule translates to: one goal, one for each entry of a map, or nothing that is understood."""
        address, port = body.get("addr", ""), body.get("port", "")
        if isinstance(address, dict) and "map" in address and not port:
            return _mapped(kind, address["map"], self._place, self._sets)
        if isinstance(address, dict) and (several := _several(address)):
            return (((), _choice([RuleVerdict(kind, ip, _number(port)) for ip in several])),) if _is_plain(port) else ()
        if isinstance(address, str) and _is_plain(port):
            return (((), RuleVerdict(kind, address, _number(port))),)
        return ()


def _new_value(field: str, value: Any) -> str:
    """What a statement writes: a number, or for a mark ``& mask | bits``."""
    if isinstance(value, int):
        return str(value) if field != "meta mark" and field != "ct mark" else hex(value)
    if field == "meta mark" and isinstance(value, dict):
        ((operator, sides),) = value.items()
        own = {"meta": {"key": "mark"}}
        if operator in ("|", "^", "&") and isinstance(sides[1], int):
            if sides[0] == own:
                return f"{operator}{hex(sides[1])}"
            inner = _new_value(field, sides[0]) if isinstance(sides[0], dict) else ""
            return f"{inner} {operator}{hex(sides[1])}" if inner else ""
    return ""


def _is_plain(port: Any) -> bool:
    return isinstance(port, str | int) or (isinstance(port, dict) and "range" in port)


def _several(address: dict[str, Any]) -> tuple[str, ...]:
    """The addresses of a range, if there are few."""
    found = iptables.each_of("-".join(address["range"])) if "range" in address else ()
    return found if len(found) > 1 or "-" not in "".join(found) else ()


def _choice(options: list[RuleVerdict]) -> RuleVerdict:
    """One of several; of one, that one."""
    different = tuple(dict.fromkeys(options))
    return different[0] if len(different) == 1 else RuleVerdict("choice", options=different)


def _mapped(
    kind: str, body: dict[str, Any], place: tuple[str, str], sets: Mapping[Any, dict[str, Any]]
) -> tuple[_Branch, ...]:
    goals = []
    for key, goal in _elements(body["data"], place, sets):
        address, port = goal["concat"] if isinstance(goal, dict) and "concat" in goal else (goal, "")
        if not isinstance(address, str) or not _is_plain(port):
            return ()
        goals.append((key, RuleVerdict(kind, address, _number(port))))
    return _keyed(body["key"], goals, place, sets)


def _branches(body: dict[str, Any], place: tuple[str, str], sets: Mapping[Any, dict[str, Any]]) -> tuple[_Branch, ...]:
    choices = []
    for key, choice in _elements(body["data"], place, sets):
        ((kind, goal),) = choice.items()
        verdict = _verdict(kind, goal)
        if verdict is None:
            return ()
        choices.append((key, verdict))
    return _keyed(body["key"], choices, place, sets)


def _elements(data: Any, place: tuple[str, str], sets: Mapping[Any, dict[str, Any]]) -> list[tuple[Any, Any]]:
    """The keys and values of a map, named or not."""
    found = sets.get((*place, data[1:]), {}).get("elem", []) if isinstance(data, str) else data.get("set", [])
    return [(key["elem"]["val"] if isinstance(key, dict) and "elem" in key else key, value) for key, value in found]


def _keyed(
    key: Any, goals: list[tuple[Any, RuleVerdict]], place: tuple[str, str], sets: Mapping[Any, dict[str, Any]]
) -> tuple[_Branch, ...]:
    """A map as branches; by chance or by a hash, any of its values."""
    if isinstance(key, dict) and key.keys() & {"numgen", "jhash", "symhash"}:
        return (((), _choice([verdict for _, verdict in goals])),) if goals else ()
    field = _field(key)
    branches: list[_Branch] = []
    for value, verdict in goals:
        values = _values(value, place, sets)
        if field is None or values is None:
            return ()
        branches.append(((Match(field, values),) if values != ("*",) else (), verdict))
    return tuple(branches)


_COMPARED = {"<": "0-{}", "<=": "0-{}", ">": "{}-4294967295", ">=": "{}-4294967295"}


def _match(body: dict[str, Any], place: tuple[str, str], sets: Mapping[Any, dict[str, Any]]) -> Match | None:
    left, operator, right, mask = body["left"], body["op"], body["right"], ""
    if isinstance(left, dict) and "&" in left:
        left, bits = left["&"]
        mask = hex(bits) if isinstance(bits, int) else ",".join(_list(bits))
    field = _field(left)
    if field is None:
        return None
    if operator in _COMPARED:
        if not isinstance(right, int) or mask:
            return None
        bound = right + {"<": -1, ">": 1}.get(operator, 0)
        return Match(field, (_COMPARED[operator].format(bound),)) if bound >= 0 else None
    if mask and isinstance(right, list):
        return Match(field, (",".join(map(str, right)),), operator == "!=", mask)
    values = _values(right, place, sets)
    if values is None or operator not in ("==", "!=", "in"):
        return None
    if field == "tcp flags" and operator == "in":  # any of them is set
        return Match(field, ("",), True, ",".join(values))
    return Match(field, values, operator == "!=", mask)


def _field(left: Any) -> str | None:
    if not isinstance(left, dict):
        return None
    ((kind, body),) = left.items()
    match kind:
        case "payload" if "protocol" in body:
            return f"{body['protocol']} {body['field']}"
        case "meta":
            return body["key"] if body["key"] in ("iifname", "oifname", "iif", "oif") else f"meta {body['key']}"
        case "ct":
            direction = f"{body['dir']} " if "dir" in body else ""
            return f"ct {direction}{body['key']}"
        case "fib":
            return f"fib {' '.join(_list(body['flags']))} {body['result']}"
        case "concat":
            parts = [_field(part) for part in body]
            return None if None in parts else " . ".join(part for part in parts if part)
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
            case "concat":
                parts = [_values(part, place, sets) for part in body]
                joined = [part[0] for part in parts if part and len(part) == 1]
                return (" . ".join(joined),) if len(joined) == len(body) else None
        return None
    if isinstance(right, list):
        found = [_values(part, place, sets) for part in right]
        return None if None in found else tuple(value for part in found if part for value in part)
    return (str(right),)


def _verdict(kind: str, body: Any) -> RuleVerdict | None:
    if kind in _PLAIN or kind == "reject":
        return RuleVerdict(kind)
    if kind in ("jump", "goto"):
        return RuleVerdict(kind, body["target"])
    return None


def _number(port: Any) -> str:
    if isinstance(port, dict):
        low, high = port["range"]
        return f"{low}-{high}"
    return str(port)


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _text(matches: tuple[Match, ...], verdict: RuleVerdict, unread: list[str], sets: list[tuple[str, str]]) -> str:
    """The rule in nft's words, as evidence."""
    words = [match_words(match) for match in matches]
    words += [_unread_words(part) for part in unread]
    words += ["notrack" if field == "notrack" else f"{field} set {value}" for field, value in sets]
    if verdict.kind != "continue":
        words.append(_verdict_words(verdict))
    return " ".join(words)


def match_words(match: Match) -> str:
    """A condition in nft's words."""
    if match.field == "limit":
        return f"limit rate {'over ' if match.negated else ''}{match.values[0]}"
    if match.field == "ct count":
        return f"ct count {'over ' if match.negated else ''}{match.values[0]}"
    values = match.values[0] if len(match.values) == 1 else "{ " + ", ".join(match.values) + " }"
    mask = f" & {match.mask}" if match.mask else ""
    return f"{match.field}{mask} {'!= ' if match.negated else '== ' if mask else ''}{values}"


def _verdict_words(verdict: RuleVerdict) -> str:
    if verdict.kind == "choice":
        return "any of { " + ", ".join(map(_verdict_words, verdict.options)) + " }"
    goal = f"{verdict.target}{':' if verdict.target and verdict.port else ''}{verdict.port}"
    if verdict.kind in ("snat", "dnat", "redirect") and goal:
        return f"{verdict.kind} to {goal}"
    return f"{verdict.kind} {goal}".strip()


def _unread_words(part: str) -> str:
    """A part that isn't understood, shorter than its JSON: ``queue {…}``."""
    ((kind, body),) = json.loads(part).items()
    if kind == "xt":
        return f"xt {body['type']} {body['name']}"
    return kind if body is None else f"{kind} {_flat(body)}"


def _flat(body: Any) -> str:
    if isinstance(body, dict):
        return " ".join(f"{key} {_flat(value)}" for key, value in body.items())
    if isinstance(body, list):
        return "{ " + ", ".join(map(_flat, body)) + " }"
    return str(body)
