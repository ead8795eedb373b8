"""Claims are understood in the field's own words, or refused with the forms; and judged on the network as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nslab_kernel.core.checks.evaluate import Probe, ProbeAnswer, Verdict, judge, probes
from nslab_kernel.core.checks.parse import (
    FORMS,
    AnswersFrom,
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
    listed_forms,
    next_words,
    parse,
)
from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.model import firewall
from nslab_kernel.core.model.firewall import Chain, Match, Rule
from nslab_kernel.core.model.network import HOST, Network
from nslab_kernel.core.operations.actions import AddAddress, AddNamespace, SetDown, SetMaster, SetSysctl, SetUp
from nslab_kernel.core.translation import translated

from ..picture.literal import address, masquerade, seed

LAB = seed(2).network()


PAGE = ("http://192.0.2.2/",)


def verdict(line: str, network: Network = LAB, how: str = "answered") -> Verdict:
    """Judge one line, where every packet that it needs met with the same fate."""
    (claim,) = parse(line)
    answers = {probe: ProbeAnswer(how, 0.00005, probe.address) for probe in probes(claim, network)}
    return judge(claim, network, answers)


def fix(judged: Verdict) -> str:
    """The command in the last hint; empty where there is none."""
    return judged.hints[2].strip("`") if len(judged.hints) > 2 else ""


@pytest.mark.parametrize(
    ("line", "claim"),
    [
        ("ns1 can ping 172.16.1.2", Reaches("ns1 can ping 172.16.1.2", "ns1", "172.16.1.2")),
        ("ns1  cannot   reach ns3", Reaches("ns1 cannot reach ns3", "ns1", "ns3", False)),
        ("ns1 can't ping ns3", Reaches("ns1 can't ping ns3", "ns1", "ns3", False)),
        ("ns1 CAN NOT reach ns3", Reaches("ns1 CAN NOT reach ns3", "ns1", "ns3", False)),
        ("tcp ns2:8080 answers ns1", Reaches("tcp ns2:8080 answers ns1", "ns1", "ns2", True, "tcp", 8080)),
        (
            "udp [fd00::2]:53 does not answer host",
            Reaches("udp [fd00::2]:53 does not answer host", HOST, "fd00::2", False, "udp", 53),
        ),
        ("mydocker0 is up", IsUp("mydocker0 is up", "mydocker0")),
        ("lo in ns1 is down", IsUp("lo in ns1 is down", "lo", "ns1", False)),
        ("ns1 has fd00::01/64", HasAddress("ns1 has fd00::01/64", "ns1", "fd00::1/64")),
        ("ns1 does not have 10.0.0.1/8", HasAddress("ns1 does not have 10.0.0.1/8", "ns1", "10.0.0.1/8", False)),
        ("ns1 default via 172.16.0.1", RoutesVia("ns1 default via 172.16.0.1", "ns1", "default", "172.16.0.1")),
        ("ns1 10.0.0.0/8 via fd00::1", RoutesVia("ns1 10.0.0.0/8 via fd00::1", "ns1", "10.0.0.0/8", "fd00::1")),
        ("veth-ns1 is a port of mydocker0", IsPort("veth-ns1 is a port of mydocker0", "veth-ns1", "mydocker0")),
        ("a is not a port of b", IsPort("a is not a port of b", "a", "b", False)),
        ("host masquerades 172.16.0.0/16", Masquerades("host masquerades 172.16.0.0/16", HOST, "172.16.0.0/16")),
        ("host forwards IPv6", Forwards("host forwards IPv6", HOST, 6)),
        ("ns4 does not exist", Exists("ns4 does not exist", "ns4", False)),
        ("veth-ns1 has no carrier", HasCarrier("veth-ns1 has no carrier", "veth-ns1", False)),
        ("server sees ns1 as 192.0.2.2", Sees("server sees ns1 as 192.0.2.2", "server", "ns1", "192.0.2.2")),
        ("a doesn't see b as fd00::01", Sees("a doesn't see b as fd00::01", "a", "b", "fd00::1", False)),
        ("ns3 sees no ICMP of ns1", Overhears("ns3 sees no ICMP of ns1", "ns3", "ns1", False)),
        ("ns3 sees icmp from ns1", Overhears("ns3 sees icmp from ns1", "ns3", "ns1")),
        ("http://192.0.2.2/ says Hello there", Says("http://192.0.2.2/ says Hello there", *PAGE, "Hello there", HOST)),
        ('http://192.0.2.2/ says "to be" to ns1', Says('http://192.0.2.2/ says "to be" to ns1', *PAGE, "to be", "ns1")),
        ("http://192.0.2.2/ says hi to ns1", Says("http://192.0.2.2/ says hi to ns1", *PAGE, "hi", "ns1")),
        (
            "http://[fd00::1]:80/ does not say hi",
            Says("http://[fd00::1]:80/ does not say hi", "http://[fd00::1]:80/", "hi", HOST, False),
        ),
        ("ns1 resolves a.b to 10.0.0.1", Resolves("ns1 resolves a.b to 10.0.0.1", "ns1", "a.b", "10.0.0.1")),
        ("ns1 does not resolve a.b", Resolves("ns1 does not resolve a.b", "ns1", "a.b", "", False)),
        ("ns1 can send 1400 bytes to ns2", Sends("ns1 can send 1400 bytes to ns2", "ns1", "ns2", 1400)),
        ("ns1 cannot send 1501 bytes to ns2", Sends("ns1 cannot send 1501 bytes to ns2", "ns1", "ns2", 1501, False)),
        ("path ns1 to ns2 goes via r1", GoesVia("path ns1 to ns2 goes via r1", "ns1", "ns2", ("r1",))),
        (
            "path a to 10.0.0.1 does not go via r1, r2 and r3",
            GoesVia("path a to 10.0.0.1 does not go via r1, r2 and r3", "a", "10.0.0.1", ("r1", "r2", "r3"), False),
        ),
    ],
)
def test_a_claim_is_understood(line: str, claim: object) -> None:
    assert parse(line) == (claim,)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.example)
def test_every_form_understands_its_own_example_and_no_earlier_form_takes_it(form) -> None:
    question, claim = parse(f"ns1 can ping ns2\n{form.example}")
    made = form.make(form.example, form.pattern.fullmatch(form.example))
    assert claim == (replace(made, of=question) if isinstance(made, AnswersFrom) else made)


def test_who_answers_is_asked_of_the_question_before() -> None:
    tcp, _, answers = parse("tcp 10.0.0.1:80 answers ns1\nbr0 is up\nanswers come from pod1 and pod2")
    assert answers == AnswersFrom("answers come from pod1 and pod2", ("pod1", "pod2"), tcp)
    with pytest.raises(NslabError, match='Line 2, "answers come from pod1", has no question before it'):
        parse("ns1 cannot reach ns2\nanswers come from pod1")


def test_empty_lines_and_comments_are_passed_over() -> None:
    assert len(parse("\n# first the bridge\nmydocker0 is up\n\n  ns1 exists  \n")) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing to check"),
        ("# only a comment", "nothing to check"),
        ("mydocker0 is up\nns1 is happy with it", 'Line 2, "ns1 is happy with it"'),
        ("ns1 has 172.16.1.1", "not an IP address with a prefix length"),
        ("ns1 has 172.16.1.1/99", "not an IP address with a prefix length"),
        ("ns1 default via nowhere", "not an IP address"),
        ("ns1 10.0.0.1/8 via 10.0.0.2", "not a subnet"),
        ("host masquerades 172.16.0.1/16", "not a subnet"),
        ("tcp ns2:70000 answers ns1", "70000 is not a port"),
        ("https://192.0.2.2/ says hi", "not a URL of a page"),
        ("http://192.0.2.2:99999/ says hi", "99999 is not a port"),
        ("ns1 can send 20 bytes to ns2", "A packet of 20 bytes can't be sent"),
        ("server sees ns1 as ns2", "not an IP address"),
    ],
)
def test_what_is_no_claim_is_refused_with_its_line_and_value(text: str, said: str) -> None:
    with pytest.raises(NslabError, match=said):
        parse(text)


def test_the_refusal_lists_every_form() -> None:
    with pytest.raises(NslabError) as caught:
        parse("ns1 pings 172.16.1.2")
    assert listed_forms() in caught.value.cure
    assert 'Did you mean it like "ns1 can ping 172.16.1.2"?' in caught.value.cure


def test_a_namespace_as_target_is_tried_at_each_of_its_addresses() -> None:
    network = seed(2).set("ns2", "lo", up=True).network()
    (claim,) = parse("tcp ns2:80 answers ns1")
    assert probes(claim, network) == (Probe("ns1", "172.16.1.2", "tcp", 80),)


def test_a_target_that_is_no_namespace_is_left_to_the_resolver() -> None:
    (claim,) = parse("ns1 can ping www.example.com")
    assert probes(claim, LAB) == (Probe("ns1", "www.example.com"),)


@pytest.mark.parametrize(
    ("line", "how", "reason"),
    [
        ("ns1 can ping 172.16.1.2", "silence", "no answer from 172.16.1.2"),
        ("ns1 can ping 172.16.1.2", "no route", "ns1 has no route to 172.16.1.2"),
        ("ns1 can ping 172.16.1.2", "unreachable", "destination unreachable: 172.16.1.2"),
        ("tcp 172.16.1.2:80 answers ns1", "refused", "nothing listens on tcp port 80"),
    ],
)
def test_a_packet_without_answer_is_a_cross_with_the_reason_and_a_way_to_find_the_cause(line, how, reason) -> None:
    judged = verdict(line, how=how)
    assert not judged.holds
    assert reason in judged.reason
    assert fix(judged) == ("%netns_why ns1 172.16.1.2 --tcp 80" if "tcp" in line else "%netns_why ns1 172.16.1.2")


def test_cannot_reach_holds_when_nothing_answers_and_fails_when_something_does() -> None:
    assert verdict("ns1 cannot reach ns2", how="unreachable").holds
    failed = verdict("ns1 cannot reach ns2")
    assert not failed.holds
    assert failed.reason == "172.16.1.2 answered in 0.05 ms"


def test_a_namespace_that_is_not_there_is_never_taken_for_unreachable() -> None:
    judged = verdict("ns9 cannot reach ns2")
    assert not judged.holds
    assert judged.reason == "there is no namespace ns9"
    assert fix(judged) == AddNamespace("ns9").command()


STATES = [
    ("mydocker0 is up", True, "it is up", ""),
    ("mydocker0 is down", False, "it is up", SetDown("mydocker0").command()),
    ("lo in ns1 is up", False, "it is down", SetUp("lo", "ns1").command()),
    ("mydocker1 is up", False, "there is no interface mydocker1", ""),
    ("eth00-ns1 is up", True, "it is up", ""),
    ("ns1 has 172.16.1.1/16", True, "on eth00-ns1", ""),
    ("ns1 has 172.16.1.1/24", False, "it has 172.16.1.1/16", AddAddress("eth00-ns1", "172.16.1.1/24", "ns1").command()),
    ("ns1 does not have 172.16.1.9/16", True, "it has 172.16.1.1/16", ""),
    ("host has 172.16.0.1/16", False, "it has no address", AddAddress("mydocker0", "172.16.0.1/16").command()),
    ("ns1 default via 172.16.0.1", False, "it has no such route", "sudo ip -n ns1 route add default via 172.16.0.1"),
    ("veth-ns1 is a port of mydocker0", True, "it is plugged in", ""),
    ("lo is a port of mydocker0", False, "it is plugged into no bridge", SetMaster("lo", "mydocker0").command()),
    ("mydocker0 is a port of lo", False, "lo is not a bridge", ""),
    ("host masquerades 172.16.0.0/16", False, "it has no such rule", "%netns_nat BRIDGE"),
    ("host forwards IPv4", False, "net.ipv4.ip_forward is 0", SetSysctl("net.ipv4.ip_forward", "1").command()),
    ("ns1 exists", True, "it is there", ""),
    ("ns7 exists", False, "it is not there", AddNamespace("ns7").command()),
]


@pytest.mark.parametrize(("line", "holds", "reason", "hint"), STATES, ids=[state[0] for state in STATES])
def test_a_claim_about_state_is_judged_with_reason_and_cure(line: str, holds: bool, reason: str, hint: str) -> None:
    judged = verdict(line)
    assert (judged.claim, judged.holds, judged.reason, fix(judged)) == (line, holds, reason, hint)


def test_an_interface_name_that_several_namespaces_have_must_be_told_apart() -> None:
    draft = seed(2)
    draft.put("ns1", "eth0")
    draft.put("ns2", "eth0")
    judged = verdict("eth0 is up", draft.network())
    assert not judged.holds
    assert fix(judged) == "eth0 in ns1 is up"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hints_lead_to_the_command_and_only_the_last_one_says_it(language: str) -> None:
    for line, holds, _, command in STATES:
        judged = verdict(line)
        told = [translated(hint, language) for hint in judged.hints]
        assert bool(judged.hints) is not holds
        if command:
            assert len(judged.hints) == 3
            assert not any(command in hint for hint in told[:2])
            assert command in told[2]
        assert command not in translated(judged.reason, language) or not command


def test_an_address_of_another_namespace_on_ones_own_lo_is_no_answer_of_the_other() -> None:
    network = seed(2).set("ns1", "lo", addresses=(address("172.16.1.2/32"),)).network()
    judged = verdict("ns1 can ping 172.16.1.2", network)
    assert not judged.holds
    assert judged.reason == "ns1 has 172.16.1.2 itself, on lo, so it answers itself instead of ns2"
    assert verdict("ns1 can ping 172.16.1.1", network).holds


def test_a_loopback_address_is_everybodys_own() -> None:
    network = seed(2)
    for name in ("ns1", "ns2"):
        network.set(name, "lo", addresses=(address("127.0.0.1/8"),))
    assert verdict("ns1 can ping 127.0.0.1", network.network()).holds


def test_a_default_route_by_the_gateway_holds_and_by_another_tells_which() -> None:
    network = seed(1).route("ns1", "default", "172.16.0.1", "eth00-ns1").network()
    assert verdict("ns1 default via 172.16.0.1", network).holds
    assert verdict("ns1 default via 172.16.0.9", network).reason == "its route there goes via 172.16.0.1"


def rule(*matches: Match, verdict: str = "masquerade", target: str = "") -> Rule:
    return Rule(matches, firewall.RuleVerdict(verdict, target), 1)


def chain(*rules: Rule, name: str = "POSTROUTING", hook: str = "postrouting") -> Chain:
    return Chain("ip", "nat", name, rules, hook, "nat", 100)


@pytest.mark.parametrize(
    ("chains", "holds"),
    [
        ([masquerade("172.16.0.0/16", "eth0")], True),
        ([chain(rule())], True),
        ([chain(rule(Match("ip saddr", ("172.16.0.0/12",))))], True),
        ([chain(rule(verdict="snat", target="192.0.2.2"))], True),
        ([chain(rule(verdict="jump", target="OUT")), chain(rule(), name="OUT", hook="")], True),
        ([chain(rule(Match("ip saddr", ("172.16.1.1",))))], False),
        ([chain(rule(Match("ip saddr", ("172.16.0.0/16",), negated=True)))], False),
        ([chain(rule(Match("ip daddr", ("172.16.1.2",)), Match("tcp dport", ("80",))))], False),
        ([chain(rule(verdict="accept"))], False),
    ],
)
def test_masquerade_is_a_rule_that_all_of_the_subnet_leaves_by(chains: list[Chain], holds: bool) -> None:
    network = seed(1).firewall(HOST, *chains).network()
    assert verdict("host masquerades 172.16.0.0/16", network).holds is holds


def test_forwarding_is_read_from_the_namespace_that_is_asked_for() -> None:
    network = seed(1).sysctl("ns1", "net.ipv4.ip_forward", "1").network()
    assert verdict("ns1 forwards IPv4", network).holds
    assert not verdict("host forwards IPv4", network).holds


def test_reasons_come_in_chinese_too() -> None:
    assert translated(verdict("mydocker0 is down").reason, "zh") == "它是 up 的"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["host", "ns1", "mydocker0", "eth00-ns2", "tcp"]),
        ("ns1", ["can ping", "cannot reach", "has", "default via"]),
        ("mydocker0", ["is up", "is a port of"]),
        ("ns1 can", ["ping"]),
        ("ns1 can ping", ["172.16.1.2", "ns2", "host"]),
        ("ns1 has", ["172.16.1.1/16"]),
        ("veth-ns1 is a port of", ["mydocker0"]),
        ("veth-ns1 is not", ["a port of"]),
        ("tcp", ["ns2:", "172.16.1.2:"]),
        ("ns1 sees", ["ns2", "host"]),
        ("ns1 sees ns2", ["as"]),
        ("ns1 sees ns2 as", ["172.16.1.2"]),
        ("ns1 sees no ICMP of", ["ns2"]),
        ("ns1 can send 1400 bytes to", ["172.16.1.2", "ns2"]),
        ("ns1 resolves", []),
        ("ns1 resolves www.example.com", ["to"]),
        ("http://172.16.1.2/", ["says", "does not say"]),
        ("path", ["ns1", "host"]),
        ("path ns1", ["to"]),
        ("path ns1 to", ["ns2"]),
        ("path ns1 to ns2", ["goes via", "does not go via"]),
        ("path ns1 to ns2 goes via", ["host"]),
        ("answers come from", ["ns1", "ns2"]),
        ("answers come from ns1", ["and"]),
        ("tcp ns2:80", ["answers", "does not answer"]),
        ("udp ns2:80 does not answer", ["ns1", "host"]),
    ],
)
def test_what_may_come_next_in_a_claim_is_offered(typed: str, offered: list[str]) -> None:
    found = next_words(typed, LAB)
    assert set(offered) <= set(found)
    assert len(found) == len(set(found))


def test_nothing_is_offered_where_a_claim_is_complete() -> None:
    assert next_words("mydocker0 is up", LAB) == []
    assert next_words("tcp ns2:80 answers ns1", LAB) == []
