"""What a snapshot of a lab costs: from nothing beside `ip -j`, and after a change beside from nothing.

Run ``python benchmarks/bench_reading.py [--sizes 2 30 200] [--rounds 7]``; it enters a private host by itself. Peers
are `ip -n NAME -j -d addr` and `ip -n NAME -j route` for each namespace, which is less than a snapshot has, and
`limit_reading.c`, which sends the snapshot's own requests and looks at every attribute. All take turns in one run.
After each random change, a reader that goes on is compared with one that starts from nothing: the two must be equal.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import c_programs, labs
from benchmarks.results import Results, arguments, timed
from nslab_kernel.core.model.network import Network
from nslab_kernel.lab import Lab
from nslab_kernel.linux import nft, reading
from nslab_kernel.linux.netlink import dump
from nslab_kernel.linux.reading import Reader

C_AT_MOST = 2.0  # times what C takes with the same requests, from this many namespaces on:
C_FROM = 30
_RTM_GETNSID = 90  # its requests name open files, which another process doesn't have
ANEW = "from nothing"
FASTER_AFTER_A_CHANGE = {200: 5.0}
_LONG_ENOUGH = 3.0  # seconds
CHANGES = (
    "ip -n {name} link set eth00-{name} down",
    "ip -n {name} link set eth00-{name} up",
    "ip -n {name} addr add 192.168.{n}.1/24 dev eth00-{name}",
    "ip -n {name} addr del 192.168.{n}.1/24 dev eth00-{name}",
    "ip link set veth-{name} nomaster",
    "ip link set veth-{name} master br0",
    "ip -n {name} route add 10.9.{n}.0/24 dev lo",
    "ip netns exec {name} sysctl -qw net.ipv4.ip_forward=1",
    "ip netns exec {name} nft add table ip t{n}",
    "ip -n {name} rule add from 10.8.{n}.0/24 lookup 99",
)


def main() -> int:
    """Measure, print, and say whether the targets are reached."""
    options = arguments(__doc__, sizes=(2, 30, 200), rounds=7).parse_args()
    labs.enter()
    results = Results("reading", options.json)
    lab = Lab("en")
    for count in options.sizes:
        labs.built(lab, count)
        _from_nothing(results, count, options.rounds if count < 1000 else min(options.rounds, 3))
        _after_a_change(results, count, options.rounds * 5)
    lab.reset()
    c_programs.forget()
    return results.finish()


def _requests(path: Path) -> None:
    """Write down what a snapshot asks the kernel: before the requests of each namespace, its path."""
    places = {space.inode: f"/run/netns/{space.name}" for space in Lab("en").snapshot().namespaces}
    asked: list[tuple[str, str]] = []

    class Recording(dump.AskingSocket):
        def __init__(self, protocol: int = socket.NETLINK_ROUTE) -> None:
            super().__init__(protocol)
            inode = os.stat("/proc/thread-self/ns/net").st_ino
            self._place, self._protocol = places.get(inode, f"/proc/{os.getpid()}/ns/net"), protocol

        def _note(self, kind: int, flags: int, *bodies: bytes) -> None:
            if kind != _RTM_GETNSID:
                sent = dump._requests(kind, dump.NLM_F_REQUEST | flags, *bodies)
                asked.append((self._place, f"{self._protocol} {sent.hex()}"))

        def dump(self, kind: int, body: bytes) -> list[dump.Message]:
            self._note(kind, dump.NLM_F_DUMP, body)
            return super().dump(kind, body)

        def ask(self, kind: int, *bodies: bytes, flags: int = 0) -> list[dump.Message]:
            self._note(kind, flags, *bodies)
            return super().ask(kind, *bodies, flags=flags)

    with patch.object(reading, "AskingSocket", Recording), patch.object(nft, "AskingSocket", Recording):
        _anew()
    with path.open("w") as file:
        for place, requests in groupby(asked, key=itemgetter(0)):
            print(place, *(request for _, request in requests), sep="\n", file=file)


def _from_nothing(results: Results, count: int, rounds: int) -> None:
    seconds: dict[str, list[float]] = defaultdict(list)
    requests = Path(tempfile.mkstemp(prefix="nslab-requests-")[1])
    _requests(requests)
    for number in range(rounds + 1):
        if number and shutil.which("gcc"):
            seconds["C"].append(c_programs.seconds("limit_reading", str(requests)))
        for name, read in (("nslab", _anew), ("nslab, volatile too", _volatile_anew)):
            spent = timed(read)
            if number:  # the first round warms up
                seconds[name].append(spent)
        if number:
            seconds["ip -j addr, route"].append(timed(lambda: _ip(count)))
    requests.unlink()
    judged = count >= C_FROM and "C" in seconds
    results.compare("snapshot", count, seconds, at_most={"C": C_AT_MOST} if judged else None)
    results.note(f"N={count}: {_kernels_share():.0%} of a snapshot's processor time is the kernel's")


def _kernels_share() -> float:
    """Of some seconds of readings, since the kernel tells the two kinds of time apart by looking now and then."""
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    while time.perf_counter() - began < _LONG_ENOUGH:
        _anew()
    after = resource.getrusage(resource.RUSAGE_SELF)
    own, kernels = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    return kernels / (own + kernels)


def _after_a_change(results: Results, count: int, rounds: int) -> None:
    """Random changes: what reading on takes beside reading from nothing, and whether both see the same."""
    dice, names = random.Random(count), list(labs.addresses(count))
    seconds: dict[str, list[float]] = {"nslab": [], ANEW: []}
    reader = Reader()
    reader.read()
    for _ in range(rounds):
        change = dice.choice(CHANGES).format(name=dice.choice(names), n=dice.randint(1, 200))
        subprocess.run(change.split(), capture_output=True, check=False)  # some don't apply: a change of nothing
        seconds["nslab"].append(timed(reader.read))
        seconds[ANEW].append(timed(_anew))
        _assert_equal(reader, change)
    reader.close()
    wanted = FASTER_AFTER_A_CHANGE.get(count)
    results.compare("snapshot after a change", count, seconds, {ANEW: wanted} if wanted else None)
    print(f"  equal to the one from nothing after each of {rounds} random changes")


def _assert_equal(reader: Reader, change: str) -> None:
    for _ in range(50):
        if reader.read() == _anew():
            return
        time.sleep(0.02)  # carriers and addresses that follow from a change come a moment later
    raise AssertionError(f"after `{change}` reading on and reading from nothing differ")


def _anew() -> Network:
    reader = Reader()
    try:
        return reader.read()
    finally:
        reader.close()


def _volatile_anew() -> Network:
    reader = Reader()
    try:
        return reader.read(volatile=True)
    finally:
        reader.close()


def _ip(count: int) -> None:
    for name in labs.addresses(count):
        for what in (["-d", "addr"], ["route"]):
            done = subprocess.run(["ip", "-n", name, "-j", *what], capture_output=True, check=True)
            json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
