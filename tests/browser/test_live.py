"""The live picture follows whoever acts, and lets a person look closer and reach in, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from .frames import painted
from .live import LivePage, Terminal
from .notebook import Notebook, load, write
from .server import Server

Open = Callable[[str], Notebook]
Shot = Callable[[str], None]

BUILD = """%netns_auto off
%netns_bridge br0
%netns_attach br0 ns1 10.0.0.1/24
%netns_attach br0 ns2 10.0.0.2/24"""
WATCHERS = "import threading; print([t.name for t in threading.enumerate()].count('nslab-watch'))"


def look(opened: Open, server: Server, *cells: str) -> tuple[Notebook, LivePage]:
    """A notebook that shows a lab of two namespaces live; its other cells come after those two."""
    write(server, "live.ipynb", BUILD, "%netns_live", *cells, "1")
    notebook = opened("live.ipynb")
    notebook.run_to_end(0)
    return notebook, LivePage(notebook, 1)


def watchers(notebook: Notebook, cell: int, count: int) -> None:
    """Run the cell that counts the watching threads until there are so many."""
    output = notebook.cells.nth(cell).locator(".jp-OutputArea-output")
    for _ in range(20):
        notebook.run_to_end(cell)
        if output.inner_text().strip() == str(count):
            return
    raise AssertionError(f"{output.inner_text().strip()} watch, rather than {count}")


def test_the_picture_follows_a_terminal_that_is_typed_into(opened: Open, server: Server, screenshot: Shot) -> None:
    notebook, live = look(opened, server, "%netns_shell")
    notebook.run_to_end(2)
    terminal = Terminal(notebook, "docker-host1")
    terminal.type("sudo ip netns add typed")
    live.tells("added: typed")
    live.shows("typed")
    terminal.type("sudo ip link set br0 down")
    expect(live.thing("host/br0").locator("text").get_by_text("down", exact=True)).to_be_visible()
    screenshot("live-terminal")


def test_a_pointer_over_a_thing_shows_its_details(opened: Open, server: Server, screenshot: Shot) -> None:
    notebook, live = look(opened, server, "%netns ns1 ping -c 1 10.0.0.2")
    notebook.run_to_end(2)
    live.name("eth00-ns1").hover()
    expect(live.tip).to_contain_text("10.0.0.1/24")
    expect(live.tip).to_contain_text(re.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}"))
    expect(live.tip).to_contain_text(re.compile(r"↓ \d+ packets"))
    expect(live.tip).to_contain_text("10.0.0.2 →")
    screenshot("live-hover")
    live.name("ns2").hover()
    expect(live.tip).to_contain_text("10.0.0.0/24 dev eth00-ns2")
    live.caption.hover()
    expect(live.tip).to_be_hidden()


def test_a_click_opens_a_namespaces_page_and_a_terminal_in_it(
    opened: Open, server: Server, page: Page, screenshot: Shot
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    serve = "%%netns ns1 --bg\nexec python3 -m http.server 8080 --bind 10.0.0.1"
    notebook, live = look(opened, server, serve, "%netns ns1 ping -c 1 10.0.0.2")
    notebook.run_to_end(2)
    notebook.run_to_end(3)
    ns1 = live.open("ns1")
    for told in ("sudo ip -n ns1 route", "10.0.0.0/24 dev eth00-ns1", "10.0.0.2", "veth-ns1 in docker-host1"):
        expect(ns1).to_contain_text(told)
    expect(ns1).to_contain_text("10.0.0.1:8080")
    screenshot("live-page")
    ns1.get_by_label("Copy: Routes").click()
    assert page.evaluate("navigator.clipboard.readText()") == "sudo ip -n ns1 route"
    ns1.locator('[data-do="terminal"]').click()
    Terminal(notebook, "ns1").type("ip address add 10.9.9.9/24 dev eth00-ns1")
    live.shows("10.9.9.9/24")
    expect(ns1).to_contain_text("10.9.9.9/24")
    screenshot("live-page-terminal")
    ns1.locator('[data-do="close"]').click()
    expect(live.opened).to_be_hidden()


def test_a_namespaces_page_opens_by_keyboard_and_goes_with_its_namespace(opened: Open, server: Server) -> None:
    notebook, live = look(opened, server, "!sudo ip netns del ns2")
    live.picture.locator('[role="button"][data-id="ns2"]').focus()
    notebook.page.keyboard.press("Enter")
    expect(live.opened.locator("h3")).to_have_text("ns2")
    notebook.run_to_end(2)
    expect(live.opened).to_be_hidden()


def test_there_is_one_panel_however_often_the_cell_is_run(opened: Open, server: Server, page: Page) -> None:
    notebook, live = look(opened, server, WATCHERS, "!sudo ip netns add later")
    for _ in range(3):
        notebook.run_to_end(1)
    expect(page.get_by_role("tab", name="Live picture")).to_have_count(1)
    expect(live.root).to_have_count(1)
    watchers(notebook, 2, 1)
    notebook.run_to_end(3)
    live.shows("later")


def test_a_closed_panel_leaves_no_watcher_and_comes_back(opened: Open, server: Server, page: Page) -> None:
    notebook, live = look(opened, server, WATCHERS, "!sudo ip netns add meanwhile")
    watchers(notebook, 2, 1)
    page.get_by_role("tab", name="Live picture").locator(".lm-TabBar-tabCloseIcon").click()
    watchers(notebook, 2, 0)
    notebook.run_to_end(3)
    notebook.cells.nth(1).get_by_role("button", name="Show it again").click()
    live.shows("meanwhile")
    watchers(notebook, 2, 1)


def test_a_page_that_goes_leaves_no_watcher(opened: Open, server: Server, page: Page) -> None:
    notebook, _ = look(opened, server, WATCHERS)
    watchers(notebook, 2, 1)
    page.once("dialog", lambda question: question.accept())  # whether to leave what isn't saved
    load(page, server)
    watchers(opened("live.ipynb"), 2, 0)


def test_a_saved_notebook_that_is_loaded_anew_shows_the_picture_again(opened: Open, server: Server, page: Page) -> None:
    notebook, live = look(opened, server, WATCHERS, "!sudo ip netns add later")
    page.keyboard.press("Control+s")
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)
    load(page, server)
    notebook = opened("live.ipynb")
    watchers(notebook, 2, 1)
    notebook.run_to_end(3)
    live.shows("later")


def test_a_restarted_kernel_is_told_and_the_cell_run_again_takes_the_panel(
    opened: Open, server: Server, page: Page
) -> None:
    notebook, live = look(opened, server)
    notebook.menu("Kernel", "Restart Kernel…")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(live.caption).to_contain_text("The kernel was restarted")
    notebook.wait_until_idle()
    LivePage(notebook, 1)
    expect(live.root).to_have_count(1)
    expect(live.thing("ns1")).to_have_count(0)
    live.shows("docker-host1")


# A busy machine paints one frame for a whole burst: pauses give it time for more.
GROWING = """
import time
for n in range(8):
    get_ipython().run_line_magic("netns_attach", f"br0 new{n} 10.0.1.{n + 1}/24")
    time.sleep(0.25)
