"""``%netns_trace`` and its kin, in a notebook's kernel."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from .conftest import Cell, Notebook
from .widget import Widget

BUILD = (
    "%netns_auto off",
    "%netns_bridge br0 172.16.0.1/16",
    "%netns_attach br0 ns1 172.16.1.1/16",
    "%netns_attach br0 ns2 172.16.1.2/16",
)
AGAIN = "%netns_trace --again shows where the packets went."
TOLD = "echo request 1: ns1 → br0 → ns2, arrived, answered by echo reply 1 after"


def text(cell: Cell) -> str:
    """What was printed, and what a console shows of the outputs."""
    return cell.printed + "".join(output.get("text/plain", "") for output in cell.outputs)


def build(notebook: Notebook) -> None:
    for line in BUILD:
        assert not notebook.run(line).error


def test_a_command_is_run_and_its_packets_are_shown(notebook: Notebook) -> None:
    build(notebook)
    ran = notebook.run("%netns_trace ns1 ping -c 1 172.16.1.2")
    assert "1 received" in text(ran)
    assert TOLD in text(ran)
    assert not ran.error


def test_a_cell_is_traced_and_fails_as_it_would_have(notebook: Notebook) -> None:
    build(notebook)
    ran = notebook.run("%%netns ns1 --trace\nping -c 1 172.16.1.2\nfalse")
    assert TOLD in text(ran)
    assert "status 1" in ran.error


def test_a_failed_ping_is_traced_again(notebook: Notebook) -> None:
    build(notebook)
    failed = notebook.run("%netns ns1 ping -c 1 -W 1 172.16.7.7")
    assert "%netns_trace --again shows where the packets went." in text(failed)
    assert any('data-nslab-text="%netns_trace --again"' in output.get("text/html", "") for output in failed.outputs)
    assert "nobody answers ARP for 172.16.7.7" in text(notebook.run("%netns_trace --again"))


def test_a_failed_check_is_traced_again(notebook: Notebook) -> None:
    build(notebook)
    notebook.run("!ip netns exec ns2 sysctl -qw net.ipv4.icmp_echo_ignore_all=1")
    assert AGAIN in text(notebook.run("%%netns_check\nns1 can ping ns2"))
    assert AGAIN not in text(notebook.run("%%netns_check\nns1 has 172.16.9.9/16"))
    notebook.run("%%netns_check\nns1 can ping ns2")
    assert "ns2 ignores pings: net.ipv4.icmp_echo_ignore_all is 1" in text(notebook.run("%netns_trace --again"))


@pytest.mark.parametrize("cell", ["!sudo ip netns exec ns1 {}", "%%bash\ntrue\nsudo ip netns exec ns1 {}"])
def test_a_ping_by_a_shell_line_is_traced_again(notebook: Notebook, cell: str) -> None:
    build(notebook)
    assert AGAIN in text(notebook.run(cell.format("ping -c 1 -W 1 172.16.7.7")))
    assert "nobody answers ARP for 172.16.7.7" in text(notebook.run("%netns_trace --again"))
    assert AGAIN not in text(notebook.run(cell.format("ping -c 1 172.16.1.2")))


def test_a_way_that_is_typed_or_cannot_be_asked_for(notebook: Notebook) -> None:
    build(notebook)
    ran = notebook.run("%netns_trace --predict ns1,ns2 ns1 ping -c 1 172.16.1.2")
    assert "You left out br0, which is between ns1 and ns2." in text(ran)
    ran = notebook.run("%netns_trace --timeout 5 --predict br0,ns1 ns1 ping -c 1 172.16.1.2")
    assert "1 received" in text(ran)
    for line in ("%netns_trace --predict ns1 ping -c 1 172.16.1.2", "%%netns ns1 --predict\nping -c 1 172.16.1.2"):
        ran = notebook.run(line, by_program=True)
        assert "1 received" in text(ran)
        assert TOLD in text(ran)
    assert 'no namespace or bridge "ns9"' in notebook.run("%netns_trace --predict ns1,ns9 ns1 true").error


def test_the_way_is_asked_for_before_anything_runs(notebook: Notebook) -> None:
    build(notebook)
    widget = Widget(notebook.client, "%netns_trace --predict ns1 ping -c 1 172.16.1.2")
    asked = widget.state["asked"]
    assert (asked["command"], asked["start"]) == ("ping -c 1 172.16.1.2", "ns1")
    assert asked["places"]["host/br0"] == "br0"
    widget.ask(do="answer", way="ns1, ns9")
    assert "no namespace or bridge" in widget.state["refused"]
    assert "printed" not in widget.state or not widget.state["printed"]
    widget.ask(do="answer", way="ns1, br0, ns2")
    assert widget.state["asked"] == {}
    assert "1 received" in widget.state["printed"]
    assert "All of it is right." in widget.state["below"]
    assert "expected-way" in widget.state["shown"]["svg"]
    number = widget.state["packets"][0][0]
    widget.ask(do="show", number=number)
    assert widget.state["shown"]["number"] == number


def test_several_cells_are_captured_and_saved(notebook: Notebook, tmp_path: Path) -> None:
    build(notebook)
    assert "No packets are being recorded." in notebook.run("%netns_capture stop").error
    notebook.run("%netns_capture start")
    assert "already" in notebook.run("%netns_capture start").error
    notebook.run("!ip netns exec ns1 ping -c 1 172.16.1.2")
    file = tmp_path / "all.pcapng"
    ran = notebook.run(f"%netns_capture stop --save {file}")
    assert TOLD in text(ran)
    assert str(file) in text(ran)
    head = text(notebook.run(f"import base64; print(base64.b64encode(open('{file}', 'rb').read(4)).decode())"))
    assert base64.b64decode(head.strip().splitlines()[-1]) == b"\x0a\x0d\x0d\x0a"


def test_bad_input_records_nothing(notebook: Notebook) -> None:
    build(notebook)
    assert "There is no command to run." in notebook.run("%netns_trace ns1").error
    assert "no namespace" in notebook.run("%netns_trace ns9 true").error
    assert "neither start nor stop" in notebook.run("%netns_capture now").error
    assert ".pcapng" in notebook.run("%netns_trace --save x.txt ns1 true").error
    assert "nslab-trace" not in text(notebook.run("!nft list tables"))
