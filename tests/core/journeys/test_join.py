"""Sightings of a small lab, joined: ns1 and ns2 on a bridge of the host. Real packets are joined in tests/lab."""

from __future__ import annotations

from nslab_kernel.core.journeys.evidence import Recording, RouteAnswer, RouteQuestion, RuleEvent, Sighting
from nslab_kernel.core.journeys.join import Journey, join
from nslab_kernel.core.journeys.trace import plain, traced
from nslab_kernel.core.model.firewall import Chain, Rule, Ruleset
from nslab_kernel.core.model.network import Address, BridgePort, Interface, Namespace, Network

from .frames import arp, echo, ethernet, ipv4


def network(*chains: Chain) -> Network:
    def end(number: int) -> Interface:
        mac, address = f"02:00:00:00:00:0{number}", Address(f"10.0.0.{number}", 24)
        return Interface(
            2,
            "eth0",
            "veth",
            mac,
            peer_index=10 + number,
            peer_namespace="host",
            up=True,
            carrier=True,
            addresses=(address,),
        )

    ports = tuple(
        Interface(
            10 + n,
            f"v{n}",
            "veth",
            up=True,
            carrier=True,
            master=5,
            peer_index=2,
            peer_namespace=f"ns{n}",
            port=BridgePort(),
        )
        for n in (1, 2)
    )
    bridge = Interface(5, "br0", "bridge", "02:00:00:00:00:fe", up=True, carrier=True)
    host = Namespace("host", "host", interfaces=(bridge, *ports), firewall=Ruleset(chains))
    return Network(host, tuple(Namespace(f"ns{n}", interfaces=(end(n),)) for n in (1, 2)))


LAB = network()
PING = ethernet("ns1", "ns2", 0x0800, ipv4("10.0.0.1", "10.0.0.2", 1, echo(8, 1, 1)))
WAY = (("ns1", 2, "out"), ("host", 11, "otherhost"), ("host", 12, "out"), ("ns2", 2, "in"))


def seen(frame: bytes, *places: tuple[str, int, str], start: int = 1000) -> list[Sighting]:
    return [Sighting(start + n, *place, len(frame), frame) for n, place in enumerate(places)]


def recorded(*sightings: Sighting, events: tuple[RuleEvent, ...] = ()) -> Recording:
    ordered = tuple(sorted(sightings, key=lambda each: each.when))
    return Recording(ordered, events, finished=10**12)


def nothing(question: RouteQuestion) -> RouteAnswer | None:
    return None


def names(journey: Journey) -> list[str]:
    return [f"{stop.namespace}/{stop.name}" for stop in journey.stops]


def test_a_packet_over_a_bridge_is_one_journey() -> None:
    (journey,) = join(recorded(*seen(PING, *WAY)), LAB).journeys
    assert names(journey) == ["ns1/eth0", "host/v1", "host/v2", "ns2/eth0"]


def test_alike_packets_are_as_many_journeys() -> None:
    sightings = [each for n in range(50) for each in seen(PING, *WAY, start=1000 + 10 * n)]
    journeys = join(recorded(*sightings), LAB).journeys
    assert len(journeys) == 50
    assert all(len(journey.stops) == 4 for journey in journeys)


def test_a_broadcast_has_a_branch_for_each_copy() -> None:
    frame = ethernet("ns1", "all", 0x0806, arp(1, "ns1", "10.0.0.1", "10.0.0.2"))
    places = (
        ("ns1", 2, "out"),
        ("host", 11, "broadcast"),
        ("host", 5, "broadcast"),
        ("host", 12, "out"),
        ("ns2", 2, "broadcast"),
    )
    trace = traced("ns1", "", recorded(*seen(frame, *places)), LAB, LAB, nothing)
    (story,) = trace.stories
    assert len(story.journey.ends) == 2
    assert story.outcome.code == "delivered"
    assert story.copies == ("host",)


