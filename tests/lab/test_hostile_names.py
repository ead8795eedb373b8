"""Names that somebody chose to harm, or that are merely odd: made by hand, they are shown, addressed and removed."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.jupyter import live_view
from nslab_kernel.jupyter.terminal import shell_line
from nslab_kernel.lab import Lab

NAMESPACES = (
    "a\ntouch HACK\n#",
    "a b",
    "it's",
    'q"q',
    "\x1b[31mred",
    "bidi\u202egnp",
    "<b>&amp;",
    "\udcff\udcfe",
    "$(touch HACK)",
    "命名空间",
    "-x",
)
INTERFACES = ("<i>'\"&", "\x1b[2J", "x\u202ey", "a;b", "\udcff", "$(id)", "`id`")


@pytest.fixture
def hostile(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A lab with every such name."""
    monkeypatch.chdir(tmp_path)
    lab.bridge("br0", "10.0.0.254/24")
    for number, name in enumerate(NAMESPACES):
        plain = f"n{number}"
        lab.attach("br0", plain, f"10.0.0.{number + 1}/24")
        _rename(plain, name)
    for number, name in enumerate(INTERFACES):
        subprocess.run(["ip", "link", "add", f"d{number}", "type", "bridge"], check=True)
        subprocess.run(["ip", "link", "set", f"d{number}", "name", os.fsencode(name)], check=True)
    return lab


def _rename(plain: str, name: str) -> None:
    """What `ip netns` would do with a new name, without its opinion of the name."""
    there = f"/run/netns/{name}"
    Path(there).touch()
    subprocess.run(["mount", "--bind", f"/run/netns/{plain}", os.fsencode(there)], check=True)
    subprocess.run(["ip", "netns", "del", plain], check=True)


def printable(text: str) -> None:
    for line in text.split("\n"):
        assert line.replace("\t", "").isprintable(), ascii(line)
    text.encode()


def test_pictures_and_tables_show_them(hostile: Lab, tmp_path: Path) -> None:
    assert {*NAMESPACES} <= {namespace.name for namespace in hostile.snapshot().namespaces}
    picture = hostile.picture(before=hostile.picture().network)
    for text in (picture.svg(), picture.svg(interactive=True), picture.text(), picture.description()):
        printable(text)
    ElementTree.fromstring(picture.svg())
    saved = picture.save(tmp_path / "hostile.svg")
    assert ElementTree.parse(saved).getroot().tag.endswith("svg")
    assert picture.png(dpi=40).startswith(b"\x89PNG")
    assert r"\x1b[31mred" in picture.text()


def test_what_a_page_gets_can_be_sent(hostile: Lab) -> None:
    network = hostile.snapshot(volatile=True)
    printable(json.dumps(live_view.pages(network, "en"), ensure_ascii=False))
    for name in NAMESPACES:
        assert shell_line(name).isprintable()


def test_a_script_runs_nothing_of_theirs(hostile: Lab, tmp_path: Path) -> None:
    folder = Path("/etc/netns/a b")
    folder.mkdir(parents=True)
    (folder / "resolv.conf").write_text("nameserver 9.9.9.9\nEND_OF_TEXT\ntouch HACK\nEND_OF_TEXT_\n")
    script = hostile.script()
    before = hostile.snapshot()
    hostile.reset()
    (tmp_path / "script.sh").write_bytes(os.fsencode(script))
    subprocess.run(["sh", "script.sh"], check=False, capture_output=True)
    assert not (tmp_path / "HACK").exists()
    assert subprocess.run(["sh", "-n", "script.sh"], check=False).returncode == 0
    assert hostile.snapshot().host.interface("br0")
    assert before.host.interface("br0")
    if folder.exists():
        assert (folder / "resolv.conf").read_text().startswith("nameserver 9.9.9.9\nEND_OF_TEXT\ntouch HACK")


@pytest.mark.parametrize("name", NAMESPACES)
def test_each_can_be_addressed(hostile: Lab, name: str, tmp_path: Path) -> None:
    assert hostile.run(name, "echo ok").stdout == "ok\n"
    inner = next(i.name for i in hostile.snapshot().get(name).interfaces if i.kind == "veth")
    printable(str(hostile.address(name, inner, "10.9.0.1/24")).replace(name, ""))
    hostile.route(name, "10.8.0.0/16", "10.9.0.2")
    hostile.firewall(name, "input", "drop", tcp=23)
    hostile.dns(name, "9.9.9.9")
    assert hostile.picture(of=name).svg()
    printable(str(hostile.why(name, "10.0.0.254")))
    hostile.detach(name)
    assert hostile.snapshot().get(name) is None
    assert not (tmp_path / "HACK").exists()


def test_errors_that_name_them_are_one_line(hostile: Lab) -> None:
    for name in (*NAMESPACES, *INTERFACES):
        with pytest.raises(NslabError) as caught:
            hostile.attach("br0", name, "10.0.0.77/24")
        printable(str(caught.value))


def test_reset_removes_all_of_them(hostile: Lab) -> None:
    Path("/etc/netns/zz").touch()
    hostile.reset()
    network = hostile.snapshot()
    assert network.namespaces == ()
    assert [interface.name for interface in network.host.interfaces] == ["lo"]
    assert not Path("/etc/netns/zz").exists()
