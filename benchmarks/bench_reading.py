"""What a snapshot of a lab costs: from nothing beside `ip -j`, and after a change beside from nothing.

Run ``python benchmarks/bench_reading.py [--sizes 2 30 200] [--rounds 7]``; it enters a private host by itself. The peer
is `ip -n NAME -j -d addr` and `ip -n NAME -j route` for each namespace, which is less than a snapshot tells. All take
turns in one run. After each random change, a reader that goes on is compared with one that starts from nothing: the
two must be equal.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import labs
from benchmarks.results import Results, arguments, timed
from nslab_kernel.core.model.network import Network
from nslab_kernel.lab import Lab
from nslab_kernel.linux.reading import Reader

FASTER = {30: 20.0, 200: 40.0}
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
    return results.finish()


def _from_nothing(results: Results, count: int, rounds: int) -> None:
    seconds: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds + 1):
        for name, read in (("nslab", _anew), ("nslab, volatile too", _volatile_anew)):
            spent = timed(read)
            if number:  # the first round warms up
                seconds[name].append(spent)
        if number:
            seconds["ip -j addr, route"].append(timed(lambda: _ip(count)))
    results.compare("snapshot", count, seconds, {"ip -j addr, route": FASTER[count]} if count in FASTER else None)
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
