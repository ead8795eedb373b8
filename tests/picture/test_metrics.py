"""What the layout foresees holds for the fonts that matplotlib really draws with."""

from __future__ import annotations

import pytest

from nslab_kernel.picture import draw, drawing
from nslab_kernel.picture.metrics import FONTS, width, wrap
from nslab_kernel.picture.scene import Text
from tests.picture.labs import gallery

PRINTABLE = "".join(map(chr, range(32, 127)))


def _inked(text: str, font: str) -> tuple[float, float, float]:
    """Right end, highest and lowest point of a text drawn from the origin."""
    vertices, _, _ = drawing.outline(text, font)
    return float(vertices[:, 0].max()), float(vertices[:, 1].min()), float(vertices[:, 1].max())


@pytest.mark.parametrize("font", FONTS)
def test_no_character_is_wider_than_foreseen(font: str) -> None:
    for character in PRINTABLE + "→⇄·…✕éü":
        assert drawing.outline(character, font)[2] <= width(character, font) + 0.25, character


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", gallery())
def test_every_text_stays_in_the_space_that_the_layout_kept_for_it(name: str, language: str) -> None:
    if language == "zh" and drawing.chinese_font() is None:
        pytest.fail("These tests need a Chinese font: sudo apt install fonts-noto-cjk")
    network, before = gallery()[name]
    for group in draw(network, before=before, language=language, mac=True).scene.groups:
        for text in (item for item in group.items if isinstance(item, Text)):
            right, top, bottom = _inked(text.text, text.font)
            left, upper, over, lower = text.extent
            assert right <= over - left + 0.5, text
            assert text.y + top >= upper - 0.5, text
            assert text.y + bottom <= lower + 0.5, text


@pytest.mark.parametrize("room", [40, 90, 200, 1000])
@pytest.mark.parametrize(
    "text",
    [
        "added: ns2, veth-ns2 ⇄ eth00-ns2, 172.16.1.2/16. Still missing: mydocker0 is down.",
        "新增：ns2、veth-ns2 ⇄ eth00-ns2、172.16.1.2/16。还差：mydocker0 是 down 的，所以还不能互相到达。",
        "2001:db8:1234:5678:9abc:def0:1234:5678/64",
        "",
    ],
)
def test_broken_lines_fit_and_lose_nothing(text: str, room: float) -> None:
    lines = wrap(text, "caption", room)
    assert all(width(line, "caption") <= room for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_an_address_is_broken_after_a_colon() -> None:
    first, second = wrap("2001:db8:1234:5678:9abc:def0:1234:5678/64", "address", 200)
    assert first.endswith(":")
    assert second.endswith("/64")


def test_no_line_begins_with_a_chinese_full_stop() -> None:
    for room in range(60, 400, 7):
        assert not any(
            line.startswith(("。", "，", "、", "：")) for line in wrap("地址重复，网桥没有启用。" * 3, "caption", room)
        )
