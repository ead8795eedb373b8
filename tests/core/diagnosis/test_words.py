"""Every kind of cause has words, each reason in one sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nslab_kernel.core.diagnosis import KINDS
from nslab_kernel.core.diagnosis.causes import WORDS
from nslab_kernel.core.translation import translated


def test_every_kind_has_words() -> None:
    assert set(WORDS) == set(KINDS)


@pytest.mark.parametrize(("language", "stop"), [("en", "."), ("zh", "。")])
def test_a_matter_is_one_sentence(language: str, stop: str) -> None:
    for _said, matters in WORDS.values():
        words = translated(matters, language)
        assert words.endswith(stop), words
        assert words.count(f"{stop} ") == 0, words


def test_the_documentation_lists_every_kind() -> None:
    listed = (Path(__file__).parents[3] / "docs" / "diagnosis.md").read_text().partition("## The kinds of causes")[2]
    rows = [line for line in listed.partition("##")[0].splitlines() if line.startswith("| ")]
    assert sorted(re.findall(r"`([a-z0-9-]+)`", "\n".join(rows))) == sorted(KINDS)
