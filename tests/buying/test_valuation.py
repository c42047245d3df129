"""Owning against renting by present value: by hand, by numerical integration, and at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics.buying import break_even, ownership, valuation
from inference_economics.buying.valuation import Capital

SERVER = ownership.Server(255_000.0, 10_200.0, 5.5, network_fraction=0.1)
LOAN = Capital(0.10)


def test_the_cost_of_capital_by_hand():
    """Seven tenths at 10%, of which a fifth comes back from the state; three tenths at 20%, of which nothing does."""
    assert Capital(0.10, 0.20, 0.7, 0.2).discount_rate == pytest.approx(0.7 * 0.08 + 0.3 * 0.2)
    assert LOAN.discount_rate == 0.10


@given(st.floats(0, 0.5), st.floats(0.1, 15), st.floats(-0.5, 0.9))
def test_a_falling_payment_is_its_integral(rate, years, decline):
    t = (np.arange(20_000) + 0.5) / 20_000 * years
    integral = np.mean((1 - decline) ** t * (1 + rate) ** -t) * years
    assert valuation.falling_years(rate, years, decline) == pytest.approx(integral, rel=1e-6)


def test_buying_by_hand():
    """A tax of a fifth, deducted at once, and a sale of a tenth: every dollar after tax."""
    server = ownership.Server(100_000.0, 1000.0, 4.0, residual_fraction=0.1)
    money = Capital(0.05, tax_fraction=0.2, deduction_years=0.0)
    rate = 0.05 * 0.8
    paid = 100_000 * 0.8 + 0.8 * 10_000 * valuation.falling_years(rate, 4.0) - 0.8 * 10_000 / (1 + rate) ** 4
    assert valuation.bought_usd(server, 10_000.0, money) == pytest.approx(paid)


def test_on_a_flat_path_it_is_the_break_even_of_a_day():
    """Without tax and resale, and with no interest, the two are the same; with interest, by half a year of it."""
    for rate, slack in ((0.0, 1e-9), (0.1, 0.06)):
        level = ownership.capital_usd_per_year(SERVER.equipment_usd, 5.5, rate) + 60_000
        day = break_even.break_even_utilisation(level, 8, 4.02)
        path = valuation.break_even_utilisation_on_path(SERVER, 60_000, 8, 4.02, 0.0, Capital(rate))
        assert path == pytest.approx(day, rel=slack)


@given(st.floats(-0.3, 0.6), st.floats(0.01, 0.3), st.floats(0, 0.5))
def test_falling_rents_ask_for_more_work_and_resale_for_less(decline, rate, residual):
    def share(fall, left):
        server = ownership.Server(255_000.0, 10_200.0, 5.0, residual_fraction=left)
        return valuation.break_even_utilisation_on_path(server, 60_000, 8, 4.0, fall, Capital(rate))

    assert share(decline + 0.1, residual) > share(decline, residual)
    assert share(decline, residual + 0.1) < share(decline, residual)


def test_a_tax_that_deducts_at_once_leaves_the_break_even_where_it_was_at_one_rate():
    """Brown's theorem: the state shares cost and gain alike, at an unchanged rate after tax."""
    plain = Capital(0.08)
    taxed = Capital(0.08 / 0.75, tax_fraction=0.25, deduction_years=0.0)
    assert taxed.discount_rate == pytest.approx(plain.discount_rate)
    shares = [valuation.break_even_utilisation_on_path(SERVER, 60_000, 8, 4.0, 0.1, one) for one in (plain, taxed)]
    assert shares[0] == pytest.approx(shares[1])


def test_renting_follows_its_path():
    assert valuation.rented_usd(100.0, 3.0, 0.0, Capital(0.0)) == pytest.approx(300)
    assert valuation.rented_usd(100.0, 3.0, 0.5, Capital(0.0)) == pytest.approx(100 * (1 - 0.125) / np.log(2))
