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
from ..core.language import language_of
from ..core.model.network import HOST
from ..core.translation import _, padded, translated
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


_CONTAINER_CURE = _("start the container with: docker run --security-opt systempaths=unconfined ...")
_PRIVATE_HOST = _("private host")
_VETH = "ip link add name a type veth peer name b"
_CAPTURE = "ip link set lo up; tcpdump -i lo -c 1 > /dev/null & sleep 0.3; ping -c 1 127.0.0.1; wait $!"
_FORWARD = "echo 1 > /proc/sys/net/ipv4/ip_forward"
_NAT = "table ip t { chain c { type nat hook postrouting priority 100; masquerade; }; }"
_FEATURES = (
    _Feature(_("veth pairs"), _VETH, "veth", required=True),
    _Feature(_("bridges"), "ip link add name br0 type bridge", "bridge", required=True),
    _Feature(_("bridges by brctl"), "brctl addbr br0", "bridge", required=True),
    _Feature(_("forwarding between namespaces"), _FORWARD, required=True, cure=_CONTAINER_CURE),
    _Feature(_("packet capture"), _CAPTURE, "af_packet", required=True),
    _Feature(_("address translation by nft"), f"nft '{_NAT}'", "nft_masq", required=True),
    _Feature(_("address translation by iptables"), "iptables -t nat -A POSTROUTING -j MASQUERADE", "xt_MASQUERADE"),
    _Feature(_("firewall on bridged packets"), "test -e /proc/sys/net/bridge/bridge-nf-call-iptables", "br_netfilter"),
    _Feature(_("table of connections"), "conntrack -L", "nf_conntrack_netlink"),
    _Feature(_("VXLAN"), "ip link add name v type vxlan id 1 dstport 4789 dev lo", "vxlan"),
    _Feature(_("VLAN"), f"{_VETH}; ip link add link a name a5 type vlan id 5", "8021q"),
    _Feature(_("VLANs in a bridge"), "ip link add name br0 type bridge vlan_filtering 1"),
    _Feature(_("macvlan"), f"{_VETH}; ip link add link a name m type macvlan", "macvlan"),
    _Feature(_("rate limits"), f"{_VETH}; tc qdisc add dev a root tbf rate 1mbit burst 10k latency 50ms", "sch_tbf"),
    _Feature(_("delay and loss (netem)"), f"{_VETH}; tc qdisc add dev a root netem delay 1ms", "sch_netem"),
    _Feature(_("tun devices"), "ip tuntap add t mode tun", "tun"),
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
    return Check(_PRIVATE_HOST, False, error.message, error.cure)


def report(found: list[Check]) -> str:
    """The table that a person reads: works, MISSING or absent, with the fix below what isn't there."""
    return "\n".join(line for check in found for line in _lines(check, NslabError.language))


def _lines(check: Check, language: str) -> Iterator[str]:
    said = check.name if check.required or check.ok else _("{name} (optional)", name=check.name)
    if check.message:
        said = _("{name}: {said}", name=said, said=check.message)
    word = translated(_("works") if check.ok else _("MISSING") if check.required else _("absent"), language)
    yield f"{padded(word, 8)} {translated(said, language)}"
    if check.cure:
        yield f"{'':11}{translated(check.cure, language)}"


def _private_host() -> Check:
    if not in_user_namespace():
        return Check(_PRIVATE_HOST, True, _("as root: network and mounts are private, privileges are root's"))
    return Check(_PRIVATE_HOST, True, _("without any privilege on this machine"))


def _files() -> Check:
    name = _("files of its own")
    read_only = [folder for folder in _WRITTEN if os.path.isdir(folder) and os.statvfs(folder).f_flag & os.ST_RDONLY]
    if read_only:
        said = _("{folders} can be read only: this kernel allows no overlay there", folders=", ".join(read_only))
        return Check(name, False, said, _("Linux 5.11 and later do"), required=False)
    kept = os.environ.get("NSLAB_KEPT", "")
    if not kept:
        return Check(name, True, _("what a lab writes goes with it"))
    return Check(name, True, _("what a lab writes goes with it, except in {folder}", folder=kept))


def _users() -> Check:
    name = _("users beside root")
    with open("/proc/self/uid_map") as mapping:
        count = sum(int(line.split()[2]) for line in mapping)
    if count > 1:
        return Check(name, True, _("as on any host"), required=False)
    said = _("root alone: services with users of their own share its id")
    return Check(name, False, said, _USERS_CURE, required=False)


def _control_groups() -> Check:
    name = _("control groups of its own")
    groups = "/sys/fs/cgroup"
    if os.path.exists(f"{groups}/cgroup.procs") and not os.statvfs(groups).f_flag & os.ST_RDONLY:
        return Check(name, True, "", required=False)
    said = _("this user may not create any on this machine, so /sys/fs/cgroup can be read only")
    return Check(name, False, said, _GROUPS_CURE, required=False)


_WRITTEN = ("/etc", "/home", "/opt", "/root", "/srv", "/tmp", "/usr", "/var", "/var/tmp")
_USERS_CURE = _(
    "sudo apt install uidmap; sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 NAME "
    "(other numbers for each user)"
)
_GROUPS_CURE = _("start JupyterLab with: systemd-run --user --scope --property=Delegate=yes nslab lab")


def _find_tool(tool: _Tool) -> Check:
    if shutil.which(tool.command, path=f"{os.environ.get('PATH', '')}:{_SBIN}"):
        return Check(_("command {name}", name=tool.command), True, "", required=tool.required)
    cure = f"sudo apt install {tool.package}"
    return Check(_("command {name}", name=tool.command), False, _("not installed"), cure, tool.required)


def _try_feature(feature: _Feature) -> Check:
    try:
        result = processes.run(HOST, ["unshare", "--net", "sh", "-ec", feature.script], timeout=10)
    except NslabError as error:
        return Check(feature.name, False, error.message, error.cure, feature.required)
    if result.returncode == 0:
        return Check(feature.name, True, "", required=feature.required)
    said = (result.stderr or result.stdout).strip().splitlines() or [
        _("exit status {status}", status=result.returncode)
    ]
    return Check(feature.name, False, said[-1], _feature_cure(feature, result.returncode), feature.required)


def _feature_cure(feature: _Feature, status: int) -> str:
    command_not_found = 127
    if status == command_not_found:
        return _("install the command first, see above")
    if feature.cure:
        return feature.cure
    if feature.module and _has_module(feature.module):
        return _("an administrator loads it with: sudo modprobe {module}", module=feature.module)
    if _is_ubuntu():
        return f"sudo apt install linux-modules-extra-{os.uname().release}"
    return _("this kernel is built without it; a distribution's own kernel, as in the virtual machine, has it")


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
    name = _("list of this host's processes alone")
    if os.readlink("/proc/self") == str(os.getpid()):
        return Check(name, True, "", required=False)
    said = _("ps shows the machine's, as parts of /proc are masked")
    return Check(name, False, said, _CONTAINER_CURE, required=False)


def main() -> int:
    """Print the table; 1 when something required is missing."""
    NslabError.language = language_of(os.environ)
    found = checks()
    print(report(found))
    return int(any(check.required and not check.ok for check in found))


if __name__ == "__main__":
    sys.exit(main())
