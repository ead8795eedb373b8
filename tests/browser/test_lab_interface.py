"""JupyterLab's interface for labs: toolbar, palette, keys, launcher, side panel, and the menus in a picture."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from .live import Terminal
from .notebook import Notebook, write
from .server import Server

Open = Callable[[str], Notebook]
Shot = Callable[[str], None]

BUILD = """%netns_bridge br0
%netns_attach br0 ns1 10.0.0.1/24
%netns_attach br0 ns2 10.0.0.2/24"""
STATE = "() => [...document.querySelectorAll('.nslab-panel footer')].some((foot) => foot.textContent.includes('{0}'))"


def lab(opened: Open, server: Server, *cells: str) -> Notebook:
    """A notebook with a lab of two namespaces, its picture in view."""
    write(server, "lab.ipynb", BUILD, *cells, "1")
    notebook = opened("lab.ipynb")
    notebook.run_to_end(0)
    notebook.cells.nth(0).locator("svg.nslab-picture").wait_for()
    return notebook


def sources(page: Page) -> list[str]:
    found = page.evaluate("() => jupyterapp.shell.currentWidget.content.widgets.map((c) => c.model.sharedModel.source)")
    return [str(source) for source in found]


def open_panel(page: Page) -> Locator:
    page.evaluate("() => { jupyterapp.commands.execute('nslab:lessons'); }")
    panel = page.locator(".nslab-panel")
    expect(panel).to_be_visible()
    return panel


def menu(page: Page, notebook: Notebook, text: str) -> Locator:
    """Right-click a word of the first cell's picture."""
    word = notebook.cells.nth(0).locator("svg.nslab-picture text").get_by_text(text, exact=True).first
    word.click(button="right")
    opened = page.get_by_role("menu")
    expect(opened.locator("b").first).to_be_visible()
    return opened


def test_the_toolbar_shows_what_it_runs_and_keeps_it_as_a_cell(opened: Open, server: Server, page: Page) -> None:
    notebook = lab(opened, server, "%netns ns1 ping -c 1 -W 1 10.0.0.9")
    notebook.run_to_end(1)
    why = notebook.panel.locator("[data-do=why]")
    why.hover()
    expect(page.locator(".nslab-tooltip code")).to_have_text("%netns_why ns1 10.0.0.9")
    expect(page.locator(".nslab-tooltip kbd")).to_have_text("Alt Y")
    why.click()
    expect(notebook.panel.locator(".nslab-why")).to_be_visible()
    assert "%netns_why ns1 10.0.0.9" in sources(page)
    notebook.panel.locator("[data-do=reset]").click()
    page.wait_for_function(STATE.replace("{0}", "0 namespaces"))
    assert "%netns_reset" in sources(page)


def test_the_toolbar_is_only_where_the_kernel_is_a_lab(opened: Open, server: Server) -> None:
    write(server, "plain.ipynb", "1", kernel="python3")
    notebook = opened("plain.ipynb")
    expect(notebook.panel.locator("[data-do=play]")).to_be_hidden()


def test_at_1280_all_buttons_stand_in_the_toolbar_with_their_words(opened: Open, server: Server, page: Page) -> None:
    notebook = lab(opened, server)
    open_panel(page)
    for name in ("Play", "Live", "Terminal", "Why?", "Break", "Reset"):
        expect(notebook.panel.locator(".nslab-toolbar .nslab-word").get_by_text(name, exact=True)).to_be_visible()


def test_keys_and_palette_do_what_the_buttons_do(opened: Open, server: Server, page: Page) -> None:
    notebook = lab(opened, server)
    notebook.cells.nth(0).locator(".jp-InputPrompt").click()
    page.keyboard.press("Alt+L")
    expect(page.locator("section.nslab-live svg")).to_be_visible()
    assert sources(page).count("%netns_live") == 1
    notebook.cells.nth(0).locator(".jp-InputPrompt").click()
    page.keyboard.press("Alt+L")  # runs the same cell again
    expect(page.locator("section.nslab-live svg")).to_be_visible()
    assert sources(page).count("%netns_live") == 1
    page.keyboard.press("Control+Shift+C")
    page.locator(".lm-CommandPalette-input").fill("Reset the lab")
    page.locator(".lm-CommandPalette-item", has_text="Reset the lab to a bare host").click()
    page.wait_for_function(STATE.replace("{0}", "0 namespaces"))


