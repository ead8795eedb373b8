"""What a person may type for a name or an address, and what they are told when it can't be."""

from __future__ import annotations

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.model import names


@pytest.mark.parametrize("text", ["ns1", "web", "a.b_c-d", "5", "x" * 255])
def test_a_namespace_may_have_any_plain_name(text: str) -> None:
    assert names.namespace_name(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("a/b", '"/"'),
        ("a b", "a space"),
        ("a\tb", "a space"),
        ("..", "folder"),
        (".", "folder"),
        ("-n", 'begin with "-"'),
        ("网络", '"网"'),
        ("nś1", '"ś"'),
        ("a;reboot", '";"'),
        ("$(id)", '"$"'),
        ("veth%d", '"%"'),
        ("a\nb", "a space"),
        ("a\0b", r'"\x00"'),
        ("x" * 300, "has 300"),
    ],
)
@pytest.mark.parametrize("check", [names.namespace_name, names.interface_name, names.bridge_name])
def test_a_bad_name_is_told_with_its_fault_and_a_good_example(check, text: str, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NslabError) as error:
        check(text)
    assert said in error.value.message
    assert "such as" in error.value.cure
    assert len(str(error.value).splitlines()) == 2
    assert len(error.value.message) < 200


def test_fifteen_characters_fit_an_interface_and_sixteen_do_not() -> None:
    assert names.interface_name("x" * 15) == "x" * 15
    with pytest.raises(NslabError, match=r'at most 15 characters; "x{16}" has 16'):
        names.bridge_name("x" * 16)


def test_nine_characters_fit_behind_the_prefix_and_ten_do_not() -> None:
    assert names.veth_names("namespace") == ("veth-namespace", "eth00-namespace")
    with pytest.raises(NslabError) as error:
        names.veth_names("namespace1")
    assert '"eth00-namespace1" with 16 characters' in error.value.message
    assert "at most 9" in error.value.cure
    assert '"namespace"' in error.value.cure


def test_the_host_keeps_its_name() -> None:
    assert names.namespace_name("host") == "host"
    with pytest.raises(NslabError, match="lab's own host"):
        names.new_namespace_name("host")


@pytest.mark.parametrize("text", ["all", "default"])
def test_names_that_mean_every_interface_are_refused(text: str) -> None:
    with pytest.raises(NslabError, match="every interface"):
        names.interface_name(text)


@pytest.mark.parametrize(
    ("text", "cidr"),
    [
        ("172.16.1.1/16", "172.16.1.1/16"),
        ("10.0.0.0/31", "10.0.0.0/31"),
        ("10.0.0.1/32", "10.0.0.1/32"),
        ("172.16.1.0/16", "172.16.1.0/16"),
        ("FD00:0:0::1/64", "fd00::1/64"),
        ("2001:db8::/127", "2001:db8::/127"),
        ("fe80::1/64", "fe80::1/64"),
    ],
)
def test_an_address_is_given_in_its_usual_form(text: str, cidr: str) -> None:
    assert names.interface_address(text).cidr == cidr


def test_a_link_local_address_has_link_scope() -> None:
    assert names.interface_address("fe80::1/64").scope == "link"
    assert names.interface_address("fd00::1/64").scope == "global"


@pytest.mark.parametrize(
    ("text", "said", "cure"),
    [
        ("172.16.1.1", "no prefix length", "172.16.1.1/16"),
        ("fd00::1", "no prefix length", "fd00::1/64"),
        ("172.16.1.1/", "prefix length from 1 to 32", "172.16.1.1/16"),
        ("172.16.1.1/33", "prefix length from 1 to 32", "172.16.1.1/16"),
        ("172.16.1.1/0", "prefix length from 1 to 32", "172.16.1.1/16"),
        ("172.16.1.1/-1", "prefix length from 1 to 32", "172.16.1.1/16"),
        ("172.16.1.1/255.255.0.0", "prefix length from 1 to 32", "172.16.1.1/16"),
        ("172.16.1.1/١٦", "prefix length from 1 to 32", "172.16.1.1/16"),
        ("fd00::1/129", "prefix length from 1 to 128", "fd00::1/64"),
        ("172.16.1.256/16", "not an IP address", "172.16.1.1/16"),
        ("172.16.1/16", "not an IP address", "172.16.1.1/16"),
        ("web/16", "not an IP address", "172.16.1.1/16"),
        ("", "not an IP address", "172.16.1.1/16"),
        ("172.16.1.1/16; reboot", "prefix length", "172.16.1.1/16"),
        ("fe80::1%eth0/64", "not an IP address", "172.16.1.1/16"),
        ("172.16.0.0/16", "address of the network itself", "172.16.0.1/16"),
        ("172.16.255.255/16", "broadcast address of 172.16.0.0/16", "172.16.0.1/16"),
        ("fd00::/64", "subnet-router anycast", "fd00::1/64"),
        ("0.0.0.0/8", "unspecified", "172.16.1.1/16"),
        ("127.0.0.1/8", "loopback", "172.16.1.1/16"),
        ("::1/128", "loopback", "fd00::1/64"),
        ("224.0.0.1/24", "multicast", "172.16.1.1/16"),
        ("255.255.255.255/32", "reserved", "172.16.1.1/16"),
        ("ff02::1/64", "multicast", "fd00::1/64"),
    ],
)
def test_a_bad_address_is_told_with_its_fault_and_a_form_that_works(text: str, said: str, cure: str) -> None:
    with pytest.raises(NslabError) as error:
        names.interface_address(text)
    assert said in error.value.message
    assert cure in error.value.cure


def test_the_nearest_name_is_offered() -> None:
    assert names.did_you_mean("mydoker0", ["ns1", "mydocker0"]) == "Did you mean mydocker0?"
    assert names.did_you_mean("qqq", ["ns1", "mydocker0"]) == ""
