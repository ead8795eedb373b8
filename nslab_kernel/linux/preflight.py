"""What this machine permits, each thing tried for real in a network namespace of its own.

Run as a program inside a private host (``nslab check`` does), it prints the table.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from ..core.errors import NslabError
from ..core.model.network import HOST
from . import processes
from .syscalls import in_user_namespace


@dataclass(frozen=True, slots=True)
class Check:
    """What came of one trial.

    Parameters
    ----------
    name
        What was tried.
    ok
        Whether it works.
    message
        What it is for, or what the machine said when it failed.
    cure
        The command or change that brings it; empty where it works.
    required
        Whether the lessons can't do without it.
    """

    name: str
    ok: bool
    message: str
    cure: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class _Feature:
    name: str
    script: str  # fails where the feature is missing
    module: str = ""  # the kernel module that brings it, where there is one
    required: bool = False
    cure: str = ""  # where no module would help


@dataclass(frozen=True, slots=True)
class _Tool:
    command: str
    package: str  # Debian's and Ubuntu's name
    required: bool = False


_CONTAINER_CURE = "start the container with: docker run --security-opt systempaths=unconfined ..."
_VETH = "ip link add name a type veth peer name b"
_CAPTURE = "ip link set lo up; tcpdump -i lo -c 1 > /dev/null & sleep 0.3; ping -c 1 127.0.0.1; wait $!"
_FORWARD = "echo 1 > /proc/sys/net/ipv4/ip_forward"
_NAT = "table ip t { chain c { type nat hook postrouting priority 100; masquerade; }; }"
_FEATURES = (
    _Feature("veth pairs", _VETH, "veth", required=True),
    _Feature("bridges", "ip link add name br0 type bridge", "bridge", required=True),
    _Feature("bridges by brctl", "brctl addbr br0", "bridge", required=True),
    _Feature("forwarding between namespaces", _FORWARD, required=True, cure=_CONTAINER_CURE),
    _Feature("packet capture", _CAPTURE, "af_packet", required=True),
    _Feature("address translation by nft", f"nft '{_NAT}'", "nft_masq", required=True),
    _Feature("address translation by iptables", "iptables -t nat -A POSTROUTING -j MASQUERADE", "xt_MASQUERADE"),
    _Feature("firewall on bridged packets", "test -e /proc/sys/net/bridge/bridge-nf-call-iptables", "br_netfilter"),
    _Feature("table of connections", "conntrack -L", "nf_conntrack_netlink"),
    _Feature("VXLAN", "ip link add name v type vxlan id 1 dstport 4789 dev lo", "vxlan"),
    _Feature("VLAN", f"{_VETH}; ip link add link a name a5 type vlan id 5", "8021q"),
    _Feature("VLANs in a bridge", "ip link add name br0 type bridge vlan_filtering 1"),
    _Feature("macvlan", f"{_VETH}; ip link add link a name m type macvlan", "macvlan"),
    _Feature("rate limits", f"{_VETH}; tc qdisc add dev a root tbf rate 1mbit burst 10k latency 50ms", "sch_tbf"),
    _Feature("delay and loss (netem)", f"{_VETH}; tc qdisc add dev a root netem delay 1ms", "sch_netem"),
    _Feature("tun devices", "ip tuntap add t mode tun", "tun"),
)
_TOOLS = (
    _Tool("ip", "iproute2", required=True),
    _Tool("ping", "iputils-ping", required=True),
    _Tool("brctl", "bridge-utils", required=True),
    _Tool("nft", "nftables", required=True),
    _Tool("iptables", "iptables", required=True),
    _Tool("tcpdump", "tcpdump", required=True),
    _Tool("conntrack", "conntrack"),
    _Tool("curl", "curl"),
    _Tool("sysctl", "procps"),
    _Tool("dnsmasq", "dnsmasq-base"),
    _Tool("pasta", "passt"),
)
_SBIN = "/usr/local/sbin:/usr/sbin:/sbin"  # not on an ordinary user's PATH on Debian


def checks() -> list[Check]:
    """Try everything that the lessons use; run it inside a private host.

    A feature that is missing leaves nothing behind either: each is tried in a network
    namespace that ends with the trial.
    """
    return [
        _private_host(),
        _files(),
        _users(),
        *tools(),
        *map(_try_feature, _FEATURES),
        _control_groups(),
        _own_processes(),
    ]


def tools() -> list[Check]:
    """Which of the commands that the lessons use are installed."""
    return list(map(_find_tool, _TOOLS))


def refused(error: NslabError) -> Check:
    """The check for a machine that permits no private host."""
    return Check("private host", False, error.message, error.cure)


def report(found: list[Check]) -> str:
    """The table that a person reads: works, MISSING or absent, with the cure below what isn't there."""
    return "\n".join(line for check in found for line in _lines(check))


