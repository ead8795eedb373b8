"""A checkpoint says what isn't so; `%netns_hint` leads to the command, a step at a time."""

from __future__ import annotations

import pytest

from .conftest import Notebook


@pytest.fixture
def built(notebook: Notebook) -> Notebook:
    """Two namespaces on a bridge."""
    for line in (
        "%netns_bridge mydocker0",
        "%netns_attach mydocker0 ns1 172.16.1.1/16",
        "%netns_attach mydocker0 ns2 172.16.1.2/16",
    ):
        assert not notebook.run(line).failed
    return notebook


def test_a_failed_check_says_what_is_not_so_and_not_the_command(built: Notebook) -> None:
    cell = built.run("%%netns_check\nmydocker0 is up\nns1 has 172.16.1.77/16")
    assert cell.name == "AssertionError"
    assert "1 of 2 checks passed. `%netns_hint` helps." in cell.error
    everything = cell.error + "".join(str(output) for output in cell.outputs) + str(cell.metadata)
    assert "ip -n ns1 addr" not in everything
    assert "172.16.1.1/16" in cell.error, "what it has instead"


def test_hints_come_one_by_one_and_the_last_is_the_command(built: Notebook) -> None:
    check = "%%netns_check\nns1 has 172.16.1.77/16"
    built.run(check)
    hints = [built.run("%netns_hint").printed for _ in range(4)]
    assert all(hint.startswith("ns1 has 172.16.1.77/16\n") for hint in hints)
    assert len(set(hints)) == 3
    assert [("addr add" in hint) for hint in hints] == [False, False, True, True]
    built.run(check)
    assert built.run("%netns_hint").printed == hints[2], "the same claim goes on where it was"
    fix = hints[2].split("`")[1]
    assert not built.run(f"!{fix}").failed
    assert not built.run(check).failed
    assert "Nothing has been broken" in built.run("%netns_hint").error


def test_a_namespace_to_be_made_is_not_guessed_to_be_another(built: Notebook) -> None:
    failed = built.run("%%netns_check\nns4 has 172.16.1.4/16")
    assert "there is no namespace ns4" in failed.error
    assert "Did you mean" not in failed.error
    assert "ns3" not in failed.error
