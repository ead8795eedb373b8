"""What nft and iptables print is read into the same values; what isn't understood says so."""

from __future__ import annotations

import json

import pytest

from nslab_kernel.core.model import iptables
from nslab_kernel.core.model.firewall import Match, RuleVerdict
from nslab_kernel.core.model.nftables import needs_iptables, ruleset_of

CHAIN = {
    "chain": {"family": "ip", "table": "t", "name": "c", "handle": 1, "type": "nat", "hook": "prerouting", "prio": -100}
}
SADDR = {"payload": {"protocol": "ip", "field": "saddr"}}


def rule(*expr: dict, family: str = "ip") -> dict:
    return {"rule": {"family": family, "table": "t", "chain": "c", "handle": 7, "comment": "why", "expr": list(expr)}}


def read(*items: dict):
    return ruleset_of(json.dumps({"nftables": [{"metainfo": {}}, CHAIN, *items]})).chains[0].rules


@pytest.mark.parametrize(
    ("right", "values"),
    [
        ("10.0.0.1", ("10.0.0.1",)),
        ({"prefix": {"addr": "10.0.0.0", "len": 8}}, ("10.0.0.0/8",)),
        ({"range": ["10.0.0.1", "10.0.0.9"]}, ("10.0.0.1-10.0.0.9",)),
        ({"set": ["10.0.0.1", {"prefix": {"addr": "10.1.0.0", "len": 16}}]}, ("10.0.0.1", "10.1.0.0/16")),
    ],
)
def test_a_match_lists_what_it_matches(right: object, values: tuple[str, ...]) -> None:
    (found,) = read(rule({"match": {"op": "==", "left": SADDR, "right": right}}, {"drop": None}))
    assert found.matches == (Match("ip saddr", values),)
    assert found.verdict == RuleVerdict("drop")
    assert (found.handle, found.comment, found.unread) == (7, "why", ())


def test_a_named_set_is_looked_up() -> None:
    named = {"set": {"family": "ip", "table": "t", "name": "s", "elem": ["1.1.1.1", "2.2.2.2"]}}
    (found,) = read(named, rule({"match": {"op": "!=", "left": SADDR, "right": "@s"}}, {"accept": None}))
    assert found.matches == (Match("ip saddr", ("1.1.1.1", "2.2.2.2"), negated=True),)


def test_a_verdict_map_is_one_rule_for_each_entry() -> None:
    data = {"set": [["a", {"accept": None}], ["b", {"jump": {"target": "x"}}]]}
    first, second = read(rule({"vmap": {"key": {"meta": {"key": "iifname"}}, "data": data}}))
    assert (first.matches, first.verdict) == ((Match("iifname", ("a",)),), RuleVerdict("accept"))
    assert (second.matches, second.verdict) == ((Match("iifname", ("b",)),), RuleVerdict("jump", "x"))


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ({"masquerade": None}, RuleVerdict("masquerade")),
        ({"dnat": {"addr": "172.16.1.1", "port": 8080}}, RuleVerdict("dnat", "172.16.1.1", "8080")),
        ({"snat": {"addr": "192.0.2.2"}}, RuleVerdict("snat", "192.0.2.2")),
        ({"redirect": {"port": 53}}, RuleVerdict("redirect", "", "53")),
        ({"reject": {"type": "icmpx", "expr": "admin-prohibited"}}, RuleVerdict("reject")),
        ({"goto": {"target": "x"}}, RuleVerdict("goto", "x")),
    ],
)
def test_a_statement_is_a_verdict(statement: dict, verdict: RuleVerdict) -> None:
    assert read(rule({"counter": {"packets": 0}}, statement))[0].verdict == verdict


def test_what_is_not_understood_is_kept_as_unread() -> None:
    (found,) = read(rule({"quota": {"val": 1, "val_unit": "mbytes"}}, {"accept": None}))
    assert found.unread == ('{"quota": {"val": 1, "val_unit": "mbytes"}}',)
    assert found.verdict == RuleVerdict("accept")


def test_a_statement_that_is_not_understood_is_no_condition() -> None:
    (found,) = read(rule({"queue": {"num": 3}}))
    assert (found.unread, found.unread_statements) == ((), ('{"queue": {"num": 3}}',))


NUMGEN = {"numgen": {"mode": "random", "mod": 2, "offset": 0}}
DPORT = {"payload": {"protocol": "tcp", "field": "dport"}}


