"""The picture follows whoever changed the network, and is silent otherwise."""

from __future__ import annotations

import base64
import struct
import time
from pathlib import Path

import pytest
from jupyter_client import KernelManager

from .conftest import Notebook


@pytest.mark.parametrize(
    "source",
    [
        "%netns_bridge mydocker0",
        "!sudo brctl addbr mydocker0",
        "%%bash\nsudo ip link add mydocker0 type bridge",
        "import subprocess; done = subprocess.run(['ip', 'link', 'add', 'mydocker0', 'type', 'bridge'])",
        "%%netns host\nip link add mydocker0 type bridge",
    ],
)
def test_a_cell_that_changed_the_network_is_followed_by_the_picture(notebook: Notebook, source: str) -> None:
    (picture,) = notebook.run(source).pictures
    assert 'role="img"' in picture
    assert 'aria-label="' in picture
    assert "mydocker0" in picture


def test_a_person_gets_a_picture_without_the_png_that_nobody_at_a_notebook_sees(notebook: Notebook) -> None:
    (bundle,) = notebook.run("%netns_bridge mydocker0").outputs
    assert set(bundle) == {"text/html", "text/plain"}
    assert "mydocker0" in bundle["text/plain"]


def test_a_person_may_ask_for_the_png(notebook: Notebook) -> None:
    notebook.run("%netns_auto --png on")
    (bundle,) = notebook.run("%netns_bridge mydocker0").outputs
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    notebook.run("%netns_auto --png off")
    (bundle,) = notebook.run("%netns_graph").outputs
    assert set(bundle) == {"text/html", "text/plain"}


@pytest.mark.parametrize("source", ["%netns_graph", "from nslab_kernel import Lab; Lab().picture()", "%netns_live"])
def test_a_notebook_that_a_program_runs_has_pictures_for_github(notebook: Notebook, source: str) -> None:
    bundle = notebook.run(source, by_program=True).outputs[-1]
    assert bundle["image/png"].startswith("iVBOR")
    assert bundle["text/html"].startswith("<svg")


def test_no_magic_draws_a_png_for_a_person_and_each_that_shows_a_picture_does_for_a_program(notebook: Notebook) -> None:
    """Whatever has an SVG has a PNG for a program, and whatever a person gets has none."""
    lines = [
        "%netns_bridge br0",
        "%netns_attach br0 ns1 10.0.0.1/24",
        "%netns_attach br0 ns2 10.0.0.2/24",
        "%netns_graph",
        "%netns_why ns1 10.0.0.2",
        "%netns_trace ns1 ping -c 1 10.0.0.2",
        "%netns_live",
    ]
    for by_program in (False, True):
        notebook.run("%netns_reset")
        for line in lines:
            cell = notebook.run(line, by_program=by_program)
            assert not cell.failed, cell.error
            drawn = [bundle for bundle in cell.outputs if "<svg" in bundle.get("text/html", "")]
            assert drawn, line
            assert all(("image/png" in bundle) is by_program for bundle in drawn), line


def test_what_the_first_picture_needs_is_loaded_while_the_kernel_is_idle(tmp_path: Path) -> None:
    """In a kernel of its own, whose first cell comes late."""
    manager = KernelManager(kernel_name="nslab")
    manager.start_kernel(cwd=str(tmp_path))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=30)
        one, loaded = (
            Notebook(manager, client),
            "import sys; print({'networkx', 'nslab_kernel.picture'} <= set(sys.modules))",
        )
        deadline = time.monotonic() + 20
        while one.run(loaded).printed != "True\n" and time.monotonic() < deadline:
            time.sleep(0.5)
        assert one.run(loaded).printed == "True\n"
        one.run("%netns_bridge br0")
        assert one.run("print('matplotlib' in sys.modules, 'numpy' in sys.modules)").printed == "False False\n"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_cell_that_changed_nothing_is_silent(notebook: Notebook) -> None:
    notebook.run("%netns_bridge mydocker0")
    assert notebook.run("1 + 1").pictures == []
    assert notebook.run("!ip link set mydocker0 up").pictures == []


def test_what_the_kernel_does_by_itself_later_is_no_news(notebook: Notebook) -> None:
    notebook.run("%netns_bridge mydocker0\n%netns_attach mydocker0 ns1 172.16.1.1/16")
    time.sleep(2.5)  # link-local addresses pass duplicate address detection meanwhile
    assert notebook.run("1").pictures == []


@pytest.mark.parametrize("last", ["ip netns del ns1", "ip link set veth-ns1 down", "ip -n ns1 link set eth00-ns1 down"])
def test_what_follows_from_a_change_is_shown_with_it_and_not_later(notebook: Notebook, last: str) -> None:
    notebook.run("%netns_bridge mydocker0\n%netns_attach mydocker0 ns1 172.16.1.1/16")
    assert len(notebook.run(f"!sudo {last}").pictures) == 1
    assert notebook.run("1").pictures == []
    time.sleep(1.5)
    assert notebook.run("1").pictures == []


def test_a_change_made_meanwhile_is_shown_after_the_next_cell(notebook: Notebook) -> None:
    notebook.run("%%bash --bg\nsleep 0.5; ip link add late0 type bridge")
    time.sleep(1.5)
    (picture,) = notebook.run("1").pictures
    assert "late0" in picture


def test_a_picture_that_the_cell_drew_is_not_drawn_twice(notebook: Notebook) -> None:
    assert len(notebook.run("!ip link add br0 type bridge\n%netns_graph").pictures) == 1


def test_following_can_be_switched_off_and_on(notebook: Notebook) -> None:
    notebook.run("%netns_auto off")
    assert notebook.run("!ip link add br0 type bridge").pictures == []
    notebook.run("%netns_auto on")
    assert notebook.run("!ip link add br1 type bridge").pictures


def test_a_failing_cell_shows_what_it_changed_before(notebook: Notebook) -> None:
    cell = notebook.run("!ip link add br0 type bridge\nraise SystemError")
    assert cell.failed
    assert len(cell.pictures) == 1


def test_a_picture_as_a_cells_value_is_not_drawn_twice(notebook: Notebook) -> None:
    notebook.run("from nslab_kernel import Lab\nlab = Lab()")
    cell = notebook.run("!ip link add br0 type bridge\nlab.picture()")
    assert len(cell.pictures) == 1
    assert notebook.run("1").pictures == []
    assert len(notebook.run("!ip link add br1 type bridge\nbefore = lab.picture()").pictures) == 1


def test_an_operation_as_a_cells_value_is_shown_as_its_commands(notebook: Notebook) -> None:
    notebook.run("from nslab_kernel import Lab\nlab = Lab()")
    shown = notebook.run("lab.bridge('br0')").outputs[0]["text/plain"]
    assert shown == "sudo ip link add br0 type bridge\nsudo ip link set br0 up"


def test_a_picture_has_its_size_beside_a_finer_image(notebook: Notebook) -> None:
    cell = notebook.run("!ip link add br0 type bridge", by_program=True)
    image = base64.b64decode(cell.outputs[0]["image/png"])
    width, height = struct.unpack(">II", image[16:24])
    shown = cell.metadata[0]["image/png"]
    assert width == pytest.approx(1.5 * shown["width"], abs=2)
    assert height == pytest.approx(1.5 * shown["height"], abs=2)
