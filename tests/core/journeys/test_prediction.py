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


def test_what_is_wrong_and_what_was_missed_is_marked() -> None:
    found = compare(predicted("ns1,host,ns2", LAB), STORY)
    assert sentence(found) == "Your prediction: ns1 ✓ → host ✕ → ns2 ✓; missed: br0."


def test_a_place_that_isnt_there_is_refused() -> None:
    with pytest.raises(NslabError, match='There is no namespace or bridge "ns9"'):
        predicted("ns1,ns9", LAB)
