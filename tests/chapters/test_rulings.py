"""The rulings' numbers: against figures that others published, and against each other."""

from __future__ import annotations

import pytest

from inference_economics import catalog, prices, rulings


def test_published_figures():
    one = catalog.deepseek_day()
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


def test_each_rung_costs_more():
    peak, bound, real, used = rulings.example().rungs
    assert peak < bound < real < used
    assert used == pytest.approx(2 * real)
    # DeepSeek's own arithmetic: 37B parameters a token, two operations each, at two dollars for 1,979 TFLOP/s
    assert rulings.example().day_peak == pytest.approx(2 / 3600 * 2 * 37.55e9 / 1.979e15, rel=0.02)
    assert rulings.example().day_over_peak < rulings.example().day_over_computed


def test_the_fleet_from_which_a_design_pays_makes_both_hours_equal():
    found = rulings.integration()
    assert rulings.design_pays() == found.fleet
    assert 500 < found.fleet < 30_000  # at 500 the design is dearer than the cloud, at 30,000 it beats buying
    assert found.small_usd > found.cloud_usd
    assert found.saved_by_design > 0
    assert rulings.design_pays(0.5) > found.fleet


def test_deepseeks_day_serves_what_its_run_cost_in_the_days_of_c1():
    runs, service = rulings.deepseek_runs(), rulings.deepseek_service()
    assert rulings.training_against_serving().days == pytest.approx(runs.training_usd / service.usd_per_day)
    assert service.usd_per_day == pytest.approx(catalog.deepseek_day().usd)


def test_an_assumption_moved_to_its_other_end_moves_its_ruling():
    spent, chip, whole = rulings.training_against_serving(), rulings.own_chip(), rulings.integration()
    assert spent.days_of_all == pytest.approx(spent.days / spent.run_low)
    assert spent.cash_odds < 1  # in that year serving cost less than training
    assert chip.prompts_low < chip.prompts < chip.prompts_high
    assert whole.dearer_with_partner > 0 > -whole.saved_by_design
    assert rulings.full_stack().pays_small > 3 * rulings.full_stack().pays
    world = rulings.global_scale()
    assert world.held_usd < world.dear_usd < world.premium_usd
    assert world.premium_usd_per_year == pytest.approx(world.premium_usd * 1e6 * 365)
    apart = rulings.independence()
    assert 1 < apart.small_without_team < apart.small / 4


def test_a_paid_partner_takes_most_of_what_a_design_saves():
    found, chip = rulings.integration(), rulings.own_chip()
    assert 0 < found.saved_with_partner < found.saved_by_design / 2
    assert found.fleet < found.fleet_with_partner < 30_000
    assert rulings.design_pays(partner_margin=0.784) > 30_000  # at Broadcom's average it loses to buying
    assert chip.units < chip.median  # the middle of skewed ranges flatters the design
    assert 0.9 < chip.share < 1.0  # two hundred thousand chips; half as many pay in two draws of five


def test_chapter_12_counts_as_the_record_does():
    """Its words: eleven changes, five rises, all beyond a wrapper's limit; of the version steps, all but one."""
    changes, moves = prices.api_changes(), rulings.api_moves()
    rises = [change.factor for change in changes if change.factor > 1]
    assert (len(changes), len(rises)) == (11, 5)
    assert all(moves.thin_limit < rise < moves.thick_limit for rise in rises)
    steps = [row["factor"] for row in prices.api_table("family-steps").records()
             if row["date"] >= "2024-11" and row["date"] not in {change.date for change in changes}]
    assert (len(steps), sum(step > 1 for step in steps), max(steps)) == (4, 3, pytest.approx(20.0, rel=0.1))
