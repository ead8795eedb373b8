"""Every operation of `Lab`, each on a network on which it has something to do."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from nslab_kernel.lab import Lab
from nslab_kernel.linux import processes

from ..comparison import facts

Act = Callable[[Lab], object]


def bare(lab: Lab) -> None:
    """A host with nothing on it."""
    lab.reset()


def small(lab: Lab) -> None:
    """Two namespaces on a bridge."""
    lab.reset()
    lab.bridge("br0", "172.16.0.1/16")
    lab.attach_many("br0", {"ns1": "172.16.1.1/16", "ns2": "172.16.1.2/16"})


def online(lab: Lab) -> None:
    """The same, with an uplink and without NAT."""
    small(lab)
    lab.internet()


def rich(lab: Lab) -> None:
    """What lessons build: two bridges, an uplink, NAT, a published port, filters, name servers, a process."""
    small(lab)
    lab.bridge("br1", "172.17.0.1/16")
    lab.attach("br1", "ns3", "172.17.1.3/16")
    lab.internet()
    for name, gateway in (("ns1", "172.16.0.1"), ("ns2", "172.16.0.1"), ("ns3", "172.17.0.1")):
        lab.route(name, "default", gateway)
    lab.nat("br0")
    lab.publish(8080, "ns1", 80)
    lab.firewall("ns2", "input", "drop", tcp=23)
    lab.dns("ns1", "9.9.9.9")
    lab.dns("host", "9.9.9.9")
    lab.start("ns1", "sleep 1000")


OPERATIONS: dict[str, tuple[Act, Act]] = {
    "bridge": (small, lambda lab: lab.bridge("br9", "172.19.0.1/16")),
    "attach": (small, lambda lab: lab.attach("br0", "ns4", "172.16.1.4/16", "fd00::4/64")),
    "attach_many": (small, lambda lab: lab.attach_many("br0", {f"m{n}": f"172.16.2.{n}/16" for n in range(1, 13)})),
    "detach": (rich, lambda lab: lab.detach("ns1")),
    "reset": (rich, lambda lab: lab.reset()),
    "nat": (online, lambda lab: lab.nat("br0")),
    "nat_off": (rich, lambda lab: lab.nat_off("br0")),
    "publish": (small, lambda lab: lab.publish(8080, "ns1", 80)),
    "unpublish": (rich, lambda lab: lab.unpublish(8080)),
    "connect": (small, lambda lab: lab.connect("ns1", "ns2", "10.0.0.1/24", "10.0.0.2/24")),
    "router": (rich, lambda lab: lab.router("br0", "br1", "172.16.0.9/16", "172.17.0.9/16")),
    "address": (small, lambda lab: lab.address("ns1", "eth00-ns1", "10.9.0.1/24")),
    "route": (small, lambda lab: lab.route("ns1", "default", "172.16.0.1")),
    "dns": (small, lambda lab: lab.dns("ns1", "1.1.1.1")),
    "dns of the host": (rich, lambda lab: lab.dns("host", "8.8.8.8")),
    "firewall": (small, lambda lab: lab.firewall("ns1", "input", "drop", tcp=80)),
    "firewall_off": (rich, lambda lab: lab.firewall_off("ns2")),
    "internet": (small, lambda lab: lab.internet()),
    "internet_off": (rich, lambda lab: lab.internet_off()),
    "break_": (rich, lambda lab: lab.break_(1, 7)),
}
"""For each operation what it is done on, and the call."""


def state(lab: Lab) -> frozenset[str]:
    """All that an operation can change, a line each: the network, rules, name servers, files, processes."""
    said = set(facts(lab.snapshot()))
    for namespace in ("host", *sorted(os.listdir("/run/netns"))):
        rules = processes.run(namespace, ["nft", "list", "ruleset"]).stdout
        lines = enumerate(rules.splitlines())
        said |= {f"{namespace} nft {number} {line}" for number, line in lines if "counter" not in line}
    said.add("resolv.conf " + _text("/etc/resolv.conf"))
    for path in sorted(Path("/etc/netns").rglob("*")):
        said.add(f"{path} {_text(str(path))}")
    said |= {f"process {name}" for name in _processes()}
    return frozenset(said)


def settled(lab: Lab, *wanted: frozenset[str], patience: float = 5.0) -> frozenset[str]:
    """The state once it is one of those wanted, or what it is when patience is over."""
    deadline = time.monotonic() + patience
    now = state(lab)
    while now not in wanted and time.monotonic() < deadline:
        time.sleep(0.05)
        now = state(lab)
    return now


def at_rest(lab: Lab) -> frozenset[str]:
    """The state once it stays as it is: carriers and duplicate address detection take a second or two."""
    before, since = state(lab), time.monotonic()
    while time.monotonic() - since < 0.7:
        time.sleep(0.1)
        now = state(lab)
        if now != before:
            before, since = now, time.monotonic()
    return before


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _processes() -> list[str]:
    """The words of each process in a namespace other than the host."""
    home = os.stat("/proc/self/ns/net").st_ino
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat(f"/proc/{pid}/ns/net").st_ino != home:
                found.append(_text(f"/proc/{pid}/cmdline").replace("\0", " "))
        except OSError:
            continue
    return sorted(found)
