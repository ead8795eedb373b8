from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.model.network import Namespace
from nslab_kernel.lab import Lab


def output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def rules() -> list[str]:
    """Docker's rules, without comments and counters."""
    return [line for line in output("iptables-save").splitlines() if line.startswith(("-A", "-P", ":"))]


def settled(host: Namespace) -> Namespace:
    """The host without what passes by itself: IPv6 addresses are tried out for a second."""
    interfaces = (
        replace(interface, addresses=tuple(replace(address, tentative=False) for address in interface.addresses))
        for interface in host.interfaces
    )
    return replace(host, interfaces=tuple(interfaces))


@pytest.fixture
def lab() -> Iterator[Lab]:
    lab = Lab("en")
    yield lab
    lab.reset()
    lab.close()


def test_containers_have_no_name_and_are_drawn_by_their_process(lab: Lab) -> None:
    network = lab.snapshot()
    programs = {space.title.partition("(")[2].removesuffix(")"): space for space in network.namespaces}
    assert set(programs) == {"httpd", "sleep"}
    assert all(space.kind == "process" for space in programs.values())
    assert [address.cidr for address in programs["httpd"].interfaces[1].addresses] == ["172.17.0.2/16"]
    description = lab.picture(of="docker0").description()
    assert "bridge docker0 up, 172.17.0.1/16, 2 ports" in description
    assert "eth0 up, 172.17.0.2/16, ⇄ docker0" in description


def test_the_picture_tells_what_docker_publishes_masquerades_and_drops(lab: Lab) -> None:
    picture = lab.picture().svg()
    assert "tcp 80 → httpd" in picture
    assert "172.17.0.0/16 → 192.0.2.2" in picture
    assert "forward: drop unless allowed" in picture


def test_the_rules_are_those_that_lesson_04_shows() -> None:
    """As up to version 27, in FORWARD itself; the lesson shortens them: port, match names, the container's address."""
    found = "\n".join(rules())
    for rule in (
        "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
        "-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER",
        "-A DOCKER ! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:8080",
        "-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
        "-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 8080 -j ACCEPT",
    ):
        assert rule in found


def test_a_lab_beside_docker_works_and_leaves_it_as_it_was(lab: Lab) -> None:
    host, before = settled(lab.snapshot().host), rules()
    lab.bridge("mydocker0", "172.20.0.1/16")
    lab.attach("mydocker0", "ns1", "172.20.1.1/16")
    lab.attach("docker0", "ns2", "172.17.0.9/16")
    lab.nat("mydocker0")
    lab.publish(81, "ns1", 8080)
    assert "1 received" in output("ip", "netns", "exec", "ns1", "ping", "-c", "1", "-W", "1", "192.0.2.2")
    assert "Hello" in output("ip", "netns", "exec", "ns2", "curl", "-s", "-m", "2", "http://172.17.0.2:8080/")
    assert rules() == before, "rules of its own are in a table of their own"
    lab.reset()
    assert settled(lab.snapshot().host) == host
    assert "Hello" in output("curl", "-s", "-m", "2", "http://192.0.2.2/")


def test_what_is_dockers_is_refused_with_a_reason(lab: Lab) -> None:
    before = rules()
    with pytest.raises(NslabError, match="masqueraded already") as refused:
        lab.nat("docker0")
    assert "If it is yours" in refused.value.cure
    lab.bridge("mydocker0", "172.20.0.1/16")
    lab.attach("mydocker0", "ns1", "172.20.1.1/16")
    with pytest.raises(NslabError, match="80"):
        lab.publish(80, "ns1", 8080)
    assert rules() == before
