"""Power, space, people and spares: by hand, by simulation, and at their limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_economics.buying import running as own


def test_a_wholesale_lease_by_the_megawatt():
    assert own.colocation_usd_per_year(1e6, 137.5) == pytest.approx(1.65e6)


def test_electricity_by_hand():
    assert own.electricity_usd_per_year(1000, 0.10) == pytest.approx(876)
    assert own.electricity_usd_per_year(1000, 0.10, pue=1.5, load_fraction=0.5) == pytest.approx(876 * 0.75)


def test_llama3_failures_and_the_spares_they_ask_for():
    per_gpu = 419 / 16_384 / 54 * 365
    assert per_gpu == pytest.approx(0.173, abs=5e-4)
    assert own.spares_fraction(8 * per_gpu, 14) == pytest.approx(0.053, abs=5e-4)
    assert own.spares_fraction(0, 14) == own.spares_fraction(3, 0) == 0


def test_spares_by_simulation():
    rng = np.random.default_rng(3)
    starts = rng.uniform(0, 1000, rng.poisson(2.0 * 1000))
    at = rng.uniform(1, 999, 4000)
    down = ((starts < at[:, None]) & (at[:, None] < starts + 30 / 365)).sum(axis=1)
    assert down.mean() == pytest.approx(own.spares_fraction(2, 30), rel=0.1)


@given(servers=st.integers(1, 100_000), per=st.floats(1, 5000))
def test_staff_comes_whole(servers, per):
    pay = own.staff_usd_per_year(servers, per, 200e3)
    assert pay >= max(200e3, servers / per * 200e3 * (1 - 1e-9))
    assert pay < servers / per * 200e3 + 200e3 + 1


@given(use=st.floats(0, 1), idle=st.floats(0, 1))
def test_load_between_idle_and_full(use, idle):
    assert idle - 1e-12 <= own.average_load_fraction(use, idle) <= 1 + 1e-12
    assert own.average_load_fraction(1, idle) == pytest.approx(1)
    assert own.average_load_fraction(0, idle) == idle


def test_day_and_night_takes_about_five_people():
    assert own.people_for_shifts(168.0, 34.0) == pytest.approx(4.94, abs=0.01)
    assert own.people_for_shifts(0.0, 34.0) == 0


def test_a_year_of_prompts_is_stored_for_little():
    """A billion tokens of six bytes at 2.3 cents a gigabyte and month."""
    assert own.storage_usd_per_year(1e9 / 365, 6.0, 0.023 * 12 / 1e9) == pytest.approx(6 * 0.276)
