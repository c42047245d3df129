"""The option to move: closed form against simulation, limits and monotonicity."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics import options as op
from inference_economics.risk.price_paths import PriceProcess, draws, simulate_prices

TABLE = draws(40_000, 36, seed=21)
prices = st.floats(0.5, 5)


@settings(max_examples=12)
@given(alternative=prices, drift=st.floats(-0.3, 0.5), vol=st.floats(0, 0.6), rate=st.floats(0, 0.3))
def test_one_day_against_simulation(alternative, drift, vol, rate):
    process = PriceProcess(drift, vol)
    on_the_day = simulate_prices(2.0, TABLE, process)[:, 24]
    saved = np.maximum(1000 * (on_the_day - alternative), 0) / (1 + rate) ** 2
    noise = saved.std() / np.sqrt(len(saved))
    value = op.option_to_move_usd(2, 2.0, alternative, 1000, process, rate)
    # A chance of one in 40,000 shows on no path.
    assert value == pytest.approx(saved.mean(), abs=5 * noise + 0.05)


@settings(max_examples=12)
@given(alternative=prices, drift=st.floats(-0.3, 0.5), vol=st.floats(0, 0.6), rate=st.floats(0, 0.3))
def test_portability_against_simulation(alternative, drift, vol, rate):
    process = PriceProcess(drift, vol)
    worth = 10 * (1 + rate) ** (-np.arange(1, 37) / 12)
    saved = np.maximum(simulate_prices(2.0, TABLE, process)[:, 1:] - alternative, 0) @ worth
    noise = saved.std() / np.sqrt(len(saved))
    value = op.portability_usd(2.0, alternative, 10, process, rate, 36)
    assert value == pytest.approx(saved.mean(), abs=5 * noise + 0.01)


@given(alternative=prices, drift=st.floats(-0.3, 0.5), vol=st.floats(0, 0.6), rate=st.floats(0, 0.3))
def test_portability_is_a_strip_of_options(alternative, drift, vol, rate):
    process = PriceProcess(drift, vol)
    strip = sum(op.option_to_move_usd(k / 12, 2.0, alternative, 10, process, rate) for k in range(1, 13))
    assert op.portability_usd(2.0, alternative, 10, process, rate, 12) == pytest.approx(strip, rel=1e-9, abs=1e-12)


@given(alternative=prices, vol=st.floats(0.01, 0.8), more=st.floats(0.01, 0.5))
def test_an_option_is_worth_more_when_prices_move_more(alternative, vol, more):
    value = op.option_to_move_usd(1, 2.0, alternative, 1000, PriceProcess(0.0, vol), 0.1)
    assert value >= 0
    assert op.option_to_move_usd(1, 2.0, alternative, 1000, PriceProcess(0.0, vol + more), 0.1) >= value - 1e-9
    assert op.option_to_move_usd(1, 2.0, alternative + more, 1000, PriceProcess(0.0, vol), 0.1) <= value + 1e-9
    assert value <= 2000


def test_options_at_their_limits():
    still = PriceProcess()
    assert op.option_to_move_usd(1, 2, 1, 1000, still) == pytest.approx(1000)
    assert op.option_to_move_usd(1, 2, 1, 1000, still, 0.25) == pytest.approx(800)
    assert op.option_to_move_usd(1, 1, 2, 1000, still) == 0
    assert op.option_to_move_usd(0, 2, 1, 1000, PriceProcess(5, 3)) == pytest.approx(1000)
    assert op.option_to_move_usd(1, 2, 1, 0, PriceProcess(0, 0.3)) == 0
    assert op.portability_usd(2, 1, 10, still, 0, 12) == pytest.approx(120)


def test_grids():
    assert op.portability_usd(2, np.array([1, 2, 3]), 10, PriceProcess(0, [[0.1], [0.5]])).shape == (2, 3)


def test_bad_months():
    with pytest.raises(ValueError, match=r"horizon_months=.*1.5.* must be a whole number"):
        op.portability_usd(2, 1, 10, PriceProcess(0, 0.3), horizon_months=1.5)
    with pytest.raises(ValueError, match=r"horizon_months=0 is outside \[1, 1200\]"):
        op.portability_usd(2, 1, 10, PriceProcess(0, 0.3), horizon_months=0)
