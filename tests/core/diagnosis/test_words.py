"""Every kind of cause, every stop and every unknown can be said, in both languages."""

from __future__ import annotations

import re
import string
from pathlib import Path

from nslab_kernel.core.diagnosis import KINDS, causes_en, causes_zh
from nslab_kernel.core.diagnosis.words import _STEPS, _UNKNOWN


def fields(text: str) -> set[str]:
    return {name.lower() for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_kind_has_words_in_both_languages() -> None:
    assert set(causes_en.WORDS) == set(KINDS)
    assert set(causes_zh.WORDS) == set(KINDS)


def test_both_languages_say_stops_and_unknowns_with_the_same_facts() -> None:
    for words in (_STEPS, _UNKNOWN):
        assert {key: fields(text) for key, text in words["en"].items()} == {
            key: fields(text) for key, text in words["zh"].items()
        }


def test_a_matter_is_one_sentence() -> None:
    for kind in KINDS:
        for words, stop in ((causes_en.WORDS, "."), (causes_zh.WORDS, "。")):
            matters = words[kind][1]
            assert matters.endswith(stop), matters
            assert matters.count(f"{stop} ") == 0, matters


def test_the_documentation_lists_every_kind() -> None:
    listed = (Path(__file__).parents[3] / "docs" / "diagnosis.md").read_text().partition("## The kinds of causes")[2]
    rows = [line for line in listed.partition("##")[0].splitlines() if line.startswith("| ")]
    assert sorted(re.findall(r"`([a-z0-9-]+)`", "\n".join(rows))) == sorted(KINDS)
