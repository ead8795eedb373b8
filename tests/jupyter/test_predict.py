"""A prediction is asked before anything runs, and compared with what happened."""

from __future__ import annotations

import pytest

from .conftest import Notebook
from .widget import Widget

BUILD = """\
%netns_bridge br0
%netns_attach br0 ns1 10.0.0.1/24
%netns_attach br0 ns2 10.0.0.2/24
!sudo ip link set br0 down"""
CELL = """\
%%netns_predict Does ns2 answer?
- Yes | ns1 can ping 10.0.0.2
- No | prints 100% packet loss
sudo ip netns exec ns1 ping -c 1 -W 1 10.0.0.2; touch /run/predicted"""


@pytest.fixture
def built(notebook: Notebook) -> Notebook:
    assert not notebook.run(f"!rm -f /run/predicted\n{BUILD}").failed
    return notebook


def ran(notebook: Notebook) -> bool:
    return "yes" in notebook.run("!test -e /run/predicted && echo yes; rm -f /run/predicted").printed


def test_nothing_runs_before_the_answer_and_the_picture_gives_nothing_away(built: Notebook) -> None:
    widget = Widget(built.client, CELL)
    assert not ran(built)
    assert widget.state["asked"]["question"] == "Does ns2 answer?"
    assert widget.state["asked"]["choices"] == ["Yes", "No"]
    assert "ns2" in widget.state["picture"]
    assert "Still missing" not in widget.state["picture"]
    assert "ip link set" not in widget.state["picture"]
    widget.ask(do="answer", chosen=[0])
    assert widget.state["outcome"]["right"] == [False, True]
    assert widget.state["outcome"]["verdict"] == "other"
    assert "100% packet loss" in widget.state["outcome"]["printed"]
    assert ran(built)
    widget.ask(do="answer", chosen=[1])
    assert widget.state["outcome"]["chosen"] == [0], "an answer counts once"
    assert not ran(built)


def test_i_dont_know_yet_is_an_answer(built: Notebook) -> None:
    widget = Widget(built.client, CELL)
    widget.ask(do="answer", chosen=[])
    assert widget.state["outcome"]["verdict"] == "none"
    assert widget.state["outcome"]["right"] == [False, True]


def test_what_changed_is_drawn_with_the_answer_and_not_again_after_the_next_cell(built: Notebook) -> None:
    cell = (
        "%%netns_predict What comes?\n- br7 | br7 exists\n- nothing | br7 does not exist\nip link add br7 type bridge"
    )
    widget = Widget(built.client, cell)
    widget.ask(do="answer", chosen=[0])
    assert widget.state["outcome"]["verdict"] == "right"
    assert "br7" in widget.state["picture"]
    assert built.run("1").pictures == []


def test_a_cell_tagged_predict_shows_facts_alone(notebook: Notebook) -> None:
    widget = Widget(notebook.client, CELL)
    for tags, shown in (([], True), (["predict"], False)):
        notebook.run("%netns_reset")
        before = len(widget.bundles)
        widget.execute("%netns_bridge br0\n!sudo ip link set br0 down\n%netns_attach br0 ns1 10.0.0.1/24", tags=tags)
        pictures = [bundle for bundle in widget.bundles[before:] if "image/png" in bundle or "text/html" in bundle]
        assert any("Still missing" in str(bundle) for bundle in pictures) is shown
        assert any("ns1" in str(bundle) for bundle in pictures)


def test_a_question_that_cannot_be_tested_is_refused_before_anything_runs(built: Notebook) -> None:
    failed = built.run("%%netns_predict Why?\n- Yes | it is so\n- No | prints no\ntouch /run/predicted")
    assert "is not a claim" in failed.error
    assert not ran(built)
