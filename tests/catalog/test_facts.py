"""Single numbers and published tables: they load, agree with one another, and refuse slips by name."""

from __future__ import annotations

import math

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
    mlperf = catalog.published("mlperf")
    assert set(mlperf.column("chip")) <= accelerators.load().keys()
    assert set(mlperf.column("model")) <= models.load().keys()
    assert set(mlperf.column("precision")) <= {"fp8", "fp4"}


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


def test_records_and_columns():
    table = catalog.published("gqa-table1")
    assert table.column("model") == ("MHA-Large", "MHA-XXL", "MQA-XXL", "GQA-8-XXL")
    assert [r["s_per_sample"] for r in table.records(model="GQA-8-XXL")] == [0.28]
    assert prices.api_table("family-steps").column("factor")[0] == 0.333


@pytest.mark.parametrize(("call", "message"), [
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
    ('[a]\ntitle = "t"\nvalue = "3"\nunit = "1"\n' + ABOUT, "value='3'.* is not a number"),
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


RECORDED = {"source": "a test", "date": "2026", "confidence": "derived"}


@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan, "3", None, True, 10**400])
def test_a_fact_is_a_finite_number(bad):
    with pytest.raises(ValueError, match=r"^value="):
        catalog.Fact("a", "A", bad, "1", **RECORDED)


def test_a_fact_without_a_range_is_its_own_range():
    fact = catalog.Fact("a", "A", 3, "1", **RECORDED)
    assert (fact.low, fact.value, fact.high) == (3, 3, 3)
    for ends in ({"low": 4}, {"high": 2}, {"low": -math.inf}, {"high": math.inf}):
        with pytest.raises(ValueError, match="outside its own range"):
            catalog.Fact("a", "A", 3, "1", **RECORDED, **ends)


@pytest.mark.parametrize("kind", [lambda **given: catalog.Fact("a", "A", 3, "1", **given),
                                  lambda **given: catalog.Table("a", "A", ("x",), ((1,),), **given)])
@pytest.mark.parametrize("field", RECORDED)
def test_a_row_without_provenance_is_refused(kind, field):
    assert isinstance(kind(**RECORDED), catalog.Recorded)
    with pytest.raises(ValueError, match=r"source is empty|date='' is not a date|unknown confidence mark ''"):
        kind(**RECORDED | {field: ""})


@pytest.mark.parametrize("cell", [math.inf, -math.inf, None, 10**400, (1, 2), {"a": 1}], ids=str)
def test_a_cell_is_text_or_a_finite_number(cell):
    with pytest.raises(ValueError, match=r"row 1: x=.* must be text, a finite number, or nan"):
        catalog.Table("a", "A", ("x", "y"), ((1, math.nan), (cell, "text")), **RECORDED)


@pytest.mark.parametrize(("columns", "rows", "message"), [
    (("x",), (3,), "row 0 has no cells"), (("x",), ("t",), "row 0 has no cells"), ((1,), ((3,),), "must be text"),
])
def test_a_table_is_made_of_rows(columns, rows, message):
    with pytest.raises(ValueError, match=message):
        catalog.Table("a", "A", columns, rows, **RECORDED)


def test_shipped_rows_cannot_be_changed_by_one_reader_for_the_next():
    with pytest.raises(TypeError):
        catalog.shipped_facts("silicon.toml")["wafer-n5"] = None
    catalog.everything()["silicon.toml"].clear()
    assert catalog.silicon("wafer-n5").value > 0
