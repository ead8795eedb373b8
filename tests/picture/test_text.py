from __future__ import annotations

import unicodedata

import pytest

from nslab_kernel.picture import draw
from tests.picture.labs import rich
from tests.picture.literal import Draft, address, seed


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def test_the_table_lists_every_interface_with_its_state_addresses_and_other_end() -> None:
    lines = draw(seed(2).down("ns2", "eth00-ns2").network()).text().splitlines()
    assert lines[0].split() == ["namespace", "interface", "kind", "state", "addresses", "other", "end", "bridge"]
    ns2 = next(line for line in lines if "eth00-ns2" in line and "172.16" in line)
    assert ns2.split() == ["eth00-ns2", "veth", "down", "172.16.1.2/16", "veth-ns2", "(host)"]
    host = next(line for line in lines if line.split()[0] == "veth-ns1")
    assert host.split()[-1] == "mydocker0"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_columns_are_aligned_even_with_chinese_heads(language: str) -> None:
    lines = draw(rich().network(), language=language).text().splitlines()
    start = _columns(lines[0][: lines[0].index("kind" if language == "en" else "种类")])
    for line in lines[1:]:
        cells, column = "", 0
        for character in line:
            if column >= start:
                cells += character
            column += _columns(character)
        assert cells.startswith(("veth", "bridge", "loopback"))


def test_link_local_addresses_are_left_out() -> None:
    draft = seed(1).set("ns1", "eth00-ns1", addresses=(address("172.16.1.1/16"), address("fe80::1/64")))
    assert "fe80" not in draw(draft.network()).text()


def test_the_description_says_what_the_picture_shows() -> None:
    told = draw(seed(2, up=False).network()).description()
    assert told == (
        "Still missing: mydocker0 is down, so ns1 and ns2 can't reach each other yet. "
        "bridge mydocker0 down, no address, 2 ports. "
        "namespace ns1: lo down; eth00-ns1 up, 172.16.1.1/16, ⇄ mydocker0 in host. "
        "namespace ns2: lo down; eth00-ns2 up, 172.16.1.2/16, ⇄ mydocker0 in host."
    )


def test_the_description_in_chinese() -> None:
    told = draw(seed(1).network(), language="zh").description()
    assert "网桥 mydocker0 up，无地址，1 个端口。" in told
    assert "命名空间 ns1" in told


def test_the_description_of_a_big_lab_counts() -> None:
    told = draw(seed(30).network()).description()
    assert "ns6" in told
    assert "ns7" not in told
    assert "+24 more" in told


def test_a_bare_host_has_words_too() -> None:
    assert draw(Draft().network()).description() == "no namespace yet."
