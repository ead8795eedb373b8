"""Foreign text is shown, not obeyed."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.foreign import escaped, first_word, quoted, sentence_html, shown, shown_lines, words
from nslab_kernel.core.translation import _, translated

HOSTILE = (
    "\x1b[31m",
    "a\nb",
    "\x00",
    "\u202e",
    "\u2066",
    "\ud800",
    "\udcff",
    "\x7f",
    "\x9b",
    "\u2028",
    "\ue000",
    "\x0b",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_it_can_be_printed_on_one_line_and_encoded(text: str) -> None:
    for made in (shown(text), shown_lines(text).replace("\n", ""), escaped(text).replace("\n", "")):
        assert made.isprintable()
        made.encode()


def test_what_can_be_printed_stays_as_it_is() -> None:
    for text in ("ns1", "a b", "命名空间", "é", "😀", "it's", '"'):
        assert shown(text) is text


@pytest.mark.parametrize(
    ("text", "as_shown"),
    [
        ("a\nb", r"a\nb"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\u202e", r"\u202e"),
        ("\udcff", r"\xff"),
        ("\U000e0001", r"\U000e0001"),
    ],
)
def test_how_it_is_shown(text: str, as_shown: str) -> None:
    assert shown(text) == as_shown


def test_lines_and_tabs_of_a_text_stay() -> None:
    assert shown_lines("a\tb\n\x1bc\n") == "a\tb\n\\x1bc\n"


def test_a_page_gets_neither_tags_nor_control_characters() -> None:
    assert escaped('<b a="\'">\x1b') == "&lt;b a=&quot;&#x27;&quot;&gt;\\x1b"


@pytest.mark.parametrize("text", ["plain", "a b", "it's", "\x03touch HACK\n", "\\'\x1b", "é\x07"])
def test_a_quoted_word_is_one_word_for_bash_and_can_be_typed(text: str) -> None:
    assert quoted(text).isprintable()
    ran = subprocess.run(["bash", "-c", f"printf %s {quoted(text)}"], capture_output=True, text=True, check=True)
    assert ran.stdout == text


def test_values_of_messages_are_shown_in_every_language() -> None:
    error = NslabError(_('There is no bridge "{name}".', name="x\x1b[2J\ny\ud800"))
    for language in ("en", "zh"):
        said = translated(error.message, language)
        assert said.isprintable()
        assert r"x\x1b[2J\ny\ud800" in said
    assert str(error).isprintable()


def test_quoting_of_usual_names_is_the_shells() -> None:
    for text in ("ns1", "a b", "$(id)"):
        assert quoted(text) == shlex.quote(text)


def test_a_message_in_a_page_has_its_commands_as_code_and_nothing_of_others_as_tags() -> None:
    made = sentence_html("**br<0** is down.\nRun `ip link set 'a<b' up`.")
    assert made.startswith("<b>br&lt;0</b> is down.<br>Run <code ")
    assert "ip link set &#x27;a&lt;b&#x27; up</code>." in made
    assert "`" not in made


@given(st.lists(st.text(st.characters(exclude_categories=()), min_size=1)))
def test_words_are_what_was_quoted(texts: list[str]) -> None:
    line = " ".join(map(quoted, texts))
    assert words(line) == texts
    if texts:
        assert first_word(line) == (quoted(texts[0]), " ".join(map(quoted, texts[1:])))


@given(st.text("ab $'\"\\", max_size=12))
def test_words_are_those_of_the_shell_or_a_quotation_mark_is_open(line: str) -> None:
    assume("$'" not in line)  # bash's, not every shell's
    try:
        expected = shlex.split(line)
    except ValueError:
        with pytest.raises(ValueError, match=r"No (closing quotation|escaped character)"):
            words(line)
    else:
        assert words(line) == expected
