"""Every outcome has its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nslab_kernel.core.journeys import explain
from nslab_kernel.core.journeys.explain import Outcome, Ruling
from nslab_kernel.core.journeys.words import WORDS, outcome
from nslab_kernel.core.translation import translated

SOURCE = Path(explain.__file__).read_text()
CODES = sorted(set(re.findall(r'(?:Outcome|Notice)\(\s*"([a-z-]+)"', SOURCE)))


def test_the_source_has_outcomes() -> None:
    assert len(CODES) > 30


@pytest.mark.parametrize("code", CODES)
def test_each_outcome_has_words(code: str) -> None:
    assert code in WORDS


def test_a_rule_is_named_exactly() -> None:
    ruling = Ruling("host", "ip", "filter", "FORWARD", 2, "ip daddr 203.0.113.10 drop", 7)
    found = Outcome("dropped", "host", ruling=ruling)
    assert outcome(found) == "**dropped** by `ip filter FORWARD` rule 2 `ip daddr 203.0.113.10 drop`"
    assert (
        translated(outcome(found), "zh") == "被 `ip filter FORWARD` 第 2 条规则 `ip daddr 203.0.113.10 drop` **丢弃**"
    )


def test_a_policy_is_no_rule() -> None:
    ruling = Ruling("host", "ip", "filter", "FORWARD", 0, "policy drop")
    assert outcome(Outcome("dropped", "host", ruling=ruling)) == "**dropped** by the policy of `ip filter FORWARD`"