def test_an_answer_alike_to_its_question_is_a_journey_of_its_own() -> None:
    answer = ethernet("ns2", "ns1", 0x0800, ipv4("10.0.0.2", "10.0.0.1", 1, echo(0, 1, 1)))
    back = (("ns2", 2, "out"), ("host", 12, "otherhost"), ("host", 11, "out"), ("ns1", 2, "in"))
    trace = traced("ns1", "", recorded(*seen(PING, *WAY), *seen(answer, *back, start=2000)), LAB, LAB, nothing)
    assert len(trace.stories) == 2
    assert trace.sentences == ("echo request 1: ns1 → br0 → ns2, arrived, answered by echo reply 1 after 0.00 ms.",)


def test_a_drop_is_told_with_its_rule_among_those_of_the_chain() -> None:
    rules = (Rule(text="ct state established accept", handle=4), Rule(text="ip daddr 10.0.0.2 drop", handle=9))
    lab = network(Chain("ip", "filter", "FORWARD", rules, "forward", "filter"))
    headers = {"network": PING[14:34], "transport": PING[34:54]}
    events = (
        RuleEvent(1001, "host", "inet", "nslab-trace-1", "prerouting", "rule", 2, "accept", 77, 5, 0, **headers),
        RuleEvent(1002, "host", "ip", "filter", "FORWARD", "rule", 9, "drop", 77, 5, 5, **headers),
    )
    trace = traced("ns1", "", recorded(*seen(PING, *WAY[:2]), events=events), lab, lab, nothing)
    (told,) = trace.sentences
    assert plain(told) == "echo request 1: ns1 → br0 → dropped by ip filter FORWARD rule 2 ip daddr 10.0.0.2 drop."


def test_an_identifier_that_comes_again_is_another_packet() -> None:
    other = ipv4("10.0.0.1", "10.0.0.2", 1, echo(8, 1, 2), ident=8)
    mark = ("host", "inet", "nslab-trace-1", "prerouting", "rule", 2, "accept", 77, 5, 0)
    events = (
        RuleEvent(1001, *mark, network=PING[14:34], transport=PING[34:54]),
        RuleEvent(2001, *mark, network=other[:20], transport=other[20:40]),
        RuleEvent(2002, "host", "ip", "filter", "FORWARD", "policy", None, "drop", 77, 5, 5),
    )
    second = seen(ethernet("ns1", "ns2", 0x0800, other), *WAY[:2], start=2000)
    trace = traced("ns1", "", recorded(*seen(PING, *WAY), *second, events=events), LAB, LAB, nothing)
    assert [story.outcome.code for story in trace.stories] == ["delivered", "dropped"]


def test_a_packet_seen_by_a_rule_only_was_never_sent() -> None:
    headers = {"network": PING[14:34], "transport": PING[34:54]}
    event = RuleEvent(1001, "ns1", "ip", "filter", "OUTPUT", "rule", 3, "drop", 5, 0, 2, **headers)
    trace = traced("ns1", "", recorded(events=(event,)), LAB, LAB, nothing)
    (told,) = trace.sentences
    assert plain(told) == "echo request 1: ns1 → dropped by a rule of ip filter OUTPUT (handle 3)."


def test_fragments_share_a_journey() -> None:
    first = ethernet("ns1", "ns2", 0x0800, ipv4("10.0.0.1", "10.0.0.2", 1, echo(8, 1, 1), where=0x2000))
    second = ethernet("ns1", "ns2", 0x0800, ipv4("10.0.0.1", "10.0.0.2", 1, b"the rest", where=185))
    journeys = join(recorded(*seen(first, *WAY), *seen(second, *WAY, start=2000)), LAB).journeys
    assert [len(journey.stops) for journey in journeys] == [8]


def test_the_last_milliseconds_are_not_called_a_loss() -> None:
    recording = Recording(tuple(seen(PING, *WAY[:1])), finished=2000)
    (story,) = traced("ns1", "", recording, LAB, LAB, nothing).stories
    assert story.outcome.code == "unrecorded"
