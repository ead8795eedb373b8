"""Lines that need no shell are told from those that do; in doubt a shell reads them."""

from __future__ import annotations

import pytest

from nslab_kernel.core.packages import package_of
from nslab_kernel.core.simple_command import simple_words


@pytest.mark.parametrize(
    "line", ["true", "ping -c 1 172.16.1.2", "ip -6 addr add fd00::1/64 dev eth0\n", "./run.sh a=b"]
)
def test_plain_words_need_no_shell(line: str) -> None:
    assert simple_words(line) == line.split()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "\n",
        "a  b",  # a shell drops the second space
        "a\tb",
        "a; b",
        "a\nb",
        "a | b",
        "a > b",
        "a &",
        "ls *",
        "echo hi",
        "cd /tmp",
        "A=1 env",
        "ls $HOME",
        "ls ~",
        'ls "x"',
        "ls 'x'",
        "ls \\x",
        "ls # x",
        "ls {a,b}",
        "ls `id`",
        "! true",
        "kill 5",
        "é",
    ],
)
def test_everything_else_is_left_to_a_shell(line: str) -> None:
    assert simple_words(line) == []


def test_a_package_is_named_only_where_it_is_known() -> None:
    assert package_of("dig") == "dnsutils"
    assert package_of("made-up") == ""
