"""A lesson is played step by step in the user's own shell, in a real kernel."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import Notebook
from .widget import Widget

BRIDGE = "!sudo ip link add br0 type bridge"
SCRIPT = "for n in 1 2; do\n  sudo ip netns add ns$n\ndone"
LESSON: list[tuple[str, str, list[str]]] = [
    ("markdown", "# A lesson\n\nHello.\n\n## Make a bridge\n\nA switch.", []),
    ("code", BRIDGE, []),
    ("markdown", "There it is.\n\n## Two rooms", []),
    ("code", f"%%bash\n{SCRIPT}", []),
    ("code", "answer = 6 * 7\nanswer", []),
    ("code", "%%netns_check\nbr0 is down\nns1 exists", ["check"]),
    ("code", "!sudo ip link set br0 up", []),
]


def write(folder: Path, cells: list[tuple[str, str, list[str]]], name: str = "lesson.ipynb", **metadata: Any) -> Path:
    """A notebook with these cells: kind, source, tags."""
    content = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": metadata,
        "cells": [
            {"id": f"cell-{number}", "cell_type": kind, "metadata": {"tags": tags}, "source": source}
            for number, (kind, source, tags) in enumerate(cells)
        ],
    }
    path = folder / name
    path.write_text(json.dumps(content))
    return path


def code(*sources: str, tags: tuple[str, ...] = ()) -> list[tuple[str, str, list[str]]]:
    return [("code", source, list(tags)) for source in sources]


@pytest.fixture
def play(notebook: Notebook, tmp_path: Path) -> Callable[..., Widget]:
    """Play a lesson of these cells."""

    def _play(cells: list[tuple[str, str, list[str]]] = LESSON) -> Widget:
        widget = Widget(notebook.client, f"%netns_play {write(tmp_path, cells)}")
        widget.ask(do="show")
        return widget

    return _play


@pytest.fixture(autouse=True)
def lab(notebook: Notebook) -> Iterator[None]:
    notebook.run("from nslab_kernel import Lab; lab = Lab('en')")
    yield
    notebook.run("lab.close()")


def seen(notebook: Notebook) -> str:
    """The interfaces of the host, and the namespaces."""
    printed = notebook.run(
        "now = lab.snapshot(); print(*[i.name for i in now.host.interfaces], *[n.name for n in now.namespaces])"
    ).printed
    return printed.strip()


def test_the_page_is_told_the_whole_lesson(play: Callable[..., Widget]) -> None:
    widget = play()
    lesson = widget.state["lesson"]
    assert lesson["title"] == "A lesson"
    assert [step["title"] for step in lesson["steps"]] == [
        "Make a bridge",
        "Two rooms",
        "Two rooms (2)",
        "",
        "Two rooms (3)",
    ]
    assert "<p>A switch.</p>" in lesson["steps"][0]["explanation"]
    assert "Make a bridge" not in lesson["steps"][0]["explanation"], "the heading would be shown twice"
    assert "<p>There it is.</p>" in lesson["steps"][0]["afterword"]
    assert widget.steps == ["waiting"] * 5
    assert lesson["kernel"], "nothing could be interrupted"


def test_a_lesson_is_played_to_its_end_in_the_users_own_shell(play: Callable[..., Widget], notebook: Notebook) -> None:
    widget = play()
    for step in range(5):
        assert widget.state["progress"]["at"] == step
        widget.run(step)
    assert widget.steps == ["done"] * 5
    assert widget.printed(2) == "42\n"
    assert [verdict["holds"] for verdict in widget.record(3)["verdicts"]] == [True, True]
    assert "br0" in widget.state["picture"]["svg"]
    assert seen(notebook) == "lo br0 ns1 ns2"
    assert notebook.run("print(answer)").printed == "42\n"


def test_what_a_step_changed_stands_out_in_the_picture(play: Callable[..., Widget]) -> None:
    widget = play()
    widget.run(0)
    assert 'data-fate="new"' in widget.state["picture"]["svg"]


def test_the_picture_that_follows_cells_keeps_out_of_the_steps(play: Callable[..., Widget], notebook: Notebook) -> None:
    widget = play()
    widget.run(0)
    assert widget.state["outputs"]["0"] == []
    assert notebook.run("1").pictures == []
    assert notebook.run("!sudo ip link set br0 up").pictures


def test_a_break_is_not_given_away_by_its_step_and_can_be_gone_back_over(play: Callable[..., Widget]) -> None:
    build = "%netns_bridge br0\n%netns_attach br0 ns1 10.0.0.1/24\n%netns_attach br0 ns2 10.0.0.2/24"
    widget = play(code(build, "%netns_break --seed 7", "!sudo ip link add br9 type bridge"))
    widget.run(0)
    assert "data-fate" in widget.state["picture"]["svg"]
    widget.run(1)
    assert "data-fate" not in widget.state["picture"]["svg"]
    widget.run(2)
    widget.ask(do="back", step=2)
    widget.ask(do="back", step=1)
    widget.run(1)
    assert widget.steps == ["done", "done", "waiting"]


def test_output_comes_while_the_step_still_runs(play: Callable[..., Widget]) -> None:
    widget = play(code("%%bash\necho one\nsleep 0.6\necho two"))
    widget.run(0)
    (first, one), (second, two) = widget.texts
    assert (one, two) == ("one\n", "two\n")
    assert second - first > 0.4
    assert widget.printed(0) == "one\ntwo\n"


def test_a_flood_of_output_is_cut(play: Callable[..., Widget]) -> None:
    widget = play(code("print('x' * 1_000_000)"))
    widget.run(0)
    assert 200_000 < len(widget.printed(0)) < 201_000


def test_what_child_processes_write_to_the_descriptor_belongs_to_the_step(play: Callable[..., Widget]) -> None:
    widget = play(code("import subprocess; subprocess.run(['echo', 'straight']);"))
    widget.run(0)
    assert "straight" in widget.printed(0)


@pytest.mark.parametrize(
    ("source", "reason", "cure"),
    [
        ("%netns_attach nowhere ns1 10.0.0.1/24", "nowhere", "br"),
        ("%%bash\necho so >&2\nexit 3", "The last command ended with status 3.", ""),
        ("%netns host ping -c 1 -W 1 203.0.113.9", "ended with status", "%netns_why host 203.0.113.9"),
        ("1 / 0", "ZeroDivisionError: division by zero", ""),
        ("%%netns_check\nbr7 is up", "0 of 1 checks passed.", ""),
        ("if True", "SyntaxError", ""),
    ],
)
def test_a_failed_step_stops_with_a_short_reason_and_can_be_run_again(
    play: Callable[..., Widget], source: str, reason: str, cure: str
) -> None:
    widget = play(code(source, "after = 1"))
    for _ in range(2):
        record = widget.run(0)
        assert record["state"] == "failed"
        assert reason in record["reason"]
        assert cure in record["cure"]
        assert widget.state["progress"]["at"] == 0
    widget.ask(do="run", step=1)
    assert widget.steps[1] == "waiting", "the next step ran past a failure"


def test_a_failure_that_the_lesson_announces_does_not_stop_it(play: Callable[..., Widget]) -> None:
    widget = play(code("1 / 0", tags=("raises-exception",)) + code("after = 1"))
    assert widget.run(0)["state"] == "done"
    assert widget.run(1)["state"] == "done"


def test_an_exercise_waits_for_its_check_and_takes_what_the_student_wrote(play: Callable[..., Widget]) -> None:
    widget = play(
        code("%%bash\n# your commands", tags=("exercise",))
        + code("%%netns_check\nbr0 exists", tags=("check", "exercise-check", "raises-exception"))
        + code("after = 1")
    )
    widget.run(0)
    assert widget.run(1)["state"] == "failed"
    assert widget.state["progress"]["at"] == 2, "an exercise that isn't done yet stops the lesson"
    widget.ask(do="back", step=0)
    assert widget.run(0, source="%%bash\nsudo ip link add br0 type bridge")["state"] == "done"
    assert widget.run(1)["state"] == "done"
    assert widget.record(0)["source"] == "%%bash\nsudo ip link add br0 type bridge"


def test_a_line_with_an_exit_status_is_worth_a_word(play: Callable[..., Widget]) -> None:
    record = play(code("!exit 4")).run(0)
    assert (record["state"], record["reason"]) == ("done", "The last command ended with status 4.")


def test_a_step_pressed_twice_runs_once(play: Callable[..., Widget], notebook: Notebook) -> None:
    widget = play(code("count = globals().get('count', 0) + 1", "other = 1"))
    first, second = widget.send(do="run", step=0), widget.send(do="run", step=0)
    widget.wait(first)
    widget.wait(second)
    assert notebook.run("print(count)").printed == "1\n"


def test_a_step_that_awaits_something_runs_too(play: Callable[..., Widget]) -> None:
    widget = play(code("import asyncio\nawait asyncio.sleep(0.01)\nprint('woke')"))
    assert widget.run(0)["state"] == "done"
    assert widget.printed(0) == "woke\n"


def interrupted_after(notebook: Notebook, widget: Widget, step: int, seconds: float) -> float:
    """Start a step, interrupt the kernel a while later, and say how long the step took to end after that."""
    request = widget.send(do="run", step=step)
    threading.Timer(seconds, notebook.manager.interrupt_kernel).start()
    begun = time.monotonic()
    widget.wait(request)
    return time.monotonic() - begun - seconds


SLEEPS = ["!sleep 60", "%%bash\nsleep 60", "%netns host sleep 60", "import time; time.sleep(60)"]
SLEEPS += ["import asyncio; await asyncio.sleep(60)"]
# What %%bash makes of an interrupt now and then.
SLEEPS += [
    """\
