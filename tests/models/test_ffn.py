"""The width of gated FFNs: Meta's published widths to the last digit, the 2/3 rule, wrong input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import catalog, ffn, models


@pytest.mark.parametrize("row", catalog.published("llama-ffn").records(), ids=lambda row: row["model"])
def test_published_widths_follow_from_the_rule(row):
    model = models.get(row["model"])
    assert ffn.gated_width(model.hidden, 4, row["multiplier"], row["multiple_of"]) == model.ffn_hidden


@given(hidden=st.integers(64, 20_000), expansion=st.integers(1, 8))
def test_two_thirds_keep_the_parameters(hidden, expansion):
    gated = ffn.n_params_ffn(hidden, ffn.gated_width(hidden, expansion), 3)
    plain = ffn.n_params_ffn(hidden, expansion * hidden, 2)
    assert plain - 3 * hidden < gated <= plain


@given(hidden=st.integers(64, 20_000), multiple=st.integers(1, 4096))
def test_rounding_goes_up_by_less_than_one_multiple(hidden, multiple):
    exact, rounded = ffn.gated_width(hidden), ffn.gated_width(hidden, multiple_of=multiple)
    assert 0 <= rounded - exact < multiple
    assert rounded % multiple == 0


def test_parameters_agree_with_the_catalogue():
    m = models.get("llama-3.1-8b")
    assert ffn.n_params_ffn(m.hidden, m.ffn_hidden, 3) == 176_160_768
    (group,) = m.groups
    assert m.n_params_non_embedding == 32 * (176_160_768 + group.n_params_attention(m.hidden)) + 65 * 4096


@pytest.mark.parametrize(("call", "message"), [
    (lambda: ffn.n_params_ffn(0, 1, 2), "hidden=0 is outside"),
    (lambda: ffn.n_params_ffn(1, 0, 2), "ffn_hidden=0 is outside"),
    (lambda: ffn.n_params_ffn(1, 1, 4), "matrices=4 is outside"),
    (lambda: ffn.gated_width(0), "hidden=0 is outside"),
    (lambda: ffn.gated_width(1, 0), "expansion=0 is outside"),
    (lambda: ffn.gated_width(1, 4, -1), "multiplier=-1 is outside"),
    (lambda: ffn.gated_width(1, 4, 1, 0), "multiple_of=0 is outside"),
])
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
