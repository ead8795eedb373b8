"""Labs of Kathará's and containerlab's forms open in a lab, for each kind of user; all or nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .users import KINDS, home_of, run_as, skip_without

LABS = Path(__file__).parent / "labs"
UNTIL = """
until_shown() {
    for _ in $(seq 300); do
        if "$@" 2>/dev/null | grep -q "$shown"; then return; fi
        sleep 0.1
    done
}
"""


@pytest.fixture(params=KINDS)
def opened(request: pytest.FixtureRequest) -> Iterator[Callable[..., str]]:
    """What `nslab open LAB -c LINES` prints, in a copy that the user may change."""
    with home_of(request.param) as home:

        def run(lab: str, lines: str = "true", change: Callable[[Path], object] = lambda folder: None) -> str:
            folder = home / "lessons" / lab
            shutil.copytree(LABS / lab, folder)
            owner = folder.parent.stat()
            for path in (folder, *folder.rglob("*")):
                os.chown(path, owner.st_uid, owner.st_gid)
            change(folder)
            return run_as(request.param, home, 'open "$0" -c "$1"', str(folder), UNTIL + lines)

        yield run


WEB = """
cd /; ip netns exec pc sh -c 'curl -s 10.0.1.11; curl -s 10.0.1.12'
for n in s1 s2 r; do ip netns exec $n sh -c 'hostname; cat /etc/hostname; cat /shared/note'; done
ip netns exec s2 sh -c 'ls /root/by-exec; sysctl -n net.ipv4.conf.all.arp_ignore'
ip netns exec s2 sh -c 'echo changed > /etc/motd; echo more >> /shared/note'
ip netns exec s1 sh -c 'ls /root/by-exec; cat /shared/note; grep changed /etc/motd; ls /run/nginx.pid'
ls /root/by-exec /run/nginx.pid; ip -n r -br link show eth1; ip -br link show type bridge; hostname
ip -n s2 -6 addr show eth0
"""


def test_nodes_have_links_files_settings_services_and_a_hostname_of_their_own(opened):
    skip_without("nginx", "curl")
    told = opened("kathara-web", WEB)
    assert "Two web servers in one network" in told
    assert "viewer is left out" in told
    lines = told.splitlines()
    after = lines[lines.index("the first") :]
    assert after[:11] == [
        *("the first", "the second"),
        *("s1", "s1", "for all", "s2", "s2", "for all", "r", "r", "for all"),
    ], told
    assert after[11:13] == ["/root/by-exec", "1"], told
    assert [line for line in after if line in ("for all", "more")][-2:] == ["for all", "more"]
    assert told.count("/root/by-exec': No such file") == 2, told
    assert told.count("/run/nginx.pid") == 2  # once in s1, once as missing in the host
    assert "02:00:00:00:00:0b" in told
    assert "lan-B" in told
    assert "lan-A" not in told, "two ends are one veth pair"
    assert told.splitlines()[-1] == "docker-host1"


OSPF = """
shown=10.3.0.0; until_shown ip -n r1 route; ip -n r1 route
for _ in $(seq 30); do ip netns exec pc ping -c 1 -W 1 10.3.0.1 | grep '1 received' && break; done
ip netns exec r2 vtysh -c 'show version' | head -1
"""


def test_an_frr_lab_of_katharas_form_learns_routes(opened):
    skip_without("zebra")
    told = opened("kathara-ospf", OSPF)
    assert "10.3.0.0/24 nhid" in told, told
    assert "1 received" in told
    assert "FRRouting 8" in told or "(r2)" in told


def test_frr_runs_a_quagga_lab(opened):
    skip_without("zebra")
    told = opened("kathara-quagga", "shown=10.8.2.0; until_shown ip -n r1 route; ip -n r1 route")
    assert "10.8.2.0/24 nhid" in told, told
    assert "FRR, Quagga's successor, runs Quagga's configuration" in told


CLAB = """
shown=10.2.0.1; until_shown ip -n r1 route; ip -n r1 route; ip netns exec pc cat /root/greeting
for _ in $(seq 30); do ip netns exec pc ping -c 1 -W 1 10.2.0.1 | grep '1 received' && break; done
"""


def test_a_lab_of_containerlabs_form_opens(opened):
    skip_without("zebra")
    told = opened("clab-bgp", CLAB)
    assert "1 received" in told, told
    assert "good day" in told


def replaced(old: str, new: str) -> Callable[[Path], object]:
    """A change of a lab's main file."""

    def change(folder: Path) -> None:
        file = next(iter([*folder.glob("lab.conf"), *folder.glob("*.yml")]))
        file.write_text(file.read_text().replace(old, new))

    return change


