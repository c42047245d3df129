"""DeepSeek's day and its training bill: they add up as published."""

from __future__ import annotations

import pytest

from inference_economics import catalog


def test_deepseek_cost_table_adds_up():
    rows = {r["stage"]: r for r in catalog.published("deepseek-v3-cost").records()}
    total = rows.pop("total")
    assert sum(r["h800_hours"] for r in rows.values()) == total["h800_hours"]
    assert sum(r["usd"] for r in rows.values()) == pytest.approx(total["usd"])


def test_the_day_is_that_of_the_table():
    rows = dict(catalog.published("deepseek-day").rows)
    day = catalog.deepseek_day()
    assert day.usd == rows["daily cost, USD"]
    assert day.usd_per_token * day.tokens == pytest.approx(day.usd)
    assert day.tokens_per_output == pytest.approx(1 + rows["input tokens"] / rows["output tokens"])
    assert day.output_tok_per_gpu * rows["average nodes"] * rows["GPUs per node"] == pytest.approx(
        rows["output tokens"])


def test_the_mean_request_has_the_days_mix_and_its_mean_cache():
    day = catalog.deepseek_day()
    assert day.prompt_tok / day.answer_tok == pytest.approx(day.input_tok / day.output_tok)
    assert day.prompt_tok + day.answer_tok / 2 == pytest.approx(day.cache_tok)
