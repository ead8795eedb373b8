"""What cells show besides pictures, as HTML."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from nslab_kernel.jupyter.display import copy_button, run_button


class Text(HTMLParser):
    """The words of some HTML; its elements must be closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.open = "", 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open += 1

    def handle_endtag(self, tag: str) -> None:
        self.open -= 1

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize(
    ("html", "words"),
    [
        (copy_button("en"), "Copy"),
        (copy_button("zh"), "复制"),
        (run_button("en"), "Run in a new cell"),
        (run_button("zh"), "在新单元格中运行"),
    ],
)
def test_a_button_says_what_it_does(html: str, words: str) -> None:
    button = Text(html)
    assert (button.words, button.open) == (words, 0)
