"""Carrier-grade NAT: the provider shares its address, and nobody outside reaches the host."""

from __future__ import annotations

import time

from nslab_kernel.lab import Lab


def answered(lab: Lab, namespace: str, command: str) -> str:
    """What a command prints once the servers that it asks are up."""
    for _attempt in range(50):
        result = lab.run(namespace, command)
        if result.returncode == 0:
            return result.stdout
        time.sleep(0.1)
    return result.stdout + result.stderr


def test_the_host_reaches_the_world_and_is_seen_as_its_provider(lab: Lab) -> None:
    lab.bridge("mydocker0", "172.16.0.1/16")
    lab.attach("mydocker0", "ns1", "172.16.1.1/16")
    lab.internet(cgnat=True)
    lab.nat("mydocker0")
    assert answered(lab, "ns1", "curl -sm 2 http://203.0.113.10/") != ""
    assert answered(lab, "ns1", "curl -sm 2 -H 'Host: ifconfig.me' http://203.0.113.10/").strip() == "203.0.113.1"
    why = lab.why("ns1", "203.0.113.10", tcp=80)
    assert why.arrives
    assert "the host translates the source 172.16.1.1:49152 to 100.64.0.2" in str(why)
    assert "isp translates the source 100.64.0.2:49152 to 203.0.113.1" in str(why)


def test_nobody_outside_begins_a_connection_whatever_is_published(lab: Lab) -> None:
    lab.bridge("mydocker0", "172.16.0.1/16")
    lab.attach("mydocker0", "ns1", "172.16.1.1/16")
    lab.internet(cgnat=True)
    lab.publish(80, "ns1", 8080)
    found = lab.run("inet-peer", "ping -c 1 -W 1 100.64.0.2")
    assert found.returncode
    assert "Net Unreachable" in found.stdout
    assert lab.why("inet-peer", "100.64.0.2", tcp=80).arrives is False
    assert lab.run("host", "ping -c 1 -W 1 198.51.100.7").returncode == 0


def test_off_takes_all_of_it_away_and_the_usual_internet_follows(lab: Lab) -> None:
    before = lab.snapshot()
    lab.internet(cgnat=True)
    lab.internet_off()
    assert lab.snapshot() == before
    lab.internet()
    assert "192.0.2.2/24" in lab.run("host", "ip addr show eth0").stdout
