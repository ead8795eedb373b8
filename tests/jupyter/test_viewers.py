"""Who shows a widget is known, also when a page goes without a word."""

from __future__ import annotations

import asyncio
import time

from nslab_kernel.jupyter.viewers import Viewers

_PERIOD = 0.02  # seconds


class Serving:
    """What a widget does for its pages, as a diary."""

    def __init__(self) -> None:
        self.diary: list[str] = []
        self.viewers = Viewers(lambda: self.diary.append("begin"), lambda: self.diary.append("end"), _PERIOD)

    def told(self, do: str, page: str) -> None:
        assert self.viewers.heard({"do": do, "page": page})


def test_it_begins_with_the_first_page_and_ends_with_the_last() -> None:
    async def play() -> list[str]:
        serving = Serving()
        for do, page in (("show", "a"), ("show", "b"), ("show", "b"), ("hide", "a"), ("here", "b")):
            serving.told(do, page)
        assert serving.diary == ["begin"]
        serving.told("hide", "b")
        serving.told("hide", "b")
        return serving.diary

    assert asyncio.run(play()) == ["begin", "end"]


def test_a_page_that_went_without_a_word_is_missed_and_one_that_speaks_is_not() -> None:
    async def play() -> None:
        serving = Serving()
        serving.told("show", "quiet")
        serving.told("show", "speaks")
        for _ in range(10):
            await asyncio.sleep(_PERIOD)
            serving.told("here", "speaks")
        assert serving.diary == ["begin"]
        await asyncio.sleep(6 * _PERIOD)
        assert serving.diary == ["begin", "end"]
        await asyncio.sleep(6 * _PERIOD)
        assert serving.diary == ["begin", "end"], "its clock ticks on for nobody"

    asyncio.run(play())


def test_time_in_which_the_kernel_could_hear_nobody_does_not_count() -> None:
    async def play() -> list[str]:
        serving = Serving()
        serving.told("show", "a")
        time.sleep(10 * _PERIOD)
        await asyncio.sleep(0)
        return serving.diary

    assert asyncio.run(play()) == ["begin"]


def test_a_page_that_was_missed_and_speaks_again_is_served_again() -> None:
    async def play() -> list[str]:
        serving = Serving()
        serving.told("show", "a")
        await asyncio.sleep(6 * _PERIOD)
        serving.told("here", "a")
        serving.viewers.clear()
        return serving.diary

    assert asyncio.run(play()) == ["begin", "end"] * 2


def test_what_is_about_something_else_is_left_to_others() -> None:
    assert not Viewers(lambda: None, lambda: None).heard({"do": "run", "step": 1})
