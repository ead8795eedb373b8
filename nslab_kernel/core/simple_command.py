"""Shell lines that need no shell: a program's name and plain words, as make(1) tells them apart."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[A-Za-z0-9_./:=@%+,-]+")
_OF_THE_SHELL = frozenset(
    # Keywords and builtins of bash(1), but for those that are the same as the program of that name.
    re.findall(
        r"\S+",
        """
        . : alias bg bind break builtin caller case cd command compgen complete compopt continue coproc declare dirs
        disown do done echo elif else enable esac eval exec exit export fc fg fi for function getopts hash help history
        if in jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return select set shift
        shopt source suspend test then time times trap type typeset ulimit umask unalias unset until wait while
        """,
    )
)


def simple_words(lines: str) -> list[str]:
    """The words of shell lines that are one plain command; none where a shell must read them.

    Examples
    --------
    >>> simple_words("ping -c 1 172.16.1.2")
    ['ping', '-c', '1', '172.16.1.2']
    >>> simple_words("ip address | grep inet")
    []
    >>> simple_words("cd /tmp")
    []
    """
    words = lines.strip().split(" ")
    plain = all(_PLAIN.fullmatch(word) for word in words)
    return words if plain and "=" not in words[0] and words[0] not in _OF_THE_SHELL else []
