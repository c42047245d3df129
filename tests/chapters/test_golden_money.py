"""Adapters of the golden cases about money: equal to the formulas that the chapters call."""

from __future__ import annotations

import pytest

from inference_economics import catalog, scaling, silicon
from inference_economics.buying import ownership
from inference_economics.chapters.golden_formulas import FORMULAS


def test_the_day_at_list_prices_is_the_catalogues():
    day = catalog.deepseek_day()
    prices = (1e6 * usd for usd in (day.input_usd_per_token, day.cached_input_usd_per_token, day.output_usd_per_token))
    revenue = FORMULAS["day_revenue"](day.input_tok, day.cached_tok, day.output_tok, *prices)
    assert revenue == pytest.approx(day.revenue_usd, rel=2e-4)
    assert FORMULAS["markup"](day.revenue_usd, day.usd) == pytest.approx(day.profit_over_cost, rel=2e-3)
    nodes = FORMULAS["nodes_for_day"](day.input_tok, day.prefill_tok_per_s, day.output_tok, day.decode_tok_per_s)
    assert nodes == pytest.approx(day.nodes, rel=0.01)


def test_sardanas_saving_is_that_of_the_plan():
    loss = scaling.compute_optimal_loss(30e9, "sardana")
    best = scaling.inference_aware_optimum(loss, 1e13, "sardana")
    plain = scaling.compute_optimal_for_loss(loss, "sardana")
    ours = {name: FORMULAS["inference_aware"](30e9, 1e13, name)
            for name in ("n_params", "data", "training_tok", "saving")}
    assert ours["n_params"] == pytest.approx(best.n_params)
    assert ours["training_tok"] == pytest.approx(best.training_tok)
    assert ours["data"] == pytest.approx(best.training_tok / plain.training_tok)
    assert ours["saving"] == pytest.approx(1 - best.total_flop / (plain.training_flop + 2 * 30e9 * 1e13))
    with pytest.raises(ValueError, match=r"unknown result 'savings'; known: n_params, data, training_tok, saving"):
        FORMULAS["inference_aware"](30e9, 1e13, "savings")


def test_a_good_die_without_defects_is_any_die():
    assert FORMULAS["good_die"](814, 0.0, 16_000) == pytest.approx(16_000 / silicon.gross_dies(814))


def test_an_owned_hour_is_a_server_on_a_site_by_the_straight_line():
    server = {"capex_usd": 250_000, "power_w": 10_200, "life_years": 5, "operations_fraction": 0.08}
    site = {"electricity_usd_per_kwh": 0.08, "pue": 1.3, "colocation_usd_per_kw_month": 150}
    hour = FORMULAS["owned_gpu_hour"](server, site, 0.08, 0.6)
    by_hand = (250_000 / 5 + 250_000 * 0.08 / 2 + 10.2 * 150 * 12 + 10.2 * (0.35 + 0.65 * 0.6) * 1.3 * 8760 * 0.08
               + 250_000 * 0.08) / (8 * 8760 * 0.6)
    assert hour == pytest.approx(by_hand)
    assert hour < ownership.usd_per_used_hour(ownership.owned_usd_per_year(
        ownership.Server(**server), ownership.Site(**site), 0.08, load_fraction=0.74).total_usd, 8, 0.6)
