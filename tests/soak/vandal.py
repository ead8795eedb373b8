"""Somebody deletes things at random while cells of every kind run: no cell ends in a foreign error.

Run ``nslab run -- python -m tests.soak.vandal [CELLS] [SEED]`` from the checkout.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter

from .kernel import ours, run, shell_with_magics

BUILD = "%netns_reset\n%netns_bridge br0 172.16.0.1/16\nlab.attach_many('br0', NAMES)\n%netns_internet\n%netns_nat br0"
CELLS = (
    "%netns",
    "%netns_graph",
    "%netns_graph --of ns1",
    "%netns_graph --save /tmp/vandal.svg",
    "%netns_attach br0 ns7 172.16.1.7/16",
    "%netns_detach ns2",
    "%netns_bridge br7 172.17.0.1/16",
    "%netns_nat br0",
    "%netns_nat br0 --off",
    "%netns_publish 8080 ns1:80",
    "%netns_firewall ns1 input drop --tcp 80",
    "%netns_dns ns1 9.9.9.9",
    "%netns_route ns1 10.0.0.0/8 172.16.0.1",
    "%netns_why ns1 ns2",
    "%netns_why ns1 www.example.com --tcp 80",
    "%netns_script",
    "%%netns_check\nns1 can ping ns2\nbr0 is up",
    "%netns ns1 ip -br address",
    "%%netns ns1 --python\nimport socket; socket.socket().close()",
    "lab.snapshot(volatile=True)",
    "lab.ping_all()",
    "lab.graph()",
    "%netns_reset",
)
"""The kinds of cells; what is deleted meanwhile is what they are about."""

VANDAL = """
for i in $(seq 1000000); do
    case $((RANDOM % 6)) in
    0) ip netns del ns$((RANDOM % 8)) ;;
    1) ip link del veth-ns$((RANDOM % 8)) ;;
    2) ip link del br0 ;;
    3) ip netns add ns$((RANDOM % 8)) ;;
    4) ip -n ns$((RANDOM % 8)) link del eth00-ns$((RANDOM % 8)) ;;
    5) nft flush ruleset ;;
    esac
    sleep 0.0$((RANDOM % 9))
done
"""


def soak(cells: int, seed: int) -> Counter[str]:
    """Run cells beside the vandal; print what is wrong, and count."""
    chance, counted = random.Random(seed), Counter[str]()
    shell = shell_with_magics()
    shell.user_ns["NAMES"] = {f"ns{number}": f"172.16.1.{number + 1}/16" for number in range(6)}
    with subprocess.Popen(["bash", "-c", VANDAL], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as vandal:
        try:
            for number in range(cells):
                cell = BUILD if number % 12 == 0 else chance.choice(CELLS)
                result = run(shell, cell)
                error = result.error_before_exec or result.error_in_exec
                how = "done" if error is None else "refused" if ours(error) else "WRONG"
                counted[how] += 1
                if how == "WRONG":
                    print(f"  {cell!r}: {type(error).__name__}: {error}"[:400], flush=True)
        finally:
            vandal.kill()
    run(shell, "%netns_reset")
    return counted


def main(cells: int = 1200, seed: int = 1) -> int:
    """Print the sum; 1 when anything was wrong."""
    counted = soak(cells, seed)
    print(f"{cells} cells of {len(CELLS)} kinds: {dict(counted)}")
    return 1 if counted["WRONG"] else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
