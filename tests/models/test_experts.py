"""Experts: how many a batch wakes, against chance itself, and what that reads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import models


@given(experts=st.integers(1, 512), batch=st.integers(1, 10_000), data=st.data())
def test_a_batch_wakes_at_least_one_tokens_choice_and_at_most_all(experts, batch, data):
    active = data.draw(st.integers(1, experts))
    awake = models.experts_touched(batch, experts, active)
    assert active - 1e-9 <= awake <= min(experts, batch * active) + 1e-9
    assert models.experts_touched(batch + 1, experts, active) >= awake
    assert models.experts_touched(1, experts, active) == pytest.approx(active)


def test_the_mean_is_that_of_independent_choices():
    rng = np.random.default_rng(0)
    awake = [len({int(e) for _ in range(32) for e in rng.choice(64, 4, replace=False)}) for _ in range(400)]
    assert np.mean(awake) == pytest.approx(models.experts_touched(32, 64, 4), rel=0.01)


@pytest.mark.parametrize("name", [name for name, m in models.load().items() if m.experts])
def test_a_large_batch_reads_all_experts_and_one_token_its_own(name):
    m = models.get(name)
    shape = (m.experts, m.experts_active, m.n_params_expert)
    assert models.expert_bytes_read(1e6, *shape, 1) == pytest.approx(m.n_params_experts)
    assert models.expert_bytes_read(1, *shape, 1) == pytest.approx(m.n_params_experts - m.n_params_resting)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: models.experts_touched(-1, 8, 2), "batch=-1 is outside"),
    (lambda: models.experts_touched(1, 0, 2), "experts=0 is outside"),
    (lambda: models.experts_touched(1, 8, 0), "experts_active=0 is outside"),
    (lambda: models.expert_bytes_read(1, 8, 2, -1), "n_params_expert=-1 is outside"),
    (lambda: models.expert_bytes_read(1, 8, 2, 1, 0), "bytes_per_param=0 is outside"),
])
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