def test_a_terminal_opens_in_the_namespace_that_is_chosen(opened: Open, server: Server, page: Page) -> None:
    notebook = lab(opened, server)
    notebook.panel.locator("[data-do=terminal-menu]").click()
    page.get_by_role("menuitem", name="Terminal in ns2").click()
    Terminal(notebook, "ns2").type("hostname > /tmp/where")
    expect(page.locator(".lm-TabBar-tabLabel").get_by_text("ns2", exact=True)).to_be_visible()


def test_a_namespaces_menu_pings_by_a_cell(opened: Open, server: Server, page: Page) -> None:
    notebook = lab(opened, server)
    found = menu(page, notebook, "ns1")
    expect(found.get_by_role("menuitem", name="Delete ns1")).to_contain_text("sudo ip netns del ns1")
    found.get_by_role("menuitem", name="Ping from ns1").hover()
    target = page.get_by_role("menuitem", name="ns2").last
    target.hover()
    expect(page.locator(".nslab-menu-note code")).to_have_text("%netns ns1 ping -c 1 10.0.0.2")
    target.click()
    expect(notebook.cells.nth(1)).to_contain_text("1 received")
    assert sources(page)[1] == "%netns ns1 ping -c 1 10.0.0.2"


def test_what_switches_something_runs_at_once_is_said_and_undone(opened: Open, server: Server, page: Page) -> None:
    notebook = lab(opened, server, "!ip -br link show br0")
    menu(page, notebook, "br0").get_by_role("menuitem", name="Set down").click()
    said = notebook.cells.nth(0).locator(".nslab-ran")
    expect(said).to_contain_text("sudo ip link set br0 down")
    expect(notebook.cells.nth(0).locator("svg.nslab-picture")).to_contain_text("ip link set br0 up")
    expect(notebook.cells.nth(0).locator(".nslab-caption")).to_contain_text("br0 up → down")
    expect(notebook.run_to_end(1).locator(".jp-OutputArea")).to_contain_text("DOWN")
    said.get_by_role("button", name="Undo").click()
    expect(said).to_contain_text("sudo ip link set br0 up")
    expect(notebook.run_to_end(1).locator(".jp-OutputArea")).to_contain_text("UP")
    said.get_by_role("button", name="Keep as a cell").click()
    assert sources(page)[1] == "!sudo ip link set br0 up"


def test_the_menu_is_read_off_the_network_of_now(opened: Open, server: Server, page: Page) -> None:
    notebook = lab(opened, server, "%netns_auto off\n!sudo ip link set br0 down")
    expect(menu(page, notebook, "br0").get_by_role("menuitem", name="Set down")).to_be_visible()
    page.keyboard.press("Escape")
    notebook.run_to_end(1)
    expect(menu(page, notebook, "br0").get_by_role("menuitem", name="Set up")).to_be_visible()
    page.keyboard.press("Escape")


def test_a_namespace_is_attached_by_the_bridges_menu(opened: Open, server: Server, page: Page) -> None:
    notebook = lab(opened, server)
    menu(page, notebook, "br0").get_by_role("menuitem", name="Attach a namespace").click()
    expect(page.locator("dialog.nslab-ask input")).to_have_value("ns3 10.0.0.3/24")
    page.keyboard.press("Enter")
    expect(notebook.cells.nth(1).locator("svg.nslab-picture")).to_contain_text("ns3")