"""


def test_no_frame_is_blank_while_the_picture_follows(opened: Open, server: Server) -> None:
    notebook, live = look(opened, server, GROWING)
    live.shows("10.0.0.2/24")
    place = live.root.locator(".nslab-drawing")
    box = place.bounding_box()
    assert box
    with painted(place) as frames:
        notebook.run_to_end(2)
        live.shows("new7")
    inked = frames.inked(box)
    assert len(set(inked)) >= 3, f"the picture was hardly seen to change: {inked}"
    assert min(inked) > 0.5 * inked[0], inked


def test_the_picture_is_readable_on_a_dark_page(opened: Open, server: Server, page: Page, screenshot: Shot) -> None:
    notebook, live = look(opened, server)
    notebook.choose_theme("JupyterLab Dark")
    ink = live.name("ns1").evaluate("text => getComputedStyle(text).fill")
    ground = live.root.evaluate("root => getComputedStyle(root).backgroundColor")
    assert _brightness(ink) - _brightness(ground) > 120, (ink, ground)
    live.open("ns1")
    screenshot("live-dark")


def _brightness(colour: str) -> float:
    channels = [float(value) for value in re.findall(r"[\d.]+", colour)[:3]]
    return sum(channels) / 3


def test_a_notebook_that_is_closed_leaves_no_watcher_and_no_panel(opened: Open, server: Server, page: Page) -> None:
    _, live = look(opened, server, WATCHERS)
    page.get_by_role("tab", name="live.ipynb").locator(".lm-TabBar-tabCloseIcon").click()
    page.get_by_role("button", name="Discard").click()
    expect(live.root).to_have_count(0)
    beside = page.context.new_page()
    load(beside, server)
    watchers(Notebook(beside, "live.ipynb"), 2, 0)


def test_a_cell_that_is_cleared_leaves_no_panel(opened: Open, server: Server) -> None:
    notebook, live = look(opened, server)
    notebook.menu("Edit", "Clear Outputs of All Cells")
    expect(live.root).to_have_count(0)


def test_a_notebook_that_stays_open_after_all_is_followed_on(opened: Open, server: Server, page: Page) -> None:
    notebook, live = look(opened, server, WATCHERS, "!sudo ip netns add later")
    page.get_by_role("tab", name="live.ipynb").locator(".lm-TabBar-tabCloseIcon").click()
    page.get_by_role("button", name="Cancel").click()
    notebook.run_to_end(3)
    live.shows("later")


def test_a_front_end_without_our_extension_has_the_picture_in_the_cell(server: Server, page: Page) -> None:
    """As in Notebook 7 or VS Code: what the extension offers is not there."""
    beside = page.context.new_page()
    beside.add_init_script("Object.defineProperty(window, 'nslab', { get: () => undefined, set: () => {} })")
    load(beside, server)
    write(server, "inline.ipynb", BUILD, "%netns_live", "%netns_shell ns1", "!sudo ip netns add later")
    notebook = Notebook(beside, "inline.ipynb")
    notebook.run_to_end(0)
    live = LivePage(notebook, 1)
    expect(notebook.cells.nth(1).locator("section.nslab-live")).to_be_visible()
    expect(notebook.run_to_end(2)).to_contain_text("Type this in a terminal to get into ns1:")
    notebook.run_to_end(3)
    live.shows("later")
    live.open("ns1")
    expect(live.opened.locator('[data-do="terminal"]')).to_have_count(0)


def test_cables_show_packets_per_second_on_request(opened: Open, server: Server, screenshot: Shot) -> None:
    notebook, live = look(opened, server, "%%netns ns1 --bg --timeout 20\nping -q -i 0.01 10.0.0.2")
    live.root.get_by_role("button", name="Traffic").click()
    notebook.run_to_end(2)
    expect(live.root.locator(".nslab-rate")).to_have_count(2)
    expect(live.root.locator(".nslab-rate text").first).to_have_text(re.compile(r"^\d\d+/s$"))
    screenshot("live-traffic")
    live.root.get_by_role("button", name="Traffic").click()
    expect(live.root.locator(".nslab-rate")).to_have_count(0)
