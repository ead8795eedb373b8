"""The page on a container by hand, its commands typed as they stand, for each kind of user."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .users import KINDS, home_of, run_as, skip_without

DOCS = Path(__file__).parents[2] / "docs"


def commands(page: str) -> str:
    return "".join(re.findall(r"```sh\n(.*?)```", (DOCS / page).read_text(), re.DOTALL))


def test_both_languages_have_the_same_commands():
    assert commands("containers.md") == commands("containers.zh.md")


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_does_what_it_says(kind):
    skip_without("busybox", "runc", "/usr/lib/cni/bridge")
    with home_of(kind) as home:
        told = run_as(kind, home, 'run -- bash -c "$0"', f"{commands('containers.md')}\nip -n pod1 -br addr; echo end")
    container, plugin = told.split('"cniVersion"')
    lines = container.splitlines()
    assert lines[0] == "box", told
    assert "172.16.0.9/16" in container
    assert "1 packets transmitted, 1 packets received" in container
    assert re.findall(r"^ *(\d+) 0 +\{ps\}", container, re.MULTILINE) == ["1"], "its own list of processes"
    assert "inet 10.22.0.2/16" in plugin
    assert "1 packets transmitted, 1 received" in plugin
    assert re.search(r"-s 10\.22\.0\.2/32 .*-j CNI-", plugin)
    assert plugin.splitlines()[-1] == "end"
    assert "10.22." not in plugin.splitlines()[-2], "DEL took it away"