import subprocess, time
try:
    time.sleep(60)
except KeyboardInterrupt:
    raise subprocess.CalledProcessError(255, "bash") from None"""
]


@pytest.mark.parametrize("source", SLEEPS)
def test_a_running_step_can_be_interrupted(play: Callable[..., Widget], notebook: Notebook, source: str) -> None:
    widget = play(code(source, "1"))
    assert interrupted_after(notebook, widget, 0, 0.6) < 30
    assert widget.steps[0] == "failed"
    assert widget.record(0)["reason"] == "It was interrupted."
    assert widget.state["progress"]["busy"] == {}
    assert "sleep 60" not in notebook.run("!ps -eo args").printed.replace("ps -eo args", "")
    assert notebook.run("print('alive')").printed == "alive\n"


def test_steps_run_in_the_main_thread_whatever_subshell_the_page_uses(
    play: Callable[..., Widget], notebook: Notebook
) -> None:
    where = "import threading; print(threading.current_thread().name)"
    widget = play(code(where, where, "import time; print('sleeps'); time.sleep(60)", "1"))
    widget.through_a_subshell()
    for step in range(2):
        widget.send(do="run", step=step)
        widget.until(lambda step=step: widget.steps[step] == "done")  # type: ignore[misc]
        assert widget.printed(step) == "MainThread\n"
    widget.send(do="run", step=2)
    widget.until(lambda: widget.texts[-1][1] == "sleeps\n")
    notebook.manager.interrupt_kernel()
    assert widget.until(lambda: widget.steps[2] == "failed") < 30
    assert widget.record(2)["reason"] == "It was interrupted."
    widget.execute("print('alive')")


def test_back_restores_the_network_as_it_was_before_the_step(play: Callable[..., Widget], notebook: Notebook) -> None:
    widget = play()
    for step in range(5):
        widget.run(step)
    before = widget.state["picture"]
    widget.ask(do="back", step=4)
    assert widget.steps == ["done"] * 4 + ["waiting"]
    assert seen(notebook) == "lo br0 ns1 ns2"
    assert notebook.run("print(lab.snapshot().host.interface('br0').up)").printed == "False\n"
    assert widget.state["strayed"] == []
    assert widget.state["picture"] != before
    widget.ask(do="back", step=1)
    assert seen(notebook) == "lo br0"
    widget.ask(do="back", step=0)
    assert seen(notebook) == "lo"
    assert widget.steps == ["waiting"] * 5


def test_what_leaves_no_trace_is_not_run_again_on_the_way_back(play: Callable[..., Widget], notebook: Notebook) -> None:
    widget = play(code("count = globals().get('counted', 0); counted = count + 1", BRIDGE, "1"))
    for step in range(3):
        widget.run(step)
    widget.ask(do="back", step=2)
    assert notebook.run("print(counted)").printed == "1\n"
    assert seen(notebook) == "lo br0"


def test_a_server_that_a_step_started_is_there_again_after_going_back(
    play: Callable[..., Widget], notebook: Notebook
) -> None:
    server = "%%netns ns1 --bg\npython3 -m http.server 8080"
    wait = "%%netns_check\ntcp 127.0.0.1:8080 answers ns1"
    widget = play(code("!sudo ip netns add ns1 && sudo ip -n ns1 link set lo up", server, wait, "1"))
    for step in range(4):
        assert widget.run(step)["state"] == "done"
    widget.ask(do="back", step=3)
    assert widget.steps[3] == "waiting"
    assert notebook.run(wait).error == ""


def test_what_is_done_by_hand_is_noticed_and_can_be_undone(play: Callable[..., Widget], notebook: Notebook) -> None:
    widget = play()
    widget.run(0)
    widget.execute("!sudo ip netns add mine && sudo ip address add 10.0.0.1/8 dev br0")
    widget.settle()
    assert sorted(widget.state["strayed"]) == ["address 10.0.0.1/8 added to br0 in host", "namespace mine added"]
    widget.ask(do="back", step=1)
    assert widget.state["strayed"] == []
    assert seen(notebook) == "lo br0"


def test_what_is_done_in_a_terminal_is_noticed_without_a_cell(play: Callable[..., Widget], notebook: Notebook) -> None:
    widget = play()
    widget.execute("import threading, subprocess\n"
                   "threading.Timer(0.5, subprocess.run, [['ip', 'netns', 'add', 'other']]).start()")  # fmt: skip
    widget.settle(1.5)
    assert widget.state["strayed"] == ["namespace other added"]


def test_the_steps_own_cell_run_in_the_notebook_counts_as_played(play: Callable[..., Widget]) -> None:
    widget = play()
    widget.execute(BRIDGE, cellId="cell-1")
    widget.settle()
    assert widget.steps[0] == "done"
    assert widget.record(0)["byHand"]
    assert widget.state["strayed"] == []
    widget.execute("1 / 0", cellId="cell-3")
    assert widget.steps[1] == "failed"
    assert "ZeroDivisionError" in widget.record(1)["reason"]


def test_a_lab_that_is_not_empty_is_noticed_at_the_start(play: Callable[..., Widget], notebook: Notebook) -> None:
    notebook.run("!sudo ip netns add old")
    widget = play()
    assert widget.state["strayed"] == ["namespace old added"]
    widget.ask(do="back", step=0)
    assert seen(notebook) == "lo"


def test_a_look_back_shows_the_picture_of_then(play: Callable[..., Widget]) -> None:
    widget = play()
    for step in range(2):
        widget.run(step)
    widget.ask(do="look", step=0)
    assert widget.state["picture"]["step"] == 0
    assert "ns2" not in widget.state["picture"]["svg"]
    widget.ask(do="look", step=None)
    assert "ns2" in widget.state["picture"]["svg"]


def test_two_steppers_at_once_do_not_disturb_each_other(notebook: Notebook, tmp_path: Path) -> None:
    path = write(tmp_path, LESSON)
    one = Widget(notebook.client, f"%netns_play {path}")
    one.ask(do="show")
    two = Widget(notebook.client, f"%netns_play {path}", beside=one)
    two.ask(do="show")
    one.run(0)
    two.settle()
    assert two.steps[0] == "waiting"
    assert two.state["strayed"] == ["interface br0 added in host"]
    assert two.run(0)["state"] == "done", "the command says that it's there already, as it would in a cell"


def threads(notebook: Notebook) -> str:
    return notebook.run(
        "import threading; print(*sorted(t.name for t in threading.enumerate() if t.name.startswith('nslab')))"
    ).printed.strip()


def test_a_hidden_stepper_leaves_no_thread_and_a_shown_one_works_again(
    play: Callable[..., Widget], notebook: Notebook
) -> None:
    before = threads(notebook)
    widget = play()
    assert threads(notebook).count("nslab-watch") == before.count("nslab-watch") + 1
    widget.ask(do="hide")
    assert threads(notebook) == before
    assert widget.run(0)["state"] == "done"
    widget.ask(do="show")
    widget.execute("!sudo ip netns add later")
    widget.settle()
    assert widget.state["strayed"] == ["namespace later added"]
    widget.ask(do="hide")


def test_text_stands_in_for_the_widget_where_there_is_none(play: Callable[..., Widget]) -> None:
    (bundle,) = play().bundles
    assert bundle["text/plain"].startswith("A lesson")
    assert "○ Two rooms" in bundle["text/plain"]
    assert "%netns_play --next" in bundle["text/plain"]
