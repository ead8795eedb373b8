"""A notebook as a lesson: its code cells are the steps, the Markdown around them explains.

The notebook is given as the plain data that its JSON holds (nbformat 4); nothing is read here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import NslabError
from ..translation import _

_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_PLAYER = re.compile(r"\s*%netns_play\b")
_BREAK = re.compile(r"\s*%netns_break\b(?!.*--off)")
_RAISES = "raises-exception"

_NO_PROSE = "|>`!-*#<"  # a table, a quotation, code, a picture, a list, a heading, HTML begin with these
_LONGEST_TITLE = 72  # characters of a step's name
_NUMBERED = re.compile(r"(.*?)(?: \((\d+)\))?", re.DOTALL)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[`*_]|<[^>]*>")
_SENTENCE = re.compile(r"(?<=[.?!])\s|(?<=[。？！：])|:\s")


@dataclass(frozen=True, slots=True)
class Step:
    """One code cell of a lesson.

    Parameters
    ----------
    title
        The heading before it, or its explanation's first sentence, or the title of the step that it goes on with; empty
        for a checkpoint without any.
    source
        What the cell runs.
    explanation
        The Markdown before it, from its heading on.
    afterword
        The Markdown behind it up to the next heading: what is to be said once it has run.
    kind
        ``command``, ``check`` (a checkpoint) or ``exercise`` (the student's own).
    may_fail
        Whether the lesson announces that it fails (nbclient's tag ``raises-exception``).
    headed
        Whether the title is words rather than code.
    cell_id
        The cell's id in its notebook (nbformat 4.5), empty in older ones.
    """

    title: str
    source: str
    explanation: str = ""
    afterword: str = ""
    kind: str = "command"
    may_fail: bool = False
    headed: bool = True
    cell_id: str = ""

    @property
    def breaks(self) -> bool:
        """Whether it breaks something on purpose: a picture of what it changed would give that away."""
        return any(_BREAK.match(line) for line in self.source.splitlines())


@dataclass(frozen=True, slots=True)
class Lesson:
    """The steps of a notebook, in order."""

    title: str
    steps: tuple[Step, ...]


def lesson(notebook: object, name: str) -> Lesson:
    """The lesson that a notebook is.

    Parameters
    ----------
    notebook
        The notebook's content, as its JSON was read.
    name
        What to call it in an error, and where it has no title.

    Raises
    ------
    NslabError
        If it isn't a notebook, holds no code, or is written for another language than Python.
    """
    cells = _cells(notebook, name)
    steps: list[Step] = []
    gap: list[str] = []  # the Markdown since the last code cell
    title = ""
    for cell in cells:
        source = _source(cell)
        if cell.get("cell_type") == "markdown":
            gap.append(source)
        elif cell.get("cell_type") == "code" and source.strip() and not _PLAYER.match(source):
            before, after = _split("\n\n".join(gap), first=not steps)
            if not steps:
                title, after = _without_title(after)
            elif before:
                steps[-1] = replace(steps[-1], afterword=before)
            steps.append(_named(_step(cell, source, after), steps))
            gap = []
    if not steps:
        raise NslabError(
            _("{name} has no code cell, so there is nothing to play.", name=name), _("Choose a notebook with commands.")
        )
    if gap:
        steps[-1] = replace(steps[-1], afterword="\n\n".join(gap).strip())
    return Lesson(title or name, tuple(steps))


def _cells(notebook: object, name: str) -> Sequence[Mapping[str, Any]]:
    if not isinstance(notebook, Mapping) or not isinstance(notebook.get("nbformat"), int):
        raise NslabError(_("{name} is not a notebook.", name=name), _("Give the path of a file that ends in .ipynb."))
    if notebook["nbformat"] != 4:
        raise NslabError(
            _(
                "{name} is a notebook of format {notebook}, and lessons have format 4.",
                name=name,
                notebook=notebook["nbformat"],
            ),
            _("Open it in JupyterLab and save it: that brings it up to date."),
        )
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, Mapping) for cell in cells):
        raise NslabError(
            _("{name} is a damaged notebook: its list of cells can't be read.", name=name),
            _("Take a fresh copy of it."),
        )
    metadata = notebook.get("metadata") or {}
    kernel = metadata.get("kernelspec") or {}
    language = kernel.get("language") or (metadata.get("language_info") or {}).get("name") or "python"
    if language.lower() != "python":
        raise NslabError(
            _(
                '{name} is a lesson for another kernel, "{get}", which speaks {language}.',
                name=name,
                get=kernel.get("name", language),
                language=language,
            ),
            _("Open it with that kernel, or choose a lesson for the kernel nslab."),
        )
    return cells


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else str(source)


def _step(cell: Mapping[str, Any], source: str, explanation: str) -> Step:
    tags = (cell.get("metadata") or {}).get("tags") or []
    kind = "check" if "check" in tags else "exercise" if "exercise" in tags else "command"
    headings = [text for _, _, text in _headings(explanation)]
    words = headings[-1] if headings else _first_sentence(explanation)
    title = words or ("" if kind == "check" else _first_line(source))

    return Step(
        title=title,
        source=source,
        explanation=explanation,
        kind=kind,
        may_fail=_RAISES in tags,
        headed=bool(words),
        cell_id=str(cell.get("id", "")),
    )


def _named(step: Step, before: Sequence[Step]) -> Step:
    """A step that nothing was said about goes on with what the one before it began: it has that name, and a number."""
    last = next((other.title for other in reversed(before) if other.headed), "")
    if step.headed or not last or step.kind == "check":
        return step
    name, number = _NUMBERED.fullmatch(last).groups()  # type: ignore[union-attr]  # it fits any text
    return replace(step, title=f"{name} ({int(number or 1) + 1})", headed=True)


def _first_sentence(explanation: str) -> str:
    """The first sentence of an explanation as plain words, cut between two of them where it is long."""
    paragraphs = (part.strip() for part in explanation.split("\n\n"))
    paragraph = next((part for part in paragraphs if part and part[0] not in _NO_PROSE), "")
    plain = _MARKS.sub("", _LINK.sub(r"\1", " ".join(paragraph.split())))
    sentence = _SENTENCE.split(plain, maxsplit=1)[0].strip(" .:：。")
    if len(sentence) <= _LONGEST_TITLE:
        return sentence
    kept = sentence[:_LONGEST_TITLE]
    return (kept.rsplit(" ", 1)[0] if " " in kept else kept).rstrip(",;，；") + " …"


def _first_line(source: str) -> str:
    """The first line that does something: below the line of a cell magic, if there is more."""
    lines = [line.strip() for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        return source.strip().splitlines()[0]
    return lines[1] if lines[0].startswith("%%") and len(lines) > 1 else lines[0]


def _split(markdown: str, first: bool) -> tuple[str, str]:
    """What still belongs to the step before, and what begins the next: the first heading parts them."""
    headings = [] if first else _headings(markdown)
    if not headings:
        return "", markdown.strip()
    at = headings[0][0]
    lines = markdown.splitlines()
    return "\n".join(lines[:at]).strip(), "\n".join(lines[at:]).strip()


def _without_title(markdown: str) -> tuple[str, str]:
    """A lesson's title, from the first heading if that is of the first level, and the rest."""
    headings = _headings(markdown)
    if not headings or headings[0][1] != 1:
        return "", markdown
    at, _, title = headings[0]
    lines = markdown.splitlines()
    return title, "\n".join([*lines[:at], *lines[at + 1 :]]).strip()


def _headings(markdown: str) -> list[tuple[int, int, str]]:
    """Line, level and text of each heading; a ``#`` in a block of code is none."""
    found = []
    fence = ""
    for number, line in enumerate(markdown.splitlines()):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        heading = None if fence else _HEADING.match(line)
        if heading:
            found.append((number, len(heading[1]), heading[2]))
    return found
