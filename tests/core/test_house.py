"""How the house is built: no circle of imports however hidden, and a name for one thing only."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import networkx

import nslab_kernel

HOUSE = Path(nslab_kernel.__file__).parent
# Files that play the same part in each of their folders: its words, its group of magics, what its statements rest on,
# what it has to do with routes.
SAME_PART = {"__init__.py", "words.py", "trace.py", "evidence.py", "routes.py"}


def _name(path: Path) -> str:
    parts = path.relative_to(HOUSE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for path in sorted(HOUSE.rglob("*.py"))}


def _imported(name: str, path: Path) -> Iterator[str]:
    """The modules of the house that one imports: at the top, inside functions, and for types alone."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                yield from (found for found in (inner if inner in MODULES else source,) if found in MODULES)


def test_no_imports_go_in_a_circle_however_hidden() -> None:
    graph = networkx.DiGraph(
        (name, other) for name, path in MODULES.items() for other in _imported(name, path) if other != name
    )
    circles = [sorted(part) for part in networkx.strongly_connected_components(graph) if len(part) > 1]
    assert circles == []
    assert len(graph) > 200


def test_two_files_have_one_name_only_where_they_play_the_same_part() -> None:
    folders = defaultdict(list)
    for path in MODULES.values():
        folders[path.name].append(str(path.parent.relative_to(HOUSE)))
    assert {name: found for name, found in folders.items() if len(found) > 1 and name not in SAME_PART} == {}


def test_no_two_classes_have_one_name() -> None:
    places = defaultdict(list)
    for name, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(name)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
