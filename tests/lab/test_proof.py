"""A small part of `benchmarks/bench_diagnosis.py`: in random labs the kernel does what the diagnosis says."""

from __future__ import annotations

import pytest

from benchmarks.proof.proving import prove
from benchmarks.proof.record import Tally, record
from nslab_kernel.lab import Lab

pytestmark = pytest.mark.once

LABS, SEED = 30, 7


@pytest.mark.timeout(300)
def test_the_kernel_agrees_with_the_diagnosis_in_random_labs(lab: Lab) -> None:
    tally = Tally()
    told = []
    for number in range(LABS):
        one = record(prove(lab, f"{SEED}/{number}"))
        tally.add(one)
        told.append(one["told"])
    summary = "\n".join([*filter(None, told), tally.summary()])
    assert tally.total("arrived") > LABS, summary
    assert tally.total("answers") - tally.total("arrived") > LABS, summary
    assert tally.total("named") > LABS / 3, summary
    assert tally.total("wrong") == 0, summary
    assert tally.total("untold") <= 1, summary  # chance decides where two have one address
    assert tally.total("first") >= tally.total("named") - 1, summary
    assert tally.total("cured later") >= tally.total("named") - 1, summary
