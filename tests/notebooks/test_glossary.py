"""Both languages use the terms of the glossary, and none of the words that it replaced."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from .conftest import NOTEBOOKS

pytestmark = pytest.mark.once

ENGLISH_FILES = sorted((NOTEBOOKS / "en").glob("*.ipynb"))
# What reads as if translated, and what engineers write instead.
TRANSLATED = {
    "zh": {
        "发夹弯": "Hairpin NAT",
        "解药": "解决办法",
        "实验室": "实验环境",
        "回应": "应答",
        "生下来": "新建时默认处于",
        "房间": "命名空间",
        "收拾": "清理",
        "魔法来": "魔法命令",
        "说话": "通信",
        "公民": "主机用的是公网地址",
        "死在": "被丢弃",
        "一声不响": "没有任何回显",
    },
    "en": {
        "mend": "fix",
        "cure": "fix",
        "whoever": "anyone that",
        "stands for": "means",
        "is told": "prints",
        "tells of": "reports",
        "good citizen": "has a public address",
        "Clear the table": "Clean up",
        "Be wrong": "Make a mistake on purpose",
    },
}


def glossary(language: str) -> dict[str, str]:
    """English terms with their Chinese ones, as a language's glossary has them."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \| .+ \|$", (NOTEBOOKS / language / "glossary.md").read_text(), re.MULTILINE)
    pairs = {row[0]: row[1] for row in rows if row[1] not in ("中文", "English")}
    return pairs if language == "en" else {english: chinese for chinese, english in pairs.items()}


def prose(path: Path) -> list[str]:
    """The Markdown cells of a lesson, without code."""
    cells = nbformat.read(path, as_version=4).cells
    return [
        re.sub(r"```.*?```|`[^`]*`", "", cell.source, flags=re.DOTALL) for cell in cells if cell.cell_type == "markdown"
    ]


def test_both_glossaries_hold_the_same_pairs_in_the_same_order() -> None:
    assert len(glossary("en")) >= 25
    assert list(glossary("en").items()) == list(glossary("zh").items())


@pytest.mark.parametrize("english", ENGLISH_FILES, ids=lambda path: path.stem)
def test_where_english_uses_a_term_chinese_uses_its_pair(english: Path) -> None:
    ours = "\n".join(prose(english)).lower()
    theirs = "\n".join(prose(NOTEBOOKS / "zh" / english.name)).lower()
    missing = {
        term: pair
        for term, pair in glossary("en").items()
        if re.search(rf"\b{re.escape(term.lower())}s?\b", ours) and pair.lower() not in theirs
    }
    assert not missing


@pytest.mark.parametrize(
    "path", sorted(NOTEBOOKS.glob("*/*.ipynb")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_no_word_is_left_that_reads_as_if_translated(path: Path) -> None:
    said = "\n".join(prose(path))
    for word, better in TRANSLATED[path.parent.name].items():
        assert not re.search(rf"\b{word}" if path.parent.name == "en" else word, said), f"{word}: write {better}"


@pytest.mark.parametrize("path", sorted((NOTEBOOKS / "zh").glob("*.ipynb")), ids=lambda path: path.stem)
def test_chinese_paragraphs_have_no_line_breaks_which_would_show_as_spaces(path: Path) -> None:
    for cell in prose(path):
        assert not re.search("[\u4e00-\u9fff，。；：、][ ]*\n(?=[\u4e00-\u9fff])", cell), cell
