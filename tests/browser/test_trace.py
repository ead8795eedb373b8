"""A packet's journey is played, stepped and chosen, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from .notebook import Notebook, write
from .server import Server

Open = Callable[[str], Notebook]
Shot = Callable[[str], None]

BUILD = """%netns_auto off
%netns_bridge mydocker0 172.16.0.1/16
%netns_attach mydocker0 ns1 172.16.1.1/16
%netns_attach mydocker0 ns2 172.16.1.2/16
%netns_internet
%netns_nat mydocker0
%netns_publish 80 ns1:8080
!iptables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT; iptables -A FORWARD -d 172.16.1.1 -j DROP"""


@pytest.fixture
def player(opened: Open, server: Server) -> Locator:
    """A connection from outside that is translated and then dropped, in the player."""
    write(server, "trace.ipynb", BUILD, "%netns_trace inet-peer curl -sS -m 1 http://192.0.2.2/", "1")
    notebook = opened("trace.ipynb")
    notebook.run_to_end(0)
    notebook.run_to_end(1)
    found = notebook.cells.nth(1).locator(".nslab-trace-player")
    expect(found).to_be_visible()
    return found


def test_the_player_names_the_rule_and_shows_the_stops(player: Locator, screenshot: Shot) -> None:
    expect(player.locator(".nslab-trace-banner")).to_contain_text("dropped by ip filter FORWARD rule 2")
    expect(player.locator(".nslab-trace-stop").last).to_contain_text("✕")
    expect(player.locator(".nslab-trace-card")).to_contain_text("✕ matched")
    expect(player.locator(".nslab-trace-card")).to_contain_text("rewritten")
    screenshot("trace-player")


def test_a_press_on_a_stop_moves_everything_there(player: Locator) -> None:
    player.locator(".nslab-trace-stop").first.click()
    expect(player.locator(".nslab-trace-stop").first).to_have_attribute("aria-current", "step")
    expect(player.locator(".nslab-trace-card")).to_contain_text("Header at stop 1")
    expect(player.locator(".nslab-trace-time")).to_have_text("0.00 ms")
    player.locator("[data-stop='1']").click()
    expect(player.locator(".nslab-trace-stop").nth(1)).to_have_attribute("aria-current", "step")


def test_it_plays_to_the_end_and_steps_by_keys(player: Locator) -> None:
    player.get_by_role("button", name="4×").click()
    player.get_by_role("button", name="Play").click()
    expect(player.locator(".nslab-trace-stop").last).to_have_attribute("aria-current", "step")
    expect(player.get_by_role("button", name="Play")).to_be_visible()
    player.locator(".nslab-trace-bar").focus()
    player.page.keyboard.press("Home")
    player.page.keyboard.press("ArrowRight")
    expect(player.locator(".nslab-trace-stop").nth(1)).to_have_attribute("aria-current", "step")


def test_another_packet_is_chosen(player: Locator) -> None:
    player.get_by_label("Packet", exact=True).select_option(index=0)
    expect(player.locator(".nslab-trace-banner")).to_contain_text("ARP request")


def test_the_way_is_clicked_on_the_picture_and_both_are_laid_over_each_other(
    opened: Open, server: Server, screenshot: Shot
) -> None:
    write(server, "asked.ipynb", BUILD, "%netns_trace --predict ns1 ping -c 1 -W 1 203.0.113.10", "1")
    notebook = opened("asked.ipynb")
    notebook.run_to_end(0)
    asked = notebook.run_to_end(1).locator(".nslab-trace-asking")
    way = asked.get_by_role("textbox")
    expect(way).to_have_value("ns1")
    asked.locator('[data-kind="bridge"]').first.click()
    asked.locator('[data-kind="namespace"][data-id="ns2"] text').first.click()
    expect(way).to_have_value("ns1, mydocker0, ns2")
    expect(asked.locator(".nslab-trace-chosen")).to_have_count(3)
    screenshot("trace-asking")
    asked.get_by_role("button", name="Take back").click()
    asked.locator('[data-kind="namespace"][data-id="inet-dns"] text').first.click()
    asked.get_by_role("button", name="Keep my answer and run").click()
    player = notebook.cells.nth(1).locator(".nslab-trace-player")
    expect(player.locator(".nslab-prediction")).to_contain_text("inet-dns")
    expect(player.locator('[data-kind="expected-way"]').first).to_be_attached()
    expect(asked.locator(".nslab-trace-printed")).to_contain_text("ping statistics")
    box = player.locator(".nslab-drawing svg.nslab-picture").bounding_box()
    assert box
    assert box["height"] > 300, "the picture fills its width"
    screenshot("trace-predicted")


def test_a_failed_ping_is_traced_by_one_click(opened: Open, server: Server) -> None:
    write(server, "offer.ipynb", BUILD, "%netns ns1 ping -c 1 -W 1 172.16.7.7", "1")
    notebook = opened("offer.ipynb")
    notebook.run_to_end(0)
    notebook.run_to_end(1).get_by_role("button", name="Trace it").click()
    expect(notebook.cells.nth(2).locator(".nslab-trace-banner")).to_contain_text("172.16.7.7", timeout=20_000)