def _lines(check: Check) -> Iterator[str]:
    word = "works" if check.ok else "MISSING" if check.required else "absent"
    name = check.name if check.required or check.ok else f"{check.name} (optional)"
    yield f"{word:8} {name}" + (f": {check.message}" if check.message else "")
    if check.cure:
        yield f"{'':11}{check.cure}"


def _private_host() -> Check:
    if not in_user_namespace():
        return Check("private host", True, "as root: network and mounts are private, privileges are root's")
    return Check("private host", True, "without any privilege on this machine")


def _files() -> Check:
    name = "files of its own"
    read_only = [folder for folder in _WRITTEN if os.path.isdir(folder) and os.statvfs(folder).f_flag & os.ST_RDONLY]
    if read_only:
        said = f"{', '.join(read_only)} can be read only, as this kernel has no overlay over them here"
        return Check(name, False, said, "a kernel from Linux 5.11 has", required=False)
    kept = os.environ.get("NSLAB_KEPT", "")
    return Check(name, True, f"what a lab writes goes with it; the machine's own is {kept or 'no folder'}")


def _users() -> Check:
    name = "users beside root"
    with open("/proc/self/uid_map") as mapping:
        count = sum(int(line.split()[2]) for line in mapping)
    if count > 1:
        return Check(name, True, "as on any host", required=False)
    said = "root alone, whose id services with users of their own share"
    return Check(name, False, said, _USERS_CURE, required=False)


def _control_groups() -> Check:
    name = "control groups of its own"
    groups = "/sys/fs/cgroup"
    if os.path.exists(f"{groups}/cgroup.procs") and not os.statvfs(groups).f_flag & os.ST_RDONLY:
        return Check(name, True, "", required=False)
    said = "the machine lets this user make none, so /sys/fs/cgroup can be read only"
    return Check(name, False, said, _GROUPS_CURE, required=False)


_WRITTEN = ("/etc", "/home", "/opt", "/root", "/srv", "/tmp", "/usr", "/var", "/var/tmp")
_USERS_CURE = (
    "sudo apt install uidmap; sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 NAME "
    "(other numbers for each user)"
)
_GROUPS_CURE = "start JupyterLab with: systemd-run --user --scope --property=Delegate=yes nslab lab"


def _find_tool(tool: _Tool) -> Check:
    if shutil.which(tool.command, path=f"{os.environ.get('PATH', '')}:{_SBIN}"):
        return Check(f"command {tool.command}", True, "", required=tool.required)
    cure = f"sudo apt install {tool.package}"
    return Check(f"command {tool.command}", False, "not installed", cure, tool.required)


def _try_feature(feature: _Feature) -> Check:
    try:
        result = processes.run(HOST, ["unshare", "--net", "sh", "-ec", feature.script], timeout=10)
    except NslabError as error:
        return Check(feature.name, False, error.message, error.cure, feature.required)
    if result.returncode == 0:
        return Check(feature.name, True, "", required=feature.required)
    said = (result.stderr or result.stdout).strip().splitlines() or [f"exit status {result.returncode}"]
    return Check(feature.name, False, said[-1], _feature_cure(feature, result.returncode), feature.required)


def _feature_cure(feature: _Feature, status: int) -> str:
    command_not_found = 127
    if status == command_not_found:
        return "install the command first, see above"
    if feature.cure:
        return feature.cure
    if feature.module and _has_module(feature.module):
        return f"an administrator brings it with: sudo modprobe {feature.module}"
    if _is_ubuntu():
        return f"sudo apt install linux-modules-extra-{os.uname().release}"
    return "this kernel is built without it; a distribution's own kernel, as in the virtual machine, has it"


def _has_module(module: str) -> bool:
    try:
        with open(f"/lib/modules/{os.uname().release}/modules.dep") as index:
            return any(f"/{module}.ko" in line.partition(":")[0] for line in index)
    except FileNotFoundError:
        return False


def _is_ubuntu() -> bool:
    try:
        with open("/etc/os-release") as release:
            return "ID=ubuntu\n" in release
    except FileNotFoundError:
        return False


def _own_processes() -> Check:
    name = "list of this host's processes alone"
    if os.readlink("/proc/self") == str(os.getpid()):
        return Check(name, True, "", required=False)
    said = "ps shows the machine's, as parts of /proc are masked"
    return Check(name, False, said, _CONTAINER_CURE, required=False)


def main() -> int:
    """Print the table; 1 when something required is missing."""
    found = checks()
    print(report(found))
    return int(any(check.required and not check.ok for check in found))


if __name__ == "__main__":
    sys.exit(main())
