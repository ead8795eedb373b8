"""What nslab makes of networks that other people built; README.md says what is judged."""

from __future__ import annotations

import time

import pytest

from nslab_kernel.lab import Lab

from . import told, tools
from .building import built
from .catalogue import Case, cases

_PATIENCE = 3.0  # seconds; IPv6 addresses and carriers may still come and go
_RESOLVED = ("set", "map")  # a snapshot has their elements in the rules that look them up

ALL = [pytest.param(case, id=case.id) for case in cases() if not case.missing]


@pytest.mark.parametrize("case", ALL)
def test_a_snapshot_says_what_the_tools_say(lab: Lab, case: Case) -> None:
    with built(lab, case):
        deadline = time.monotonic() + _PATIENCE
        while True:
            processes = [int(space.name[4:]) for space in lab.snapshot().namespaces if space.kind == "process"]
            said = {fact for fact in tools.facts(tools.places(processes)) if fact[1] not in _RESOLVED}
            read = told.facts(lab.snapshot(volatile=True))
            if said == read or time.monotonic() > deadline:
                break
        lines = [f"tools:    {' '.join(f)}" for f in sorted(said - read)]
        lines += [f"snapshot: {' '.join(f)}" for f in sorted(read - said)]
        assert said == read, "\n".join(lines)
