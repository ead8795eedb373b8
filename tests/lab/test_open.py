"""A lab of another program as part of the lab that it was opened in: looked at, tried out, and taken away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.lab import Lab
from nslab_kernel.linux import node_handles, processes

CONF = "pc[0]=A\nr[0]=A\nr[1]=B\nweb[0]=B\n"
STARTUPS = {
    "pc": "ip address add 10.0.0.2/24 dev eth0\nip route add default via 10.0.0.1",
    "r": "ip address add 10.0.0.1/24 dev eth0\nip address add 10.0.1.1/24 dev eth1",
    "web": "ip address add 10.0.1.2/24 dev eth0\nip route add default via 10.0.1.1\nnosuchfile=/x; cat $nosuchfile",
}


@pytest.fixture
def opened(lab: Lab, tmp_path: Path) -> Lab:
    (tmp_path / "lab.conf").write_text(CONF)
    for name, lines in STARTUPS.items():
        (tmp_path / f"{name}.startup").write_text(lines)
    (tmp_path / "web" / "etc").mkdir(parents=True)
    (tmp_path / "web" / "etc" / "motd").write_text("of web\n")
    _topology, ends = lab.open(str(tmp_path))
    assert {end.node: end.returncode for end in ends} == {"pc": 0, "r": 0, "web": 1}
    assert "cat: /x: No such file" in next(end.said for end in ends if end.node == "web")
    return lab


def test_magics_check_why_and_programs_work_in_its_nodes(opened: Lab) -> None:
    assert all(verdict.holds for verdict in opened.check("pc can ping 10.0.1.2\nr forwards IPv4\npc can ping web"))
    assert opened.why("pc", "web").arrives
    assert opened.run("web", "cat /etc/motd; hostname").stdout == "of web\nweb\n"
    assert opened.run("host", "ip netns exec web sh -c 'cat /etc/motd; hostname; pwd'").stdout.startswith(
        "of web\nweb\n"
    )
    assert opened.run("host", "hostname; cat /etc/motd").stdout.startswith("docker-host1\n")
    opened.dns("pc", "10.0.1.2")
    assert opened.run("pc", "cat /etc/resolv.conf").stdout == "nameserver 10.0.1.2\n"
    assert opened.run("host", "ip netns exec pc cat /etc/resolv.conf").stdout == "nameserver 10.0.1.2\n"
    assert "10.0.1.2" in str(opened.why("pc", "some.name"))
    assert "ip netns add web" in opened.script()


def test_detach_and_reset_leave_nothing_of_it(opened: Lab) -> None:
    holders = processes.pids()
    opened.detach("web")
    assert node_handles.present() == {"pc", "r"}
    opened.reset()
    assert opened.snapshot().namespaces == ()
    assert node_handles.present() == set()
    assert os.listdir("/etc/nslab/nodes") == []
    assert len(processes.pids()) < len(holders), "what held their files open has ended"
    assert "with-nodes" not in opened.run("host", "readlink -f $(command -v ip)").stdout


def test_a_name_that_is_taken_refuses_the_whole_lab(opened: Lab, tmp_path: Path) -> None:
    before = opened.snapshot()
    with pytest.raises(NslabError, match="exists already"):
        opened.open(str(tmp_path))
    assert opened.snapshot() == before


def test_a_folder_without_a_lab_is_named(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(NslabError, match="is no lab of Kathará's or containerlab's"):
        lab.open(str(tmp_path))
