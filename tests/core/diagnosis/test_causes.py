"""Each kind of cause is the first one named in a literal network, and its cure lets the packet arrive."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nslab_kernel.core.diagnosis import KINDS, Diagnosis, why
from nslab_kernel.core.effects import after
from nslab_kernel.core.translation import translated

from .cases import CASES
from .labs import kinds


def ask(kind: str) -> Diagnosis:
    case = CASES[kind]
    resolve = {"nowhere": ()}.get
    return why(case.network, case.source, case.destination, resolve=resolve, **case.packet)


def test_every_kind_has_a_case() -> None:
    assert set(CASES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_cause_is_the_first_one_named(kind: str) -> None:
    found = ask(kind)
    assert kinds(found)[:1] == [kind]
    assert found.arrives is (kind in ("duplicate-address", "duplicate-detected", "tentative"))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if CASES[kind].curable])
def test_what_is_told_to_do_lets_the_packet_arrive(kind: str) -> None:
    case, found = CASES[kind], ask(kind)
    actions = [action for finding in found.findings for action in finding.actions]
    assert found.findings[0].cure
    again = why(after(case.network, actions), case.source, case.destination, **case.packet)
    assert again.arrives
    assert not again.findings


@pytest.mark.parametrize("kind", KINDS)
def test_a_finding_has_evidence_and_a_reason_in_both_languages(kind: str) -> None:
    found = ask(kind)
    first = found.findings[0]
    assert first.looked_at.startswith("sudo ")
    assert first.said
    for language, stop in (("en", "."), ("zh", "。")):
        matters = translated(first.matters, language)
        assert matters.endswith(stop)
        assert matters in str(replace(found, language=language))
