"""Call magics and `Lab` with odd arguments: only our own errors come, and what is refused changes nothing.

Run ``nslab run -- python -m tests.soak.fuzz [CALLS] [SEED]`` from the checkout.
"""

from __future__ import annotations

import contextlib
import io
import random
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from nslab_kernel.lab import Lab
from nslab_kernel.linux.settling import settle

from ..comparison import facts
from .kernel import ours, shell_with_magics
from .operations import small

WORDS = (
    "ns1",
    "ns2",
    "host",
    "br0",
    "mydocker0",
    "eth00-ns1",
    "veth-ns1",
    "lo",
    "172.16.1.9/16",
    "172.16.0.1",
    "fd00::9/64",
    "default",
    "80",
    "8080",
    "tcp",
    "udp",
    "on",
    "off",
    "--off",
    "--of",
    "--mac",
    "--save",
    "--tcp",
    "--level",
    "--seed",
    "0",
    "-1",
    "65536",
    "999999999999",
    "1e9",
    "nan",
    "a b",
    "'",
    '"',
    "`",
    "$(id)",
    ";",
    "|",
    "&&",
    "..",
    "/",
    "../../x",
    "*",
    "%",
    "{}",
    "{0}",
    "\\",
    "\n",
    "\t",
    "\x00",
    "\x1b[31m",
    "\u202e",
    "\ud800",
    "\udcff",
    "é",
    "命名",
    "😀",
    "",
    "a" * 16,
    "b" * 300,
    "0.0.0.0/0",
    "255.255.255.255/32",
    "::/0",
    "1.2.3.4/33",
    "١٢٣",
    "input",
    "output",
    "forward",
    "drop",
    "accept",
    "reject",
    "can ping",
    "is up",
    "has address",
    "cannot reach",
)
VALUES: tuple[object, ...] = (
    None,
    0,
    1,
    -1,
    2**70,
    1.5,
    float("nan"),
    True,
    b"ns1",
    [],
    ["ns1"],
    {},
    {"ns1": None},
    {"n9": 3},
    (),
    ("a",),
    object(),
    {1: "172.16.1.1/16"},
    {"n9": ["172.16.7.7/16"]},
    lambda: None,
)
METHODS = (
    "bridge",
    "attach",
    "attach_many",
    "detach",
    "nat",
    "nat_off",
    "publish",
    "unpublish",
    "connect",
    "router",
    "address",
    "route",
    "dns",
    "firewall",
    "firewall_off",
    "why",
    "check",
    "picture",
    "ping_all",
    "counters",
    "start",
    "inside",
)
MAGICS = (
    "netns",
    "netns_bridge",
    "netns_attach",
    "netns_detach",
    "netns_nat",
    "netns_publish",
    "netns_connect",
    "netns_router",
    "netns_route",
    "netns_address",
    "netns_dns",
    "netns_firewall",
    "netns_why",
    "netns_graph",
    "netns_auto",
    "netns_check",
    "netns_hint",
    "netns_break",
    "netns_script",
    "netns_internet",
    "netns_shell",
    "netns_live",
    "netns_play",
)
CELL_MAGICS = ("netns_check", "netns")


def rebuilt(lab: Lab) -> None:
    """Two namespaces on a bridge, at rest."""
    small(lab)
    settle(partial(lab.snapshot, volatile=True), six=True)


class Fuzzer:
    """Makes calls; `seed` decides which."""

    def __init__(self, seed: int, shell: Any) -> None:
        self.chance = random.Random(seed)
        self.shell = shell
        self.lab = Lab("en")
        rebuilt(self.lab)

    def word(self) -> str:
        """One word, plain or odd, or two of them in one."""
        one = self.chance.choice(WORDS)
        return one + self.chance.choice(WORDS) if self.chance.random() < 0.15 else one

    def value(self) -> object:
        """One value, most of them words."""
        return self.chance.choice(VALUES) if self.chance.random() < 0.4 else self.word()

    def call(self) -> tuple[str, Callable[[], object]]:
        """The next call, with how it is written."""
        kind = self.chance.random()
        if kind < 0.45:
            name = self.chance.choice(MAGICS)
            line = " ".join(self.word() for _ in range(self.chance.randrange(5)))
            return f"%{name} {line!r}", lambda: self.shell.run_line_magic(name, line)
        if kind < 0.6:
            name, line = self.chance.choice(CELL_MAGICS), self.word() if self.chance.random() < 0.3 else ""
            text = "\n".join(
                " ".join(self.word() for _ in range(self.chance.randrange(6))) for _ in range(self.chance.randrange(3))
            )
            if name == "netns":
                line, text = self.word() + "\x00", "true"  # where it is to run; commands themselves may do anything
            return f"%%{name} {line!r} {text!r}", lambda: self.shell.run_cell_magic(name, line, text)
        name = self.chance.choice(METHODS)
        given = [
            self.chance.choice(VALUES) if self.chance.random() < 0.4 else self.word()
            for _ in range(self.chance.randrange(5))
        ]
        return f"Lab.{name}{tuple(given)!r:.200}", lambda: getattr(self.lab, name)(*given)


def soak(calls: int, seed: int, shell: Any) -> Counter[str]:
    """Make calls and count how they went; print what is wrong."""
    fuzzer, counted = Fuzzer(seed, shell), Counter[str]()
    before = facts(fuzzer.lab.snapshot())
    for number in range(calls):
        written, call = fuzzer.call()
        silent = io.StringIO()
        try:
            with contextlib.redirect_stdout(silent), contextlib.redirect_stderr(silent):
                call()
            how = "done"
        except Exception as error:
            how = "refused" if ours(error) else "WRONG"
            if how == "WRONG":
                print(f"  {written}: {type(error).__name__}: {ascii(str(error))[:200]}", flush=True)
        counted[how] += 1
        if how != "done" and (now := facts(fuzzer.lab.snapshot())) != before:
            counted["CHANGED"] += 1
            print(f"  {written}: refused, but changed: {sorted(now ^ before)[:3]}"[:400], flush=True)
            before = now
        if how == "done" or number % 500 == 499:
            if facts(fuzzer.lab.snapshot()) != before:
                rebuilt(fuzzer.lab)
            before = facts(fuzzer.lab.snapshot())
    fuzzer.lab.reset()
    fuzzer.lab.close()
    return counted


def main(calls: int = 100_000, seed: int = 1) -> int:
    """Print the sum; 1 when anything was wrong."""
    shell = shell_with_magics()
    shell.run_line_magic("netns_auto", "off")
    counted = soak(calls, seed, shell)
    print(f"{calls} calls: {dict(counted)}")
    return 1 if counted["WRONG"] or counted["CHANGED"] else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
