"""Causes on the link, each from a literal network."""

from __future__ import annotations

from nslab_kernel.core.diagnosis import why

from .labs import bridged


def test_a_ping_that_works_is_told_hop_by_hop() -> None:
    found = why(bridged(), "ns1", "ns2")
    assert found.arrives
    assert not found.findings
    assert [hop.text for hop in found.path] == [
        "ns1 sends the echo-request from 172.16.1.1 to 172.16.1.2 by eth00-ns1",
        "br1 takes the echo-request from its port veth-ns1 to its port veth-ns2",
        "ns2 gets the echo-request for 172.16.1.2 by eth00-ns2",
        "ns2 sends the echo-reply from 172.16.1.2 to 172.16.1.1 by eth00-ns2",
        "br1 takes the echo-reply from its port veth-ns2 to its port veth-ns1",
        "ns1 gets the echo-reply for 172.16.1.1 by eth00-ns1",
    ]
