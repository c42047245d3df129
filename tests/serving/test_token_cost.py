"""What tokens cost: that it adds up, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import accelerators, calibration, models, serving
from inference_economics.serving import Deployment, Layout, Load

LOAD = Load(64, 1000, 500)
EIGHT = Deployment("llama-3.1-70b", "h100-sxm", 8)


@given(k=st.floats(1.01, 100))
def test_cost_scales_with_price_and_idleness(k):
    base, dear = (EIGHT.token_cost(LOAD, price) for price in (2.0, 2.0 * k))
    assert dear.request_usd == pytest.approx(k * base.request_usd)
    assert EIGHT.token_cost(LOAD, 2.0, 1 / k).output_usd_per_token == pytest.approx(k * base.output_usd_per_token)


def test_cost_adds_up_to_the_rent():
    load = Load(np.array([1.0, 8, 64, 512]), 2000, 300)
    one = Deployment("llama-3.1-70b", "h200-sxm", 4, engine="vllm")
    cost, sold = one.token_cost(load, 3.0), one.serve(load).output_tok_per_s / 300
    assert cost.request_usd * sold == pytest.approx(np.full(4, 4 * 3.0 / 3600))
    assert np.all(np.diff(cost.request_usd[:3]) < 0)
    assert np.all(cost.output_usd_per_token > cost.input_usd_per_token)
    assert cost.request_usd == pytest.approx(300 * one.usd_per_output_token(load, 3.0))


def test_a_cached_prompt_is_cheaper():
    whole, cached = (EIGHT.token_cost(LOAD, 2.0, 1.0, share) for share in (0.0, 0.75))
    assert cached.input_usd_per_token == pytest.approx(whole.input_usd_per_token / 4)
    assert cached.output_usd_per_token == whole.output_usd_per_token


def test_what_does_not_fit_has_no_cost():
    cost = Deployment("llama-3.1-405b", "h100-sxm", formats="bf16").token_cost(LOAD, 3.0)
    assert np.isnan(list(cost)).all()


@pytest.mark.parametrize("name", ["price_usd_per_hour", "n_chips", "utilisation", "cached_fraction"])
@pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf"), None, "much"])
def test_token_cost_refuses_what_cannot_be(name, bad):
    given_ = {"price_usd_per_hour": 2.0, "n_chips": 8, "utilisation": 0.5, "cached_fraction": 0.1, name: bad}
    with pytest.raises(ValueError, match=f"^{name}"):
        serving.token_cost(EIGHT.serve(LOAD), LOAD, **given_)


# -- from peak arithmetic to a price ----------------------------------------------------------------------------------


def test_every_rung_costs_more():
    model = models.get("llama-3.1-70b")
    rungs = serving.ladder(EIGHT.setup, EIGHT.constants, LOAD, Layout(8), model.n_params_read, 2.0, 0.5)
    assert np.all(np.diff(rungs) > 0)
    assert rungs[3] == pytest.approx(2 * rungs[2])


@pytest.mark.parametrize("name", ["n_params_read", "price_usd_per_hour", "utilisation"])
def test_the_ladder_refuses_a_negative(name):
    model, chip = models.get("llama-3.1-8b"), accelerators.get("h100-sxm")
    given_ = {"n_params_read": model.n_params_read, "price_usd_per_hour": 2.0, "utilisation": 0.5}
    s, c, load = serving.setup(model, chip), calibration.constants(chip), Load(8, 500, 100)
    assert serving.ladder(s, c, load, Layout(), **given_)[0] > 0
    with pytest.raises(ValueError, match=f"{name}=-1"):
        serving.ladder(s, c, load, Layout(), **given_ | {name: -1})
