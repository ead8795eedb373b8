"""Other ways to attach COUNT namespaces to the bridge br0, for comparison; each gives the seconds that it took."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks import c_programs
from benchmarks.labs import addresses

HERE = Path(__file__).parent
SEED_SCRIPT = """\
bridge=$1
namespace=$2
addr=$3
vethA=veth-$namespace
vethB=eth00-$namespace
ip netns add $namespace
ip link add $vethA type veth peer name $vethB
ip link set $vethB netns $namespace
ip netns exec $namespace ip addr add $addr dev $vethB
ip netns exec $namespace ip link set $vethB up
ip link set $vethA up
brctl addif $bridge $vethA
"""
MININET_PYTHON = "/usr/bin/python3"


def seed_script(count: int) -> float:
    """The tutorial's own script, once for each namespace; without sudo, which would cost as much again."""
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as script:
        script.write(SEED_SCRIPT)
        script.flush()
        began = time.perf_counter()
        for name, address in addresses(count).items():
            subprocess.run(["bash", script.name, "br0", name, address], check=True)
        return time.perf_counter() - began


def ip_batch(count: int) -> float:
    """The fewest processes that ip(8) can do it with: one on the host, then one in each namespace."""
    host = "".join(
        f"netns add {name}\nlink add name veth-{name} up master br0 type veth peer name eth00-{name} netns {name}\n"
        for name in addresses(count)
    )
    inner = "".join(
        f"ip -n {name} -batch - <<E\naddr add {address} dev eth00-{name}\nlink set eth00-{name} up\nE\n"
        for name, address in addresses(count).items()
    )
    lines = f"ip -batch - <<E\n{host}E\n{inner}"
    began = time.perf_counter()
    subprocess.run(["sh"], input=lines, text=True, check=True)
    return time.perf_counter() - began


def ip_batch_removal(count: int) -> float:
    """`ip -batch` with a `netns del` for each namespace, until their interfaces have really gone."""
    began = time.perf_counter()
    lines = "".join(f"netns del {name}\n" for name in addresses(count))
    subprocess.run(["ip", "-batch", "-"], input=lines, text=True, check=True)
    while any(name.startswith("veth-") for name in os.listdir("/sys/class/net")):
        time.sleep(0.0005)
    return time.perf_counter() - began


def limit(count: int) -> float:
    """The same requests from C: what the kernel itself needs."""
    return c_programs.seconds("limit", "attach", "br0", str(count))


def limit_removal(count: int) -> float:
    """What the kernel itself needs to remove the lab."""
    return c_programs.seconds("limit", "remove", "br0", str(count))


def mininet(count: int, *options: str) -> dict[str, float]:
    """Seconds that Mininet takes to build, stop, and on wish ping all pairs of, as many hosts on one Linux bridge."""
    command = [MININET_PYTHON, HERE / "mininet_peer.py", str(count), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def missing() -> dict[str, str]:
    """The peers that this machine lacks, each with what brings it."""
    lacking = {}
    if shutil.which("gcc") is None:
        lacking["C"] = "apt-get install gcc libc6-dev"
    if shutil.which("brctl") is None:
        lacking["seed script"] = "apt-get install bridge-utils"
    found = subprocess.run([MININET_PYTHON, "-c", "import mininet.net"], capture_output=True, check=False)
    if found.returncode or shutil.which("mnexec") is None:
        lacking["Mininet"] = "apt-get install --no-install-recommends mininet"
    elif int(Path("/proc/self/uid_map").read_text().split()[1]) != 0:
        lacking["Mininet"] = "root: it does not run in an ordinary user's namespace"
    return lacking
