"""The messages packed by hand say what pyroute2 reads in them."""

from __future__ import annotations

import pytest
from pyroute2.netlink.rtnl.ifaddrmsg import ifaddrmsg
from pyroute2.netlink.rtnl.ifinfmsg import ifinfmsg

from nslab_kernel.linux.netlink import encode

CREATE_EXCLUSIVE = 0x600


def read(message: bytes, kind: type) -> dict:  # type: ignore[type-arg]
    decoded = kind(message)
    decoded.decode()
    return decoded  # type: ignore[no-any-return]


def attributes(message: dict) -> dict:  # type: ignore[type-arg]
    return dict(message["attrs"])


def test_a_veth_pair_is_born_up_in_its_bridge_with_a_mark_and_its_far_end_elsewhere() -> None:
    message = read(encode.veth("veth-ns1", "eth00-ns1", 7, up=True, master=3, alias="nslab"), ifinfmsg)
    near = attributes(message)
    assert message["header"]["type"] == 16
    assert message["header"]["flags"] == CREATE_EXCLUSIVE
    assert message["flags"] & 1 == message["change"] & 1 == 1
    assert (near["IFLA_IFNAME"], near["IFLA_MASTER"], near["IFLA_IFALIAS"]) == ("veth-ns1", 3, "nslab")
    pair = attributes(near["IFLA_LINKINFO"])
    assert pair["IFLA_INFO_KIND"] == "veth"
    far = attributes(attributes(pair["IFLA_INFO_DATA"])["VETH_INFO_PEER"])
    assert (far["IFLA_IFNAME"], far["IFLA_NET_NS_FD"]) == ("eth00-ns1", 7)


def test_a_plain_veth_pair_stays_down_and_alone() -> None:
    message = read(encode.veth("a", "b", 7), ifinfmsg)
    assert message["change"] == 0
    assert set(attributes(message)) == {"IFLA_IFNAME", "IFLA_LINKINFO"}


@pytest.mark.parametrize("up", [True, False])
def test_an_interface_is_brought_up_or_down_by_its_flag_alone(up: bool) -> None:
    message = read(encode.set_up(5, up), ifinfmsg)
    assert (message["index"], message["flags"], message["change"]) == (5, int(up), 1)
    assert attributes(message) == {}


def test_settings_of_an_interface_carry_their_value() -> None:
    assert attributes(read(encode.set_master(5, 3), ifinfmsg)) == {"IFLA_MASTER": 3}
    assert attributes(read(encode.set_alias(5, "note"), ifinfmsg)) == {"IFLA_IFALIAS": "note"}
    assert attributes(read(encode.set_group(5, 77), ifinfmsg)) == {"IFLA_GROUP": 77}


def test_a_group_is_removed_without_naming_an_interface() -> None:
    message = read(encode.delete_group(77), ifinfmsg)
    assert message["header"]["type"] == 17
    assert (message["index"], attributes(message)) == (0, {"IFLA_GROUP": 77})


@pytest.mark.parametrize(
    ("cidr", "family", "flags"), [("172.16.1.1/16", 2, None), ("fd00::1/64", 10, 2), ("10.0.0.1/32", 2, None)]
)
def test_an_address_is_packed_with_its_prefix_and_without_a_broadcast(cidr: str, family: int, flags: int) -> None:
    ip, prefix = cidr.split("/")
    message = read(encode.add_address(4, cidr), ifaddrmsg)
    found = attributes(message)
    assert (message["family"], message["prefixlen"], message["index"]) == (family, int(prefix), 4)
    assert found["IFA_LOCAL"] == found["IFA_ADDRESS"] == ip
    assert found.get("IFA_FLAGS") == flags
    assert "IFA_BROADCAST" not in found


def test_a_bridge_is_made_by_its_kind_alone() -> None:
    message = read(encode.bridge("mydocker0"), ifinfmsg)
    found = attributes(message)
    assert (message["header"]["type"], message["header"]["flags"]) == (16, CREATE_EXCLUSIVE)
    assert (found["IFLA_IFNAME"], attributes(found["IFLA_LINKINFO"])) == ("mydocker0", {"IFLA_INFO_KIND": "bridge"})


@pytest.mark.parametrize(("cidr", "family"), [("172.16.1.1/16", 2), ("2001:db8::1/64", 10)])
def test_an_address_is_taken_from_one_interface(cidr: str, family: int) -> None:
    message = read(encode.delete_address(5, cidr), ifaddrmsg)
    ip, _, prefix = cidr.partition("/")
    assert message["header"]["type"] == 21
    assert (message["family"], message["prefixlen"], message["index"]) == (family, int(prefix), 5)
    assert attributes(message) == {"IFA_LOCAL": ip, "IFA_ADDRESS": ip}
