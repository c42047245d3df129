"""Catalogues of prices, facts and published tables: they load, agree with one another, and refuse slips by name."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose

from inference_economics import accelerators, catalog, models, prices

ROWS = [(file, key, row) for file, rows in catalog.everything().items() for key, row in rows.items()]


@pytest.mark.parametrize(("file", "key", "row"), ROWS, ids=[f"{file}:{key}" for file, key, _ in ROWS])
def test_every_row_has_a_source_a_date_and_a_mark(file, key, row):
    catalog.check_provenance(row.source, row.date, row.confidence)
    assert row.name == key
    assert row.title
    assert "memory)" not in row.note + row.source


def test_rows_are_many():
    assert len(ROWS) > 180
    assert sum(len(row.rows) for _, _, row in ROWS if isinstance(row, catalog.Table)) > 800


def test_tables_name_chips_and_models_of_the_other_catalogues():
    chips, known = accelerators.load(), models.load()
    assert {q.accelerator for q in prices.rental_quotes()} <= chips.keys()
    mlperf = catalog.published("mlperf")
    assert set(mlperf.column("accelerator")) <= chips.keys()
    assert set(mlperf.column("model")) <= known.keys()
    assert set(mlperf.column("precision")) <= {"fp8", "fp4"}


# -- renting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("chip", "first", "last"), [
    ("h100-sxm", 3.378, 3.789), ("h200-sxm", 3.464, 4.126), ("b200", 6.367, 6.6), ("a100-sxm-80gb", 2.186, 2.306),
])
def test_rental_fell_and_rose_again(chip, first, last):
    series = prices.rental_series(chip)
    known = series.index_usd_per_hour[np.isfinite(series.index_usd_per_hour)]
    assert (known[0], known[-1]) == (first, last)
    changes, years = series.log_steps()
    assert_allclose(changes.sum(), np.log(last / first), atol=1e-12)
    assert (years > 0).all()
    assert years.min() >= 1 / 12 - 1e-12


def test_h100_monthly_volatility_matches_an_independent_figure():
    changes, years = prices.rental_series("h100-sxm").log_steps()
    monthly = changes[years < 1.5 / 12]
    assert len(monthly) == 32
    assert_allclose(monthly.std(), 0.0736, atol=5e-5)
    assert_allclose([monthly.max(), monthly.min()], [0.172, -0.143], atol=1e-3)


def test_segments_differ_on_one_day():
    day = {q.segment: q.usd_per_hour for q in prices.rental_quotes("h100-sxm") if q.date == "2026-10-05"}
    assert day == {"index": 4.32, "hyperscaler": 10.68, "neocloud": 4.02, "marketplace": 2.5, "spot": 2.95}
    assert prices.rental_usd_per_hour("h100-sxm") == 4.02


def test_quotes_are_in_order_and_filtered():
    quotes = prices.rental_quotes("tpu-v5e", terms="reserved-3y")
    assert [q.usd_per_hour for q in quotes] == [0.54, 0.54]
    assert [q.date for q in quotes] == sorted(q.date for q in quotes)


# -- APIs -------------------------------------------------------------------------------------------------------------


def test_api_price_by_date():
    assert prices.api_price("o3", "2025-05-01").input_usd_per_mtok == 10
    assert prices.api_price("o3").input_usd_per_mtok == 2
    assert prices.api_price("gpt-4o").output_usd_per_token == 10e-6
    assert prices.api_price("gpt-4o").input_usd_per_token == 2.5e-6
    assert len(prices.api_prices()) > len(prices.api_prices("2025-01-01")) >= 15


def test_changes_agree_with_the_list():
    """Where the record shows a model twice, the change between the two rows is a recorded change."""
    changes = {(c.model, c.input_after_usd_per_mtok) for c in prices.api_changes()}
    for price in prices.api_prices():
        history = [p.input_usd_per_mtok for p in prices.api_history(price.model)]
        for before, after in pairwise(history):
            assert before == after or (price.model, after) in changes, price.model


def test_models_are_replaced_rather_than_repriced():
    assert len(prices.api_changes()) == 9
    assert sum(c.factor > 1 for c in prices.api_changes()) == 3
    assert_allclose(prices.api_change_rate_per_year(), 0.062, atol=5e-4)


def test_discounts_are_factors_on_the_list_price():
    table = prices.api_table("discounts")
    batch = [r for r in table.records() if r["service"].startswith("batch")]
    assert {r["provider"] for r in batch} == {"OpenAI", "Anthropic", "Google"}
    assert all(r["low"] == r["high"] == 0.5 for r in batch)
    assert all(0 < r["low"] <= r["high"] <= 2 for r in table.records())
    deepseek, = table.records(provider="DeepSeek")
    assert_allclose(deepseek["low"], 0.14 / 0.55, atol=1e-4)


# -- facts and tables -------------------------------------------------------------------------------------------------


def test_facts_carry_ranges_and_base_units():
    quote = catalog.datacentre("server-hgx-h100-2025-03")
    assert quote.high / quote.low == pytest.approx(1.63, abs=0.005)
    single = catalog.datacentre("pue-meta-2023")
    assert single.low == single.value == single.high == 1.08
    assert catalog.silicon("defects-n7").unit == "1/mm2"
    # 0.09 per cm2 is 0.0009 per mm2
    assert catalog.silicon("defects-n7").value == pytest.approx(0.09 / 100)


def test_bill_of_materials_adds_up():
    parts = ("logic", "hbm", "packaging", "test")
    assert sum(catalog.silicon(f"bom-h100-{part}").value for part in parts) == catalog.silicon("bom-h100").value


def test_llama_failures_need_148_faulty_gpus():
    share = catalog.datacentre("llama3-failures-gpu").value / catalog.datacentre("llama3-failures").value
    assert round(share, 3) == 0.353


def test_spend_shares_state_their_basis():
    shares = catalog.spend_shares()
    assert len(shares) >= 15
    assert len({s.basis for s in shares.values()}) >= 6
    assert all(0 < s.value < 1 and s.basis for s in shares.values())


def test_chinchilla_table_is_six_nd():
    table = catalog.published("chinchilla-table3")
    n, flop, tok = (np.array(table.column(c)) for c in ("n_params", "training_flop", "training_tok"))
    assert_allclose(6 * n * tok, flop, rtol=0.05)


def test_deepseek_cost_table_adds_up():
    rows = {r["stage"]: r for r in catalog.published("deepseek-v3-cost").records()}
    total = rows.pop("total")
    assert sum(r["h800_hours"] for r in rows.values()) == total["h800_hours"]
    assert sum(r["usd"] for r in rows.values()) == pytest.approx(total["usd"])


def test_records_and_columns():
    table = catalog.published("gqa-table1")
    assert table.column("model") == ("MHA-Large", "MHA-XXL", "MQA-XXL", "GQA-8-XXL")
    assert [r["s_per_sample"] for r in table.records(model="GQA-8-XXL")] == [0.28]
    assert prices.api_table("family-steps").column("factor")[0] == 0.333


@pytest.mark.parametrize(("call", "message"), [
    (lambda: prices.rental_series("h100"), "unknown rental series 'h100'; known: h100-sxm.*Did you mean 'h100-sxm'"),
    (lambda: prices.rental_quotes("h900"), "unknown accelerator 'h900'"),
    (lambda: prices.rental_quotes(segment="cloud"), "unknown segment 'cloud'; known: .*hyperscaler"),
    (lambda: prices.rental_quotes(terms="weekly"), "unknown terms 'weekly'; known: .*on-demand"),
    (lambda: prices.rental_usd_per_hour("tpu-v5e"), "no neocloud on-demand quote for 'tpu-v5e'; recorded: hyperscaler"),
    (lambda: prices.api_history("gpt-9"), "unknown API model 'gpt-9'"),
    (lambda: prices.api_price("gpt-4o", "2020-01-01"), "'gpt-4o' was first recorded on 2024-10-16"),
    (lambda: prices.api_price("gpt-4o", "yesterday"), "date='yesterday' is not a date"),
    (lambda: prices.api_prices(2024), "date=2024 is not a date"),
    (lambda: prices.api_change_rate_per_year("2026"), "date='2026' is not a date; write 2024-12-26"),
    (lambda: prices.api_change_rate_per_year("2001-01-01"), "lies before the record begins"),
    (lambda: prices.api_table("steps"), "unknown table 'steps'; known: list-prices"),
    (lambda: catalog.datacentre("pue"), "unknown data-centre fact 'pue'; known: server-dgx"),
    (lambda: catalog.silicon("wafer"), "unknown silicon fact 'wafer'"),
    (lambda: catalog.published("pope"), "unknown published table 'pope'; known: gqa-table1"),
    (lambda: catalog.published("gqa-table1").column("time"), "unknown column 'time'; known: model, s_per_sample"),
    (lambda: catalog.published("gqa-table1").records(size=1), "unknown column 'size'"),
])
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


ABOUT = 'source = "a test"\ndate = "2026"\nconfidence = "derived"\n'


@pytest.mark.parametrize(("text", "message"), [
    ('[a]\ntitle = "t"\nvalue = 3\nlow = 4\nunit = "1"\n' + ABOUT, r"row \[a\]: value=3 is outside its own range 4..3"),
    ('[a]\ntitle = "t"\nvalue = "3"\nunit = "1"\n' + ABOUT, "value='3'.* must be numbers"),
    ('[a]\ntitle = "t"\nvalue = 3\nunits = "1"\n' + ABOUT, "unknown field 'units'.*Did you mean 'unit'"),
    ('[a]\ntitle = "t"\nunit = "1"\n' + ABOUT, "missing value"),
])
def test_facts_name_file_and_row(tmp_path, text, message):
    file = tmp_path / "facts.toml"
    file.write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        catalog.load_facts(file)
    assert "facts.toml, row [a]" in str(caught.value)


@pytest.mark.parametrize(("text", "message"), [
    ('[a]\ntitle = "t"\ncolumns = ["x", "y"]\nrows = [[1, 2], [3]]\n' + ABOUT, "row 1 has 1 cells for 2 columns"),
    ('[a]\ntitle = "t"\ncolumns = ["x", "x"]\nrows = [[1, 2]]\n' + ABOUT, "distinct column names"),
    ('[a]\ntitle = "t"\ncolumns = ["x"]\nrows = []\n' + ABOUT, "needs rows"),
])
def test_tables_name_file_and_row(tmp_path, text, message):
    file = tmp_path / "tables.toml"
    file.write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        catalog.load_tables(file)
    assert "tables.toml, row [a]" in str(caught.value)


@pytest.mark.parametrize("file", ["models.toml", "accelerators.toml", "published.toml"])
def test_files_are_shipped(file):
    assert catalog.path(file).is_file()
