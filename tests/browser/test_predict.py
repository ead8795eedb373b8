"""A prediction in JupyterLab, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from .notebook import Notebook, write
from .server import Server

Open = Callable[[str], Notebook]
Shot = Callable[[str], None]
BUILD = """\
%netns_bridge mydocker0
%netns_attach mydocker0 ns1 172.16.1.1/16
%netns_attach mydocker0 ns2 172.16.1.2/16
!sudo ip link set mydocker0 down"""
CELL = """\
%%netns_predict Will ns2 answer?
- Yes: both addresses lie in 172.16.0.0/16 | prints 1 received
- No | prints 100% packet loss
sudo ip netns exec ns1 ping -c 1 -W 1 172.16.1.2"""


def test_the_answer_is_laid_over_what_happened(opened: Open, server: Server, screenshot: Shot) -> None:
    write(server, "en/predict.ipynb", BUILD, CELL, "1")
    notebook = opened("en/predict.ipynb")
    notebook.run_to_end(0)
    asked = notebook.run_to_end(1).locator(".nslab-predict")
    expect(asked.locator("h3")).to_have_text("Will ns2 answer?")
    expect(asked.locator(".choice")).to_have_count(2)
    expect(asked.locator("svg").first).to_be_visible()
    expect(asked).not_to_contain_text("Still missing")
    expect(asked.locator(".keep")).to_be_disabled()
    screenshot("predict-before")
    asked.locator(".choice").nth(0).click()
    expect(asked.locator(".choice").nth(0)).to_have_attribute("aria-checked", "true")
    asked.locator(".keep").click()
    expect(asked.locator(".said")).to_have_text("It went another way.")
    expect(asked.locator(".choice").nth(1)).to_contain_text("that is what happened")
    expect(asked.locator(".choice").nth(0)).to_contain_text("your answer")
    expect(asked.locator(".printed")).to_contain_text("100% packet loss")
    screenshot("predict-after")


def test_keys_choose_and_enter_keeps_the_answer(opened: Open, server: Server, page: Page) -> None:
    write(server, "en/predict.ipynb", BUILD, CELL, "1")
    notebook = opened("en/predict.ipynb")
    notebook.run_to_end(0)
    asked = notebook.run_to_end(1).locator(".nslab-predict")
    asked.focus()
    page.keyboard.press("2")
    expect(asked.locator(".choice").nth(1)).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Enter")
    expect(asked.locator(".said")).to_have_text("As you said.")
    expect(asked.locator(".choice").nth(1)).to_contain_text("as you said")
