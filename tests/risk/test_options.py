"""The option to move: closed form against simulation, limits and monotonicity."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_economics import options as op
from inference_economics.risk.price_paths import draws, simulate_prices

TABLE = draws(40_000, 36, seed=21)
prices = st.floats(0.5, 5)


@settings(max_examples=12)
@given(alternative=prices, drift=st.floats(-0.3, 0.5), vol=st.floats(0, 0.6), rate=st.floats(0, 0.3),
       move=st.floats(0, 500))
def test_one_move_on_one_day_against_simulation(alternative, drift, vol, rate, move):
    on_the_day = simulate_prices(2.0, TABLE, drift, vol)[:, 24]
    saved = np.maximum(1000 * (on_the_day - alternative) - move, 0) / (1 + rate) ** 2
    noise = saved.std() / np.sqrt(len(saved))
    value = op.option_to_move_usd(2, 2.0, alternative, 1000, drift, vol, rate, move)
    # A chance of one in 40,000 shows on no path.
    assert value == pytest.approx(saved.mean(), abs=5 * noise + 0.05)


@settings(max_examples=12)
@given(alternative=prices, drift=st.floats(-0.3, 0.5), vol=st.floats(0, 0.6), rate=st.floats(0, 0.3))
def test_portability_against_simulation(alternative, drift, vol, rate):
    saved = op.simulated_portability_usd(simulate_prices(2.0, TABLE, drift, vol), alternative, 10, rate)
    noise = saved.std() / np.sqrt(len(saved))
    value = op.portability_usd(2.0, alternative, 10, drift, vol, rate, 36)
    assert value == pytest.approx(saved.mean(), abs=5 * noise + 0.01)


@given(alternative=prices, drift=st.floats(-0.3, 0.5), vol=st.floats(0, 0.6), rate=st.floats(0, 0.3))
def test_portability_is_a_strip_of_options(alternative, drift, vol, rate):
    strip = sum(op.option_to_move_usd(k / 12, 2.0, alternative, 10, drift, vol, rate) for k in range(1, 13))
    assert op.portability_usd(2.0, alternative, 10, drift, vol, rate, 12) == pytest.approx(strip, rel=1e-9, abs=1e-12)


@given(alternative=prices, vol=st.floats(0.01, 0.8), more=st.floats(0.01, 0.5), move=st.floats(0, 1000))
def test_an_option_is_worth_more_when_prices_move_more(alternative, vol, more, move):
    value = op.option_to_move_usd(1, 2.0, alternative, 1000, 0.0, vol, 0.1, move)
    assert value >= 0
    assert op.option_to_move_usd(1, 2.0, alternative, 1000, 0.0, vol + more, 0.1, move) >= value - 1e-9
    assert op.option_to_move_usd(1, 2.0, alternative, 1000, 0.0, vol, 0.1, move + 10) <= value + 1e-9
    assert op.option_to_move_usd(1, 2.0, alternative + more, 1000, 0.0, vol, 0.1, move) <= value + 1e-9
    assert value <= 2000


def test_options_at_their_limits():
    assert op.option_to_move_usd(1, 2, 1, 1000, 0, 0) == pytest.approx(1000)
    assert op.option_to_move_usd(1, 2, 1, 1000, 0, 0, 0.25) == pytest.approx(800)
    assert op.option_to_move_usd(1, 1, 2, 1000, 0, 0) == 0
    assert op.option_to_move_usd(0, 2, 1, 1000, 5, 3) == pytest.approx(1000)
    assert op.option_to_move_usd(1, 2, 1, 0, 0, 0.3, 0, 100) == 0
    assert op.portability_usd(2, 1, 10, 0, 0, 0, 12) == pytest.approx(120)


def test_moving_for_good_on_paths_written_by_hand():
    paths = np.array([[2.0, 3.0, 1.0, 4.0], [2.0, 2.0, 2.0, 2.0], [2.0, 2.5, 4.0, 4.0]])
    saved = op.simulated_move_usd(paths, 2.0, 10, 5.0, 2.9)
    # First path: moves at once, pays 5, saves 10, loses 10, saves 20. Second: never moves. Third: moves a step later.
    assert saved == pytest.approx([10 - 5 - 10 + 20, 0, 20 - 5 + 20])
    late = op.simulated_move_usd(paths, 2.0, 10, 5.0, 2.9, 0.21, steps_per_year=2)
    assert late[2] == pytest.approx(15 / 1.21 + 20 / 1.1**3)


def test_a_move_for_good_is_worth_less_than_moving_freely():
    paths = simulate_prices(2.0, TABLE, 0.1, 0.4)
    free = op.simulated_portability_usd(paths, 2.2, 10)
    for limit in (2.2, 2.6, 3.0):
        assert np.all(op.simulated_move_usd(paths, 2.2, 10, 0, limit) <= free + 1e-9)


def test_grids():
    assert op.portability_usd(2, np.array([1, 2, 3]), 10, 0, [[0.1], [0.5]]).shape == (2, 3)


def test_bad_paths_and_months():
    with pytest.raises(ValueError, match=r"are not paths; make them with simulate_prices"):
        op.simulated_portability_usd([1, 2, 3], 2, 10)
    with pytest.raises(ValueError, match="prices=-1 is outside"):
        op.simulated_move_usd([[1, -1]], 2, 10, 0, 3)
    with pytest.raises(ValueError, match="prices=nan is outside"):
        op.simulated_portability_usd([[1, np.nan]], 2, 10)
    with pytest.raises(ValueError, match=r"horizon_months=.*1.5.* must be a whole number"):
        op.portability_usd(2, 1, 10, 0, 0.3, horizon_months=1.5)
    with pytest.raises(ValueError, match=r"horizon_months=0 is outside \[1, 1200\]"):
        op.portability_usd(2, 1, 10, 0, 0.3, horizon_months=0)