def test_a_picture_is_shown_at_full_size_by_a_click_and_by_a_key(opened: Open, server: Server, page: Page) -> None:
    notebook = lab(opened, server)
    small = notebook.cells.nth(0).locator("svg.nslab-picture")
    small.click(position={"x": 300, "y": 12})
    large = page.locator("dialog.nslab-full svg.nslab-picture")
    expect(large).to_be_visible()
    assert large.bounding_box()["width"] > small.bounding_box()["width"]  # type: ignore[index]
    large.locator("text").get_by_text("ns1", exact=True).click(button="right")
    expect(page.get_by_role("menuitem", name="Terminal in ns1")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    notebook.cells.nth(0).locator(".jp-InputPrompt").click()
    page.keyboard.press("f")
    expect(large).to_be_visible()
    page.keyboard.press("f")
    expect(large).to_have_count(0)


def test_three_commands_are_folded_to_a_line_with_their_count(opened: Open, server: Server, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    write(server, "fold.ipynb", "%netns_bridge br0", "%netns_attach br0 ns1 10.0.0.1/24", "1")
    notebook = opened("fold.ipynb")
    expect(notebook.run_to_end(0).locator(".nslab-commands")).to_have_count(0)
    folded = notebook.run_to_end(1).locator(".nslab-commands")
    expect(folded.locator("summary")).to_contain_text("7 commands")
    expect(folded.locator("pre")).to_be_hidden()
    folded.get_by_role("button", name="Copy").click()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert len(copied.splitlines()) == 7
    folded.locator("summary b").click()
    expect(folded.locator("pre")).to_be_visible()


def test_a_fix_runs_in_a_new_cell(opened: Open, server: Server, page: Page, screenshot: Shot) -> None:
    notebook = lab(opened, server, "%netns_auto off\n!sudo ip link set br0 down", "%netns_why ns1 ns2")
    notebook.run_to_end(1)
    why = notebook.run_to_end(2)
    expect(why.locator(".nslab-why > .nslab-seen").first).to_contain_text("✗")
    expect(why.locator(".nslab-why > details")).not_to_have_attribute("open", "")
    screenshot("why")
    why.get_by_role("button", name="Run in a new cell").click()
    page.wait_for_function("() => jupyterapp.shell.currentWidget.content.widgets.length === 5")
    assert "sudo ip link set br0 up" in sources(page)[3]


def test_where_the_live_picture_is_docked_a_cell_says_what_changed_in_a_line(opened: Open, server: Server) -> None:
    notebook = lab(opened, server, "%netns_live", "!sudo ip link set br0 down")
    notebook.run_to_end(1)
    expect(notebook.page.locator("section.nslab-live svg")).to_be_visible()
    cell = notebook.run_to_end(2)
    expect(cell.locator(".jp-OutputArea")).to_contain_text("br0")
    expect(cell.locator("svg.nslab-picture")).to_have_count(0)


def test_shell_lines_are_coloured_as_shell(opened: Open, server: Server, page: Page) -> None:
    write(
        server, "colours.ipynb", "!sudo ip link", "%%netns ns1\nping -c 1 10.0.0.1", "%%bash\nls", "x = 1", "!ls\ny = 2"
    )
    opened("colours.ipynb")
    kinds = "() => jupyterapp.shell.currentWidget.content.widgets.map((cell) => cell.model.mimeType)"
    page.wait_for_function(f"() => ({kinds})()[0] === 'text/x-sh'")
    found = page.evaluate(kinds)
    assert found[:3] == ["text/x-sh"] * 3
    assert found[3:] == ["text/x-ipython"] * 2


def test_a_live_picture_doesnt_give_away_what_is_broken(opened: Open, server: Server, page: Page) -> None:
    notebook = lab(opened, server, "%netns_live", "%netns_break --seed 1")
    notebook.run_to_end(1)
    live = page.locator("section.nslab-live")
    expect(live.locator("svg")).to_be_visible()
    expect(live.locator(".nslab-caption")).to_have_text("", timeout=10_000)
    live.evaluate("""live => {
        live.lit = 0;
        new MutationObserver(() => { live.lit += live.querySelectorAll("[data-fate]").length; })
            .observe(live, { childList: true, subtree: true });
    }""")
    notebook.run_to_end(2)
    page.wait_for_timeout(1500)  # what the kernel's events say comes later than the cell's end
    assert live.evaluate("live => live.lit") == 0


def test_the_panel_counts_checkpoints_and_goes_on_with_the_next(opened: Open, page: Page, screenshot: Shot) -> None:
    panel = open_panel(page)
    lesson = panel.locator(".nslab-lesson", has_text="00")
    before = lesson.locator(".nslab-count").inner_text()
    assert before.startswith("0/")
    lesson.click()
    notebook = Notebook(page, "en/00-start-here.ipynb")
    expect(lesson).to_have_attribute("aria-current", "page")
    kinds = page.evaluate("() => jupyterapp.shell.currentWidget.content.widgets.map((cell) => cell.model.type)")
    for number, source in enumerate(sources(page)):
        if kinds[number] != "code":
            continue
        notebook.run_to_end(number)
        if source.startswith("%%netns_check"):
            break
    expect(lesson.locator(".nslab-count")).to_have_text(before.replace("0/", "1/"))
    screenshot("panel")
    # It's kept in the notebook's file.
    page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")


def test_starting_a_lesson_again_keeps_the_old_copy(page: Page, server: Server) -> None:
    path = server.notebooks / "en" / "00-start-here.ipynb"
    written = json.loads(path.read_text())
    written["cells"][0]["source"] = ["# My own notes"]
    path.write_text(json.dumps(written))
    panel = open_panel(page)
    Notebook(page, "en/00-start-here.ipynb")
    panel.get_by_role("button", name="Start again").click()
    page.locator(".jp-Dialog").get_by_role("button", name="Start again").click()
    expect(page.locator(".jp-Notebook .jp-Cell").first).not_to_contain_text("My own notes")
    (kept,) = (server.notebooks / "en").glob("00-start-here (*).ipynb")
    assert "My own notes" in kept.read_text()
    assert "My own notes" not in path.read_text()
    kept.unlink()


def test_the_language_is_switched_at_once(page: Page, screenshot: Shot) -> None:
    panel = open_panel(page)
    panel.get_by_role("button", name="中文").click()
    expect(panel.locator("h2")).to_have_text("课程")
    expect(panel.locator(".nslab-lesson").first).to_contain_text("00")
    screenshot("panel-zh")
    panel.get_by_role("button", name="EN").click()
    expect(panel.locator("h2")).to_have_text("Lessons")


def test_the_launcher_has_the_course_and_a_terminal_inside_a_lab(page: Page, screenshot: Shot) -> None:
    page.evaluate("() => { jupyterapp.commands.execute('launcher:create'); }")
    launcher = page.locator(".jp-Launcher").last
    cards = launcher.locator('.jp-LauncherCard[data-category="Network lab"]')
    expect(cards).to_have_count(5)
    screenshot("launcher")
    cards.get_by_text("Terminal inside the lab").click()
    expect(page.locator(".jp-Terminal .xterm-accessibility-tree")).to_contain_text("@docker-host1:")


def test_commands_in_messages_and_errors_look_like_commands_and_no_word_is_cut(opened: Open, server: Server) -> None:
    notebook = lab(opened, server, "%netns_publish 80 nowhere", "%netns_internet", "%netns_auto")
    error = notebook.run_to_end(1).locator(".jp-OutputArea-output pre").last
    expect(error.locator("code")).to_have_text("%netns_publish 80 ns1:8080")
    expect(error).not_to_contain_text("`")
    assert error.evaluate("pre => getComputedStyle(pre).wordBreak") == "normal"
    expect(notebook.run_to_end(2).locator(".nslab-said")).to_contain_text("All of it is made up")
    expect(notebook.run_to_end(3).locator(".nslab-said")).to_contain_text("The picture follows each cell.")


def test_in_the_dark_everything_has_its_colours(opened: Open, server: Server, page: Page, screenshot: Shot) -> None:
    notebook = lab(opened, server, "%netns_why ns1 10.0.0.9")
    open_panel(page)
    notebook.choose_theme("JupyterLab Dark")
    notebook.run_to_end(1)
    screenshot("dark")
    menu(page, notebook, "ns1")
    ground = page.get_by_role("menu").evaluate("menu => getComputedStyle(menu).backgroundColor")
    assert max(int(part) for part in ground.removeprefix("rgb(").removesuffix(")").split(",")) < 100
    page.keyboard.press("Escape")


@pytest.mark.parametrize("lesson", ["en/01-bridge.ipynb", "zh/04-publish.ipynb"])
def test_opening_a_lesson_changes_nothing_and_saving_it_changes_no_byte(
    page: Page, server: Server, lesson: str
) -> None:
    path = server.notebooks / lesson
    before = path.read_bytes()
    notebook = Notebook(page, lesson)
    # The kernel's answer about its language is what JupyterLab writes into a notebook.
    expect(notebook.panel.locator(".nslab-toolbar")).to_be_visible()
    page.wait_for_function(STATE.replace("{0}", "docker-host1"))
    assert page.evaluate("() => jupyterapp.shell.currentWidget.context.model.dirty") is False
    # In the toolbar it stands where other extensions leave space for it.
    expect(page.get_by_role("button", name="nslab | Idle")).to_be_visible()
    saved = path.stat().st_mtime_ns
    page.evaluate("() => { jupyterapp.commands.execute('docmanager:save'); }")
    for _ in range(100):
        if path.stat().st_mtime_ns != saved:
            break
        page.wait_for_timeout(100)
    assert path.stat().st_mtime_ns != saved
    page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    assert path.read_bytes() == before
