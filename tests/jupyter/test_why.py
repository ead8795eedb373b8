"""``%netns_why``, through a real kernel: what a student sees."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .conftest import Cell, Notebook

TWO = """%netns_bridge br1 172.16.0.1/16
%netns_attach br1 ns1 172.16.1.1/16
%netns_attach br1 ns2 172.16.1.2/16"""


def explanation(cell: Cell) -> str:
    return cell.outputs[0]["text/plain"]


@pytest.fixture
def chinese(notebook: Notebook) -> Iterator[Notebook]:
    """The notebook of somebody who reads Chinese."""
    lab = "__import__('nslab_kernel.jupyter.session').jupyter.session.open_session(get_ipython()).lab"
    notebook.run(f"{lab}.language = 'zh'")
    yield notebook
    notebook.run(f"{lab}.language = 'en'")


def test_a_way_that_works_is_told_hop_by_hop_and_numbered_in_the_picture(notebook: Notebook) -> None:
    notebook.run(TWO)
    cell = notebook.run("%netns_why ns1 ns2")
    said = explanation(cell)
    assert said.startswith("✓ A ping from ns1 to ns2 (172.16.1.2) arrives, and the answer comes back.")
    assert "→ br1 forwards the echo-request from its port veth-ns1 to its port veth-ns2" in said
    assert 'class="s-mark-number"' in cell.pictures[0]
    assert 'class="s-mark-cross"' not in cell.pictures[0]


def test_the_first_cause_has_evidence_and_a_cure_and_a_mark_in_the_picture(notebook: Notebook) -> None:
    notebook.run(TWO)
    notebook.run("!ip link set veth-ns2 down\n!ip -n ns2 address flush dev eth00-ns2")
    cell = notebook.run("%netns_why ns1 172.16.1.2")
    said = explanation(cell)
    assert said.startswith("✗ A ping from ns1 to 172.16.1.2 doesn't arrive.")
    assert (
        said.index("veth-ns2 is DOWN") < said.index("the next obstacle") < said.index("eth00-ns2 has no IPv4 address")
    )
    assert "fix: sudo ip link set veth-ns2 up" in said
    assert 'class="s-mark-cross"' in cell.pictures[0]
    assert "An interface that is down neither sends nor receives." in cell.pictures[0]


def test_what_it_tells_to_do_is_done_in_a_cell_and_the_ping_works(notebook: Notebook) -> None:
    notebook.run(TWO)
    notebook.run("!ip link set veth-ns2 down")
    cures = [line.partition("fix: ")[2] for line in explanation(notebook.run("%netns_why ns1 ns2")).splitlines()]
    notebook.run("\n".join(f"!{cure}" for cure in cures if cure))
    assert not notebook.run("%netns ns1 ping -c 1 -W 2 172.16.1.2").failed


def test_what_a_person_called_something_is_shown_as_text(notebook: Notebook) -> None:
    cell = notebook.run("%netns_why host '<b>x'")
    assert "&lt;b&gt;x" in cell.outputs[0]["text/html"]
    assert "<b>x" not in cell.outputs[0]["text/html"]


def test_it_speaks_chinese(chinese: Notebook) -> None:
    chinese.run(TWO)
    chinese.run("!ip link set veth-ns2 down")
    said = explanation(chinese.run("%netns_why ns1 ns2"))
    assert said.startswith("✗ 从 ns1 到 ns2 (172.16.1.2) 的 ping 无法到达。")
    assert "down 的接口既不发送也不接收。" in said


@pytest.mark.parametrize(
    ("line", "message", "cure"),
    [
        ("ns1", "destination", "netns_why"),
        ("ns7 ns1", "ns7", "Did you mean"),
        ("ns1 ns2 --tcp http", "http", "netns_why"),
        ("ns1 ns2 --tcp 70000", "70000", "--tcp 80"),
        ("ns1 ns2 --tcp 80 --udp 53", "either TCP or UDP", "--udp 53"),
        ("ns1 fe80::1%eth9", "eth9", "%netns"),
    ],
)
def test_bad_input_is_told_in_a_sentence_with_the_cure(notebook: Notebook, line: str, message: str, cure: str) -> None:
    notebook.run(TWO)
    cell = notebook.run(f"%netns_why {line}")
    assert message in cell.error
    assert cure in cell.error
    assert "Traceback" not in cell.error


def test_tab_offers_namespaces_addresses_and_options(notebook: Notebook) -> None:
    notebook.run(TWO)
    assert {"host"} == set(notebook.complete("%netns_why ho"))
    assert {"ns1", "ns2"} <= set(notebook.complete("%netns_why ns"))
    assert "172.16.1.2" in notebook.complete("%netns_why ns1 172")
    assert {"--tcp", "--udp"} <= set(notebook.complete("%netns_why ns1 ns2 --"))
