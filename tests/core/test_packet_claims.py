"""Claims about who saw a packet, who answered it and which way it took, judged on sightings given as literals."""

from __future__ import annotations

import pytest

from nslab_kernel.core.checks.evaluate import Verdict, judge
from nslab_kernel.core.checks.experiments import (
    Fetched,
    Page,
    Resolved,
    Result,
    Watched,
    WatchedPacket,
    WatchedTrace,
    passed,
)
from nslab_kernel.core.checks.packet_claims import experiments
from nslab_kernel.core.checks.parse import PacketClaim, parse
from nslab_kernel.core.translation import translated

from ..picture.literal import seed

LAB = seed(3).network()


def journey(*stops: str, reply: tuple[str, ...] = ()) -> tuple[WatchedPacket, ...]:
    """Sightings in order: ``ns1>`` is a packet going out of ns1, ``>ns2`` one coming in."""
    every = [(stop, False) for stop in stops] + [(stop, True) for stop in reply]
    return tuple(
        WatchedPacket(float(when), stop.strip(">"), stop.endswith(">"), back, "172.16.1.1", "172.16.1.2")
        for when, (stop, back) in enumerate(every)
    )


DIRECT = journey("ns1>", ">ns2", reply=("ns2>", ">ns1"))
BY_NS3 = journey("ns1>", ">ns3", "ns3>", ">ns2", reply=("ns2>", ">ns3", "ns3>", ">ns1"))
NOBODY = journey("ns1>")
ITSELF = journey("ns1>", ">ns1", reply=("ns1>", ">ns1"))


def judged(text: str, result: Result) -> Verdict:
    """Judge the last line, whose experiments all end alike."""
    *_, claim = parse(text)
    assert isinstance(claim, PacketClaim)
    return judge(claim, LAB, {}, dict.fromkeys(experiments(claim, LAB), result))


def answered(*sightings: tuple[WatchedPacket, ...]) -> WatchedTrace:
    return WatchedTrace(("answered",) * len(sightings), sightings)


CASES = [
    ("ns2 sees ns1 as 172.16.1.1", answered(DIRECT), True),
    ("ns2 sees ns1 as 192.0.2.2", answered(DIRECT), False),
    ("ns2 sees ns1 as 172.16.1.1", WatchedTrace(("silence",), (NOBODY,)), False),
    # One way is enough: what comes in shows the address, whether or not the answer finds its way back.
    ("ns2 sees ns1 as 172.16.1.1", WatchedTrace(("silence",), (journey("ns1>", ">ns2"),)), True),
    ("ns3 sees no ICMP of ns1", answered(DIRECT), True),
    ("ns3 sees no ICMP of ns1", answered(BY_NS3), False),
    ("ns3 sees ICMP of ns1", answered(BY_NS3), True),
    # Nothing to see where nothing is sent: that is not what the claim means.
    ("ns3 sees no ICMP of ns1", WatchedTrace(("silence",), (NOBODY,)), False),
    ("path ns1 to ns2 goes via ns3", answered(BY_NS3), True),
    ("path ns1 to ns2 goes via ns3", answered(DIRECT), False),
    ("path ns1 to ns2 does not go via ns3", answered(DIRECT), True),
    ("path ns1 to ns2 does not go via ns3", WatchedTrace(("silence",), (NOBODY,)), False),
    ("ns1 can ping ns2\nanswers come from ns2", answered(DIRECT), True),
    ("ns1 can ping ns2\nanswers come from ns2", answered(BY_NS3), True),
    ("ns1 can ping ns2\nanswers come from ns2", answered(ITSELF), False),
    ("tcp ns2:80 answers ns1\nanswers come from ns2 and ns3", answered(DIRECT, DIRECT), False),
    (
        "tcp ns2:80 answers ns1\nanswers come from ns2 and ns3",
        answered(DIRECT, journey("ns1>", ">ns3", reply=("ns3>", ">ns1"))),
        True,
    ),
    ("tcp ns2:80 answers ns1\nanswers come from ns2", WatchedTrace(("refused",), (DIRECT,)), False),
    ("ns1 can send 1400 bytes to ns2", answered(DIRECT), True),
    ("ns1 can send 1400 bytes to ns2", WatchedTrace(("too big",), ((),)), False),
    ("ns1 cannot send 1400 bytes to ns2", WatchedTrace(("too big",), ((),)), True),
    ("ns1 resolves a.b to 10.0.0.1", ("10.0.0.2", "10.0.0.1"), True),
    ("ns1 resolves a.b to 10.0.0.1", ("10.0.0.2",), False),
    ("ns1 resolves a.b", (), False),
    ("ns1 does not resolve a.b", (), True),
    ("http://10.0.0.1/ says Hello", Page("answered", "<p>Hello you</p>"), True),
    ("http://10.0.0.1/ says Hello", Page("answered", "Bye"), False),
    ("http://10.0.0.1/ says Hello", Page("refused"), False),
    ("http://10.0.0.1/ does not say Hello", Page("answered", "Bye"), True),
]


