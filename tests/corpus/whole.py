"""All that makes a network, line by line as the tools print it: whether one that was rebuilt is equal.

Run as a program in a fresh private host, it builds a network by a script and prints its facts.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from nslab_kernel.lab import Lab

from . import tools
from .building import settle
from .tools import Fact, Place

_PASSING = ("carrier", "mac", "port state", "port cost")  # of an interface; MAC addresses are judged by what was typed
_TEXTS = {
    "route": (("ip", "-4", "-d", "route", "show", "table", "all"), ("ip", "-6", "-d", "route", "show", "table", "all")),
    "rule": (("ip", "-4", "-d", "rule"), ("ip", "-6", "-d", "rule")),
    "nexthop": (("ip", "-d", "nexthop"),),
    "firewall": (
        ("nft", "-s", "list", "ruleset"), ("iptables-save",), ("ip6tables-save",), ("ebtables-save",),
        ("arptables-save",),
    ),
    "qdisc": (("tc", "-d", "qdisc"),),
}  # fmt: skip
_FROM_FACTS = ("link", "neighbour", "proxy neighbour", "fdb", "filter")
_OWN_ROUTES = re.compile(r"^(multicast|unicast fe80::/64|local fe80:|anycast fe80:|local ff|broadcast)")
_NOISE = re.compile(r" (expires \d+sec|refcnt \d+|error \d+|hoplimit \d+)\b|\[\d+:\d+\]")
_HANDLE = re.compile(r"^(qdisc \S+) 8[0-9a-f]{3}:")
_QUIET = re.compile(r"^qdisc (noqueue|noop|pfifo_fast|mq|fq_codel) 0:")
_SYSCTLS = re.compile(r"^net\.(ipv4|ipv6|bridge)\.")
_VOLATILE = re.compile(
    r"stable_secret|\.mtu$|\.flush$|base_reachable|ping_group_range|tcp_mem|udp_mem|tcp_fastopen_key"
)


def facts(everywhere: list[Place], typed: str) -> set[Fact]:
    """Everything about a network that a script of it has to bring back.

    Parameters
    ----------
    everywhere
        Its namespaces.
    typed
        The commands that built it: a MAC address counts where it was typed.
    """
    found = set()
    for fact in tools.facts(everywhere):
        if fact[1] in _FROM_FACTS and not _passes(fact, typed):
            found.add(fact)
    for place in everywhere:
        found |= {(place.name, *fact) for fact in _texts(place)}
        found |= {(place.name, *fact) for fact in _more(place)}
    return found


def _passes(fact: Fact, typed: str) -> bool:
    _, about, *rest = fact
    if about != "link":
        return False
    what = " ".join(rest[1:3])
    if rest[1] == "mac":
        return rest[2] not in typed
    if rest[1] == "address" and rest[2].startswith("fe80:") and rest[2].split("/")[0] not in typed:
        return True
    return what.startswith(_PASSING)


def _texts(place: Place) -> Iterator[Fact]:
    for about, commands in _TEXTS.items():
        for command in commands:
            for line in place.run(*command).splitlines():
                words = " ".join(_NOISE.sub("", _HANDLE.sub(r"\1", line)).split())
                if about == "route" and _OWN_ROUTES.match(words) and "proto kernel" in words:
                    continue
                if not words or words.startswith("#") or _QUIET.match(line):
                    continue
                yield about, command[0], words


def _more(place: Place) -> Iterator[Fact]:
    for name, link in place.links.items():
        yield "link", name, "txqlen", str(link.get("txqlen"))
        for other in link.get("altnames", ()):
            yield "link", name, "altname", other
    for line in place.run("sysctl", "-a").splitlines():
        if _SYSCTLS.match(line) and not _VOLATILE.search(line.partition(" = ")[0]):
            yield "sysctl", line
    folder = Path("/etc/netns") / place.name
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        yield "file", file.name, file.read_text()


def unexplained(was: set[Fact], now: set[Fact], script: str) -> list[str]:
    """The differences between a network and the one that its script built, without those that the script names."""
    named = [line for line in script.splitlines() if line.startswith("# left out: ")]
    return [
        f"{sign} {' '.join(fact)}"
        for sign, differing in (("lost ", was - now), ("added", now - was))
        for fact in sorted(differing)
        if not any(_is_named(fact, line) for line in named)
    ]


def _is_named(fact: Fact, line: str) -> bool:
    """Whether a line is about a fact: it names the whole namespace, or the namespace and a thing in it."""
    said = line.removeprefix("# left out: ").partition(", ")[0]
    if said.startswith("namespace "):
        return said.split()[1] == fact[0]
    things, _, namespace = said.rpartition(" in ")
    about = " ".join(fact[1:])
    return namespace == fact[0] and all(
        re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", about) for word in things.split() if word != "of"
    )


if __name__ == "__main__":
    done = subprocess.run(["sh", sys.argv[1]], capture_output=True, text=True)
    if done.returncode:
        print(json.dumps({"failed": done.stderr[-2000:]}))
    else:
        lab = Lab("en")
        settle(lab)
        print(json.dumps({"facts": sorted(facts(tools.places(), os.environ["TYPED"]))}))
