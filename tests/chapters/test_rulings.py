"""The rulings' numbers: against figures that others published, against each other, and bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics import accelerators, calibration, catalog, models, prices, rulings, serving
from inference_economics.chapters import tipping
from inference_economics.decision import savings


def held(**assumptions) -> set[str]:
    values = [float(value) for value in tipping.tipping(**assumptions)]
    return {claim for claim, value in zip(tipping.CLAIMS, values, strict=True) if value >= 1}


def test_published_figures():
    one = catalog.day()
    assert one.usd_per_token * 1e6 == pytest.approx(87_072 / 776e3)  # DeepSeek's day: dollars over tokens
    assert rulings.own_chip().floor_s > rulings.own_chip().target_s  # Meta: "missed"
    assert rulings.full_stack().before < rulings.full_stack().after
    share = rulings.training_against_serving()
    assert share.window == pytest.approx(4 / 1.5)  # odds of 80% over odds of 60%
    assert share.final_only == pytest.approx(1.8 / (1.8 + 0.096 * 5.0), abs=0.02)  # OpenAI 2024: 1.8 of 6.8 billion


def test_every_number_is_finite_and_in_its_range():
    chip, heads, part = rulings.integration(), rulings.shared_heads(), rulings.block()
    assert 0 < chip.own_over_cloud < 1 < chip.small_usd / chip.cloud_usd
    assert heads.users > heads.users_unshared > 0
    assert heads.weights_bytes < heads.weights_unshared_bytes
    assert part.gated < part.models
    assert 1 < part.dearer < part.longer
    assert rulings.independence().easy_rise < rulings.independence().rise
    saved = rulings.efficiency()
    assert 0 <= saved.small < saved.platform / 4
    assert rulings.global_scale().rented_usd < rulings.global_scale().held_usd < rulings.global_scale().premium_usd
    assert rulings.api_moves().thin_limit < rulings.api_moves().largest_rise < rulings.api_moves().thick_limit
    assert rulings.memory().short < 0.01


def test_the_scale_agrees_with_the_chapters_thresholds():
    gpus = rulings.own_chip().prompts
    assert tipping.tipping(prompts_per_day=gpus)[5] == pytest.approx(1)
    fleet = rulings.full_stack().pays * catalog.day().output_tok_per_gpu / rulings.OUTPUT_TOK
    assert tipping.tipping(prompts_per_day=fleet)[6] == pytest.approx(1)
    assert tipping.tipping(users=16, context_tok=rulings.memory().equal_tok)[8] == pytest.approx(1)


def test_a_share_above_the_range_is_outside_it():
    assert tipping.CLAIMS[1] in held()
    assert tipping.CLAIMS[1] not in held(final_run_fraction=1.0)
    assert tipping.CLAIMS[1] not in held(prompts_per_day=1e8)


def test_more_users_than_shared_heads_hold():
    assert tipping.CLAIMS[9] in held()
    assert tipping.CLAIMS[9] not in held(users=1)
    assert tipping.CLAIMS[9] not in held(users=1000)


@given(st.floats(1e4, 1e12), st.floats(0.1, 10))
def test_demand_and_work_trade_off(prompts, work):
    a, b = tipping.tipping(prompts_per_day=prompts, work=work), tipping.tipping(prompts_per_day=prompts / work)
    for k in (5, 6, 7, 10):
        assert float(a[k]) == pytest.approx(float(b[k]))
    assert float(a[0]) == pytest.approx(float(b[0]) / work * work, rel=1e-6)


def test_each_rung_costs_more():
    peak, bound, real, used = rulings.example().rungs
    assert peak < bound < real < used
    assert used == pytest.approx(2 * real)
    # DeepSeek's own arithmetic: 37B parameters a token, two operations each, at two dollars for 1,979 TFLOP/s
    assert rulings.example().day_peak == pytest.approx(2 / 3600 * 2 * 37.55e9 / 1.979e15, rel=0.02)
    assert rulings.example().day_over_peak < rulings.example().day_over_computed


def test_a_doubling_and_a_routing_that_save_alike():
    saved = savings.saved_by_efficiency(2.0, 0.8)
    assert saved == pytest.approx(0.4)
    assert savings.saved_by_smaller_model(saved / (1 - 1 / 3.2), 3.2) == pytest.approx(saved)
    assert savings.saved_by_efficiency(1.0) == 0


@pytest.mark.parametrize(("function", "given_", "words"), [
    (tipping.tipping, {"prompts_per_day": 0}, "prompts_per_day=0"),
    (tipping.tipping, {"output_tok": -1}, "output_tok=-1"),
    (tipping.tipping, {"work": 0}, "work=0"), (tipping.tipping, {"rent": "2"}, "rent='2'"),
    (tipping.tipping, {"users": np.nan}, "users=nan"), (tipping.tipping, {"usd_per_1000": 0}, "usd_per_1000=0"),
    (tipping.tipping, {"final_run_fraction": 2}, "final_run_fraction=2"), (tipping.tipping, {"saving": 44}, "=44"),
    (tipping.tipping, {"chip_margin": 88}, "chip_margin=88"), (tipping.tipping, {"context_tok": -5}, "context_tok=-5"),
    (tipping.tipping, {"margin": 60}, "cost_usd=-59"),
    (savings.saved_by_efficiency, {"gain": 0}, "gain=0"),
    (savings.saved_by_efficiency, {"gain": 2, "reach": 80}, "reach=80"),
    (savings.saved_by_smaller_model, {"share": 58, "price_ratio": 2}, "share=58"),
    (savings.saved_by_smaller_model, {"share": 0.5, "price_ratio": 0}, "price_ratio=0"),
])
def test_bad_input(function, given_, words):
    with pytest.raises(ValueError, match=words):
        function(**given_)


@pytest.mark.parametrize("name", ["n_params_read", "price_usd_per_hour", "n_chips", "concurrency", "prompt_tok",
                                  "output_tok", "utilisation"])
def test_the_ladder_refuses_a_negative(name):
    model, chip = models.get("llama-3.1-8b"), accelerators.get("h100-sxm")
    given_ = {"n_params_read": model.n_params_read, "price_usd_per_hour": 2.0, "n_chips": 1, "concurrency": 8,
              "prompt_tok": 500, "output_tok": 100, "utilisation": 0.5}
    s, c = serving.setup(model, chip), calibration.constants(chip)
    assert serving.ladder(s, c, **given_)[0] > 0
    with pytest.raises(ValueError, match="=-1"):
        serving.ladder(s, c, **given_ | {name: -1})


def test_rents_and_prices_are_of_one_day():
    latest = prices.rental_quotes("h100-sxm", prices.NEOCLOUD, "on-demand")[-1]
    assert rulings.rent_usd_per_hour() == latest.usd_per_hour
