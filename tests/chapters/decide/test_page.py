"""The figure of the page is the decision: presets agree with `report.decide`, and wrong answers of old are right."""

from __future__ import annotations

import numpy as np
import pytest
from presets_case import decided

from inference_economics.chapters.decide import page
from inference_economics.decision import ledger, presets
from inference_economics.decision.cash import WAYS

NAMES = list(WAYS)


def shown(start: str = "Seed", **changes):
    """Return the numbers of a preset with some controls moved, and the words of the states."""
    made = page.explorer()
    title = next(one for one in made.presets if one.startswith(start))
    figure = made.figure(**(made.presets[title] | changes))
    words = [state.holds if bool(state.ok) else state.fails for state in figure.states]
    return {name: np.atleast_1d(value) for name, value in figure.data.items()}, words


def best(data) -> str:
    return NAMES[int(np.nanargmin(data["median"]))]


@pytest.mark.parametrize("title", presets.presets())
def test_the_page_gives_a_preset_the_answer_that_python_gives(title):
    data, words = shown(title)
    decision = decided(title)
    assert best(data) == decision.best
    assert page.WORDS[int(data["level"][0])] == decision.word
    for name, spread in decision.spreads.items():
        found = tuple(data[key][NAMES.index(name)] for key in ("low", "median", "high", "share"))
        assert found == pytest.approx(tuple(spread), rel=1e-9, nan_ok=True)
    assert words[0].startswith(decision.word)
    assert (data["outside"][0] != 0) == bool(decision.outside)


def test_cached_input_at_a_tenth_of_the_price_quarters_the_bill():
    with_caches, _ = shown("Coding", written_fraction=0.0)
    without, _ = shown("Coding", written_fraction=0.0, cached_fraction=0.0)
    assert without["median"][0] / with_caches["median"][0] == pytest.approx(4, rel=0.3)


def test_a_batch_discount_is_worth_half_the_bill():
    batch, _ = shown("Documents")
    at_once, _ = shown("Documents", batch_fraction=0.0)
    assert at_once["median"][0] / batch["median"][0] == pytest.approx(2, rel=0.01)


def test_a_third_off_the_api_every_year_turns_the_platform():
    assert best(shown("Platform")[0]) in ("colocation", "reserved-3y")  # an open race, within a percent
    assert best(shown("Platform", price_decline=0.33)[0]) == "api"


def test_machines_bought_later_are_better_ones():
    better, same = shown("Platform")[0], shown("Platform", improvement=0.0)[0]
    at = NAMES.index("colocation")
    assert better["median"][at] < same["median"][at]


def test_a_prompt_longer_than_the_context_rules_machines_out_and_no_api():
    data, words = shown("Seed", model="Qwen3-32B", prompt_tok=50_000.0)
    assert "Prompt and answer are longer than the model's context: it cannot be run on them." in words
    assert np.isnan(data["median"][2:]).all()
    assert np.isfinite(data["median"][:2]).all()


def test_four_bits_can_be_chosen_for_a_dense_model():
    eight, four = (shown("Platform", precision=form)[0] for form in ("8 bits (fp8)", "4 bits (fp4)"))
    at = NAMES.index("reserved-3y")
    assert four["median"][at] < eight["median"][at]


def test_one_server_has_a_spare():
    data, _ = shown("Hospital")
    fleet = dict(zip(ledger.DEMAND, data["fleet"].reshape(len(ledger.DEMAND), -1), strict=True))
    assert fleet["servers"][0] >= 2
    assert fleet["copies"][0] >= 2


def test_the_answer_is_never_clear_outside_what_was_measured():
    data, words = shown("Agent", ttft_limit_s=10.0)
    assert data["outside"][0] == 1
    assert not words[0].startswith("Clear")


def test_twenty_thousand_tokens_of_answer_are_within_reach():
    assert page.explorer().controls_spec["output_tok"].high >= 50_000


def test_a_row_a_chip_and_a_model_of_ones_own_are_used_where_they_are_chosen():
    dear, _ = shown("Seed", api="your own", own_input=100.0, own_output=500.0)
    assert dear["median"][0] > 10 * shown("Seed")[0]["median"][0]
    quote, words = shown("Hospital", machine="your own", own_rent=2.0)
    assert quote["median"][3] < shown("Hospital")[0]["median"][3]
    assert words[1].startswith("Outside")
    small, _ = shown("Hospital", model="your own", own_params=8e9, own_active=8e9, own_layers=32.0, own_hidden=4096.0)
    assert dict(zip(page.COPY, small["copy"], strict=True))["n_chips"] == 1


def test_what_is_of_a_site_moves_a_room_of_ones_own_too():
    for key in ("electricity", "pue"):
        control = page.explorer().controls_spec[key]
        low, high = (shown("Hospital", **{key: end})[0]["median"] for end in (control.low, control.high))
        moved = [name for name, a, b in zip(NAMES, low, high, strict=True) if b > a]
        assert moved == ["colocation", "own-room", "own-chip"], key


@pytest.mark.parametrize(("key", "moves"), [
    ("spot_quote", {"spot"}), ("interruptions", {"spot"}),
    ("egress", {"endpoint", "on-demand", "spot", "reserved-1y", "reserved-3y"}), ("storage", set(NAMES))])
def test_spot_traffic_and_storage_are_asked_for(key, moves):
    control = page.explorer().controls_spec[key]
    low, high = (shown("Seed", **{key: end, "kept_years": 5.0})[0]["median"] for end in (control.low, control.high))
    assert {name for name, a, b in zip(NAMES, low, high, strict=True) if b != a} == moves


def test_a_faster_engine_needs_fewer_machines():
    slow, fast = (shown("Platform", speed=factor)[0] for factor in (1.0, 2.0))
    assert fast["median"][3] < 0.7 * slow["median"][3]


@pytest.mark.parametrize("model", ["Llama-3.1 8B", "DeepSeek-V3 671B", "your own"])
def test_the_most_that_can_be_asked_for_is_answered(model):
    spec = page.explorer().controls_spec
    most = {key: spec[key].spec()["high"] for key in ("users", "queries_per_day", "prompt_tok", "output_tok",
                                                      "growth_per_year", "horizon_years", "ttft_limit_s", "regions")}
    title = next(title for title in spec["model"].options if title.startswith(model.split()[0]))
    assert np.isfinite(page.explorer().figure(**most, model=title).data["median"][0])
