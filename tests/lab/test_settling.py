"""Waiting for a lab to come to rest, and for nothing else."""

from __future__ import annotations

import subprocess
import time

import pytest

from nslab_kernel.core.checks.pings import Ping
from nslab_kernel.core.model.rest import delays_packets, pending
from nslab_kernel.lab import Lab
from nslab_kernel.linux import checking, pinging, settling


@pytest.fixture
def pair(lab: Lab) -> Lab:
    """Two namespaces on a bridge without an address, at rest."""
    lab.bridge("br0")
    lab.attach_many("br0", {"ns1": "172.16.1.1/16", "ns2": "172.16.1.2/16"})
    settling.settle(lab.snapshot)
    return lab


def seconds(of: object) -> float:
    begun = time.monotonic()
    of()  # type: ignore[operator]
    return time.monotonic() - begun


def test_silence_in_a_lab_of_ipv6_is_believed_when_its_addresses_are_checked_and_a_person_is_told(lab: Lab) -> None:
    said: list[str] = []
    lab.on_wait = said.append
    lab.bridge("br0", "fd00::ff/64")
    lab.attach_many("br0", {"ns1": "fd00::1/64", "ns2": "fd00::2/64"})
    assert pending(lab.snapshot())
    assert lab.check("ns1 cannot reach fd00::9")[0].holds
    assert pending(lab.snapshot()) == ""
    assert said == ["Waiting for duplicate address detection of new IPv6 addresses."]


def test_claims_wait_for_a_lab_of_ipv6_before_they_believe_in_silence(lab: Lab) -> None:
    lab.bridge("br0", "fd00::ff/64")
    lab.attach_many("br0", {"ns1": "fd00::1/64", "ns2": "fd00::2/64"})
    reaches, cannot = lab.check("ns1 can ping fd00::2\nns1 cannot reach fd00::2")
    assert reaches.holds
    assert not cannot.holds


def test_a_spanning_tree_is_waited_for(lab: Lab) -> None:
    lab.run("host", "ip link add br0 type bridge stp_state 1 forward_delay 200 && ip link set br0 up")
    lab.attach_many("br0", {"ns1": "172.16.1.1/16", "ns2": "172.16.1.2/16"})
    assert lab.check("ns1 can ping 172.16.1.2")[0].holds


def test_a_lab_at_rest_is_not_waited_for(pair: Lab) -> None:
    assert seconds(lambda: settling.settle(pair.snapshot)) < settling.NOTICED / 2


def test_a_break_and_a_check_wait_for_no_ping_that_cannot_be_answered(pair: Lab) -> None:
    """The unit is how long it takes to know that one ping isn't answered, on this machine, as busy as it is now."""
    network = pair.snapshot()
    silence = min(seconds(lambda: pinging.ping_each(network, [Ping("ns1", "", "172.16.9.9")])) for _ in range(3))
    breaks, checks = [], []
    for _ in range(3):
        breaks.append(seconds(lambda: pair.break_(seed=7)))
        checks.append(seconds(pair.attempt))
        pair.unbreak()
    assert min(breaks) < 8 * silence
    assert min(checks) < 5 * silence


def test_a_false_claim_takes_no_longer_than_packets_need(pair: Lab) -> None:
    pair.run("host", "sleep 0.1")
    while settling.youngest_process() < checking.PATIENCE:
        time.sleep(0.1)
    assert min(seconds(lambda: pair.check("ns1 cannot reach ns2\nns1 can ping 172.16.9.9")) for _ in range(3)) < 0.8


def test_a_lab_that_delays_packets_is_known_by_its_queues_and_gets_longer(pair: Lab) -> None:
    assert not delays_packets(pair.snapshot())
    pair.run("ns1", "tc qdisc add dev eth00-ns1 root tbf rate 2kbit burst 200 latency 3s")
    network = pair.snapshot()
    assert delays_packets(network)
    # 98 bytes of the last ping and as many of this one at 2000 bits a second: more than half a second.
    sent = pinging.ping_each(network, [Ping("ns1", "ns2", "172.16.1.2")])
    assert sent[0].answered
    assert pair.check("ns1 can ping ns2")[0].holds


def test_a_young_process_is_seen(pair: Lab) -> None:
    running = subprocess.Popen(["sleep", "30"])
    try:
        assert settling.youngest_process() < 1
    finally:
        running.kill()
        running.wait()
