"""The live picture follows the kernel, whoever changes something; terminals get into the lab that runs."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from .conftest import Notebook
from .test_stepper import code, write
from .widget import Widget

BUILD = "%netns_bridge br0\n%netns_attach br0 ns1 10.0.0.1/24\n%netns_attach br0 ns2 10.0.0.2/24"


@pytest.fixture
def live(notebook: Notebook) -> Iterator[Widget]:
    """The live picture, on a page."""
    widget = Widget(notebook.client, "%netns_live")
    if not widget.id:  # the one of an earlier test, which the page knows
        notebook.run("%reload_ext nslab_kernel")
        widget = Widget(notebook.client, "%netns_live")
    widget.ask(do="show")
    yield widget
    widget.ask(do="hide")


def drawn(widget: Widget) -> str:
    return widget.state["drawn"]["svg"]


def in_a_while(seconds: float, command: str) -> str:
    """Python that runs a command later, beside the cells, as somebody in a terminal would."""
    return f"import threading, subprocess\nthreading.Timer({seconds}, subprocess.run, [{command.split()!r}]).start()"


def test_the_picture_follows_what_a_cell_does(live: Widget) -> None:
    live.execute(BUILD)
    live.until(lambda: "10.0.0.2/24" in drawn(live))
    assert 'data-fate="new"' in drawn(live)


def test_the_picture_follows_a_terminal_while_a_cell_keeps_the_kernel_busy(live: Widget) -> None:
    live.execute(in_a_while(0.3, "ip netns add elsewhere"))
    request = live.client.execute("import time; time.sleep(6)")
    begun = time.monotonic()
    live.until(lambda: "elsewhere" in drawn(live))
    assert time.monotonic() - begun < 5, "it waited for the cell"
    live.wait(request)


def test_cables_show_packets_per_second_on_request(live: Widget) -> None:
    live.execute(BUILD)
    live.until(lambda: "10.0.0.2/24" in drawn(live))
    assert not live.state["counting"]
    live.ask(do="count", on=True)
    request = live.client.execute("!ip netns exec ns1 ping -q -c 300 -i 0.01 10.0.0.2")
    live.until(lambda: live.state["rates"].get("ns1/eth00-ns1", (0, 0, 0))[1] > 20)
    received, sent, dropped = live.state["rates"]["ns1/eth00-ns1"]
    assert 20 < sent < 150
    assert abs(received - sent) < 20
    assert dropped == 0
    live.wait(request)
    live.ask(do="count", on=False)
    assert live.state["rates"] == {}
    live.execute("import threading; assert 'nslab-traffic' not in {t.name for t in threading.enumerate()}")


def test_what_changed_stands_out_for_a_while_only(live: Widget) -> None:
    live.execute("!sudo ip netns add fresh")
    live.until(lambda: "fresh" in drawn(live))
    assert 'data-fate="new"' in drawn(live)
    assert 2 < live.until(lambda: 'data-fate="new"' not in drawn(live)) < 8


def test_a_burst_is_drawn_a_few_times_not_each_event(live: Widget) -> None:
    live.execute("from nslab_kernel import Lab\nwith_many = Lab('en')\nwith_many.bridge('br0')")
    live.settle(1)
    before = live.updates
    live.execute("with_many.attach_many('br0', {f'n{i}': f'10.0.0.{i}/24' for i in range(1, 31)}); with_many.close()")
    live.until(lambda: "10.0.0.30/24" in drawn(live))
    live.settle(1.5)
    assert live.updates - before <= 12


def test_the_cell_run_again_shows_the_same_picture(live: Widget, notebook: Notebook) -> None:
    again = Widget(notebook.client, "%netns_live", beside=live)
    assert again.id == "", "a second widget was made"
    (bundle,) = again.bundles
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == live.id


def test_a_namespaces_page_has_tables_and_the_commands_that_show_the_same(live: Widget) -> None:
    live.execute(BUILD)
    live.until(lambda: "10.0.0.2/24" in drawn(live))
    page = live.state["drawn"]["pages"]["ns1"]
    sections = {section["command"]: section["rows"] for section in page["sections"]}
    interfaces = {row[0]: row for row in sections["sudo ip -n ns1 address"]}
    assert interfaces["eth00-ns1"][1] == "up"
    assert "10.0.0.1/24" in interfaces["eth00-ns1"][2]
    assert interfaces["eth00-ns1"][3] == "veth-ns1 in docker-host1"
    assert ["10.0.0.0/24 dev eth00-ns1"] in sections["sudo ip -n ns1 route"]
    assert "br0" in [row[0] for row in live.state["drawn"]["pages"]["host"]["sections"][0]["rows"]]


def test_neighbours_sockets_and_counters_are_told_when_asked_for(live: Widget) -> None:
    live.execute(BUILD)
    live.execute("%netns ns1 ping -c 1 10.0.0.2")
    live.execute("%%netns ns1 --python\nimport socket\nserver = socket.create_server(('10.0.0.1', 8080))")
    live.messages.clear()
    live.ask(do="open", namespace="ns1")
    neighbours, sockets, traffic = live.messages[-1]["sections"]
    assert neighbours["rows"][0][0] == "10.0.0.2"
    assert sockets["rows"] == [["tcp", "10.0.0.1:8080"]]
    (row,) = [row for row in traffic["rows"] if row[0] == "eth00-ns1"]
    assert int(row[1].split()[0]) >= 2, "an ARP answer and an echo reply"
    live.execute("server.close()")


def test_asking_for_a_namespace_that_is_gone_breaks_nothing(live: Widget) -> None:
    live.ask(do="open", namespace="gone")
    assert live.errors == []


def test_a_deleted_namespace_is_not_kept_alive_by_the_picture(live: Widget) -> None:
    live.execute(BUILD)
    live.until(lambda: "10.0.0.2/24" in drawn(live))
    live.execute("!sudo ip netns del ns2")
    live.until(lambda: "veth-ns2" not in live.state["drawn"]["pages"]["host"]["sections"][0]["rows"].__repr__())


def test_a_hidden_picture_leaves_no_thread_and_a_shown_one_has_caught_up(live: Widget, notebook: Notebook) -> None:
    live.ask(do="hide")
    names = notebook.run("import threading; print([t.name for t in threading.enumerate()])").printed
    assert "nslab-watch" not in names
    live.execute("!sudo ip netns add meanwhile")
    assert "meanwhile" not in drawn(live)
    live.ask(do="show")
    live.until(lambda: "meanwhile" in drawn(live))


def test_a_static_picture_remains_for_github_and_consoles(live: Widget, notebook: Notebook) -> None:
    (bundle,) = Widget(notebook.client, "%netns_live", beside=live).bundles
    assert bundle["text/html"].startswith("<svg")
    assert "docker-host1" in bundle["text/plain"]


def test_the_shell_line_leads_into_the_running_lab_from_outside(notebook: Notebook) -> None:
    notebook.run("!sudo ip netns add ns1")
    widget = Widget(notebook.client, "%netns_shell ns1")
    line = widget.state["line"]
    assert "shell ns1 --lab" in line
    environment = {**os.environ, "HOME": notebook.manager.connection_file.rsplit("/", 1)[0]}
    done = subprocess.run(
        f"{line} -c 'ip netns identify; ip link'",
        shell=True,
        capture_output=True,
        text=True,
        env=environment,
        timeout=20,
    )
    assert done.stdout.splitlines()[0] == "ns1", done.stderr


def test_a_terminal_is_opened_once_however_often_the_page_is_loaded(notebook: Notebook) -> None:
    widget = Widget(notebook.client, "%netns_shell")
    widget.ask(do="ready")
    widget.ask(do="ready")
    assert widget.messages == [{"kind": "open"}]
    (bundle,) = widget.bundles
    assert bundle["text/plain"] == f"Type this in a terminal: {widget.state['line']}"


def test_a_terminal_in_a_namespace_that_is_not_there_is_refused(notebook: Notebook) -> None:
    cell = notebook.run("%netns_shell ns7")
    assert cell.name == "NslabError"
    assert 'no namespace "ns7"' in cell.error


def test_a_notebook_with_widgets_runs_to_its_end_without_a_browser(tmp_path: Path) -> None:
    write(tmp_path, code("1"))
    cells = ["%netns_live", BUILD, "%netns_shell ns1", "%netns_play lesson.ipynb", "print('end')"]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "nslab", "display_name": "nslab"}},
    )
    NotebookClient(notebook, timeout=30, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert notebook.cells[-1].outputs[0].text == "end\n"
    assert "text/html" in notebook.cells[0].outputs[0].data
    assert "○ 1" in notebook.cells[3].outputs[0].data["text/plain"]
