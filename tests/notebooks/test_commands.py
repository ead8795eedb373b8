"""A fresh machine has every command that a lesson types, since setup brings it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from nslab_kernel.core.packages import package_of

from .conftest import ANSWER, lessons, title

pytestmark = pytest.mark.once

SCRIPTS = Path(__file__).parents[2] / "script" / "parts"
ESSENTIAL = {
    # Of the shell, of Debian's packages that are marked essential, and what setup itself needs.
    *("bash", "sh", "cat", "echo", "grep", "head", "ls", "mkdir", "rm", "sed", "seq", "sleep", "sort", "tail", "tee"),
    *(
        "timeout",
        "true",
        "wait",
        "hostname",
        "export",
        "getent",
        "python3",
        "ps",
        "id",
        "cd",
        "kill",
        "unshare",
        "for",
        "done",
    ),
}
WRAPPERS = re.compile(
    r"^(sudo +|timeout +\S+ +|ip netns exec \S+ +|[A-Z_]+=\S* +|nohup +|time +|(if|then|do|while|until|!) +)+"
)


def packages() -> set[str]:
    """What script/setup installs for a person who can read the lessons."""
    lines = f". {SCRIPTS}/say.sh; . {SCRIPTS}/packages.sh; runtime_packages"
    done = subprocess.run(["bash", "-c", lines], env={"language": "en"}, capture_output=True, text=True, check=True)
    return {line.split()[0] for line in done.stdout.splitlines()}


def shell_lines(path: Path) -> Iterator[str]:
    """The lines of a lesson that a shell reads, those of collapsed answers with them."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            answers = "".join(ANSWER.findall(cell.source)).splitlines()
            yield from (line for line in answers if not line.startswith("%"))
            continue
        first, *others = cell.source.splitlines() or [""]
        if first.startswith("%%bash") or (first.startswith("%%netns ") and "--python" not in first):
            yield from others
        if first.startswith("%%netns_predict"):
            yield from (line for line in others if not line.startswith("- "))
        for line in (first, *others):
            if line.startswith("!"):
                yield line[1:]
            elif match := re.match(r"%netns \S+ (.+)", line):
                yield match[1]


def programs(path: Path) -> set[str]:
    """The names of the commands in a lesson."""
    found = set()
    for line in shell_lines(path):
        plain = re.sub(r"'[^']*'|\"[^\"]*\"|\$\([^)]*\)|[0-9]?>&?[ ]?\S*", " ", line.split(" #")[0])
        for part in re.split(r"\|\|?|&&?|;", plain):
            words = WRAPPERS.sub("", part.strip()).split()
            if words and not words[0].startswith("#"):
                found.add(words[0])
    return found


@pytest.mark.parametrize("path", lessons(), ids=title)
def test_setup_brings_every_command_of_a_lesson(path: Path) -> None:
    brought, asked = packages(), programs(path)
    assert asked, "no command found"
    strange = {name for name in asked if name not in ESSENTIAL and package_of(name) not in brought}
    assert not strange
