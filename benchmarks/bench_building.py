"""What attaching, removing and pinging namespaces costs, beside the tutorial's script, `ip -batch`, Mininet and C.

Run ``python benchmarks/bench_building.py [--sizes 2 30 200] [--rounds 7]``; it enters a private host by itself. Ours
goes through the public calls: snapshot, checks, plan, the commands in words. All take turns in one run, so that
whatever else the machine does meets them alike. C makes the same requests with one thread: the kernel's own share.
A peer that isn't there is said to be missing. Exits with 1 when a target is missed.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import building_peers as peers
from benchmarks import c_programs, labs
from benchmarks.results import OURS, Results, arguments, timed
from nslab_kernel.lab import Lab

C_AT_MOST, C_FROM = 1.5, 30  # times what C takes to build, from so many namespaces on
C_AT_MOST_TO_REMOVE = 2.0
PING_SIZE, PING_FASTER = 30, 50.0
LARGE = 1000
SLOW = {"seed script": 1}  # rounds of a large lab, where one takes most of a minute
MININET_ROUNDS = {200: 3, LARGE: 0}

Figures = dict[str, list[float]]


class Bench:
    """One lab, rebuilt again and again."""

    def __init__(self, results: Results) -> None:
        self.lab = Lab("en")
        self._results = results
        results.missing |= peers.missing()

    def building(self, count: int, rounds: int) -> None:
        """Measure one size."""
        build: Figures = defaultdict(list)
        stop: Figures = defaultdict(list)
        for number in range(rounds + 1):
            for name, job in self._builders().items():
                if count >= LARGE and number > SLOW.get(name, rounds):
                    continue
                seconds, gone = self._once(name, job, count)
                if number:  # the first round warms up
                    build[name].append(seconds)
                    stop[name].append(gone)
            self._mininet(count, number, build, stop)
        judged = count >= C_FROM and "C" in build
        self._results.compare("attach", count, build, at_most={"C": C_AT_MOST} if judged else None)
        removed = {name: stop[name] for name in (OURS, "ip -batch", "C", "Mininet") if stop[name]}
        self._results.compare("reset", count, removed, at_most={"C": C_AT_MOST_TO_REMOVE} if judged else None)

    def pinging(self, rounds: int) -> None:
        """Measure all pairs of `PING_SIZE` namespaces."""
        labs.bare(self.lab)
        self.lab.attach_many(labs.BRIDGE, labs.addresses(PING_SIZE))
        figures: Figures = {OURS: [timed(self._ping) for _ in range(rounds + 1)][1:]}
        self.lab.reset()
        if "Mininet" not in self._results.missing:
            answer = peers.mininet(PING_SIZE, "ping")
            assert answer["lost"] == 0, "Mininet's pings were answered too"
            figures["Mininet"] = [answer["ping"]]
        self._results.compare("ping all pairs", PING_SIZE, figures, {"Mininet": PING_FASTER})

    def _builders(self) -> dict[str, Callable[[int], float]]:
        known = {OURS: self._ours, "seed script": peers.seed_script, "ip -batch": peers.ip_batch, "C": peers.limit}
        return {name: job for name, job in known.items() if name not in self._results.missing}

    def _ours(self, count: int) -> float:
        wanted = labs.addresses(count)
        return timed(lambda: self.lab.attach_many(labs.BRIDGE, wanted).commands)

    def _removal(self, _: int) -> float:
        return timed(lambda: self.lab.reset().commands)

    def _once(self, name: str, job: Callable[[int], float], count: int) -> tuple[float, float]:
        labs.bare(self.lab)
        if name != OURS:
            self.lab.close()  # a listener costs the kernel time: only ours is to pay for ours
        seconds = job(count)
        self._verify(count)
        labs.rest(count)
        if name != OURS:
            self.lab.close()
        gone = {"ip -batch": peers.ip_batch_removal, "C": peers.limit_removal}.get(name, self._removal)(count)
        labs.rest(count)
        return seconds, gone

    def _mininet(self, count: int, number: int, build: Figures, stop: Figures) -> None:
        if "Mininet" in self._results.missing or number == 0 or number > MININET_ROUNDS.get(count, number):
            return
        self.lab.reset()
        answer = peers.mininet(count)
        build["Mininet"].append(answer["build"])
        stop["Mininet"].append(answer["stop"])
        labs.rest(count)

    def _verify(self, count: int) -> None:
        """The lab is what was wanted, no matter who built it."""
        network = self.lab.snapshot()
        bridge = network.host.interface(labs.BRIDGE)
        last = network.get(f"ns{count - 1}")
        assert bridge is not None
        assert last is not None
        assert len(network.host.ports(bridge)) == len(network.namespaces) == count
        end = last.interface(f"eth00-ns{count - 1}")
        assert end is not None
        assert end.up
        assert labs.addresses(count)[last.name] in [address.cidr for address in end.addresses]

    def _ping(self) -> None:
        table = self.lab.ping_all()
        assert table.answered == PING_SIZE * (PING_SIZE - 1)
        assert self.lab.picture().svg()


def main() -> int:
    """Measure, print, and say whether the targets are reached."""
    options = arguments(__doc__, sizes=(2, 30, 200), rounds=7).parse_args()
    labs.enter()
    results = Results("building", options.json)
    bench = Bench(results)
    for count in options.sizes:
        bench.building(count, options.rounds if count < LARGE else min(options.rounds, 3))
    bench.pinging(options.rounds)
    c_programs.forget()
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
