"""Lessons are played in a real browser, by mouse and by keyboard, forwards and backwards."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ..notebooks.conftest import ANSWER
from .chromium import contrast
from .conftest import SIZES
from .live import LivePage
from .notebook import Notebook, write
from .server import ROOT, Server
from .stepper import StepperPage

Open = Callable[[str], Notebook]
Shot = Callable[[str], None]

SHORT = [
    ("markdown", "# A short lesson"),
    ("markdown", "## A bridge"),
    "!sudo ip link add br0 type bridge",
    ("markdown", "There it is.\n\n## A room"),
    "!sudo ip netns add ns1",
    ("markdown", "## Power"),
    "!sudo ip link set br0 up",
]


def play(opened: Open, server: Server, *cells: str | tuple[str, str]) -> StepperPage:
    """A stepper that plays a lesson of these cells."""
    write(server, "lesson.ipynb", *cells)
    write(server, "player.ipynb", "%netns_play lesson.ipynb", "1")
    return StepperPage(opened("player.ipynb"))


def answers(lesson: Path) -> dict[int, str]:
    """For each exercise, by its step, what the lesson's collapsed answer says to type."""
    found, answer, step = {}, "", 0
    for cell in json.loads(lesson.read_text())["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            answer = match.group(1) if (match := ANSWER.search(source)) else answer
        else:
            if "exercise" in cell["metadata"].get("tags", []):
                found[step] = f"{source.splitlines()[0]}\n{answer}"
            step += 1
    return found


def test_lesson_01_is_played_from_start_to_end_by_mouse(opened: Open, server: Server, screenshot: Shot) -> None:
    write(server, "en/player.ipynb", "%netns_play 01-bridge.ipynb")
    stepper = StepperPage(opened("en/player.ipynb"))
    typed = answers(ROOT / "notebooks" / "en" / "01-bridge.ipynb")
    screenshot("lesson-01-begins")

    def click() -> None:
        editor = stepper.root.locator(".nslab-editor")
        if editor.count():
            editor.fill(typed[stepper.states.index("waiting")])
        stepper.main.click()

    stepper.go(click, range(stepper.total))
    assert set(stepper.states) == {"done"}, "an exercise or a checkpoint failed"
    expect(stepper.main).to_be_disabled()
    expect(stepper.thing("ns4")).to_have_count(1)
    stepper.everything_is_in_view()
    screenshot("lesson-01-ends")


def test_lesson_01_is_played_from_start_to_end_by_keyboard(opened: Open, server: Server, page: Page) -> None:
    write(server, "en/player.ipynb", "%netns_play 01-bridge.ipynb")
    stepper = StepperPage(opened("en/player.ipynb"))
    stepper.focus()
    keys = iter(["ArrowRight", "Space"] * 100)
    stepper.go(lambda: page.keyboard.press(next(keys)), range(stepper.total))
    failed = [index for index, state in enumerate(stepper.states) if state == "failed"]
    checks = [index + 1 for index in answers(ROOT / "notebooks" / "en" / "01-bridge.ipynb")]
    assert failed == checks, "exercises that nobody did pass, or something else fails"


def test_a_person_sees_what_was_run_what_it_printed_and_what_changed(
    opened: Open, server: Server, screenshot: Shot
) -> None:
    stepper = play(opened, server, ("markdown", "## Say\n\nIt *speaks*."), "!echo hello; sudo ip netns add ns1")
    expect(stepper.root.locator(".nslab-title")).to_have_text("Say")
    expect(stepper.root.locator(".nslab-explanation").first.locator("em")).to_have_text("speaks")
    expect(stepper.root.locator(".nslab-source")).to_have_text("$ echo hello; sudo ip netns add ns1")
    expect(stepper.output).to_have_count(0)
    stepper.main.click()
    stepper.ended(0, "done")
    expect(stepper.output).to_have_text("hello\n", use_inner_text=False)
    expect(stepper.root.locator(".nslab-outcome")).to_contain_text("done in")
    expect(stepper.picture.locator('[data-fate="new"]').first).to_be_visible()
    expect(stepper.root.locator(".nslab-caption")).to_contain_text("added: ns1")
    screenshot("step-done")


def test_output_is_seen_while_the_step_runs_and_the_button_interrupts_it(
    opened: Open, server: Server, screenshot: Shot
) -> None:
    stepper = play(opened, server, "%%bash\necho begun\nsleep 60", "1")
    stepper.main.click()
    expect(stepper.output).to_have_text("begun\n", use_inner_text=False)
    expect(stepper.step(0)).to_have_attribute("data-state", "running")
    screenshot("step-runs")
    stepper.button("interrupt").click()
    stepper.ended(0, "failed")
    expect(stepper.notes).to_contain_text("It was interrupted.")


def test_back_by_key_restores_the_network_and_says_so(opened: Open, server: Server, page: Page) -> None:
    stepper = play(opened, server, *SHORT)
    stepper.go(lambda: stepper.main.click(), range(3))
    stepper.focus()
    page.keyboard.press("ArrowLeft")
    stepper.current(2)
    expect(stepper.notes).to_contain_text("The network is as it was before this step.")
    page.keyboard.press("ArrowLeft")
    stepper.current(1)
    expect(stepper.thing("ns1")).to_have_count(0)
    expect(stepper.thing("host/br0")).to_have_count(1)
    page.keyboard.press("r")
    stepper.current(0)
    expect(stepper.thing("host/br0")).to_have_count(0)
    assert stepper.states == ["waiting"] * 3


def test_a_step_in_the_list_can_be_looked_at_and_gone_back_to(opened: Open, server: Server) -> None:
    stepper = play(opened, server, *SHORT)
    stepper.button("run-all").click()
    stepper.ended(2, "done")
    stepper.step(0).click()
    expect(stepper.thing("ns1")).to_have_count(0)
    expect(stepper.root.locator(".nslab-explanation").last).to_contain_text("There it is.")
    assert stepper.states == ["done"] * 3, "a look changed something"
    expect(stepper.button("back")).to_have_text("← Back to here")
    stepper.button("back").click()
    stepper.current(0)
    expect(stepper.step(2)).to_have_attribute("data-state", "waiting")
    stepper.step(2).click()
    expect(stepper.main).to_have_text("Run up to here")
    stepper.main.click()
    stepper.ended(1, "done")
    stepper.current(2)
    assert stepper.states == ["done", "done", "waiting"]


def test_auto_play_goes_on_by_itself_until_it_is_paused(opened: Open, server: Server) -> None:
    stepper = play(opened, server, *SHORT)
    stepper.button("autoplay").locator("xpath=following-sibling::select[1]").select_option("1")
    stepper.button("autoplay").click()
    stepper.ended(1, "done")
    stepper.button("autoplay").click()
    expect(stepper.button("autoplay")).to_have_text("Auto-play")
    stepper.page.wait_for_timeout(1500)
    assert stepper.states[2] == "waiting"


def test_a_failing_step_stops_with_a_reason_and_runs_again_once_it_is_mended(
    opened: Open, server: Server, screenshot: Shot
) -> None:
    write(server, "lesson.ipynb", "%netns_attach br0 ns1 10.0.0.1/24", "1")
    write(server, "player.ipynb", "%netns_play lesson.ipynb", "%netns_bridge br0")
    notebook = opened("player.ipynb")
    stepper = StepperPage(notebook)
    stepper.button("run-all").click()
    stepper.ended(0, "failed")
    expect(stepper.notes.get_by_role("alert")).to_contain_text("br0")
    expect(stepper.main).to_have_text("Run again")
    assert stepper.states == ["failed", "waiting"], "it ran on"
    screenshot("step-failed")
    notebook.run_to_end(1)
    expect(stepper.notes).to_contain_text("By hand since the last step")
    stepper.main.click()
    stepper.ended(0, "done")


def test_a_checkpoint_shows_ticks_crosses_and_hints(opened: Open, server: Server, screenshot: Shot) -> None:
    claims = "%%netns_check\nhost exists\nmydocker0 is up"
    stepper = play(opened, server, ("markdown", "## Checkpoint"), ("code:check", claims), "1")
    stepper.main.click()
    stepper.ended(0, "failed")
    expect(stepper.root.locator(".nslab-holds")).to_contain_text("host exists")
    expect(stepper.root.locator(".nslab-fails")).to_contain_text("there is no interface mydocker0")
    screenshot("checkpoint-failed")


def test_what_is_done_by_hand_is_shown_and_can_be_restored_or_kept(
    opened: Open, server: Server, screenshot: Shot
) -> None:
    write(server, "lesson.ipynb", *SHORT)
    write(server, "player.ipynb", "%netns_play lesson.ipynb", "!sudo ip netns add mine", "!sudo ip netns add again")
    notebook = opened("player.ipynb")
    stepper = StepperPage(notebook)
    stepper.main.click()
    stepper.ended(0, "done")
    notebook.run_to_end(1)
    expect(stepper.notes).to_contain_text("namespace mine added")
    stepper.button("restore").scroll_into_view_if_needed()
    screenshot("by-hand")
    stepper.button("restore").click()
    expect(stepper.thing("mine")).to_have_count(0)
    expect(stepper.thing("host/br0")).to_have_count(1)
    notebook.run_to_end(2)
    expect(stepper.notes).to_contain_text("namespace again added")
    stepper.button("keep").click()
    expect(stepper.notes).to_be_empty()
    stepper.main.click()
    expect(stepper.thing("again")).to_have_count(1)


def test_the_notebooks_own_cell_counts_as_the_step(opened: Open, server: Server) -> None:
    write(server, "own.ipynb", "%netns_play", *SHORT)
    notebook = opened("own.ipynb")
    stepper = StepperPage(notebook)
    assert stepper.total == 3
    notebook.run_to_end(3)
    stepper.ended(0, "done")
    expect(stepper.notes).to_be_empty()


def test_the_lesson_can_fill_a_tab_and_come_back(opened: Open, server: Server, page: Page, screenshot: Shot) -> None:
    stepper = play(opened, server, *SHORT)
    stepper.root.locator(".nslab-present").click()
    page.locator(".nslab-docked section.nslab-stepper").wait_for()
    page.keyboard.press("ArrowRight")
    stepper.ended(0, "done")
    screenshot("in-a-tab")
    stepper.root.locator(".nslab-present").click()
    page.locator(".jp-OutputArea section.nslab-stepper").wait_for()
    expect(page.locator(".nslab-docked")).to_have_count(0)
    stepper.main.click()
    stepper.current(1)


def test_keys_in_the_stepper_leave_the_notebook_alone(opened: Open, server: Server, page: Page) -> None:
    """``r`` and the arrows mean something to JupyterLab, too."""
    stepper = play(opened, server, *SHORT)
    stepper.focus()
    for key in ("ArrowDown", "ArrowDown", "r", "ArrowUp"):
        page.keyboard.press(key)
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(2)
    expect(page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(2)
    stepper.main.click()
    stepper.ended(0, "done")


def test_a_cell_that_waits_while_a_step_runs_breaks_nothing(opened: Open, server: Server) -> None:
    write(server, "lesson.ipynb", "import time; time.sleep(1.5); 'slept'", "1")
    write(server, "player.ipynb", "%netns_play lesson.ipynb", "print('waited')")
    notebook = opened("player.ipynb")
    stepper = StepperPage(notebook)
    stepper.main.click()
    expect(stepper.step(0)).to_have_attribute("data-state", "running")
    cell = notebook.run_to_end(1)
    expect(cell.locator(".jp-OutputArea-output")).to_contain_text("waited")
    stepper.ended(0, "done")
    expect(stepper.output).to_contain_text("slept")


def test_a_kernel_that_restarts_while_playing_is_told_and_the_cell_run_again_plays(
    opened: Open, server: Server, page: Page
) -> None:
    write(server, "lesson.ipynb", "import time; time.sleep(60)", "1")
    write(server, "player.ipynb", "%netns_play lesson.ipynb", "1")
    notebook = opened("player.ipynb")
    stepper = StepperPage(notebook)
    stepper.main.click()
    expect(stepper.step(0)).to_have_attribute("data-state", "running")
    notebook.menu("Kernel", "Restart Kernel…")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(stepper.notes).to_contain_text("The kernel was restarted")
    notebook.wait_until_idle()
    again = StepperPage(notebook)
    expect(again.root).to_have_count(1)
    assert again.states == ["waiting", "waiting"]


def test_the_cell_run_again_shows_one_stepper_and_no_old_one_listens(opened: Open, server: Server) -> None:
    write(server, "lesson.ipynb", *SHORT)
    write(server, "player.ipynb", "%netns_play lesson.ipynb",
          "import threading; print([t.name for t in threading.enumerate()].count('nslab-watch'))")  # fmt: skip
    notebook = opened("player.ipynb")
    for _ in range(3):
        StepperPage(notebook)
    expect(notebook.page.locator("section.nslab-stepper")).to_have_count(1)
    expect(notebook.run_to_end(1).locator(".jp-OutputArea-output")).to_have_text(re.compile(r"^1\s*$"))


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_everything_of_a_step_is_in_view(
    opened: Open, server: Server, page: Page, screenshot: Shot, theme: str
) -> None:
    write(server, "en/player.ipynb", "%netns_play 01-bridge.ipynb")
    notebook = opened("en/player.ipynb")
    notebook.choose_theme(f"JupyterLab {theme}")  # the server remembers what another test chose
    stepper = StepperPage(notebook)
    stepper.go(lambda: stepper.main.click(), range(5))
    ground = stepper.root.evaluate("root => getComputedStyle(root).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", ground)[:3])) > 600) == (theme == "Light"), ground
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        stepper.button("back").scroll_into_view_if_needed()
        stepper.everything_is_in_view()
    screenshot(f"lesson-01-{theme.lower()}")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_beside_the_live_picture_the_command_and_every_button_are_seen(
    opened: Open, server: Server, page: Page, screenshot: Shot, theme: str
) -> None:
    write(server, "en/beside.ipynb", "%netns_live", "%netns_play 01-bridge.ipynb", "1")
    notebook = opened("en/beside.ipynb")
    notebook.choose_theme(theme)
    live = LivePage(notebook)
    stepper = StepperPage(notebook, 1)
    for step in range(3):
        for width, height in ((1280, 800), (1400, 900), (1920, 1080)):
            page.set_viewport_size({"width": width, "height": height})
            expect(live.picture).to_be_visible()
            for part in (stepper.root.locator(".nslab-screen"), stepper.button("main"), stepper.button("reset")):
                _seen_whole(part)
            # The live picture shows it already.
            expect(stepper.root.locator(".nslab-drawing")).to_be_hidden()
            _readable(stepper.root.locator(".nslab-source"))
        stepper.go(stepper.button("main").click, range(step, step + 1))
    screenshot(f"stepper-beside-live-{theme[-5:].strip()}")
    page.evaluate(
        "() => [...jupyterapp.shell.widgets('main')].find((each) => each.title.label === 'Live picture').close()"
    )
    expect(stepper.root.locator(".nslab-drawing svg")).to_be_visible()


_SEEN_WHOLE = """part => {
    const { x, y, width, height } = part.getBoundingClientRect();
    for (let outer = part.parentElement; outer !== document.body; outer = outer.parentElement) {
        if (getComputedStyle(outer).overflowY === "visible") continue;
        const edge = outer.getBoundingClientRect();
        if (y < edge.top - 1 || y + height > edge.bottom + 1) return 0;
    }
    const above = document.elementFromPoint(x + width / 2, y + height / 2);
    return part.contains(above) ? height : 0;
}"""


def _seen_whole(part: Locator) -> None:
    """Wait until nothing cuts or hides it: the page may still be scrolling there."""
    for _ in range(50):
        if part.evaluate(_SEEN_WHOLE) >= 16:
            return
        part.page.wait_for_timeout(100)
    raise AssertionError(f"not seen whole: {part.evaluate('part => part.outerHTML')}")


def _readable(part: Locator) -> None:
    """Whether text stands out from its ground: the contrast that WCAG 2.2 asks for."""
    assert contrast(part) >= 4.5, part
