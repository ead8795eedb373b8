"""What nslab makes of networks that other people built; README.md says what is judged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nslab_kernel.lab import Lab
from nslab_kernel.picture.scene import Group, Text

from . import told, tools, whole
from .building import built
from .catalogue import Case, cases

_PATIENCE = 3.0  # seconds; IPv6 addresses and carriers may still come and go
_TOP = Path(__file__).parent.parent.parent
_RESOLVED = ("set", "map")  # a snapshot has their elements in the rules that look them up

ALL = [pytest.param(case, id=case.id) for case in cases() if not case.missing]


@pytest.mark.parametrize("case", ALL)
def test_a_snapshot_says_what_the_tools_say(lab: Lab, case: Case) -> None:
    with built(lab, case):
        deadline = time.monotonic() + _PATIENCE
        while True:
            processes = [int(space.name[4:]) for space in lab.snapshot().namespaces if space.kind == "process"]
            said = {fact for fact in tools.facts(tools.places(processes)) if fact[1] not in _RESOLVED}
            read = told.facts(lab.snapshot(volatile=True))
            if said == read or time.monotonic() > deadline:
                break
        lines = [f"tools:    {' '.join(f)}" for f in sorted(said - read)]
        lines += [f"snapshot: {' '.join(f)}" for f in sorted(read - said)]
        assert said == read, "\n".join(lines)


@pytest.mark.parametrize("case", ALL)
def test_a_script_builds_the_network_again_or_names_what_it_leaves_out(lab: Lab, case: Case, tmp_path: Path) -> None:
    with built(lab, case):
        script = lab.script()
        processes = [int(space.name[4:]) for space in lab.snapshot().namespaces if space.kind == "process"]
        was = whole.facts(tools.places(processes), case.commands)
    file = tmp_path / "script.sh"
    file.write_text(script)
    again = subprocess.run(
        ["nslab", "run", "--", sys.executable, "-m", whole.__name__, str(file)],
        cwd=_TOP,
        env=os.environ | {"TYPED": case.commands, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    found = json.loads(again.stdout or json.dumps({"failed": again.stderr}))
    assert "failed" not in found, f"{found['failed']}\n{script}"
    differing = whole.unexplained(was, {tuple(fact) for fact in found["facts"]}, script)
    assert not differing, "\n".join([*differing, script])


@pytest.mark.parametrize("case", ALL)
def test_everything_is_in_the_picture(lab: Lab, case: Case) -> None:
    with built(lab, case):
        network = lab.snapshot()
        processes = [int(space.name[4:]) for space in network.namespaces if space.kind == "process"]
        said = tools.facts(tools.places(processes))
        scene = lab.picture(network).scene
    drawn = {group.id: group for group in scene.groups if group.kind in ("interface", "bridge", "switch", "namespace")}
    lines = {group.id for group in scene.groups if group.kind in ("cable", "bundle")}
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
