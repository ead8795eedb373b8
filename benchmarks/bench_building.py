"""What attaching, removing and pinging namespaces costs, beside the tutorial's script, `ip -batch`, Mininet and C.

Run ``python benchmarks/bench_building.py [--sizes 2 30 200] [--rounds 7]``; it enters a private host by itself. Ours
goes through the public calls: snapshot, checks, plan, the commands in words. All take turns in one run, so that
whatever else the machine does meets them alike. C makes the same requests with one thread: the kernel's own share.
``--memory`` instead builds and resets 200 namespaces a hundred times and says what stays. Exits with 1 when a bound
is broken; a peer that isn't there is said to be missing.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import building_peers as peers
from nslab_kernel.lab import Lab

BUILD_BOUNDS = {  # at least this many times faster
    "seed script": {2: 20.0, 30: 40.0, 200: 40.0, 1000: 30.0},
    "ip -batch": {30: 3.0, 200: 3.0},
    "Mininet": {30: 25.0, 200: 25.0},
}
LIMIT_BOUND = 1.5  # times what C takes, from 30 namespaces on
STOP_BOUNDS = {"ip -batch": {200: 1.0}, "Mininet": {30: 25.0, 200: 25.0}}
PING_SIZE, PING_BOUND = 30, 50.0
SLOW = {"seed script": 1, "Mininet": 1}  # rounds at 1000, where one takes most of a minute

Figures = dict[str, list[float]]


class Bench:
    """One lab, rebuilt again and again."""

    def __init__(self) -> None:
        self.lab = Lab("en")
        self.missing = peers.missing()
        self.broken: list[str] = []

    def building(self, count: int, rounds: int) -> None:
        """Measure one size."""
        build: Figures = defaultdict(list)
        stop: Figures = defaultdict(list)
        for number in range(rounds + 1):
            for name, job in self._builders().items():
                if count >= 1000 and number > SLOW.get(name, rounds):
                    continue
                seconds, gone = self._once(name, job, count)
                if number or count >= 1000:  # the first round warms up
                    build[name].append(seconds)
                    stop[name].append(gone)
        self._mininet(count, rounds, build, stop)
        print(f"\nattach {count} namespaces")
        self._table(count, build, BUILD_BOUNDS)
        if count >= 30 and "C" in build:
            ratio = statistics.median(build["nslab"]) / statistics.median(build["C"])
            self._judge(f"nslab / C at {count}: {ratio:.2f}", ratio <= LIMIT_BOUND, f"at most {LIMIT_BOUND}")
        print(f"remove {count} namespaces")
        self._table(count, {name: stop[name] for name in ("nslab", "ip -batch", "Mininet") if stop[name]}, STOP_BOUNDS)

    def pinging(self, rounds: int) -> None:
        """Measure all pairs of `PING_SIZE` namespaces."""
        self._bare()
        self.lab.attach_many("br0", peers.addresses(PING_SIZE))
        ours = [self._timed(lambda: self._ping(PING_SIZE)) for _ in range(rounds + 1)][1:]
        self._bare()
        figures: Figures = {"nslab": ours}
        if "Mininet" not in self.missing:
            answer = peers.mininet(PING_SIZE, "ping")
            assert answer["lost"] == 0, "Mininet's pings were answered too"
            figures["Mininet"] = [answer["ping"]]
        print(f"\nping all pairs of {PING_SIZE} namespaces")
        self._table(PING_SIZE, figures, {"Mininet": {PING_SIZE: PING_BOUND}})

    def memory(self, count: int = 200, rounds: int = 100) -> None:
        """Say what building and resetting leaves in this process and in the kernel."""
        before = after = (0, 0)
        for number in range(rounds):
            self._bare()
            self.lab.attach_many("br0", peers.addresses(count))
            self.lab.snapshot()
            if number == 4:
                before = _memory()
        after = _memory()
        self.lab.reset()
        print(f"{count} namespaces, built and reset {rounds} times: from the 5th round to the last")
        print(f"  this process {before[0] / 1024:.1f} to {after[0] / 1024:.1f} MiB")
        print(f"  kernel slabs {before[1] / 1024:.0f} to {after[1] / 1024:.0f} MiB (of the whole machine)")
        self._judge("this process grows", after[0] < before[0] * 1.05, "by less than 5 per cent")

    def _builders(self) -> dict[str, Callable[[int], float]]:
        known = {"nslab": self._ours, "seed script": peers.seed_script, "ip -batch": peers.ip_batch, "C": peers.limit}
        return {name: job for name, job in known.items() if name not in self.missing}

    def _ours(self, count: int) -> float:
        wanted = peers.addresses(count)
        return self._timed(lambda: self.lab.attach_many("br0", wanted).commands)

    def _removal(self, _: int) -> float:
        return self._timed(lambda: self.lab.reset().commands)

    def _once(self, name: str, job: Callable[[int], float], count: int) -> tuple[float, float]:
        self._bare()
        seconds = job(count)
        self._verify(count)
        _let_go(count)
        removal = peers.ip_batch_removal if name == "ip -batch" else self._removal
        gone = removal(count)
        _let_go(count)
        return seconds, gone

    def _mininet(self, count: int, rounds: int, build: Figures, stop: Figures) -> None:
        if "Mininet" in self.missing or count >= 1000:
            return
        self._bare()
        self.lab.reset()
        for _ in range(rounds if count < 200 else min(rounds, 3)):
            answer = peers.mininet(count)
            build["Mininet"].append(answer["build"])
            stop["Mininet"].append(answer["stop"])
            _let_go(count)

    def _bare(self) -> None:
        self.lab.reset()
        self.lab.bridge("br0")

    def _verify(self, count: int) -> None:
        network = self.lab.snapshot()
        bridge = network.host.interface("br0")
        last = network.get(f"ns{count - 1}")
        assert bridge is not None
        assert last is not None
        assert len(network.host.ports(bridge)) == len(network.namespaces) == count
        end = last.interface(f"eth00-ns{count - 1}")
        assert end is not None
        assert end.up
        assert peers.addresses(count)[last.name] in [address.cidr for address in end.addresses]

    def _ping(self, count: int) -> None:
        assert self.lab.ping_all().answered == count * (count - 1)

    def _timed(self, job: Callable[[], object]) -> float:
        began = time.perf_counter()
        job()
        return time.perf_counter() - began

    def _table(self, count: int, figures: Figures, bounds: dict[str, dict[int, float]]) -> None:
        ours = statistics.median(figures["nslab"])
        for name, seconds in figures.items():
            middle = statistics.median(seconds)
            spread = f"{min(seconds) * 1000:.1f} to {max(seconds) * 1000:.1f}, n={len(seconds)}"
            print(f"  {name:12} {middle * 1000:10.1f} ms  {middle / ours:7.1f} x  ({spread})")
            bound = bounds.get(name, {}).get(count)
            if bound:
                self._judge(
                    f"{name} / nslab at {count}: {middle / ours:.1f}", middle / ours >= bound, f"at least {bound}"
                )
        for name in bounds.keys() & self.missing.keys():
            print(f"  {name:12} missing: {self.missing[name]}")

    def _judge(self, what: str, holds: bool, wanted: str) -> None:
        if not holds:
            self.broken.append(f"{what}, not {wanted}")


def _let_go(count: int) -> None:
    """Let the kernel finish what it does in the background with namespaces that are gone."""
    time.sleep(0.1 + count * 0.002)


def _memory() -> tuple[int, int]:
    """KiB of this process and of the kernel's slabs."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    machine = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    return int(status["VmRSS"].split()[0]), int(machine["Slab"].split()[0])


def _versions() -> str:
    iproute = subprocess.run(["ip", "-V"], capture_output=True, text=True, check=True).stdout.strip()
    kernel = f"{platform.system()} {platform.release()}, {os.cpu_count()} cores"
    return f"{kernel}, Python {platform.python_version()}, {iproute}"


def main() -> int:
    """Measure, print, and say whether the bounds hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[2, 30, 200])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    if os.environ.get("NSLAB") != "1":
        nslab = Path(sys.executable).parent / "nslab"
        os.execv(nslab, [str(nslab), "run", "--", sys.executable, *sys.argv])
    print(_versions())
    bench = Bench()
    if options.memory:
        bench.memory()
    else:
        for count in options.sizes:
            bench.building(count, options.rounds)
        bench.pinging(options.rounds)
    peers.forget()
    print("bounds broken: " + "; ".join(bench.broken) if bench.broken else "all bounds hold")
    return 1 if bench.broken else 0


if __name__ == "__main__":
    sys.exit(main())
