from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from nslab_kernel.picture import Picture, draw
from nslab_kernel.picture.scene import Box
from nslab_kernel.picture.style import COLOURS
from tests.picture.labs import gallery
from tests.picture.literal import Draft, seed

SVG = "{http://www.w3.org/2000/svg}"


def _picture(language: str = "en") -> Picture:
    return draw(seed(2, up=False).network(), before=seed(1, up=False).network(), language=language)


@pytest.mark.parametrize("name", gallery())
def test_it_is_well_formed(name: str) -> None:
    network, before = gallery()[name]
    assert ElementTree.fromstring(draw(network, before=before).svg()).tag == SVG + "svg"


def test_a_screen_reader_finds_an_image_with_its_description() -> None:
    root = ElementTree.fromstring(_picture().svg())
    assert root.get("role") == "img"
    label = root.get("aria-label") or ""
    assert "mydocker0 down" in label
    assert "172.16.1.2/16" in label
    assert "Still missing" in label
    title = root.find(SVG + "title")
    assert title is not None
    assert title.text == "docker-host1"


def test_every_thing_can_be_found_by_script_and_told_by_a_pointer() -> None:
    root = ElementTree.fromstring(_picture().svg())
    kinds = {(g.get("data-id"), g.get("data-kind")) for g in root.iter(SVG + "g")}
    assert kinds >= {
        ("ns1", "namespace"),
        ("ns1/eth00-ns1", "interface"),
        ("host/mydocker0", "bridge"),
        ("host/veth-ns1~ns1/eth00-ns1", "cable"),
    }
    interface = next(g for g in root.iter(SVG + "g") if g.get("data-id") == "ns1/eth00-ns1")
    title = interface.find(SVG + "title")
    assert title is not None
    assert "172.16.1.1/16" in (title.text or "")


def test_what_is_new_says_so_to_scripts() -> None:
    root = ElementTree.fromstring(_picture().svg())
    fates = {g.get("data-id"): g.get("data-fate") for g in root.iter(SVG + "g") if g.get("data-kind") == "namespace"}
    assert fates["ns2"] == "new"
    assert fates["ns1"] is None


def test_in_a_page_the_caption_is_text_below_the_drawing() -> None:
    picture = _picture()
    drawing, _, below = picture.html().partition("</svg>")
    assert "Still missing" in below
    assert 'data-kind="caption"' not in drawing
    height = float(re.findall(r'viewBox="0 0 \S+ (\S+)"', drawing)[0])
    assert height < picture.scene.height
    things = [item for group in picture.scene.without_caption().groups for item in group.items]
    assert max(item.y + item.height for item in things if isinstance(item, Box)) < height


def test_a_picture_without_a_caption_has_no_empty_one() -> None:
    assert "nslab-caption" not in draw(seed(2).network()).html()


def test_ids_of_two_pictures_in_a_page_are_different() -> None:
    def ids(svg: str) -> list[str]:
        return re.findall(r' id="([^"]+)"', svg)

    one, other = ids(_picture().svg()), ids(draw(seed(3).network()).svg())
    assert len(set(one)) == len(one)
    assert not set(one) & set(other)


def test_style_rules_reach_no_other_picture() -> None:
    svg = _picture().svg(prefix="mine")
    css = re.search(r"<style>(.*?)</style>", svg)
    assert css is not None
    for selector in re.findall(r"([^{}]+)\{", css[1]):
        assert all(".mine" in part for part in selector.split(",")), selector


def test_colours_follow_the_theme_of_the_page() -> None:
    svg = _picture().svg()
    assert "var(--jp-ui-font-color1" in svg
    assert 'data-jp-theme-light="false"' in svg
    assert COLOURS["green"].dark in svg


def test_a_file_of_its_own_is_dark_on_white() -> None:
    from nslab_kernel.picture.svg import svg

    alone = svg(_picture().scene, standalone=True)
    assert "--jp-" not in alone.replace("var(--jp-ui-font-family", "")
    assert '<rect width="100%" height="100%" fill="#ffffff"/>' in alone
    assert re.search(r'<svg [^>]*width="\d+', alone)


def test_it_loads_nothing_from_elsewhere() -> None:
    svg = _picture().svg()
    assert re.findall(r"https?://[^\"' ]+", svg) == ["http://www.w3.org/2000/svg"]
    assert "<script" not in svg
    assert "url(" not in svg


def test_the_same_network_gives_the_same_bytes() -> None:
    assert _picture().svg() == _picture().svg()


def test_names_cant_break_out_of_the_markup() -> None:
    draft = Draft().add("<b>&\"x'")
    root = ElementTree.fromstring(draw(draft.network()).svg())
    assert any(text.text == "<b>&\"x'" for text in root.iter(SVG + "text"))


def test_an_interactive_one_can_be_walked_through_by_keyboard() -> None:
    root = ElementTree.fromstring(_picture().svg(interactive=True))
    buttons = [g for g in root.iter(SVG + "g") if g.get("role") == "button"]
    assert {"ns1", "ns2", "host/mydocker0"} <= {g.get("data-id") for g in buttons}
    assert all(g.get("tabindex") == "0" and g.get("aria-label") for g in buttons)
    assert root.get("role") == "group"


def test_chinese_labels_are_marked_as_chinese() -> None:
    root = ElementTree.fromstring(_picture("zh").svg())
    assert root.get("lang") == "zh"
    texts = {text.text for text in root.iter(SVG + "text")}
    assert {"主机", "新"} <= texts
