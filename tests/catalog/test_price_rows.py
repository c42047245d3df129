"""Recorded prices as rows: what they hold, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from inference_economics import catalog, prices

QUOTE = {"chip": "h100-sxm", "usd_per_hour": 2.0, "segment": "spot", "terms": "spot"}


SERIES = {"chip": "h100-sxm", "months": ("2024-01", "2024-03"), "ondemand_usd_per_hour": [1.0, 2.0],
          "index_usd_per_hour": [np.nan, 2.0], "reserved_usd_per_hour": [np.nan, np.nan]}


CHANGE = {"model": "m", "input_before_usd_per_mtok": 1.0, "input_after_usd_per_mtok": 2.0}


PRICE = {"model": "m", "input_usd_per_mtok": 1.0, "output_usd_per_mtok": 2.0}


@pytest.mark.parametrize("rows", [prices.rental_quotes(), prices.api_prices(), prices.api_changes(),
                                  [prices.rental_series(chip) for chip in ("h100-sxm", "b200")]])
def test_every_price_is_a_recorded_row(rows):
    for row in rows:
        assert isinstance(row, catalog.Recorded)
        catalog.check_provenance(row.source, row.date, row.confidence)


def test_a_series_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        prices.rental_series("h100-sxm").index_usd_per_hour[0] = 1


def test_a_price_of_ones_own_needs_no_source():
    assert prices.ApiPrice("mine", 1.0, 2.0).input_usd_per_token == 1e-6
    with pytest.raises(ValueError, match="source is empty"):
        prices.ApiPrice("mine", 1.0, 2.0, date="2026")


@pytest.mark.parametrize("bad", [np.inf, np.nan, -1.0, "2", None, True])
@pytest.mark.parametrize(("kind", "good", "field"), [
    (prices.RentalQuote, QUOTE, "usd_per_hour"), (prices.ApiPrice, PRICE, "input_usd_per_mtok"),
    (prices.ApiPrice, PRICE, "output_usd_per_mtok"), (prices.ApiChange, CHANGE, "input_before_usd_per_mtok"),
    (prices.ApiChange, CHANGE, "input_after_usd_per_mtok"),
])
def test_a_price_that_is_none_is_refused(kind, good, field, bad):
    assert kind(**good)
    with pytest.raises(ValueError, match=f"^{field}="):
        kind(**good | {field: bad})


@pytest.mark.parametrize(("change", "message"), [
    ({"months": ("2024-03", "2024-01")}, "later than the one before"), ({"months": ("2024", "2025")}, "form 2024-03"),
    ({"months": ("2024-01", "soon")}, "date='soon' is not a date"),
    ({"index_usd_per_hour": [1.0]}, r"index_usd_per_hour has shape \(1,\) for 2 months"),
    ({"ondemand_usd_per_hour": [1.0, np.inf]}, "ondemand_usd_per_hour=inf"),
    ({"reserved_usd_per_hour": [0.0, 1.0]}, "reserved_usd_per_hour=0"),
])
def test_a_series_that_is_none_is_refused(change, message):
    assert prices.RentalSeries(**SERIES).years.tolist() == [0, 2 / 12]
    with pytest.raises(ValueError, match=message):
        prices.RentalSeries(**SERIES | change)
