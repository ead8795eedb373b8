"""Devices that sit on others, as literal networks: kinds that a kernel for tests may not have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nslab_kernel.core.diagnosis import why
from nslab_kernel.core.model.network import HOST, Address, Bridge, Interface, Network, Route
from nslab_kernel.core.operations.actions import SetDown

from .cases import changed, index
from .labs import bridged, broken

BELOW = 9


def stacked(kind: str, *, one: dict[str, object] | None = None, other: dict[str, object] | None = None) -> Network:
    """ns1 and ns2 on a bridge, with a device of a kind on each one's cable: 10.60.0.1 and 10.60.0.2."""
    network = bridged()
    for number, more in ((1, one or {}), (2, other or {})):
        name = f"ns{number}"
        space = network.get(name)
        assert space
        upper = Interface(
            BELOW,
            "up0",
            kind,
            f"02:00:00:00:60:0{number}",
            up=True,
            carrier=True,
            addresses=(Address(f"10.60.0.{number}", 24),),
            lower_index=index(network, name, f"eth00-{name}"),
            lower_namespace=name,
        )
        route = Route("10.60.0.0/24", interface=BELOW, source=f"10.60.0.{number}", scope="link", protocol="kernel")
        interfaces = (*space.interfaces, replace(upper, **more))
        network = changed(network, name, interfaces=interfaces, routes=(*space.routes, route))
    return network


def test_vlans_of_one_number_reach_each_other() -> None:
    network = stacked("vlan", one={"vlan_id": 10}, other={"vlan_id": 10})
    assert why(network, "ns1", "10.60.0.2").arrives is True
    assert why(network, "ns1", "172.16.1.2").arrives is True  # without a tag, beside it


def test_vlans_of_different_numbers_dont() -> None:
    told = why(stacked("vlan", one={"vlan_id": 10}, other={"vlan_id": 20}), "ns1", "10.60.0.2")
    assert told.arrives is False
    assert not told.findings[0].actions  # the number is part of the device


def test_a_vlan_needs_the_device_below() -> None:
    network = broken(stacked("vlan", one={"vlan_id": 10}, other={"vlan_id": 10}), SetDown("eth00-ns2", "ns2"))
    told = why(network, "ns1", "10.60.0.2")
    assert (told.findings[0].kind, told.findings[0].place.interface) == ("interface-down", "eth00-ns2")


def test_vlans_over_a_bridge_that_filters_them_cant_be_told() -> None:
    network = stacked("vlan", one={"vlan_id": 10}, other={"vlan_id": 10})
    filtering = tuple(
        replace(interface, bridge=Bridge(vlan_filtering=True)) if interface.bridge else interface
        for interface in network.host.interfaces
    )
    told = why(changed(network, HOST, interfaces=filtering), "ns1", "10.60.0.2")
    assert told.arrives is None
    assert any("VLANs of the ports of br1" in line for line in told.unevaluated)


def test_ipvlan_devices_reach_each_other() -> None:
    assert why(stacked("ipvlan", one={"mode": "l2"}, other={"mode": "l2"}), "ns1", "10.60.0.2").arrives is True


@pytest.mark.parametrize(
    "kind", ["gre", "gretap", "ipip", "sit", "ip6tnl", "wireguard", "bond", "team", "geneve", "ppp"]
)
def test_what_is_beyond_other_kinds_cant_be_told(kind: str) -> None:
    more = {"noarp": kind not in ("gretap", "bond", "team", "geneve")}
    told = why(stacked(kind, one=more, other=more), "ns1", "10.60.0.2")
    assert told.arrives is None, str(told)
    assert any(f"({kind})" in line for line in told.unevaluated)
    assert not told.findings


def test_a_vrf_cant_be_told() -> None:
    network = stacked("vrf", one={"table": 10})
    told = why(network, "ns1", "10.60.0.2")
    assert told.arrives is None
    assert told.unevaluated == ("the VRFs of ns1",)
