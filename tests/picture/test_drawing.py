from __future__ import annotations

import struct
import subprocess
import sys
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from matplotlib.font_manager import FontEntry

from nslab_kernel.core.errors import NslabError
from nslab_kernel.picture import Picture, draw, drawing
from nslab_kernel.picture import picture as pictures
from nslab_kernel.picture.encoding import png_of
from nslab_kernel.picture.style import COLOURS
from tests.picture.labs import gallery
from tests.picture.literal import seed


def _picture(language: str = "en") -> Picture:
    return draw(seed(2, up=False).network(), before=seed(1, up=False).network(), language=language)


def _pixels(png: bytes) -> np.ndarray:
    """Decode a PNG with matplotlib's reader, as an independent one."""
    import io

    from matplotlib.image import imread

    return np.round(imread(io.BytesIO(png))[..., :3] * 255).astype(np.uint8)


def _has(pixels: np.ndarray, colour: str) -> bool:
    rgb = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
    return bool((pixels[..., :3] == rgb).all(axis=-1).any())


@pytest.mark.parametrize("dpi", [96, 144, 200])
def test_a_png_has_the_size_that_was_asked_for(dpi: int) -> None:
    picture = _picture()
    height, width = _pixels(picture.png(dpi)).shape[:2]
    assert abs(width - picture.scene.width * dpi / 96) <= 1
    assert abs(height - picture.scene.height * dpi / 96) <= 1


def test_a_png_shows_what_is_up_down_and_new_in_their_colours() -> None:
    pixels = _pixels(_picture().png())
    for colour in ("green", "vermilion", "orange", "paper"):
        assert _has(pixels, COLOURS[colour].light), colour
    assert not _has(_pixels(draw(seed(2).network()).png()), COLOURS["orange"].light)


def test_pixels_survive_the_encoding() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (7, 5, 4), dtype=np.uint8)
    assert (_pixels(png_of(pixels, 96)) == pixels[..., :3]).all()


def test_of_many_colours_the_frequent_ones_stay_exact_and_the_others_become_the_nearest() -> None:
    pixels = np.zeros((40, 40, 3), dtype=np.uint8)
    pixels[..., 0] = np.arange(1600).reshape(40, 40) % 251
    pixels[..., 1] = np.arange(1600).reshape(40, 40) // 251
    pixels[:10] = (200, 100, 50)
    pixels[10:20] = (0, 114, 178)
    shown = _pixels(png_of(pixels, 96)).astype(int)
    assert len({tuple(colour) for row in pixels for colour in row}) > 256
    assert (shown[:20] == pixels[:20]).all()
    palette = np.unique(shown.reshape(-1, 3), axis=0)
    errors = ((pixels.reshape(-1, 1, 3).astype(int) - palette) ** 2).sum(axis=2).min(axis=1)
    assert (((shown - pixels.astype(int)) ** 2).sum(axis=2).ravel() == errors).all()


def test_every_chunk_of_a_png_has_its_checksum() -> None:
    data, position = _picture().png(), 8
    kinds = []
    while position < len(data):
        length = struct.unpack(">I", data[position : position + 4])[0]
        body = data[position + 4 : position + 8 + length]
        assert struct.unpack(">I", data[position + 8 + length : position + 12 + length])[0] == zlib.crc32(body)
        kinds.append(body[:4])
        position += 12 + length
    assert kinds == [b"IHDR", b"pHYs", b"PLTE", b"IDAT", b"IEND"]


@pytest.mark.parametrize("name", gallery())
def test_every_kind_of_picture_is_drawn(name: str) -> None:
    network, before = gallery()[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph is one
        for language in ("en", "zh"):
            assert draw(network, before=before, language=language).png(72)[:8] == b"\x89PNG\r\n\x1a\n"


def test_the_same_network_gives_the_same_bytes() -> None:
    assert _picture().png() == _picture().png()
    assert _picture().pdf() == _picture().pdf()


def test_a_picture_isnt_disturbed_by_one_drawn_before() -> None:
    first = _picture().png()
    draw(seed(30).network()).png(200)
    assert _picture().png() == first


def test_a_missing_font_falls_back_to_english_and_says_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "chinese_font", lambda: None)
    pictures.say_that_the_font_is_missing.cache_clear()
    picture = _picture("zh")
    with pytest.warns(UserWarning, match="fonts-noto-cjk"):
        data = picture.png()
    assert data == _picture("en").png()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _picture("zh").png()
    assert "主机" in picture.svg()


def test_chinese_is_drawn_with_a_font_that_has_it() -> None:
    assert drawing.chinese_font() is not None, "sudo apt install fonts-noto-cjk"
    assert _picture("zh").png() != _picture("en").png()


@pytest.fixture
def _listed_before_any_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    """matplotlib's list as its file has it on a machine where the font came later."""
    manager = drawing.fontManager
    monkeypatch.setattr(manager, "ttflist", [font for font in manager.ttflist if "CJK" not in font.fname])
    drawing.outline.cache_clear()


@pytest.mark.usefixtures("_listed_before_any_chinese_font")
def test_a_font_that_was_installed_after_matplotlib_made_its_list_is_found() -> None:
    assert drawing.chinese_font() is not None
    assert _picture("zh").png() != _picture("en").png()


@pytest.mark.usefixtures("_listed_before_any_chinese_font")
def test_a_font_that_is_listed_and_gone_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone = FontEntry(fname=str(tmp_path / "gone.ttc"), name="Noto Sans CJK SC")
    monkeypatch.setattr(drawing.fontManager, "ttflist", [*drawing.fontManager.ttflist, gone])
    monkeypatch.setattr(drawing, "X11FontDirectories", [])
    assert drawing.chinese_font() is None


@pytest.mark.parametrize(("name", "start"), [("a.png", b"\x89PNG"), ("a.svg", b"<?xml"), ("a.PDF", b"%PDF")])
def test_it_is_saved_by_its_suffix(tmp_path: Path, name: str, start: bytes) -> None:
    saved = _picture().save(tmp_path / name)
    assert saved.read_bytes().startswith(start)


def test_an_unknown_suffix_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(NslabError, match="gif") as refused:
        _picture().save(tmp_path / "a.gif")
    assert "a.png" in refused.value.cure
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_isnt_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NslabError, match="can't be written"):
        _picture().save(tmp_path / "nowhere" / "a.png")


def test_a_character_that_no_font_has_is_told_and_another_drawn() -> None:
    with pytest.warns(UserWarning, match="No font has the character"):
        found = drawing.outline("\U000e0fff", "text")
    assert len(found[0]) > 0
    assert found[2] == drawing.outline("\N{REPLACEMENT CHARACTER}", "text")[2]


def test_matplotlib_is_imported_only_when_something_is_drawn_with_it() -> None:
    program = (
        "import sys\n"
        "from nslab_kernel.picture import draw\n"
        "from nslab_kernel.core.model.network import Namespace, Network\n"
        "picture = draw(Network(Namespace('host')))\n"
        "picture.svg(), picture.text(), picture.description()\n"
        "assert not {'matplotlib', 'numpy'} & set(sys.modules), 'too early'\n"
        "picture.png()\n"
        "assert 'matplotlib' in sys.modules and 'matplotlib.axes' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
