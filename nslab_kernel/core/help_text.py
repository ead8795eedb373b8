"""Help of magics in the reader's language: their docstrings and the help of their arguments."""

from __future__ import annotations

import ast
import inspect
from argparse import ArgumentParser
from collections.abc import Callable, Iterator

from .translation import _

HEADINGS = {"positional arguments": _("positional arguments"), "options": _("options"), "Examples": _("Examples")}
"""What argparse and docstrings have as titles."""


def put(doc: str, say: Callable[[str], str]) -> str:
    """A docstring with each paragraph, and each explanation of an example, as ``say`` has it; code stays."""
    return "\n\n".join(_paragraph(paragraph, say) for paragraph in inspect.cleandoc(doc).split("\n\n"))


def of_parser(parser: ArgumentParser, say: Callable[[str], str]) -> str:
    """A parser's help, its description and its arguments' help as ``say`` has them; the parser stays as it is."""
    kept = parser.description, [(action, action.help) for action in parser._actions]
    titles = [(group, group.title) for group in parser._action_groups]
    try:
        parser.description = put(kept[0] or "", say)
        for action, said in kept[1]:
            action.help = say(said) if said else said
        for group, title in titles:
            group.title = say(HEADINGS[title]) if title in HEADINGS else title
        return parser.format_help()
    finally:
        parser.description = kept[0]
        for action, said in kept[1]:
            action.help = said
        for group, title in titles:
            group.title = title


def texts(source: str) -> Iterator[str]:
    """What `put` and `of_parser` ask for of the magics in a module's source."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef) or not any(map(_is_magic, node.decorator_list)):
            continue
        found: list[str] = []
        put(ast.get_docstring(node) or "", lambda text, found=found: found.append(text) or text)  # type: ignore[misc]
        yield from (text for text in found if text not in HEADINGS)
        for decorator in node.decorator_list:
            for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
                if keyword.arg == "help" and isinstance(keyword.value, ast.Constant):
                    yield str(keyword.value.value)


def _is_magic(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Name) and decorator.id.endswith("_magic")


def _paragraph(paragraph: str, say: Callable[[str], str]) -> str:
    title, *lines = paragraph.split("\n")
    if lines and set(lines[0]) == {"-"}:
        examples = (f"    {say(line.strip())}" if line.startswith("    ") else line for line in lines[1:])
        return "\n".join((say(HEADINGS.get(title, title)), lines[0], *examples))
    return paragraph if paragraph.startswith("    ") else say(" ".join(paragraph.split()))