@pytest.mark.parametrize(("text", "result", "holds"), CASES)
def test_a_claim_about_packets_is_judged_by_what_was_seen(text: str, result: Result, holds: bool) -> None:
    verdict = judged(text, result)
    assert verdict.holds is holds, verdict
    assert verdict.reason
    assert bool(verdict.hints) is not holds


@pytest.mark.parametrize(("text", "result", "holds"), CASES)
def test_the_reason_comes_in_chinese_too(text: str, result: Result, holds: bool) -> None:
    verdict = judged(text, result)
    assert verdict.holds is holds
    assert translated(verdict.reason, "zh") != verdict.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ns2 sees ns9 as 10.0.0.1", "there is no namespace ns9"),
        ("ns2 sees ns1 as fd00::1", "ns2 has no address that ns1 could be tried at"),
        ("path ns1 to ns2 goes via r1", "there is no namespace r1"),
    ],
)
def test_what_cannot_be_tried_does_not_hold(text: str, reason: str) -> None:
    verdict = judged(text, WatchedTrace(("answered",), (DIRECT,)))
    assert not verdict.holds
    assert verdict.reason == reason


def test_what_is_tried_for_each_claim() -> None:
    def tried(text: str) -> tuple[object, ...]:
        *_, claim = parse(text)
        assert isinstance(claim, PacketClaim)
        return experiments(claim, LAB)

    assert tried("ns2 sees ns1 as 10.0.0.1") == (Watched("ns1", "172.16.1.2"),)
    assert tried("ns3 sees no ICMP of ns1") == (Watched("ns1", "172.16.1.2"),)
    assert tried("ns1 can send 1400 bytes to ns2") == (Watched("ns1", "172.16.1.2", size=1400),)
    assert tried("ns1 resolves a.b") == (Resolved("ns1", "a.b"),)
    assert tried("http://10.0.0.1/ says hi to ns1") == (Fetched("ns1", "http://10.0.0.1/"),)
    assert tried("tcp 10.0.0.1:80 answers ns1\nanswers come from ns2") == (Watched("ns1", "10.0.0.1", "tcp", 80),)
    (several,) = tried("http://10.0.0.1:81/ says hi\nanswers come from ns2 and ns3")
    assert several == Watched("host", "10.0.0.1", "tcp", 81, times=32)


def test_who_passed_a_packet_on_is_neither_its_sender_nor_who_passed_the_answer_on() -> None:
    there_by_ns3_back_by_ns4 = journey("ns1>", ">ns3", "ns3>", ">ns2", reply=("ns2>", ">ns4", "ns4>", ">ns1"))
    assert passed(answered(there_by_ns3_back_by_ns4), "ns1") == ("ns3",)
    returning = journey("ns1>", ">ns3", "ns3>", ">ns1", "ns1>", ">ns2")
    assert passed(answered(returning), "ns1") == ("ns3",)
