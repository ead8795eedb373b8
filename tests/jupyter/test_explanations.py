"""The stations of a packet that is followed, as marks in the picture."""

from __future__ import annotations

from nslab_kernel.core.diagnosis import why
from nslab_kernel.jupyter.explanations import marks

from ..core.diagnosis.labs import bridged, routed


def test_a_packet_goes_from_port_to_port_of_a_bridge() -> None:
    network = bridged()
    assert [mark.place for mark in marks(why(network, "ns1", "ns2"), network)] == [
        *("ns1/eth00-ns1", "host/veth-ns1", "host/veth-ns2", "ns2/eth00-ns2"),
    ]


def test_a_bridge_that_is_a_routers_interface_is_marked_at_the_port_that_the_packet_comes_by_and_goes_by() -> None:
    network = routed()
    found = marks(why(network, "ns1", "ns2"), network)
    assert [mark.place for mark in found] == [
        *("ns1/eth00-ns1", "host/veth-ns1", "host/veth-ns2", "ns2/eth00-ns2"),
    ]
    assert [mark.text for mark in found] == ["1", "2", "3", "4"]


def test_what_the_host_sends_by_a_bridge_leaves_by_a_port() -> None:
    network = bridged()
    assert [mark.place for mark in marks(why(network, "host", "ns1"), network)] == ["host/veth-ns1", "ns1/eth00-ns1"]
