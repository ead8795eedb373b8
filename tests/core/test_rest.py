"""When a lab is at rest, and what is said while it isn't."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nslab_kernel.core.model.network import HOST, Address, Bridge, BridgePort, Interface, Namespace, Network, Qdisc
from nslab_kernel.core.model.rest import ADDRESSES, CARRIER, TREES, delays_packets, longest, pending
from nslab_kernel.core.translation import translated
from nslab_kernel.core.waiting import TRYING, words

FRESH = Address("fd00::1", 64, tentative=True)
PORT = Interface(3, "veth-ns1", "veth", up=True, carrier=True, state="UP", master=2, peer_index=2, peer_namespace="ns1",
                 port=BridgePort())  # fmt: skip
SWITCH = Interface(2, "br0", "bridge", up=True, carrier=True, state="UP", bridge=Bridge())
INSIDE = Interface(2, "eth0", "veth", up=True, carrier=True, state="UP", peer_index=3, peer_namespace=HOST)


def lab(switch: Interface = SWITCH, port: Interface = PORT, inside: Interface = INSIDE) -> Network:
    """A bridge and a namespace plugged into it."""
    host = Namespace(HOST, "host", interfaces=(switch, port))
    return Network(host, (Namespace("ns1", interfaces=(inside,)),))


TREE = replace(SWITCH, bridge=Bridge(stp=True, forward_delay=2))
LISTENING = replace(PORT, port=BridgePort(state="listening"))


@pytest.mark.parametrize(
    ("network", "what"),
    [
        (lab(), ""),
        (lab(inside=replace(INSIDE, carrier=False, state="DOWN")), CARRIER),
        (lab(inside=replace(INSIDE, state="DOWN")), CARRIER),
        (lab(switch=replace(SWITCH, carrier=False)), CARRIER),
        (lab(inside=replace(INSIDE, addresses=(FRESH,))), ADDRESSES),
        (lab(switch=TREE, port=LISTENING), TREES),
    ],
)
def test_what_the_kernel_is_busy_with_is_seen(network: Network, what: str) -> None:
    assert pending(network) == what


@pytest.mark.parametrize(
    "network",
    [
        # The other end is down, so no carrier will come.
        lab(port=replace(PORT, up=False, carrier=False), inside=replace(INSIDE, carrier=False, state="LOWERLAYERDOWN")),
        lab(inside=replace(INSIDE, up=False, carrier=False, state="DOWN")),
        # A bridge whose ports don't work has no carrier.
        lab(switch=replace(SWITCH, carrier=False), port=replace(PORT, port=BridgePort(state="disabled"))),
        # Somebody else has the address: it stays as it is.
        lab(inside=replace(INSIDE, addresses=(replace(FRESH, dadfailed=True),))),
        # It is checked when it is plugged in, not before.
        lab(
            port=replace(PORT, up=False, carrier=False),
            inside=replace(INSIDE, carrier=False, state="LOWERLAYERDOWN", addresses=(FRESH,)),
        ),
        # A port that was blocked by hand, without a spanning tree, stays blocked; so does one that a tree blocks.
        lab(port=replace(PORT, port=BridgePort(state="blocking"))),
        lab(port=LISTENING),
        lab(switch=TREE, port=replace(PORT, port=BridgePort(state="blocking"))),
    ],
)
def test_nothing_is_awaited_that_cannot_come(network: Network) -> None:
    assert pending(network) == ""


def test_addresses_of_ipv6_are_not_awaited_where_only_ipv4_matters() -> None:
    assert pending(lab(inside=replace(INSIDE, addresses=(FRESH,))), six=False) == ""


@pytest.mark.parametrize(("kind", "delays"), [("netem", True), ("tbf", True), ("clsact", False), ("fq_codel", False)])
def test_a_queue_that_holds_packets_back_is_told_from_one_that_does_not(kind: str, delays: bool) -> None:
    queue = Qdisc(2, kind)
    assert delays_packets(Network(Namespace(HOST, "host"), (Namespace("ns1", qdiscs=(queue,)),))) is delays
    assert not delays_packets(lab())


def test_a_spanning_tree_gets_twice_its_forward_delay() -> None:
    assert longest(lab(switch=TREE)) == longest(lab()) + 4


@pytest.mark.parametrize("what", [CARRIER, ADDRESSES, TREES, TRYING])
def test_a_wait_is_explained_in_both_languages(what: str) -> None:
    english, chinese = (translated(words(what, lab(switch=TREE)), language) for language in ("en", "zh"))
    assert english.endswith(".")
    assert chinese.endswith("。")
    assert ("8 s" in english) == ("8 秒" in chinese) == (what == TREES)
