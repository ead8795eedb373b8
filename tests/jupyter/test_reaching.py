"""The magics that reach out and are reached, as a student meets them in a notebook."""

from __future__ import annotations

import pytest

from .conftest import Notebook

BUILD = """\
%netns_internet
%netns_bridge br0 172.16.0.1/16
%netns_attach br0 ns1 172.16.1.1/16
%netns_attach br0 ns2 172.16.1.2/16
%netns_bridge bare0
"""


@pytest.fixture
def wired(notebook: Notebook) -> Notebook:
    """A world outside and two namespaces; no picture follows."""
    built = notebook.run(f"%netns_auto off\n{BUILD}")
    assert not built.failed, built.error
    return notebook


def test_the_world_outside_is_told_by_names_and_addresses(notebook: Notebook) -> None:
    cell = notebook.run("%netns_internet")
    *servers, made_up = cell.printed.splitlines()
    assert made_up.startswith("All of it is made up")
    assert [line.split() for line in servers] == [
        ["inet-web", "203.0.113.10", "2001:db8:113::10", "www.example.com"],
        ["inet-dns", "203.0.113.53", "2001:db8:113::53", "dns.example.com"],
        ["inet-peer", "198.51.100.7", "2001:db8:198::7", "peer.example.com"],
    ]
    assert notebook.run("%netns_internet --off").printed == ""
    assert "sudo ip netns add isp\n" in notebook.run("%netns_internet --commands").printed


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("%netns_nat br0", ["ip -n ns1 route add default via 172.16.0.1", "ip_forward=1", "masquerade"]),
        ("%netns_publish 80 ns1:8080", ["prerouting", "output", "dnat to 172.16.1.1:8080", "masquerade"]),
        ("%netns_publish 53 ns1:53 --udp", ["udp dport 53 dnat to 172.16.1.1:53"]),
        ("%netns_connect ns1 ns2 10.9.0.1/30 10.9.0.2/30", ["ip -n ns1 link add to-ns2 type veth", "10.9.0.2/30"]),
        ("%netns_connect br0 bare0 172.16.0.9/16 10.1.0.9/24 --router r1", ["netns add r1", "sysctl -qw"]),
        ("%netns_address host bare0 10.1.0.1/24", ["sudo ip addr add 10.1.0.1/24 dev bare0"]),
        ("%netns_route ns1 default 172.16.0.1", ["sudo ip -n ns1 route add default via 172.16.0.1"]),
        ("%netns_dns ns1", ["nameserver 203.0.113.53", "/etc/netns/ns1/resolv.conf"]),
        ("%netns_firewall host forward drop --from ns2", ["hook forward", "ip saddr 172.16.1.2 drop"]),
        ("%netns_firewall ns1 input reject --tcp 8080", ["ip netns exec ns1 nft", "tcp dport 8080 reject"]),
    ],
)
def test_each_prints_the_commands_that_it_stands_for(wired: Notebook, line: str, commands: list[str]) -> None:
    cell = wired.run(line)
    assert not cell.failed, cell.error
    assert all(line.startswith(("sudo ", "echo ")) for line in cell.printed.splitlines())
    for command in commands:
        assert command in cell.printed


@pytest.mark.parametrize(
    ("make", "undo", "command"),
    [
        ("%netns_nat br0", "%netns_nat br0 --off", "nft delete table ip nslab"),
        ("%netns_publish 80 ns1:8080", "%netns_publish 80 --off", "nft delete table ip nslab"),
        ("%netns_firewall ns1 input drop", "%netns_firewall ns1 --off", "nft delete table inet nslab"),
    ],
)
def test_what_is_undone_prints_its_commands_too(wired: Notebook, make: str, undo: str, command: str) -> None:
    wired.run(make)
    assert command in wired.run(undo).printed
    assert wired.run("%netns host nft list ruleset; sysctl -n net.ipv4.ip_forward").printed == "0\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%netns_internet", "there already"),
        ("%netns_internet --real", "there already"),
        ("%netns_internet --fake", "--fake"),
        ("%netns_nat", "bridge"),
        ("%netns_nat br9", 'no bridge "br9"'),
        ("%netns_nat bare0", "bare0 has no address"),
        ("%netns_nat br0 --off", "no NAT"),
        ("%netns_publish eighty ns1:80", "eighty"),
        ("%netns_publish 80", "where port 80 is to lead"),
        ("%netns_publish 80 ns1", "where port 80 is to lead"),
        ("%netns_publish 80 ns1:http", "where port 80 is to lead"),
        ("%netns_publish 0 ns1:80", "0 is not a port"),
        ("%netns_publish 80 ns9:80", 'no namespace "ns9"'),
        ("%netns_publish 80 --off", "isn't published"),
        ("%netns_connect ns1 ns2 10.9.0.1 10.9.0.2/30", "10.9.0.1"),
        ("%netns_connect ns1 ns2 10.9.0.1/30", "other_address"),
        ("%netns_connect br0 bare0 172.16.0.9/16 10.1.0.9/24 --router ns1", '"ns1" exists already'),
        ("%netns_address host eth9 10.0.0.1/8", 'no interface "eth9"'),
        ("%netns_route ns1 default 10.0.0.1", "no neighbour"),
        ("%netns_dns ns1 dns.example.com", "not an IP address"),
        ("%netns_firewall host", "no place to filter"),
        ("%netns_firewall host forward eat", "no verdict"),
        ("%netns_firewall host forward drop --tcp many", "many"),
        ("%netns_firewall host --off", "no filter rules"),
    ],
)
def test_bad_input_is_told_in_two_lines_at_most_and_changes_nothing(wired: Notebook, line: str, said: str) -> None:
    # Not link-local addresses, which the kernel gives by itself when it comes to it.
    look = "%netns host ip -o addr show scope global; ip route; nft list ruleset; ip netns; ls /etc/netns"
    before = wired.run(look).printed
    cell = wired.run(line)
    told = (cell.error or cell.errors).strip()
    assert said in told
    assert len(told.splitlines()) <= 2
    assert "Traceback" not in told
    assert wired.run(look).printed == before


def test_the_picture_tells_of_nat_and_published_ports(wired: Notebook) -> None:
    wired.run("%netns_auto on")
    assert "NAT 172.16.0.0/16 → 192.0.2.2" in wired.run("%netns_nat br0").pictures[0]
    assert "tcp 80 → ns1:8080" in wired.run("%netns_publish 80 ns1:8080").pictures[0]
    wired.run("%netns_auto off")


def test_help_says_what_the_real_uplink_opens(notebook: Notebook) -> None:
    told = notebook.run("print(get_ipython().find_line_magic('netns_internet').__doc__)").printed
    assert "--real" in told
    assert "whatever this machine reaches" in told
