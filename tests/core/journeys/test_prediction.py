"""A prediction is laid over what happened."""

from __future__ import annotations

import pytest

from nslab_kernel.core.errors import NslabError
from nslab_kernel.core.journeys.prediction import compare, predicted, sentence
from nslab_kernel.core.journeys.trace import traced
from nslab_kernel.core.translation import translated

from .test_join import LAB, PING, WAY, nothing, recorded, seen

STORY = traced("ns1", "", recorded(*seen(PING, *WAY)), LAB, LAB, nothing).stories[0]


def test_a_right_prediction_is_called_right() -> None:
    found = compare(predicted("ns1, br0,ns2", LAB), STORY)
    assert found.right
    assert sentence(found) == "Your prediction: ns1 ✓ → br0 ✓ → ns2 ✓. **All of it is right.**"
    assert translated(sentence(found), "zh") == "你的预测：ns1 ✓ → br0 ✓ → ns2 ✓。**全部正确。**"


def test_what_is_wrong_and_what_was_missed_is_marked_and_explained() -> None:
    found = compare(predicted("ns1,host,ns2", LAB), STORY)
    assert sentence(found) == ("Your prediction: ns1 ✓ → host ✕ → ns2 ✓. host: from ns1 it went on to br0.")


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("ns1,br0,ns2,host", "host: it had already arrived in ns2."),
        ("host,ns1,br0,ns2", "host: its way began in ns1."),
        ("ns2,ns1,br0", "ns2: it was here, but at another point of its way."),
        ("ns1,ns2", "You left out br0, which is between ns1 and ns2."),
        ("br0,ns2", "You left out ns1: its way began there."),
        ("ns1,br0", "You left out ns2: from br0 it went on there."),
    ],
)
def test_every_wrong_place_has_its_reason(way: str, reason: str) -> None:
    assert reason in compare(predicted(way, LAB), STORY).reasons


def test_a_place_that_isnt_there_is_refused() -> None:
    with pytest.raises(NslabError, match='There is no namespace or bridge "ns9"'):
        predicted("ns1,ns9", LAB)
