"""What nslab makes of networks that other people built; README.md says what is judged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from nslab_kernel.lab import Lab
from nslab_kernel.picture.scene import Group, Scene, Text

from . import told, tools, whole
from .building import built
from .catalogue import Case, cases

pytestmark = pytest.mark.once

_PATIENCE = 3.0  # seconds; IPv6 addresses and carriers may still come and go
_TOP = Path(__file__).parent.parent.parent
_RESOLVED = ("set", "map")  # a snapshot has their elements in the rules that look them up


@dataclass(frozen=True, slots=True)
class Seen:
    """A network of the corpus as the tools and as nslab saw it."""

    case: Case
    said: set[tools.Fact]
    read: set[tools.Fact]
    whole: set[tools.Fact]
    scene: Scene
    script: str


@pytest.fixture(scope="module", params=[pytest.param(case, id=case.id) for case in cases() if not case.missing])
def seen(request: pytest.FixtureRequest) -> Seen:
    """Each network in turn, built once for all that is judged of it."""
    lab = Lab("en")
    try:
        with built(lab, request.param):
            found = _seen(lab, request.param)
    finally:
        lab.close()
    return found


def _seen(lab: Lab, case: Case) -> Seen:
    deadline = time.monotonic() + _PATIENCE
    while True:
        network = lab.snapshot(volatile=True)
        places = tools.places(int(space.name[4:]) for space in network.namespaces if space.kind == "process")
        said, read = tools.facts(places), told.facts(network)
        if {fact for fact in said if fact[1] not in _RESOLVED} == read or time.monotonic() > deadline:
            break
    return Seen(case, said, read, whole.facts(places, case.commands), lab.picture(network).scene, lab.script())


def test_a_snapshot_says_what_the_tools_say(seen: Seen) -> None:
    said = {fact for fact in seen.said if fact[1] not in _RESOLVED}
    lines = [f"tools:    {' '.join(fact)}" for fact in sorted(said - seen.read)]
    lines += [f"snapshot: {' '.join(fact)}" for fact in sorted(seen.read - said)]
    assert said == seen.read, "\n".join(lines)


def test_a_script_builds_the_network_again_or_names_what_it_leaves_out(seen: Seen, tmp_path: Path) -> None:
    file = tmp_path / "script.sh"
    file.write_text(seen.script)
    again = subprocess.run(
        ["nslab", "run", "--", sys.executable, "-m", whole.__name__, str(file)],
        cwd=_TOP,
        env=os.environ | {"TYPED": seen.case.commands, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    found = json.loads(again.stdout or json.dumps({"failed": again.stderr}))
    assert "failed" not in found, f"{found['failed']}\n{seen.script}"
    differing = whole.unexplained(seen.whole, {tuple(fact) for fact in found["facts"]}, seen.script)
    assert not differing, "\n".join([*differing, seen.script])


def test_everything_is_in_the_picture(seen: Seen) -> None:
    said, groups = seen.said, seen.scene.groups
    drawn = {group.id: group for group in groups if group.kind in ("interface", "bridge", "switch", "namespace")}
    lines = {group.id for group in groups if group.kind in ("cable", "bundle")}
    missing = []
    for namespace, about, *rest in said:
        if namespace not in drawn:
            missing.append(namespace)
        if about != "link" or rest[0] == "lo":
            continue
        name = f"{namespace}/{rest[0]}"
        if name not in drawn:
            missing.append(name)
        elif rest[1] == "up" and (word := _condition(said, namespace, rest[0])) not in drawn[name].details:
            missing.append(f"{name} is {word}: {drawn[name].details}")
        elif rest[1] == "peer" and rest[2] and "~".join(sorted((name, rest[2]))) not in lines:
            if not _is_told(drawn, name, rest[2]):
                missing.append(f"cable {name} {rest[2]}")
        elif rest[1] == "lower" and rest[2].partition("/")[0] not in ("", namespace):  # within one, in words
            missing += [] if f"{name}^{rest[2]}" in lines else [f"{name} on {rest[2]}"]
    assert not missing, "\n".join(sorted(set(missing)))


def _condition(said: set[tools.Fact], namespace: str, name: str) -> str:
    if (namespace, "link", name, "up", "False") in said:
        return "down"
    return "up" if (namespace, "link", name, "carrier", "True") in said else "no carrier"


def _is_told(drawn: dict[str, Group], one: str, other: str) -> bool:
    """Whether an end that has no line says where its other end is."""
    texts = [item.text for end in (one, other) for item in drawn[end].items if isinstance(item, Text)]
    return any(one.rpartition("/")[2] in text or other.rpartition("/")[2] in text for text in texts)