def test_a_map_of_goals_is_a_rule_for_each() -> None:
    entries = [[8080, {"concat": ["192.168.1.11", 80]}], [8081, "192.168.1.12"]]
    first, second = read(rule({"dnat": {"addr": {"map": {"key": DPORT, "data": {"set": entries}}}}}))
    assert (first.matches, first.verdict) == (
        (Match("tcp dport", ("8080",)),),
        RuleVerdict("dnat", "192.168.1.11", "80"),
    )
    assert (second.matches, second.verdict) == ((Match("tcp dport", ("8081",)),), RuleVerdict("dnat", "192.168.1.12"))


@pytest.mark.parametrize("key", [NUMGEN, {"jhash": {"mod": 2, "expr": DPORT}}])
def test_what_is_picked_by_chance_is_a_choice(key: dict) -> None:
    data = {"set": [[0, "192.168.1.11"], [1, "192.168.1.12"]]}
    (found,) = read(rule({"dnat": {"addr": {"map": {"key": key, "data": data}}}}))
    assert found.verdict == RuleVerdict(
        "choice", options=(RuleVerdict("dnat", "192.168.1.11"), RuleVerdict("dnat", "192.168.1.12"))
    )


def test_several_fields_are_one_condition() -> None:
    left = {"concat": [{"payload": {"protocol": "ip", "field": "saddr"}}, DPORT]}
    right = {"set": [{"concat": ["10.0.0.1", 80]}]}
    (found,) = read(rule({"match": {"op": "==", "left": left, "right": right}}, {"drop": None}))
    assert found.matches == (Match("ip saddr . tcp dport", ("10.0.0.1 . 80",)),)


def test_iptables_rules_that_nft_cannot_print_are_taken_from_iptables() -> None:
    opaque = rule({"xt": {"type": "target", "name": "MASQUERADE"}})
    text = json.dumps({"nftables": [CHAIN, opaque]})
    saved = "# Generated by iptables-save\n*t\n-A c -s 172.16.0.0/16 -o eth0 -j MASQUERADE\nCOMMIT\n"
    assert needs_iptables(text) == ("ip",)
    (found,) = ruleset_of(text, {"ip": saved}).chains[0].rules
    assert found.matches == (Match("ip saddr", ("172.16.0.0/16",)), Match("oifname", ("eth0",)))
    assert (found.verdict, found.handle) == (RuleVerdict("masquerade"), 7)


@pytest.mark.parametrize(
    ("line", "matches", "verdict"),
    [
        ("-d 192.0.2.2/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.16.1.1:8080",
         (Match("ip daddr", ("192.0.2.2",)), Match("meta l4proto", ("tcp",)), Match("tcp dport", ("80",))),
         RuleVerdict("dnat", "172.16.1.1", "8080")),
        ("-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
         (Match("ct state", ("related", "established")),), RuleVerdict("accept")),
        ("! -i br0 -p tcp -m multiport --dports 80,1000:2000 -j REJECT --reject-with icmp-port-unreachable",
         (Match("iifname", ("br0",), True), Match("meta l4proto", ("tcp",)), Match("tcp dport", ("80", "1000-2000"))),
         RuleVerdict("reject")),
        ("-m addrtype --dst-type LOCAL -j DOCKER",
         (Match("fib daddr type", ("local",)),), RuleVerdict("jump", "DOCKER")),
        ("-s 10.0.0.1/32 -j SNAT --to-source 192.0.2.2",
         (Match("ip saddr", ("10.0.0.1",)),), RuleVerdict("snat", "192.0.2.2")),
        ("-p icmp -m icmp --icmp-type 8 -j DROP",
         (Match("meta l4proto", ("icmp",)), Match("icmp type", ("echo-request",))), RuleVerdict("drop")),
    ],
)  # fmt: skip
def test_iptables_lines_are_read(line: str, matches: tuple[Match, ...], verdict: RuleVerdict) -> None:
    saved = f"# Generated by iptables-save v1.8.9\n*filter\n-A FORWARD {line}\nCOMMIT\n"
    (found,) = iptables.rules_of(saved)["filter", "FORWARD"]
    assert (found.matches, found.verdict, found.unread) == (matches, verdict, ())
    assert found.text == line


def test_an_unknown_iptables_match_is_unread() -> None:
    saved = "# Generated by iptables-save\n*filter\n-A FORWARD -m quota --quota 1000 -j ACCEPT\n"
    (found,) = iptables.rules_of(saved)["filter", "FORWARD"]
    assert found.unread == ("-m quota", "--quota 1000")