@pytest.mark.parametrize("opened", KINDS[:1], indirect=True)
@pytest.mark.parametrize(
    ("lab", "change", "said"),
    [
        ("kathara-ospf", replaced("kathara/frr", "kathara/p4"), "the image kathara/p4 (r1, r2)"),
        ("kathara-ospf", replaced("pc[0]=A", "pc[0]=A\npc[nosuch]=1"), "unknown option: nosuch"),
        ("kathara-ospf", replaced("pc[0]=A", "pc is here"), "line 7 of lab.conf can't be read: pc is here"),
        ("kathara-ospf", lambda lab: (lab / "lab.ext").touch(), "real machine"),
        ("kathara-ospf", lambda lab: (lab / "pc.startup").write_text("nosuchprogram"), "nosuchprogram isn't installed"),
        ("kathara-ospf", lambda lab: (lab / "pc.startup").write_text("service nosuch start"), "service nosuch"),
        ("clab-bgp", replaced("kind: linux", "kind: nokia_srlinux"), "of kind nokia_srlinux"),
        ("clab-bgp", replaced("pc:eth1", "host:eth1"), "doesn't join two nodes"),
        ("clab-bgp", replaced("daemons:/etc", "../daemons:/etc"), "doesn't lie in the lab's folder"),
        ("clab-bgp", replaced("r1.conf:", "r9.conf:"), "r9.conf of r1 isn't in the lab's folder"),
        ("clab-bgp", replaced("  nodes:", "  nodes"), "is no YAML: line"),
    ],
)
def test_what_cant_be_is_said_before_anything_is_built(opened, lab, change, said):
    told = opened(lab, "echo built", change)
    assert said in told
    assert "built\n" not in told.replace("Nothing was built", "")
    assert "Traceback" not in told


def test_check_says_what_a_lab_has_and_builds_nothing():
    with home_of(KINDS[0]) as home:
        told = run_as(KINDS[0], home, 'open "$0" --check', str(LABS / "clab-bgp"))
    assert "r1           eth1 link1, eth2 link3" in told
    assert "there is no management network" in told


FAILING = """
import sys
from nslab_kernel.lab import Lab
from nslab_kernel.linux import node_handles, opening, processes

def fail(*_):
    raise {error}

{what} = fail
lab = Lab()
try:
    lab.open(sys.argv[1])
except BaseException as error:
    print(type(error).__name__, error)
print([n.name for n in lab.snapshot().namespaces], [i.name for i in lab.snapshot().host.interfaces])
print(node_handles.present())
"""


@pytest.mark.parametrize(
    ("what", "error", "said"),
    [
        ("processes.hold", 'OSError(28, "No space left on device")', "can't have files of its own"),
        ("opening._run", "KeyboardInterrupt", "was not opened"),
    ],
)
def test_what_fails_or_is_interrupted_on_the_way_leaves_nothing(what, error, said):
    lines = FAILING.format(what=what, error=error)
    with home_of(KINDS[0]) as home:
        told = run_as(KINDS[0], home, f'run -- {sys.executable} -c "$0" "$1"', lines, str(LABS / "kathara-web"))
    assert said in told, told
    assert told.splitlines()[-2:] == ["[] ['lo']", "frozenset()"], told


def test_a_terminal_finds_an_opened_lab_and_its_nodes():
    lab = str(LABS / "clab-bgp")
    skip_without("zebra")
    words = [sys.executable, "-m", "nslab_kernel.cli"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([*words, "open", lab, "-c", "echo ready; read _"], text=True, **pipes) as opened:
        while opened.stdout.readline() not in ("ready\n", ""):
            pass
        listed = subprocess.run([*words, "list"], text=True, capture_output=True, check=True).stdout
        (line,) = [line for line in listed.splitlines() if line.endswith(f"nslab open {lab}")]
        shell = [*words, "shell", "--lab", line.split()[0], "pc", "-c", "hostname; cat /root/greeting"]
        assert subprocess.run(shell, text=True, capture_output=True, check=True).stdout == "pc\ngood day\n"
        opened.communicate("\n")
