"""``nslab check``: what this machine permits."""

from __future__ import annotations

import sys

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.linux.preflight import Check, refused, report


def test_a_machine_that_runs_these_tests_has_all_that_is_required(nslab):
    ran = nslab("check")
    assert ran.returncode == 0, ran.stdout
    assert "works    veth pairs" in ran.stdout
    assert "works    Chinese labels in pictures\n" in ran.stdout
    assert "MISSING" not in ran.stdout


def test_a_missing_tool_and_what_needs_it_are_told(nslab):
    # Inside a private host, a file that is no program covers brctl.
    cover = 'mount -t tmpfs none /mnt && : > /mnt/none && mount --bind /mnt/none "$(command -v brctl)"'
    ran = nslab("run", "sh", "-c", f"{cover} && exec {sys.executable} -m nslab_kernel.cli check")
    assert ran.returncode == 1
    assert "MISSING  command brctl: not installed\n           sudo apt install bridge-utils\n" in ran.stdout
    assert "MISSING  bridges by brctl" in ran.stdout
    assert "works    bridges\n" in ran.stdout


@pytest.mark.parametrize(
    ("check", "lines"),
    [
        (Check("bridges", True, ""), "works    bridges"),
        (
            Check("netem", False, "unknown", "use the VM", required=False),
            "absent   netem (optional): unknown\n  use the VM",
        ),
        (refused(NslabError("Refused.", "do this")), "MISSING  private host: Refused.\n  do this"),
    ],
)
def test_each_line_says_whether_it_works_what_the_machine_said_and_the_cure(check, lines):
    assert report([check]) == lines.replace("\n", "\n         ")
